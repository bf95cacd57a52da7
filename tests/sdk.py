"""What the tests with the vendors' SDKs share: files to give, a server that asks for keys, drivers run in their environments."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import av
import numpy as np
import skimage.data
import soundfile
from PIL import Image

from phonofilm.jobs.store import Store
from phonofilm.server.keys import new_key
from phonofilm.server.settings import Settings
from serving import Served, served

ROOT = Path(__file__).resolve().parent.parent
DRIVERS = Path(__file__).resolve().parent / "sdks"
sys.path.insert(0, str(ROOT / "scripts"))

import sdks  # noqa: E402


def given(folder: Path) -> dict[str, Path]:
    """A picture, a clip of three seconds and a sound of three seconds."""
    folder.mkdir(exist_ok=True)
    files = {"image": folder / "image.png", "clip": folder / "clip.mp4", "sound": folder / "sound.wav"}
    Image.fromarray(skimage.data.astronaut()).save(files["image"])
    ticks = np.arange(3 * 48_000) / 48_000
    soundfile.write(files["sound"], (0.3 * np.sin(2 * np.pi * 220 * ticks)).astype("float32"), 48_000)
    with av.open(str(files["clip"]), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for k in range(72):
            picture = np.full((480, 640, 3), 60, np.uint8)
            picture[180:300, 7 * k : 7 * k + 120] = (200, 120, 40)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return files


def key(server: Served, **most: int) -> str:
    """A new key of a server."""
    store = Store(Settings(data=server.data).database)
    try:
        return new_key(store.keys, "a test", **most)
    finally:
        store.close()


@contextlib.contextmanager
def locked(folder: Path, *options: str) -> Generator[Served]:
    """A server that asks for keys; ``http`` has one."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    store = Store(Settings(data=data).database)
    secret = new_key(store.keys, "the first")
    store.close()
    with served(data, "--keys", *options) as server:
        server.http.headers["Authorization"] = f"Bearer {secret}"
        yield server


def drive(server: Served, folder: Path, environment: str, script: str, *arguments: str, model: str = "test") -> dict[str, Any]:
    """Run a driver in its SDK's environment, with keys of its own; what it saw."""
    out = folder / "out"
    out.mkdir()
    asked = {
        "url": server.url, "key": key(server), "wrong": "pf_wrong", "narrow": key(server, per_minute=1), "model": model, "out": str(out),
        "media": {name: str(path) for name, path in given(folder / "given").items()},
    }  # fmt: skip
    if environment == sdks.NODE:
        (folder / "node_modules").symlink_to(sdks.environment(sdks.NODE) / "node_modules")
        for path in DRIVERS.glob("*.mjs"):
            (folder / path.name).write_bytes(path.read_bytes())
        command = ["node", str(folder / script)]
    else:
        command = [str(sdks.python(environment)), str(DRIVERS / script)]
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy") and not name.startswith("PYTHON")}
    done = subprocess.run([*command, json.dumps(asked), *arguments], capture_output=True, text=True, timeout=1800, env=plain, cwd=out)
    assert done.returncode == 0, f"{script} in {environment}: {done.stderr[-4000:]}\n{server.log.read_text()[-2000:]}"
    return json.loads(done.stdout.splitlines()[-1])


def whole(film: str | Path, *, seconds: int = 4, size: tuple[int, int] | None = (864, 496)) -> None:
    """Check that a film is one: every frame and sample that it should have, at its size (None: any)."""
    with av.open(str(film)) as container:
        frames = sum(1 for _ in container.decode(video=0))
        stream = container.streams.video[0]
        assert frames == 24 * seconds
        assert size is None or (stream.width, stream.height) == size
    with av.open(str(film)) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) == 48_000 * seconds


def all_whole(films: dict[str, str], *names: str) -> None:
    """Check films by their names, and that no two that differ in what was asked were mixed up."""
    assert sorted(films) == sorted(names)
    for path in films.values():
        whole(path)


def raised(errors: dict[str, dict[str, Any]], **wanted: tuple[Any, ...]) -> None:
    """Check exceptions: class, and what follows of status_code, code and param (None: not to be looked at)."""
    for name, (kind, *rest) in wanted.items():
        error = errors[name.strip("_").replace("_", " ")]
        assert error["class"] == kind, error
        assert all(error.get(part) == value for part, value in zip(("status_code", "code", "param"), rest, strict=False) if value is not None), error
