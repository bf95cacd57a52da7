"""A singer's mouth on the written film: ``python benchmarks/sung.py FOLDER [--only NAME]``.

FOLDER holds the unpacked packages of ``SONGS`` (``apt-get download NAME``, ``dpkg -x``; ``stempeg`` 0.2.6 is a wheel of PyPI, whose song has its
stems). They are listened to, never shipped. For each a film of a photograph that sings it is made and decoded; a face mesh found in every frame
gives the opening of the lips. The reference is the level of the voice itself (200 to 4000 Hz, to the power 0.6): of its own stem where there is
one, else of the voice that is drawn out of the mix. Printed: correlation at no offset and the offset of its peak; in how many of the rests of the
voice (0.3 s and longer) the mouth is closed, in how many of its notes it opens. The control is the same mouth against the level of another time of
the voice. A second reference is that level times how open the vowel sounds ("openness"): a loud /i/ is sung with a narrow mouth. For the song
with stems the band alone is filmed too: nobody sings, so the mouth must stay closed. A song with words in ``WORDS`` is mouthed by these as well.
Results: benchmarks/results/sung.json.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
from lips import SHIFTS, lips_of, peak
from scipy.signal import butter, sosfiltfilt

import phonofilm
from phonofilm.media.outputs import write_wav
from phonofilm.media.read import read_sound
from phonofilm.perceive.sound import hear
from phonofilm.score.model import Line

RESULT = Path(__file__).parent / "results" / "sung.json"
#: name: (file in its package, where its excerpt begins in seconds)
SONGS = {
    "stempeg": ("The Easton Ellises - Falcon 69.stem.mp4", 0.0),
    "mutilated_mime": ("mutilated_mime/song.ogg", -0.4),
    "internal_degeneration": ("internal_degeneration/song.ogg", -0.4),
}
#: words that a recogniser heard in the excerpt: the song is mouthed by them as well
WORDS = {"stempeg": "For lives. For lives."}
SECONDS = 10


def power(voice: np.ndarray, num: int, lowest: float, highest: float) -> np.ndarray:
    """Mean square of a band of a voice s in each frame's span."""
    band = sosfiltfilt(butter(3, (lowest, highest), "band", fs=48_000, output="sos"), voice)
    padded = np.zeros(num * 2000)
    padded[: min(len(band), len(padded))] = band[: len(padded)]
    return np.square(padded.reshape(num, 2000)).mean(axis=1)


def level(voice: np.ndarray, num: int) -> np.ndarray:
    """Level of a voice s in each frame's span, to the power 0.6."""
    return np.convolve(power(voice, num, 200, 4000) ** 0.3, [0.25, 0.5, 0.25], "same")


def openness(voice: np.ndarray, num: int) -> np.ndarray:
    """``level`` times the share of what lies under 1100 Hz that is above 500 Hz, where open vowels have their first formant."""
    return level(voice, num) * power(voice, num, 500, 1100) / (power(voice, num, 150, 1100) + 1e-12)


def figures(film: phonofilm.Film, voice: np.ndarray) -> dict[str, float | int]:
    line = next((c for c in film.score.cues if isinstance(c, Line)), None)
    gap, _ = lips_of(film.path)
    num = len(gap)
    gap = np.where(np.isnan(gap), np.nanmedian(gap), gap)
    loud = level(voice, num)
    last = min(num, len(voice) // 2000)
    at = np.arange(last)

    def alike(shift: float, row: np.ndarray = loud) -> float:
        return float(np.corrcoef(np.interp(at + shift, np.arange(num), gap), row[:last])[0, 1])

    wide_vowels = openness(voice, num)
    row, row_open = ([alike(float(s), against) for s in SHIFTS] for against in (loud, wide_vowels))
    least, wide = (float(np.percentile(gap[:last], p)) for p in (5, 95))
    shut = least + 0.25 * (wide - least)
    sounding = loud[:last] > 0.25 * np.percentile(loud[:last], 95)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sounding.astype(int), [0]])))
    notes = list(zip(edges[::2], edges[1::2], strict=True))
    rests = [(b, c) for (_, b), (c, _) in itertools.pairwise(notes) if c - b >= 8]
    notes = [(a, b) for a, b in notes if b - a >= 4]
    other = np.roll(loud[:last], last // 2)
    return {
        "correlation": round(alike(0.0), 3), "offset_ms": round(peak(row) * 1000 / 24, 1), "control_correlation": round(alike(0.0, other), 3),
        "openness_correlation": round(alike(0.0, wide_vowels), 3), "openness_offset_ms": round(peak(row_open) * 1000 / 24, 1),
        "openness_control": round(alike(0.0, np.roll(wide_vowels[:last], last // 2)), 3),
        "notes": len(notes), "notes_opened": int(sum(gap[a:b].max() > (least + wide) / 2 for a, b in notes)),
        "rests": len(rests), "rests_closed": int(sum(np.median(gap[a + 2 : b - 2]) < shut for a, b in rests)),
        "opening_95th": round(wide, 4), "phones": len(line.phones) if line else 0,
    }  # fmt: skip


def filmed(part: np.ndarray, folder: Path, words: str = "") -> phonofilm.Film:
    from media import picture

    write_wav(folder / "song.wav", part)
    references = {"artist": picture("astronaut"), "song": folder / "song.wav"}
    prompt = "@artist sings @song. Static camera."
    seconds = int(np.clip(len(part) // 48_000, 4, SECONDS))
    said = {"song": words} if words else {}
    return phonofilm.make(prompt, folder / "film.mp4", references=references, ratio="3:4", resolution="480p", seconds=seconds, transcripts=said)


def keep(name: str, value: object) -> None:
    kept = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    RESULT.write_text(json.dumps({**kept, "date": str(date.today()), name: value}, indent=1) + "\n")
    print(name, json.dumps(value), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of unpacked packages")
    parser.add_argument("--only", action="append", choices=SONGS, help="this song; may be given again")
    asked = parser.parse_args()
    for name in asked.only or SONGS:
        file, begin = SONGS[name]
        found = next((p for p in asked.folder.rglob(Path(file).name) if str(p).endswith(file)), None)
        if found is None:
            print(f"{name}: not in {asked.folder}")
            continue
        samples = stem(found, 0) if found.suffix == ".mp4" else read_sound(found)[0]
        start = round(len(samples) * -begin) if begin < 0 else round(begin * 48_000)
        part = samples[start : start + SECONDS * 48_000]
        with tempfile.TemporaryDirectory() as folder:
            film = filmed(part, Path(folder))
            if found.suffix == ".mp4":
                voice = stem(found, 4).mean(axis=1)
            else:
                drawn = hear(part, name).voice
                voice = drawn if drawn is not None else np.zeros(len(part))
            keep(name, figures(film, voice) | {"remarks": list(film.remarks)})
            if name in WORDS:
                told = filmed(part, Path(folder), WORDS[name])
                keep(f"{name}, with its words", figures(told, voice) | {"remarks": list(told.remarks)})
            if found.suffix == ".mp4":
                alone = filmed(sum((stem(found, k) for k in (1, 2, 3)), np.zeros_like(part)), Path(folder))
                gap, _ = lips_of(alone.path)
                lines = sum(isinstance(c, Line) for c in alone.score.cues)
                keep(f"{name}, the band alone", {"lines": lines, "opening_most": round(float(np.nanmax(gap) - np.nanmedian(gap)), 4)})


def stem(path: Path, number: int) -> np.ndarray:
    """One of the sounds in a file of stems, samples s 2 at 48 kHz."""
    import av

    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        blocks = [b.to_ndarray() for f in container.decode(container.streams.audio[number]) for b in resampler.resample(f)]
    return np.ascontiguousarray(np.concatenate(blocks, axis=1).T.astype(np.float32))


if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    main()
