"""How well the voices are understood, and how exactly recordings are aligned.

    python benchmarks/voices.py [--every=N] [--words] [LANGUAGE[:VOICE] ...]

Speaks tests/sentences/*.json, lets Whisper-base write down what it hears, and compares, as ``heard.py`` says. Alignment: the onsets that ``align``
finds in the same sound against the durations that the voice was made with. Results: benchmarks/results/voices.json. ``--every=N`` takes every Nth
sentence, ``--words`` leaves the alignment out and keeps the one measured before. Needs the extra ``verify``.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from heard import BY_CHARACTER, Listener, distance, syllables, tokens

from phonofilm.voice import align, speak, voice_for

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "voices.json"
LEAST_RTF = 0.1
"""Lines that come faster were kept from before."""


def judge(listener: Listener, language: str, voice: str, every: int) -> dict[str, object]:
    """How well the sentences of a language are understood in a voice."""
    sentences = json.loads((ROOT / "tests" / "sentences" / f"{language}.json").read_text(encoding="utf-8"))["sentences"][::every]
    wrong = total = wrong_syllables = all_syllables = 0
    misheard: list[list[str]] = []
    for sentence in sentences:
        heard = listener.hear(speak(sentence, language, voice=voice).samples, language)
        a, b = tokens(sentence, language), tokens(heard, language)
        errors = distance(a, b)
        wrong, total = wrong + errors, total + len(a)
        if errors:
            misheard.append([sentence, heard])
        if language in ("zh", "yue"):
            s, h = syllables(sentence, language), syllables(heard, language)
            wrong_syllables, all_syllables = wrong_syllables + distance(s, h), all_syllables + len(s)
    result: dict[str, object] = {
        "language": language,
        "voice": voice,
        "sentences": len(sentences),
        "unit": "character" if language in BY_CHARACTER else "word",
        "tokens": total,
        "error": round(wrong / total, 4),
        "misheard": misheard,
    }
    if all_syllables:
        result["syllable_error"] = round(wrong_syllables / all_syllables, 4)
    return result


def aligned(language: str, voice: str, every: int) -> dict[str, object]:
    """How exactly the phones of the same sentences are found, with their words and without."""
    sentences = json.loads((ROOT / "tests" / "sentences" / f"{language}.json").read_text(encoding="utf-8"))["sentences"][::every]
    onsets: list[float] = []
    blind: list[float] = []
    found = wanted = 0
    spent = sounded = 0.0
    for sentence in sentences:
        start = time.perf_counter()
        line = speak(sentence, language, voice=voice)
        spent += time.perf_counter() - start
        sounded += len(line.samples) / 48_000
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
    speed = {"rtf": round(spent / sounded, 2)} if spent / sounded > LEAST_RTF else {}
    return {
        "align_sentences": len(sentences),
        "align_median_ms": round(float(np.median(np.abs(onsets))), 1) if onsets else None,
        "align_bias_ms": round(float(np.median(onsets)), 1) if onsets else None,
        "align_p90_ms": round(float(np.percentile(np.abs(onsets), 90)), 1) if onsets else None,
        "lips_found_without_words": round(found / max(wanted, 1), 3),
        "lips_median_ms": round(float(np.median(blind)), 1) if blind else None,
    } | speed


def main(asked: list[str]) -> None:
    every = next((int(item.removeprefix("--every=")) for item in asked if item.startswith("--every=")), 1)
    words = "--words" in asked
    asked = [item for item in asked if not item.startswith("--")]
    listener = Listener()
    for item in asked or ["en", "zh", "yue", "ja", "ko", "es", "fr", "de"]:
        language, _, voice = item.partition(":")
        voice = voice or voice_for(language).name
        result = judge(listener, language, voice, every)
        if not words:
            result |= aligned(language, voice, every)
        print({key: value for key, value in result.items() if key != "misheard"}, flush=True)
        for sentence, heard in result["misheard"]:  # type: ignore[union-attr]
            print("   ", sentence, "|", heard, flush=True)
        keep(result)


def keep(result: dict[str, object]) -> None:
    """Write a row among those of other voices."""
    rows = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    kept = {(row["language"], row["voice"]): row for row in rows}
    before = kept.get((result["language"], result["voice"]), {})
    kept[(result["language"], result["voice"])] = {key: value for key, value in before.items() if key.startswith(("align_", "lips_", "rtf"))} | result
    ordered = sorted(kept.values(), key=lambda row: (row["language"], row["error"]))
    RESULTS.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
