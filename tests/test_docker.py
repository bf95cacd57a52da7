"""The image: its Dockerfile is sound, and what it builds from is all that it needs. (No engine runs here.)"""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from phonofilm.cli.main import VERBS

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def instructions(name: str) -> list[str]:
    return [line.split(None, 1)[1] for line in DOCKERFILE.splitlines() if line.startswith(f"{name} ")]


def in_context(path: Path) -> bool:
    """Whether .dockerignore lets a file into the build: the last pattern that fits it or a folder above it decides."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.strip().removeprefix("!")
        if not pattern or pattern.startswith("#"):
            continue
        names = [str(path), *(str(parent) for parent in path.parents)]
        loose = pattern.removeprefix("**/")
        if any(fnmatch.fnmatch(name, pattern) or (loose != pattern and fnmatch.fnmatch(Path(name).name, loose)) for name in names if name != "."):
            kept = line.strip().startswith("!")
    return kept


def test_the_last_stage_runs_the_server_as_nobody_in_particular_with_its_data_on_a_volume() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE) and "VOLUME /data" in last and "PHONOFILM_DATA=/data" in last
    command = [*json.loads(instructions("ENTRYPOINT")[-1]), *json.loads(instructions("CMD")[-1])]
    assert command[0] == "phonofilm" and command[1] in VERBS
    port = command[command.index("--port") + 1]
    assert instructions("EXPOSE") == [port] and f":{port}/readyz" in DOCKERFILE
    assert all(":" in image.split()[0] and "latest" not in image for image in instructions("FROM"))


def test_what_is_copied_is_in_the_repository_and_let_into_the_build() -> None:
    for copied in instructions("COPY"):
        if copied.startswith("--from"):
            continue
        for source in copied.split()[:-1]:
            assert (ROOT / source).exists() and in_context(Path(source)), source
    assert not in_context(Path("tests/test_docker.py")) and not in_context(Path(".git/config"))
    assert not in_context(Path("web/node_modules/x.js")) and not in_context(Path("src/phonofilm/__pycache__/a.pyc"))


def test_the_image_installs_the_versions_that_are_tested() -> None:
    pins = {name: dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE)) for name in ("server", "dev")}
    assert {name: pins["dev"].get(name) for name in pins["server"]} == pins["server"]
    assert {"fastapi", "uvicorn", "sqlalchemy", "httpx2", "hatchling", "av"} <= set(pins["server"])
    text = (ROOT / "requirements/server.txt").read_text()
    assert "://" not in text and text.count("--hash=sha256:") > len(pins["server"])


@pytest.mark.slow
def test_hadolint_finds_nothing() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    import sdks

    linter = sdks.environment("hadolint") / "bin" / "hadolint"
    found = subprocess.run([str(linter), "--failure-threshold", "style", str(ROOT / "Dockerfile")], capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.slow
def test_the_package_can_be_built_from_what_the_image_is_given_with_the_studio_in_it(tmp_path: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, tracked):
        if in_context(Path(name)) and not name.startswith("web/") and (ROOT / name).is_file():
            (tmp_path / "context" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "context" / name)
    studio = tmp_path / "context/src/phonofilm/server/studio"
    studio.mkdir(parents=True)
    (studio / "index.html").write_text("<!doctype html>")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(tmp_path / "context")]
    subprocess.run(pip, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert {"phonofilm/server/studio/index.html", "phonofilm/client/core.py", "phonofilm/voice/styles.npz"} <= names
    assert not any("__pycache__" in name or name.startswith("tests/") for name in names)
