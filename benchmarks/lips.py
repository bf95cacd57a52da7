"""Lips on the written film.

    python benchmarks/lips.py PICTURE [LANGUAGE ...]
    python benchmarks/lips.py PICTURE LANGUAGE=FOLDER ... [--clips 10] [--from 0] [--most 1] [--again]
    python benchmarks/lips.py people

PICTURE is a name of tests/media.py. In the first form a film is made for one spoken line a language (all eight when none is named: of
tests/sentences the first from the fourth on with at least two /a/, two /i/, two bilabials and one /u/), in the second for each of some human
recordings in a folder, without their words (for example of Debian's asterisk-core-sounds-en-wav, -es-wav, -fr-wav). The film is decoded; a face
mesh found in every frame, without a tracking filter, gives the opening of the lips.

Made speech is compared with the opening that the phones of the score ask for (the published viseme targets, without smoothing): correlation;
the offset of its peak (a parabola through the three highest of shifts by a fifth of a frame); opening on /a/ and /i/, width on /u/ and /i/
(medians of the frames whose middle lies in them; vowels of a frame's length at least: neither the glide /j/ nor the end of a diphthong is an
/i/), and the same openings above what the tracker reads on the closed lips of that face's bilabials; bilabials seen closed and frames in the
middle of an open vowel seen closed (under a fifth of the line's 95th percentile of opening); that percentile. The control is a jaw driven by
loudness. For recordings the reference is the phones that the aligner found: it measures the film's part alone; where the aligner puts the phones
of a recording is measured by recordings.py.
Recordings that have a result are left out, unless --again is said; --from begins at so many of them, --most ends a run after so many.
How fast lips part and meet (95th and 99th percentile, face heights a second) is read by the same tracker from the films made here and, in the
third form, from filmed people who speak (CLIPS of tests/media.py at 24 frames a second and more).
Results: benchmarks/results/lips.json.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np

import phonofilm
from phonofilm.engines.stage.acting import loudness_by_frame
from phonofilm.generate import Film
from phonofilm.media.probe import probe
from phonofilm.media.read import read_frames
from phonofilm.phones import VISEMES, Phone
from phonofilm.score.model import Line
from phonofilm.vision.face import FaceFinder

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
NAMES = {"en": "English", "zh": "Mandarin", "yue": "Cantonese", "ja": "Japanese", "ko": "Korean", "es": "Spanish", "fr": "French", "de": "German"}
#: the line of tests/sentences that is spoken
LINES = {"en": 3, "zh": 3, "yue": 4, "ja": 3, "ko": 4, "es": 3, "fr": 5, "de": 4}
#: letters that a vowel of the viseme I is written with
CLOSE = tuple("iɪɨɯĩ")
RESULT = ROOT / "benchmarks" / "results" / "lips.json"
RESOLUTION = "480p"
#: filmed people who speak, of tests/media.py, and the frames that are looked at
PEOPLE, LONGEST = ("desk", "office", "vlog", "talk"), 400
#: shifts that are tried, frames
SHIFTS = np.arange(-5, 5.01, 0.2)


def lips_of(path: Path, longest: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Inner opening and width of the lips by the face's height, frame by frame, of the first ``longest`` frames."""
    finder = FaceFinder()
    gap: list[float] = []
    width: list[float] = []
    for frame in islice(read_frames(path), longest):
        meshes = sorted(finder.find(frame), key=lambda m: -np.ptp(m.landmarks[:, 1]))
        p = meshes[0].landmarks[:, :2] if meshes else np.full((478, 2), np.nan)
        height = np.linalg.norm(p[10] - p[152])
        gap.append(float(np.linalg.norm(p[14] - p[13]) / height))
        width.append(float(np.linalg.norm(p[61] - p[291]) / height))
    return np.array(gap), np.array(width)


def speeds(gap: np.ndarray, fps: float) -> dict[str, float]:
    """How fast lips part and meet, face heights a second."""
    moved = np.abs(np.diff(gap)) * fps
    return {f"speed_{k}th": round(float(np.nanpercentile(moved, k)), 2) for k in (95, 99)}


def asked_of(phones: tuple[Phone, ...], num: int, shift: float = 0.0) -> np.ndarray:
    """Opening that the phones ask for, averaged over each frame's span, for lips that are late by ``shift`` frames."""
    asked = np.zeros(num)
    late = round(shift * 2000)
    for phone in phones:
        start, end = phone.start + late, phone.end + late
        for frame in range(max(0, start // 2000), min(num - 1, end // 2000) + 1):
            asked[frame] += VISEMES[phone.viseme].jaw * max(min(end, frame * 2000 + 2000) - max(start, frame * 2000), 0) / 2000
    return asked


def peak(values: list[float]) -> float:
    """Place of the highest value of a row over ``SHIFTS``, by a parabola through it and its neighbours."""
    k = int(np.argmax(values))
    if k in (0, len(values) - 1):
        return float(SHIFTS[k])
    low, top, high = values[k - 1 : k + 2]
    return float(SHIFTS[k] + (SHIFTS[1] - SHIFTS[0]) * 0.5 * (low - high) / min(low - 2 * top + high, -1e-9))


def figures(film: Film) -> dict[str, float]:
    """What the docstring of this file says of one film."""
    line = next(c for c in film.score.cues if isinstance(c, Line))
    gap, width = lips_of(film.path)
    num = len(gap)
    first, last = min(p.start for p in line.phones), max(p.end for p in line.phones)
    part = slice(first // 2000, min(num, last // 2000 + 1))
    valid = ~np.isnan(gap[part])

    def alike(row: np.ndarray, shift: float) -> float:
        return float(np.corrcoef(asked_of(line.phones, num, shift)[part][valid], row[part][valid])[0, 1])

    row = [alike(gap, float(s)) for s in SHIFTS]
    wide = float(np.nanpercentile(gap[part], 95))
    heard = [next((p for p in line.phones if p.start <= f * 2000 + 1000 < p.end), None) for f in range(num)]

    def usual(series: np.ndarray, viseme: str) -> float:
        found = [v for v, p in zip(series, heard, strict=True) if p is not None and p.viseme == viseme and _vowel(p) and not np.isnan(v)]
        return float(np.median(found)) if found else float("nan")

    lips = [gap[(p.start + p.end) // 4000] for p in line.phones if p.viseme == "PP" and (p.start + p.end) // 4000 < num]
    closed = [opening < 0.2 * wide for opening in lips]
    zero = float(np.nanmedian(lips)) if lips else float("nan")
    a, i = usual(gap, "aa"), usual(gap, "I")
    inside = [gap[f] < 0.2 * wide for f, p in enumerate(heard) if p and p.viseme == "aa" and p.start + 1000 <= f * 2000 + 1000 < p.end - 1000]
    loud = loudness_by_frame(film.materials.line(line), line.start, num)
    return {
        "correlation": round(alike(gap, 0), 3), "offset_ms": round(peak(row) * 1000 / 24, 1), "correlation_there": round(max(row), 3),
        "bilabials": len(closed), "bilabials_closed": int(sum(closed)),
        "frames_in_open_vowels": len(inside), "false_closures": int(sum(inside)),
        "opening_95th": round(wide, 4), "opening_aa": round(a, 4), "opening_I": round(i, 4), "opening_bilabials": round(zero, 4),
        "aa_over_I": round(a / max(i, 1e-3), 2), "aa_over_I_above_closed": round((a - zero) / max(i - zero, 1e-3), 2),
        **speeds(gap[part], 24),
        "width_U": round(usual(width, "U"), 4), "width_I": round(usual(width, "I"), 4),
        "frames_with_face": round(float(np.mean(~np.isnan(gap))), 3), "control_loudness_correlation": round(alike(loud, 0), 3),
    }  # fmt: skip


def _vowel(phone: Phone) -> bool:
    """Whether a phone of a vowel's viseme is a vowel, a frame long at least."""
    return phone.end - phone.start >= 2000 and (phone.viseme != "I" or phone.ipa.startswith(CLOSE))


def keep(name: str, key: str, value: object) -> None:
    """Write one result beside those that are there."""
    kept = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    kept[name] = {**kept.get(name, {}), "date": str(date.today()), key: value}
    RESULT.write_text(json.dumps(kept, indent=1, sort_keys=True).replace("NaN", "null") + "\n")
    print(name, key, json.dumps(value), flush=True)


def spoken(name: str, code: str, folder: Path) -> None:
    from media import picture

    text = json.loads((ROOT / "tests" / "sentences" / f"{code}.json").read_text("utf-8"))["sentences"][LINES[code]]
    prompt = f"@face_photo says in {NAMES[code]}: “{text}” Static camera."
    film = phonofilm.make(prompt, folder / f"{code}.mp4", references={"face_photo": picture(name)}, ratio="3:4", resolution=RESOLUTION)
    assert next(c for c in film.score.cues if isinstance(c, Line)).language == code
    keep(name, code, figures(film))


def recorded(name: str, code: str, source: Path, num: int, begin: int, most: int, folder: Path) -> None:
    from media import picture

    # recordings of 2.2 to 4 s, 8 kHz of 16 bits
    files = sorted(p for p in source.glob("*.wav") if 36_000 < p.stat().st_size < 64_000)
    known = json.loads(RESULT.read_text()).get(f"{name} speaks recordings", {}) if RESULT.is_file() else {}
    for clip in [files[k] for k in np.linspace(0, len(files) - 1, num).astype(int)[begin:]]:
        if f"{code}/{clip.stem}" in known and "--again" not in sys.argv:
            continue
        if most == 0:
            return
        most -= 1
        references = {"face_photo": picture(name), "voiceover": clip}
        prompt = f"@face_photo says what is on @voiceover in {NAMES[code]}. Static camera."
        film = phonofilm.make(prompt, folder / "clip.mp4", references=references, ratio="3:4", resolution=RESOLUTION, seconds=4)
        keep(f"{name} speaks recordings", f"{code}/{clip.stem}", figures(film))


def people() -> None:
    """How fast filmed people's lips are."""
    from media import clip

    for name in PEOPLE:
        path = clip(name)
        gap, _ = lips_of(path, LONGEST)
        keep("people", name, {"opening_95th": round(float(np.nanpercentile(gap, 95)), 4), **speeds(gap, probe(path).fps)})


def main() -> None:
    given = [a for a in sys.argv[1:] if not a.startswith("--") and not a.isdigit()] or ["closed"]
    if given == ["people"]:
        people()
        return
    num, begin, most = (
        int(sys.argv[sys.argv.index(f"--{k}") + 1]) if f"--{k}" in sys.argv else v for k, v in (("clips", 10), ("from", 0), ("most", -1))
    )
    with tempfile.TemporaryDirectory() as folder:
        for each in given[1:] or list(NAMES):
            code, _, source = each.partition("=")
            if source:
                recorded(given[0], code, Path(source), num, begin, most, Path(folder))
            else:
                spoken(given[0], code, Path(folder))
    rows = {k: v for k, v in json.loads(RESULT.read_text()).get(f"{given[0]} speaks recordings", {}).items() if isinstance(v, dict)}
    for code in {k.partition("/")[0] for k in rows}:
        own = [v for k, v in rows.items() if k.startswith(f"{code}/")]
        late, like = [v["offset_ms"] for v in own], [v["correlation"] for v in own]
        within = sum(abs(o) <= 40 for o in late)
        print(
            code,
            len(own),
            f"recordings, {within} within 40 ms, offset {np.median(late):.0f} ms, correlation {np.median(like):.2f}, least {min(like):.2f}",
        )


if __name__ == "__main__":
    main()
