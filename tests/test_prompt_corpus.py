"""How well prompts as people write them are read: exact agreement, field by field, on the third that was kept aside; and over-reading."""

from __future__ import annotations

import pytest

from phonofilm.prompt import read
from prompt_corpus import LANGUAGES, accuracy, compare, prompts, reading, traps


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_forty_marked_prompts_and_a_third_is_kept_aside(language: str) -> None:
    rows = prompts(language)
    assert len(rows) >= 40
    assert abs(len(prompts(language, aside=True)) / len(rows) - 1 / 3) < 0.03


@pytest.mark.parametrize("language", LANGUAGES)
def test_nine_fields_of_ten_are_read_exactly_in_the_third_kept_aside(language: str) -> None:
    right, fields = accuracy(language, aside=True)
    assert fields >= 40
    assert right / fields >= 0.9, f"{language}: {right} of {fields}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_all_fields_are_read_exactly_in_the_part_that_was_tuned(language: str) -> None:
    right, fields = accuracy(language, aside=False)
    assert right / fields >= 0.97, f"{language}: {right} of {fields}"


def test_words_that_only_look_like_a_move_a_line_or_a_mention_are_not_read_as_one() -> None:
    rows = traps()
    over = [row["text"] for row in rows if any(reading(read(row["text"]))[field] for field in ("moves", "lines", "titles", "roles"))]
    assert len(rows) >= 120
    assert len(over) / len(rows) <= 0.02, over


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_most_prompts_is_told(language: str) -> None:
    rows = prompts(language)
    told = [read(row["text"], ()).language == language for row in rows if "refs" not in row]
    assert sum(told) / len(told) >= 0.9


def test_a_wrong_marking_would_be_noticed() -> None:
    row = next(row for row in prompts("en") if row.get("moves"))
    wrong = row | {"moves": "0:roll_left", "place": "space"}
    disagreeing = {field for field, right, _, _ in compare(wrong) if not right}
    assert {"moves", "place"} <= disagreeing
