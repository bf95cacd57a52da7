"""How much of the asked lines a recogniser understands: Whisper by way of faster-whisper (the extra ``verify``), with weights that are here already.

What is compared: words in languages that put spaces between them, characters in Korean, syllables (pinyin) in Mandarin and kana in Japanese, because
homophones are no fault of the speech. Nothing is ever fetched.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.weights import cache_dir

F32 = NDArray[np.float32]

#: languages of which a base recogniser hears enough to be a judge (Cantonese: over half of what a person says comes back wrong)
KNOWN = frozenset({"en", "es", "fr", "de", "zh", "ja", "ko"})
#: simplified characters and sentence signs are asked for in the recogniser's own way, by an example
_EXAMPLES = {"zh": "以下是普通话的句子。"}
_RATE, _ROOM = 16_000, TICKS_PER_SECOND // 4  # ticks of silence around a line


class Recogniser:
    """The recogniser, loaded once. ``Recogniser.missing()`` says why there is none."""

    def __init__(self) -> None:
        folder = weights_folder()
        assert folder is not None, "ask missing() first"
        make: Any = import_module("faster_whisper").WhisperModel
        self._model = make(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)

    @staticmethod
    def missing() -> str:
        """Why nothing can be recognised here; empty where it can."""
        if find_spec("faster_whisper") is None:
            return "no recogniser is installed (pip install 'phonofilm[verify]')"
        return "" if weights_folder() else "the recogniser has no weights on this machine"

    def heard(self, mono: F32, language: str, *, figures: bool) -> str:
        """What is said in mono f32[s] at 48 kHz. ``figures``: numbers may be written in digits."""
        low = np.asarray(signal.resample_poly(np.pad(mono, _ROOM), 1, TICKS_PER_SECOND // _RATE), np.float32)
        held_back = [-1] if figures else [-1, *self._digits]
        segments, _ = self._model.transcribe(
            low, language=language, beam_size=5, temperature=0.0, condition_on_previous_text=False, initial_prompt=_EXAMPLES.get(language),
            suppress_tokens=held_back,
        )  # fmt: skip
        return " ".join(str(segment.text).strip() for segment in segments)

    @cached_property
    def _digits(self) -> tuple[int, ...]:
        """Tokens with digits in them: held back, the recogniser writes numbers out, as the asked lines do."""
        vocabulary: dict[str, int] = self._model.hf_tokenizer.get_vocab()
        return tuple(sorted(k for token, k in vocabulary.items() if re.search(r"\d", token) and not token.startswith("<|")))


def weights_folder() -> Path | None:
    """The folder of Whisper's weights: what ``PHONOFILM_WHISPER`` names, else the largest of those in the model cache."""
    named = os.environ.get("PHONOFILM_WHISPER")
    found = [Path(named)] if named else sorted((cache_dir() / "made").glob("whisper-*"), key=_size)
    whole = [folder for folder in found if (folder / "model.bin").is_file()]
    return whole[-1] if whole else None


def _size(folder: Path) -> int:
    model = folder / "model.bin"
    return model.stat().st_size if model.is_file() else 0


def errors(asked: str, heard: str, language: str) -> tuple[int, int]:
    """How many of the asked units are wrong, missing or too many in what was heard; and how many were asked."""
    a, b = units(asked, language), units(heard, language)
    if "".join(a) == "".join(b):  # a compound written in two words is no error
        return 0, len(a)
    return distance(a, b), len(a)


def units(text: str, language: str) -> list[str]:
    """What of a text is compared."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if language == "ja":
        return _kana(plain)
    if language == "zh":
        return _pinyin("".join(re.findall(r"[^\W_]", plain)))
    plain = re.sub(r"(\w)['’](\w)", r"\1\2", plain)
    if language in ("es", "fr"):  # whether qué or que is no matter of hearing
        plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c) or c == "\u0303")
        plain = unicodedata.normalize("NFC", plain)
    words = re.findall(r"[^\W_]+", plain)
    return list("".join(words)) if language in ("ko", "yue") else words


def _kana(text: str) -> list[str]:
    tokens: Any = _japanese().tokenize(text)
    said = "".join(t.reading if t.reading != "*" else t.surface for t in tokens)
    katakana = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in said)
    return [c for c in katakana if "ァ" <= c <= "ー" or c.isdigit()]


@cache
def _japanese() -> Any:
    return import_module("janome.tokenizer").Tokenizer()


def _pinyin(text: str) -> list[str]:
    return list(import_module("pypinyin").lazy_pinyin(text, style=import_module("pypinyin").Style.TONE3))


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Fewest insertions, deletions and changes that turn one into the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]
