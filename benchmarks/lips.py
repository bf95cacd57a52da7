"""Lips on the written film, in each of the eight languages: ``python benchmarks/lips.py [PICTURE]`` (a name of tests/media.py, default closed).

A film is made for one spoken line a language and decoded; a face mesh found in every frame, without a tracking filter, gives the opening of the lips.
It is compared with the opening that the phones of the score ask for (the published viseme targets, without smoothing). The control is a
jaw driven by loudness: the same comparison with the voice's level in place of the film's lips. Results: benchmarks/results/lips.json.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np

import phonofilm
from phonofilm.engines.stage.acting import loudness_by_frame
from phonofilm.generate import Film
from phonofilm.media.read import read_frames
from phonofilm.phones import VISEMES
from phonofilm.score.model import Line
from phonofilm.vision.face import FaceFinder

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
NAMES = {"en": "English", "zh": "Mandarin", "yue": "Cantonese", "ja": "Japanese", "ko": "Korean", "es": "Spanish", "fr": "French", "de": "German"}


def gaps(film: Film) -> np.ndarray:
    """Inner opening of the lips by the face's height, frame by frame."""
    finder, found = FaceFinder(), []
    for frame in read_frames(film.path):
        meshes = finder.find(frame)
        if not meshes:
            found.append(np.nan)
            continue
        m = meshes[0].landmarks
        found.append(float(np.linalg.norm(m[14, :2] - m[13, :2]) / np.linalg.norm(m[10, :2] - m[152, :2])))
    return np.array(found)


def figures(film: Film) -> dict[str, float]:
    """Correlation at no offset and at the best one (frames), share of bilabials seen closed, 95th percentile of opening, and the control."""
    line = next(c for c in film.score.cues if isinstance(c, Line))
    gap = gaps(film)
    asked = np.zeros(len(gap))
    for phone in line.phones:
        for frame in range(phone.start // 2000, min(len(gap) - 1, phone.end // 2000) + 1):
            inside = min(phone.end, frame * 2000 + 2000) - max(phone.start, frame * 2000)
            asked[frame] += VISEMES[phone.viseme].jaw * max(inside, 0) / 2000
    speaking = slice(line.start // 2000, line.end // 2000 + 1)
    valid = ~np.isnan(gap[speaking])

    def alike(row: np.ndarray, shift: int) -> float:
        return float(np.corrcoef(np.roll(asked, shift)[speaking][valid], row[speaking][valid])[0, 1])

    best = max(range(-5, 6), key=lambda k: alike(gap, k))
    wide = float(np.nanpercentile(gap[speaking], 95))
    closed = [gap[(p.start + p.end) // 4000] < 0.2 * wide for p in line.phones if p.viseme == "PP"]
    loud = loudness_by_frame(film.materials.line(line), line.start, len(gap))
    return {
        "correlation": round(alike(gap, 0), 3), "best_offset_frames": best, "correlation_there": round(alike(gap, best), 3),
        "bilabials": len(closed), "bilabials_closed": round(float(np.mean(closed)), 3) if closed else 0.0,
        "opening_95th": round(wide, 4), "frames_with_face": round(float(np.mean(~np.isnan(gap))), 3),
        "control_loudness_correlation": round(alike(loud, 0), 3),
    }  # fmt: skip


def main() -> None:
    from media import picture

    name = sys.argv[1] if len(sys.argv) > 1 else "closed"
    results: dict[str, object] = {"date": str(date.today())}
    with tempfile.TemporaryDirectory() as folder:
        for code, language in NAMES.items():
            text = json.loads((ROOT / "tests" / "sentences" / f"{code}.json").read_text("utf-8"))["sentences"][3]
            prompt = f"@face_photo says in {language}: “{text}” Static camera."
            film = phonofilm.make(prompt, Path(folder) / f"{code}.mp4", references={"face_photo": picture(name)}, ratio="3:4", resolution="720p")
            assert next(c for c in film.score.cues if isinstance(c, Line)).language == code
            results[code] = figures(film)
            print(code, json.dumps(results[code]), flush=True)
    path = ROOT / "benchmarks" / "results" / "lips.json"
    kept = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps({**kept, name: results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
