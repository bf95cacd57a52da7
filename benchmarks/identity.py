"""How well the metric ``identity`` tells the face of a picture from other faces: ``python benchmarks/identity.py``.

Each face of tests/media.py is compared with itself in other sizes, codings, light and tilt (self), with other pictures of the same man (again),
and with all others in all forms (other). Printed and written to benchmarks/results/identity.json: for the look and for the shape the farthest
self, the nearest other, and the share of pairs (self, other) that are in the right order (area under the ROC curve).
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from phonofilm.measure.likeness import Model
from phonofilm.measure.thresholds import GOALS
from phonofilm.vision.face import FaceFinder

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
#: pictures of one person share a name
PEOPLE = {
    "closed": "A", "smile": "B", "speaking": "B", "backlit": "B", "glasses": "C", "long-hair": "D", "open": "E", "frown": "F", "outdoors": "G",
    "beard": "H", "astronaut": "I", "three-quarter": "J",
}  # fmt: skip


def forms(rgb: np.ndarray) -> dict[str, np.ndarray]:
    h, w = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), 12, 1)
    side = np.linspace(0.6, 1.25, w)[None, :, None]
    return {
        "as it is": rgb,
        "half": cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
        "third": cv2.resize(rgb, None, fx=0.33, fy=0.33, interpolation=cv2.INTER_AREA),
        "JPEG 30": cv2.imdecode(cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR),
        "dim": (255 * (rgb / 255) ** 1.6 * 0.8).astype(np.uint8),
        "lit from the side": np.clip(rgb * side, 0, 255).astype(np.uint8),
        "tilted": cv2.warpAffine(rgb, turn, (w, h)),
    }


def right_order(near: list[float], far: list[float]) -> float:
    return float(np.mean([[a < b for b in far] for a in near]))


def main() -> None:
    from media import picture

    finder = FaceFinder()
    faces: list[tuple[str, str, np.ndarray, np.ndarray]] = []
    for name in PEOPLE:
        image = Image.open(picture(name)).convert("RGB")
        image.thumbnail((800, 800))
        for form, rgb in forms(np.asarray(image)).items():
            found = finder.find(np.ascontiguousarray(rgb), thorough=False)
            if found:
                faces.append((name, form, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), found[0].landmarks))
    rows: dict[str, dict[str, list[float]]] = {kind: {"look": [], "shape": []} for kind in ("self", "again", "other")}
    for name, form, luma, landmarks in faces:
        if form != "as it is":
            continue
        model = Model(luma, landmarks)
        for other, in_form, o_luma, o_landmarks in faces:
            if (other, in_form) == (name, form):
                continue
            kind = "self" if other == name else "again" if PEOPLE[other] == PEOPLE[name] else "other"
            found = model.compare(o_luma, o_landmarks)
            rows[kind]["shape"].append(found.shape)
            if found.look is not None:
                rows[kind]["look"].append(found.look)
    out: dict[str, object] = {"date": str(date.today()), "faces": len(faces), "goal_look": GOALS["face look"].most}
    for what in ("look", "shape"):
        near, again, far = (sorted(rows[kind][what]) for kind in ("self", "again", "other"))
        out[what] = {
            "self_pairs": len(near), "self_median": round(float(np.median(near)), 4), "self_farthest": [round(v, 4) for v in near[-3:]],
            "other_pairs": len(far), "other_nearest": [round(v, 4) for v in far[:3]], "other_median": round(float(np.median(far)), 4),
            "same_man_in_another_picture_median": round(float(np.median(again)), 4),
            "roc_area_self": round(right_order(near, far), 4), "roc_area_again": round(right_order(again, far), 4),
        }  # fmt: skip
    print(json.dumps(out, indent=1))
    (ROOT / "benchmarks" / "results" / "identity.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
