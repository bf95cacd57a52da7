"""Set up .venv from a hashed constraint file, saying what it takes: ``python scripts/setup.py base|dev``."""

import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"


def main(which: str) -> None:
    began = time.monotonic()
    python = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        print("making .venv", flush=True)
        venv.create(VENV, with_pip=True)
    print(f"installing requirements/{which}.txt", flush=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / f"{which}.txt")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    size = sum(p.stat().st_size for p in VENV.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6
    print(f".venv holds {size:.0f} MB; this took {time.monotonic() - began:.0f} s", flush=True)
    (VENV / which).touch()


if __name__ == "__main__":
    main(sys.argv[1])
