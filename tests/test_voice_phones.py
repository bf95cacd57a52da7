"""Phones are where their sound is."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest


@pytest.mark.parametrize("language", ["en", "es"])
def test_phones_are_not_late_against_the_sound_that_they_name(language: str) -> None:
    spec = spec_from_file_location("benchmark_of_phones", Path(__file__).parent.parent / "benchmarks" / "phones.py")
    assert spec and spec.loader
    benchmark = module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    found = benchmark.figures(language, 3)
    assert {name: row["late_ms"] for name, row in found.items() if abs(row["late_ms"]) > 20} == {}
    assert min(row["correlation"] for name, row in found.items() if name.startswith("made")) > 0.3
