"""Every block of docs/clients.md does what the page says, in the environment that it is for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from PIL import Image

from sdk import ROOT, given, key, locked, sdks, whole
from serving import Served

PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
BLOCKS = re.findall(r"<!-- run: ([\w-]+) -->\n```(\w+)\n(.*?)```", PAGE, re.DOTALL)
MODELS = r"doubao-seedance-2-0-260128|bytedance/seedance-2\.0|sora-2|(?<=model[=:] [\"'])phonofilm|(?<=\"model\": \")phonofilm|(?<=model=\")phonofilm"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with locked(tmp_path_factory.mktemp("server")) as running:
        yield running


def run(block: tuple[str, str, str], server: Served, folder: Path) -> None:
    """Run a block with this server, a key of its own and the test engine, in a folder with the files that it names."""
    environment, language, text = block
    text = re.sub(MODELS, "test", text.replace("http://127.0.0.1:8000", server.url).replace("KEY", key(server)))
    assert "test" in text, "a block that asks for a film names a model"
    media = given(folder / "given")
    with Image.open(media["image"]) as face:
        face.save(folder / "face.jpg")
    media["clip"].rename(folder / "dance.mp4")
    media["sound"].rename(folder / "song.wav")
    script = folder / ("block.mjs" if language == "javascript" else "block.py")
    script.write_text(text, "utf-8")
    if environment == "phonofilm":
        command = [sys.executable]
    elif environment == "node":
        (folder / "node_modules").symlink_to(sdks.environment("node") / "node_modules")
        command = ["node"]
    else:
        command = [str(sdks.python(environment))]
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    done = subprocess.run([*command, script.name], cwd=folder, env=plain, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    films = [*folder.glob("film.mp4"), *folder.glob("take*.mp4")]
    assert films or "remix" in text
    for film in films:
        whole(film, size=None)  # that of its references


@pytest.mark.parametrize("block", [b for b in BLOCKS if b[0] == "phonofilm"][:1], ids=["the first"])
def test_the_first_block_for_our_own_client_runs(block: tuple[str, str, str], server: Served, tmp_path: Path) -> None:
    run(block, server, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=[f"{k}-{b[0]}" for k, b in enumerate(BLOCKS)])
def test_every_block_runs(block: tuple[str, str, str], server: Served, tmp_path: Path) -> None:
    run(block, server, tmp_path)


def test_every_block_of_code_is_run_and_every_environment_is_one_of_ours() -> None:
    assert len(BLOCKS) == PAGE.count("```python") + PAGE.count("```javascript") >= 9
    assert {block[0] for block in BLOCKS} <= {"phonofilm", *sdks.NAMES}
    assert {link for link in re.findall(r"\]\(([\w./-]+)\)", PAGE) if not (ROOT / "docs" / link).exists()} == set()
