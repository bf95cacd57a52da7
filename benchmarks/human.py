"""How much of human speech the recogniser of ``voices.py`` mishears: the figure that the voices' own is held against.

    python benchmarks/human.py LANGUAGE=FOLDER:LIST ... [--clips 20]

FOLDER holds recordings, LIST (plain or .gz) a line ``name: words`` for each: for example Debian's asterisk-core-sounds-en-wav with the list of
asterisk-core-sounds-en (telephone speech, 8 kHz; en, es and fr). Taken are evenly spaced clips of eight words or more and at most 12 s, counted as
``heard.py`` says; Spanish without its tildes too, which that list leaves out. Results: benchmarks/results/human.json. Needs the extra ``verify``.
"""

import gzip
import json
import re
import sys
from pathlib import Path

import numpy as np
from heard import Listener, distance, tokens

from phonofilm.media.read import read_sound

RESULTS = Path(__file__).parent / "results" / "human.json"
LEAST_WORDS, LONGEST_SECONDS = 8, 12


def clips(folder: Path, words: Path) -> list[tuple[Path, str]]:
    """Recordings of the list that are there and long enough, with their words."""
    with gzip.open(words, "rt", encoding="utf-8") if words.suffix == ".gz" else words.open(encoding="utf-8") as file:
        rows = [row.partition(":") for row in file if not row.startswith(";")]
    found = [(folder / f"{name.strip()}.wav", re.sub(r"[“”\"]", "", said).strip()) for name, _, said in rows]
    return [
        (path, said)
        for path, said in found
        if path.is_file() and len(said.split()) >= LEAST_WORDS and path.stat().st_size < LONGEST_SECONDS * 16_000 and "(" not in said
    ]


def judge(listener: Listener, language: str, folder: Path, words: Path, num: int) -> dict[str, object]:
    """Errors over ``num`` clips."""
    all_clips = clips(folder, words)
    chosen = [all_clips[k] for k in np.unique(np.linspace(0, len(all_clips) - 1, num).astype(int))]
    wrong = total = 0
    misheard: list[list[str]] = []
    for path, said in chosen:
        heard = listener.hear(read_sound(path)[0].mean(axis=1), language)
        a, b = (tokens(text.replace("ñ", "n") if language == "es" else text, language) for text in (said, heard))
        errors = distance(a, b)
        wrong, total = wrong + errors, total + len(a)
        if errors:
            misheard.append([said, heard])
    return {
        "language": language, "recordings": folder.name, "clips": len(chosen), "words": total, "error": round(wrong / total, 4), "misheard": misheard
    }  # fmt: skip


def main(asked: list[str]) -> None:
    num = int(asked[asked.index("--clips") + 1]) if "--clips" in asked else 20
    listener = Listener()
    kept = {row["language"]: row for row in json.loads(RESULTS.read_text(encoding="utf-8"))} if RESULTS.exists() else {}
    for item in (item for item in asked if "=" in item):
        language, _, where = item.partition("=")
        folder, _, words = where.partition(":")
        kept[language] = judge(listener, language, Path(folder), Path(words), num)
        print({key: value for key, value in kept[language].items() if key != "misheard"}, flush=True)
        for said, heard in kept[language]["misheard"]:
            print("   ", said, "|", heard, flush=True)
        RESULTS.write_text(json.dumps([kept[key] for key in sorted(kept)], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
