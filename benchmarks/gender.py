"""Whose voice a face is given where no word tells: the classifier on the faces of the tests' photographs and clips.

    python benchmarks/gender.py

Writes benchmarks/results/gender.json: for each face its height in pixels and how surely it looks a man's (0…1). A voice is chosen by a face from
0.8 and up to 0.2. Clips are looked at every two seconds or so, a face of each person.
"""

import json
import sys
from pathlib import Path

import av
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import media
from phonofilm.perceive.traits import face_of
from phonofilm.score.casting import PLAINLY
from phonofilm.vision.face import FaceFinder

WOMEN = ("astronaut", "frown", "glasses", "long-hair", "medallion", "open", "talk", "vlog", "dancer", "moods")
MEN = ("backlit", "beard", "closed", "cropped", "outdoors", "smile", "speaking", "three-quarter", "desk", "office", "address")
EVERY, LAST = 50, 400  # frames of a clip
RESULT = Path(__file__).parent / "results" / "gender.json"


def pictures(name: str) -> list[np.ndarray]:
    """A photograph, or frames of a clip, u8[h w 3]."""
    if name not in media.CLIPS:
        return [np.asarray(Image.open(media.picture(name)).convert("RGB"))]
    with av.open(str(media.clip(name))) as container:
        frames = (frame for k, frame in enumerate(container.decode(video=0)) if k % EVERY == EVERY // 5)
        return [frame.to_ndarray(format="rgb24") for _, frame in zip(range(LAST // EVERY), frames, strict=False)]


def main() -> None:
    finder = FaceFinder()
    rows: list[dict[str, object]] = []
    right = plain = wrong = 0
    for name in (*WOMEN, *MEN):
        for picture in pictures(name):
            for mesh in finder.find(picture):
                masculine = face_of(mesh, picture).masculine
                rows.append({"picture": name, "height": round(mesh.box[3] - mesh.box[1]), "masculine": round(masculine, 3)})
                surely = max(masculine, 1 - masculine) > PLAINLY
                agrees = (masculine > 0.5) == (name in MEN)
                right, plain, wrong = right + agrees, plain + (agrees and surely), wrong + (surely and not agrees)
    told = {"faces": len(rows), "right": right, "right and sure": plain, "wrong and sure": wrong}
    RESULT.write_text(json.dumps({**told, "each": rows}, indent=1) + "\n")
    print(told)


if __name__ == "__main__":
    main()
