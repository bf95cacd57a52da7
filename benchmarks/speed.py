"""How long a film of a photo and a voice takes beside its floor, and how much memory.

    python benchmarks/speed.py

Films the astronaut of scikit-image with a spoken line at 1080p, 5 s (cold: an empty cache with the models in it; warm: again) and 15 s, each in its
own process. The floor is the same run's film, its RGB frames in memory, through conversion, the writer's x264 and AAC. Figures that count are ratios
of one run: other work on the machine slows all parts. Results: benchmarks/results/speed.json.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "speed.json"
LINE = 'The camera slowly pushes in. @me says: "Every film begins with a picture and a voice, and this one is made on two small cores."'
CHUNK = 6


def film(photo: Path, out: Path, seconds: int) -> dict[str, float]:
    """Make one film in this process and tell its times."""
    began = time.perf_counter()
    from phonofilm.engines.stage.stage import Stage
    from phonofilm.generate import render, score_of
    from phonofilm.media.reference import sha256_of
    from phonofilm.request import Reference, Request

    class Timed(Stage):
        def play(self, score, materials, *, progress):
            for chunk in Stage.play(self, score, materials, progress=progress):
                times.append(time.perf_counter())
                yield chunk

    times: list[float] = []
    engine = Timed()
    me = Reference(tag="me", path=photo, kind="image", sha256=sha256_of(photo))
    score, materials = score_of(Request(prompt=LINE, references=(me,), seconds=seconds, ratio="16:9", resolution="1080p"), engine)
    directed = time.perf_counter()
    render(score, materials, out, engine=engine)
    ended = time.perf_counter()
    num = seconds * 24
    return {
        "perceive_and_direct_s": directed - began,
        "before_the_first_frames_s": times[0] - began,
        "film_s": (ended - times[0]) * num / (num - CHUNK),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def floor(made: Path, out: Path) -> dict[str, float]:
    """Write the frames of a film again, from memory."""
    import av
    import numpy as np

    from phonofilm.engines.base import Chunk
    from phonofilm.media.colour import to_i420
    from phonofilm.media.writer import FilmWriter

    with av.open(str(made)) as container:
        frames = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    with av.open(str(made)) as container:
        sound = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1).T.astype(np.float32)
    height, width = frames[0].shape[:2]
    began = time.perf_counter()
    with FilmWriter(out, width=width, height=height, length=len(frames) * 2000, metadata={}) as writer:
        for k in range(0, len(frames), CHUNK):
            part = np.stack([to_i420(f) for f in frames[k : k + CHUNK]])
            writer.write(Chunk(start=k * 2000, frames=part, sound=np.ascontiguousarray(sound[k * 2000 : (k + len(part)) * 2000])))
    return {"floor_s": time.perf_counter() - began}


def child(*arguments: str, cache: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=True, env=os.environ | {"PHONOFILM_CACHE": str(cache)}
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    import skimage.data

    from phonofilm.weights import cache_dir

    photo = Path(skimage.data.__file__).parent / "astronaut.png"
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        cache.mkdir()
        (cache / "models").symlink_to(cache_dir() / "models", target_is_directory=True)
        for name, seconds in (("5 s cold", 5), ("5 s warm", 5), ("15 s warm", 15)):
            out = Path(folder) / f"{seconds}.mp4"
            rows[name] = child("film", str(photo), str(out), str(seconds), cache=cache)
            if seconds == 5:
                rows[name] |= child("floor", str(out), str(Path(folder) / "floor.mp4"), cache=cache)
                rows[name]["ratio"] = rows[name]["film_s"] / rows[name]["floor_s"]
            print(name, {k: round(v, 2) for k, v in rows[name].items()}, flush=True)
    rows = {name: {k: round(v, 3) for k, v in row.items()} for name, row in rows.items()}
    load = os.getloadavg()[0]
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, no GPU",
        "load": round(load, 1),
        "films": rows,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    verb, *rest = sys.argv[1:] or ["main"]
    if verb == "film":
        print(json.dumps(film(Path(rest[0]), Path(rest[1]), int(rest[2]))))
    elif verb == "floor":
        print(json.dumps(floor(Path(rest[0]), Path(rest[1]))))
    else:
        main()
