"""English: the lexicon and rules of hibari-tts (Apache-2.0, after misaki), numbers and abbreviations included."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from phonofilm.voice.symbols import known


@cache
def _g2p() -> Any:
    """The part of the package that reads, without its synthesiser, which would load all of ``scipy.fft``."""
    package = find_spec("hibari")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("hibari")
    folder = Path(package.origin).parent / "g2p"
    spec = spec_from_file_location("hibari_g2p", folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.G2P()


def read(text: str) -> str:
    """American English."""
    return known(_g2p()(text))
