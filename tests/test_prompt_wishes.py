"""What prompts ask for beside people, places and moves: where words stand, how often a sound is heard, accents, refused moves, bars."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from phonofilm.prompt import read
from prompt_corpus import FOLDER, references

ROWS: list[dict[str, Any]] = tomllib.loads((FOLDER / "wishes.toml").read_text(encoding="utf-8"))["prompt"]


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:24] for row in ROWS])
def test_a_wish_is_read_as_meant(row: dict[str, Any]) -> None:
    script = read(row["text"], references(row))
    told = {
        "titles": [f"{t.place}|{t.text}" for t in script.titles],
        "logo": script.logo.place + "*" * script.logo.closing if script.logo else "",
        "captions": script.captions_place,
        "sounds": [f"{w.sound}{f'*{w.times}' if w.times else ''}{'+' * w.beside}" for w in script.sounds],
        "avoided": " ".join(sorted(script.avoided)),
        "bars": script.bars,
    }
    assert {name: (row.get(name, type(got)()), got) for name, got in told.items() if row.get(name, type(got)()) != got} == {}
    assert [line.accent or "-" for line in script.lines] == row.get("accents", ["-"] * len(script.lines))
    if "remarks" in row:
        assert len(script.remarks) == row["remarks"], script.remarks


@pytest.mark.parametrize("row", [row for row in ROWS if row.get("titles")], ids=[row["text"][:24] for row in ROWS if row.get("titles")])
def test_the_words_that_a_place_was_read_from_are_told(row: dict[str, Any]) -> None:
    for title in read(row["text"], references(row)).titles:
        assert bool(title.place) == (title.place_span is not None)
        if title.place_span is not None:
            start, end = title.place_span
            assert 0 <= start < end <= len(row["text"]) and title.text not in row["text"][start:end]


REPEATED = ['Text "a" top left, ', "logo bottom right, ", "oben links „a“, ", "左上角“字”，右下角，", "the dog barks twice, "]
REPEATED += ["the dog barks twice and ", "개가 두 번 짖는다 ", "No zoom, don't orbit, ", 'in a British accent "hi" ', "letterbox 2.39:1, "]


@pytest.mark.parametrize("filler", REPEATED)
def test_twenty_thousand_characters_of_wishes_are_read_at_once(filler: str) -> None:
    import time

    prompt = (filler * (20_000 // len(filler) + 1))[:20_000]
    begun = time.process_time()
    read(prompt)
    assert time.process_time() - begun < 3
