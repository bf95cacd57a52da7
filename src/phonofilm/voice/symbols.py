"""Kokoro's letters: their numbers in the model, and the speech sounds that they stand for.

The model reads the alphabet of misaki (hexgrad/misaki, Apache-2.0): IPA, with single capitals for English diphthongs. Some letters are a sound
of their own, some change the sound before them, some announce the next one, some are a pause.
"""

from __future__ import annotations

_ROWS: tuple[tuple[str, tuple[int, ...]], ...] = (
    (';:,.!?—…"()“” ̃', (1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17)),
    ("ʣʥʦʨᵝꭧAIOQSTWYᵊ", (18, 19, 20, 21, 22, 23, 24, 25, 31, 33, 35, 36, 39, 41, 42)),
    ("abcdefhijklmnopqrstuvwxyzɑɐɒæ", (*range(43, 49), *range(50, 73))),
    ("βɔɕçɖðʤəɚɛɜɟɡɥɨɪʝ", (75, 76, 77, 78, 80, 81, 82, 83, 85, 86, 87, 90, 92, 99, 101, 102, 103)),
    (
        "ɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤ",
        (110, 111, 112, 113, 114, 115, 116, 118, 119, 120, 123, 125, 126, 128, 129, 130, 131, 132, 133, 135, 136, 138, 139, 140),
    ),
    ("χʎʒʔˈˌːʰʲ↓→↗↘ᵻ", (142, 143, 147, 148, 156, 157, 158, 162, 164, 169, 171, 172, 173, 177)),
)

#: the model's number of each letter
NUMBER: dict[str, int] = {letter: n for letters, numbers in _ROWS for letter, n in zip(letters, numbers, strict=True)}
PAUSES = frozenset(";:,.!?—…")
QUIET = frozenset('"()“” ')
LEADING = frozenset("ˈˌ")
TRAILING = frozenset("̃ᵝːʰʲ↓→↗↘")

#: letters that are written otherwise in IPA; a diphthong is its two parts, with the share of the first
SOUNDS: dict[str, tuple[str, ...]] = {
    "A": ("e", "ɪ"),
    "I": ("a", "ɪ"),
    "O": ("o", "ʊ"),
    "Q": ("ə", "ʊ"),
    "W": ("a", "ʊ"),
    "Y": ("ɔ", "ɪ"),
    "T": ("ɾ",),
    "S": ("ʂ",),
    "ᵊ": ("ə",),
    "ᵻ": ("ɪ",),
    "ʣ": ("dz",),
    "ʦ": ("ts",),
    "ʥ": ("dʑ",),
    "ʨ": ("tɕ",),
    "ʤ": ("dʒ",),
    "ʧ": ("tʃ",),
    "ꭧ": ("tʂ",),
}
FIRST_PART = 0.6
#: sounds that a letter has in one language only: Japanese わ is written with the letter of a bilabial fricative, but its lips do not meet
SOUNDS_OF: dict[str, dict[str, tuple[str, ...]]] = {"ja": {"β": ("w",)}}


def known(letters: str) -> str:
    """The letters that the model has; others are left out."""
    return "".join(letter for letter in letters if letter in NUMBER)


def is_sound(letter: str) -> bool:
    """Whether a letter is a sound by itself (no mark, no pause)."""
    return letter in NUMBER and letter not in PAUSES and letter not in QUIET and letter not in LEADING and letter not in TRAILING
