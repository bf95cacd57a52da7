"""Every family of camera moves on film, measured by tracked points.

    python benchmarks/camera.py [FAMILY ...]

Films a made photo (a textured slab before a textured wall) with each family's default amount, 480p and 4 s, decodes the written file, follows corners
through all frames and solves the camera from them (tests/tracked.py). Results: benchmarks/results/camera.json.
"""

import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from phonofilm.score.camera import FAMILIES  # noqa: E402
from tracked import filmed, grey_frames, made_picture, measure, score_of  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "camera.json"
SIZE, SECONDS = (864, 496), 4


def main() -> None:
    picture = made_picture()
    rows = []
    print(f"{'family':14}{'asked':>8}{'given':>8}{'seen':>8}{'error':>8}{'near px':>9}{'far px':>8}{'ratio':>8}{'pinhole':>8}{'rms px':>8}")
    for family in sys.argv[1:] or FAMILIES:
        score = score_of(picture, family, SIZE, SECONDS)
        with tempfile.TemporaryDirectory() as folder:
            film = filmed(score, picture, Path(folder) / "film.mp4")
            found = measure(grey_frames(film), score, picture)
        # a hand's unrest has no amount of way; what counts is that it is there
        error = "-" if family == "handheld" else f"{found.error:.2%}"
        print(
            f"{family:14}{found.asked:8.2f}{found.delivered:8.2f}{found.amount:8.3f}{error:>8}{found.near:9.1f}{found.far:8.1f}"
            f"{found.ratio:8.3f}{found.predicted:8.3f}{found.residual:8.3f}",
            flush=True,
        )
        row = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(found).items()}
        rows.append(row | {"error": None if family == "handheld" else round(found.error, 4)})
    machine = f"{platform.machine()}, {os.cpu_count()} cores, no GPU"
    result = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "size": SIZE, "seconds": SECONDS, "families": rows}
    if len(rows) == len(FAMILIES):
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
