"""The voices: who they are and which one a line gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phonofilm.errors import RequestError

Gender = Literal["female", "male"]
Age = Literal["child", "young", "adult", "old"]


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A voice for a language. ``quality`` 0…1 orders the voices of one language; ``model`` is its row of ``weights.MODELS``.

    ``experimental``: most people will not understand it.
    """

    name: str
    language: str
    gender: Gender
    age: Age
    about: str
    quality: float
    model: str = "kokoro"
    experimental: bool = False

    @property
    def accent(self) -> str:
        """american or british for English, else empty."""
        first = self.about.partition(",")[0].lower()
        return first if first in ("american", "british") else ""


def _rows(language: str, rows: tuple[tuple[str, Gender, Age, float, str], ...], *, experimental: bool = False) -> tuple[Voice, ...]:
    return tuple(
        Voice(name=name, language=language, gender=gender, age=age, quality=quality, about=about, experimental=experimental)
        for name, gender, age, quality, about in rows
    )


_VOICES = (
    *_rows(
        "en",
        (
            ("af_heart", "female", "adult", 0.95, "American, warm, the clearest"),
            ("af_bella", "female", "young", 0.9, "American, lively"),
            ("am_michael", "male", "adult", 0.85, "American, even"),
            ("am_fenrir", "male", "adult", 0.84, "American, firm"),
            ("bf_emma", "female", "adult", 0.84, "British"),
            ("am_puck", "male", "young", 0.82, "American, light"),
            ("bm_george", "male", "adult", 0.78, "British, deep"),
            ("af_nicole", "female", "adult", 0.78, "American, whispering"),
            ("bm_fable", "male", "adult", 0.77, "British, a teller of tales"),
            ("am_santa", "male", "old", 0.6, "American, old"),
            ("bf_isabella", "female", "old", 0.6, "British, grave"),
            ("af_sky", "female", "child", 0.55, "American, high and small"),
        ),
    ),
    *_rows(
        "zh",
        (
            ("zf_xiaoxiao", "female", "young", 0.8, "clear and warm"),
            ("zf_xiaoyi", "female", "young", 0.78, "lively"),
            ("zm_yunxi", "male", "young", 0.78, "light"),
            ("zm_yunyang", "male", "adult", 0.76, "even, like a newsreader"),
            ("zf_xiaobei", "female", "adult", 0.75, "calm"),
            ("zm_yunjian", "male", "adult", 0.74, "strong"),
            ("zf_xiaoni", "female", "adult", 0.72, "soft"),
            ("zm_yunxia", "male", "child", 0.7, "a boy"),
        ),
    ),
    *_rows(
        "yue",
        (
            ("zm_yunxi", "male", "young", 0.5, "a Mandarin voice with Cantonese tones, experimental"),
            ("zf_xiaoxiao", "female", "young", 0.48, "a Mandarin voice with Cantonese tones, experimental"),
        ),
        experimental=True,
    ),
    *_rows(
        "ja",
        (
            ("jf_alpha", "female", "adult", 0.8, "clear"),
            ("jm_kumo", "male", "adult", 0.78, "calm"),
            ("jf_gongitsune", "female", "adult", 0.75, "a teller of tales"),
            ("jf_tebukuro", "female", "young", 0.74, "soft"),
            ("jf_nezumi", "female", "child", 0.72, "high and small"),
        ),
    ),
    *_rows(
        "ko",
        (
            ("jm_kumo", "male", "adult", 0.5, "a Japanese voice that reads Korean"),
            ("zf_xiaoxiao", "female", "young", 0.45, "a Mandarin voice that reads Korean"),
            ("zm_yunxi", "male", "young", 0.45, "a Mandarin voice that reads Korean"),
        ),
    ),
    *_rows(
        "es",
        (
            ("ef_dora", "female", "adult", 0.8, "clear"),
            ("em_alex", "male", "adult", 0.8, "even"),
            ("em_santa", "male", "old", 0.7, "old"),
        ),
    ),
    *_rows(
        "fr",
        (
            ("ff_siwis", "female", "adult", 0.85, "clear"),
            ("fm_alex", "male", "adult", 0.6, "even, a blend of a Spanish and a French voice"),
        ),
    ),
    *_rows(
        "de",
        (
            ("df_sara", "female", "adult", 0.7, "clear, a blend of an Italian and a French voice"),
            ("dm_alex", "male", "adult", 0.6, "even, a blend of a Spanish and a French voice"),
        ),
    ),
)


def voices() -> tuple[Voice, ...]:
    """All voices, those of one language together, the best first."""
    return _VOICES


def voice_for(language: str, gender: str = "", age: str = "", accent: str = "") -> Voice:
    """The best voice of a language for a speaker; gender weighs more than accent (american, british), that more than age, and all more than quality.

    Raises:
        RequestError: no voice speaks that language.
    """
    mine = [voice for voice in _VOICES if voice.language == language]
    if not mine:
        spoken = sorted({voice.language for voice in _VOICES})
        raise RequestError(f"There is no voice for the language {language!r}. Languages: {', '.join(spoken)}.")

    def fitness(voice: Voice) -> float:
        fit = (voice.gender == gender or not gender, voice.accent == accent or not accent, voice.age == age or not age)
        return sum(weight * is_fit for weight, is_fit in zip((8, 4, 2), fit, strict=True)) + voice.quality

    return max(mine, key=fitness)


def models_for(language: str) -> tuple[str, ...]:
    """Names in ``weights.MODELS`` that speaking a language needs."""
    return tuple(sorted({voice.model for voice in _VOICES if voice.language == language}))
