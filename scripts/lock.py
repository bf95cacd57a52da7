"""Lock versions with hashes and without addresses: requirements/base.txt, dev.txt and server.txt from pyproject.toml. Needs uv."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = [
    "uv", "pip", "compile", "pyproject.toml", "requirements/build.in", "--universal", "--python-version", "3.11", "--generate-hashes",
    "-c", "requirements/limits.in", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", "--upgrade", "--quiet",
]  # fmt: skip

if __name__ == "__main__":
    subprocess.run([*COMMON, "-o", "requirements/base.txt"], cwd=ROOT, check=True)
    subprocess.run([*COMMON, "--extra", "dev", "-c", "requirements/base.txt", "-o", "requirements/dev.txt"], cwd=ROOT, check=True)
    subprocess.run([*COMMON, "--extra", "server", "-c", "requirements/dev.txt", "-o", "requirements/server.txt"], cwd=ROOT, check=True)
