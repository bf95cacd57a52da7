"""How long films take beside their floor, and how much memory.

    python benchmarks/speed.py            the main job
    python benchmarks/speed.py uses       the five uses of examples/, or those that are named: uses social education

The main job films the astronaut of scikit-image with a spoken line at 1080p, 5 s (cold: a cache with nothing but the models; warm: again) and 15 s,
each in its own process: a photo so small that it is enlarged, and a voice that is made. "recording": the same words out of a file instead; "large
photo": one of 1434 x 2333 pixels instead. The floor is the same run's film, its RGB frames in memory, through conversion, the writer's x264 and
AAC. A use is its example with its files unseen (cold) and again (warm); they are made before, in another process. Figures that count are ratios of
one run: other work on the machine slows all parts. ``cpu_before_s`` and ``cpu_ms_a_frame`` are less disturbed by it: the processor's time before the
first frames, and of the film phase, drawing and coding. Results: benchmarks/results/speed.json.
"""

import json
import os
import platform
import resource
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "speed.json"
EXAMPLES = Path(__file__).parent.parent / "examples"
USES = ("ecommerce", "music_video", "social", "advertising", "education")
SAID = "Every film begins with a picture and a voice, and this one is made on two small cores."
RECORDED = "The camera slowly pushes in. @me says what is on @voiceover."
LINE = f'The camera slowly pushes in. @me says: "{SAID}"'
CHUNK = 6


def cpu() -> float:
    """Seconds of the processor that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(began: float, make: Callable, out: Path) -> dict[str, float]:
    """What a film took that ``make(engine, out)`` makes in this process: ``began`` is when its work did."""
    from phonofilm.engines.stage.stage import FIRST_FRAMES, Stage

    class Timed(Stage):
        def play(self, score, materials, *, progress):
            marks["directed"] = time.perf_counter()
            for chunk in Stage.play(self, score, materials, progress=progress):
                if "first" not in marks:
                    marks["first"], marks["cpu"] = time.perf_counter(), cpu()
                yield chunk

    marks: dict[str, float] = {}
    num = make(Timed(), out).score.length // 2000
    ended = time.perf_counter()
    return {
        "seconds": num / 24,
        "perceive_and_direct_s": marks["directed"] - began,
        "before_the_first_frames_s": marks["first"] - began,
        "cpu_before_s": marks["cpu"],
        "film_s": (ended - marks["first"]) * num / (num - FIRST_FRAMES),
        "cpu_ms_a_frame": (cpu() - marks["cpu"]) * 1000 / (num - FIRST_FRAMES),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def film(out: Path, asked: dict[str, Any]) -> dict[str, float]:
    """Make one film in this process: ``asked`` are its prompt, its files by tag and its options."""
    began = time.perf_counter()
    from phonofilm.generate import generate
    from phonofilm.media.reference import open_references
    from phonofilm.request import Request

    references = open_references([f"{tag}={path}" for tag, path in asked["references"].items()])
    request = Request(prompt=asked["prompt"], references=references, **asked["options"])
    return timed(began, lambda engine, path: generate(request, path, engine=engine), out)


def example(name: str) -> dict[str, Any]:
    """What an example asks for; its files are made here, by its own first lines, in another process than its film."""
    import phonofilm

    asked: dict[str, Any] = {}

    def keep(prompt: str, path: str, *, references: Mapping[str, Path], **options: object) -> None:
        asked.update(prompt=prompt, references={tag: str(file) for tag, file in references.items()}, options=options)
        raise KeyboardInterrupt

    phonofilm.make = keep
    sys.path.insert(0, str(EXAMPLES))
    with suppress(KeyboardInterrupt):
        runpy.run_path(str(EXAMPLES / f"{name}.py"))
    return asked


def take(out: Path) -> dict[str, Any]:
    """A recording for the main job: a line that is spoken into a file, which is then as unknown as any."""
    import numpy as np

    from phonofilm.media.outputs import write_wav
    from phonofilm.voice import speak

    samples = speak(SAID, "en").samples
    write_wav(out, np.stack([samples, samples], axis=1))
    return {}


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
    began, used = time.perf_counter(), cpu()
    with FilmWriter(out, width=width, height=height, length=len(frames) * 2000, metadata={}) as writer:
        for k in range(0, len(frames), CHUNK):
            part = np.stack([to_i420(f) for f in frames[k : k + CHUNK]])
            writer.write(Chunk(start=k * 2000, frames=part, sound=np.ascontiguousarray(sound[k * 2000 : (k + len(part)) * 2000])))
    return {"floor_s": time.perf_counter() - began, "floor_cpu_ms_a_frame": (cpu() - used) * 1000 / len(frames)}


def child(*arguments: str, cache: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=False, env=os.environ | {"PHONOFILM_CACHE": str(cache)}
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def fresh(folder: Path) -> Path:
    """A cache with nothing in it but the models, as they are once a line has been spoken, and the examples' carried files."""
    from phonofilm.weights import cache_dir

    cache = folder / "cache"
    cache.mkdir()
    for name in ("models", "made", "packages", "examples"):
        if (cache_dir() / name).is_dir():
            (cache / name).symlink_to(cache_dir() / name, target_is_directory=True)
    return cache


def keep(part: str, rows: dict[str, dict[str, float]]) -> None:
    """Put rows into the results, beside what was measured before."""
    result = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    load = os.getloadavg()[0]
    facts = {"date": time.strftime("%Y-%m-%d"), "load": round(load, 1)}
    result["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, no GPU"
    for old in ("date", "load"):
        result.pop(old, None)
    result.setdefault(part, {})
    for name, row in rows.items():
        result[part][name] = {k: round(v, 3) for k, v in row.items()} | facts
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


def photos() -> tuple[str, str]:
    """A photo that has to be enlarged, and one that is larger than a film: where the tests' pictures are."""
    import skimage.data

    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    import media

    return str(Path(skimage.data.__file__).parent / "astronaut.png"), str(media.picture("backlit"))


def job() -> None:
    """The main job: a line that is made and spoken, and the same words as a recording."""
    small, large = photos()
    options = {"ratio": "16:9", "resolution": "1080p"}
    with tempfile.TemporaryDirectory() as folder:
        spoken, floored = Path(folder) / "take.wav", Path(folder) / "floor.mp4"
        cases = [
            ("", {"me": small}),
            ("recording", {"me": small, "voiceover": str(spoken)}),
            ("large photo, recording", {"me": large, "voiceover": str(spoken)}),
        ]
        first = fresh(Path(folder))
        child("take", str(spoken), cache=first)
        for number, (case, references) in enumerate(cases):
            (Path(folder) / str(number)).mkdir()
            cache = fresh(Path(folder) / str(number))
            for state, seconds in (("cold", 5), ("warm", 5), ("warm", 15)):
                if seconds == 15 and case:
                    continue
                out = Path(folder) / f"{seconds}.mp4"
                prompt = RECORDED if case else LINE
                row = child(
                    "film", str(out), json.dumps({"prompt": prompt, "references": references, "options": options | {"seconds": seconds}}), cache=cache
                )
                if seconds == 5:
                    row |= child("floor", str(out), str(floored), cache=cache)
                    row["ratio"] = row["film_s"] / row["floor_s"]
                name = ", ".join(filter(None, (f"{seconds} s {state}", case)))
                print(name, {k: round(v, 2) for k, v in row.items()}, flush=True)
                keep("films", {name: row})


def uses(names: list[str]) -> None:
    """The five uses, or some of them."""
    for name in names or USES:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "files").mkdir()
            asked = child("example", name, cache=fresh(Path(folder) / "files"))
            cache = fresh(Path(folder))
            for state in ("cold", "warm"):
                out = Path(folder) / "film.mp4"
                row = child("film", str(out), json.dumps(asked), cache=cache)
                print(name, state, {k: round(v, 2) for k, v in row.items()}, flush=True)
                keep("uses", {f"{name} {state}": row})


if __name__ == "__main__":
    verb, *rest = sys.argv[1:] or ["job"]
    if verb == "film":
        print(json.dumps(film(Path(rest[0]), json.loads(rest[1]))))
    elif verb == "example":
        print(json.dumps(example(rest[0])))
    elif verb == "take":
        print(json.dumps(take(Path(rest[0]))))
    elif verb == "floor":
        print(json.dumps(floor(Path(rest[0]), Path(rest[1]))))
    elif verb == "uses":
        uses(rest)
    else:
        job()
