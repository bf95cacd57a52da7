"""Cuts of a music film against the beats that an independent tracker hears: ``python benchmarks/cuts.py SONG``.

A music video is made to SONG from two pictures and two clips of the examples; its cuts are found in the decoded frames, its beats by ``aubiotrack``
(Debian: aubio-tools) in the decoded sound. Printed: the share of cuts within one frame of a beat, and the same against the sound shifted by 100 ms.
Results: benchmarks/results/cuts.json.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import cv2
import numpy as np

import phonofilm
from phonofilm.media.outputs import write_wav
from phonofilm.media.read import read_frames, read_sound

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "examples"))


def cuts_of(film: Path) -> list[float]:
    """Seconds at which the decoded picture changes as a whole."""
    found: list[float] = []
    before: np.ndarray | None = None
    for k, frame in enumerate(read_frames(film)):
        now = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_RGB2LAB), (48, 27), interpolation=cv2.INTER_AREA).astype(np.float32)
        if before is not None and float(np.abs(now - before).mean()) > 14:
            found.append(k / 24)
        before = now
    return found


def near(cuts: list[float], beats: np.ndarray) -> float:
    """Share of cuts within one frame of a beat; a beat inside the span of the frame that the cut shows first is no distance away."""
    frame = 1 / 24
    away = [float(np.maximum(np.maximum(c - beats, beats - (c + frame)), 0).min()) for c in cuts]
    return float(np.mean([d <= frame + 1e-6 for d in away]))


def main() -> None:
    import media

    song = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        out, wav = Path(folder) / "film.mp4", Path(folder) / "film.wav"
        references = {
            "artist": media.carried("astronaut.png"), "bg_music": song,
            "ride": media.carried("bikes.mp4"), "bunny": media.carried("bigbuckbunny.mp4"),
        }  # fmt: skip
        prompt = "Music video. @artist sings, with footage @ride and @bunny between, cut to @bg_music."
        film = phonofilm.make(prompt, out, references=references, seconds=15, ratio="16:9", resolution="480p")
        write_wav(wav, read_sound(out)[0])
        heard = subprocess.run(["aubiotrack", str(wav)], capture_output=True, text=True, check=True).stdout
        beats = np.array([float(line) for line in heard.split()])
        planned = {shot.start / 48_000 for shot in film.score.shots[1:]}
        cuts = [c for c in cuts_of(out) if min(abs(c - p) for p in planned) < 0.001]
    face = sum(s.end - s.start for s in film.score.shots if "artist" in s.seen) / film.score.length
    results = {
        "date": str(date.today()), "song": song.name, "cuts_planned": len(planned), "cuts_seen": len(cuts), "beats_heard": len(beats),
        "cuts_on_a_beat": near(cuts, beats), "control_shifted_100_ms": near(cuts, beats + 0.1), "share_of_face": round(face, 3),
    }  # fmt: skip
    print(json.dumps(results))
    (ROOT / "benchmarks" / "results" / "cuts.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
