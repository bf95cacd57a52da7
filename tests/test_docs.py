import subprocess
import sys
from pathlib import Path

from phonofilm.cli.main import VERBS

ROOT = Path(__file__).resolve().parent.parent


def test_the_reference_pages_say_what_the_code_says() -> None:
    subprocess.run([sys.executable, str(ROOT / "scripts" / "reference.py"), "--check"], check=True)


def test_every_verb_is_named_in_the_pages_for_people() -> None:
    text = "".join((ROOT / page).read_text("utf-8") for page in ("README.md", "docs/how-to.md", "docs/tutorial.md"))
    assert [verb for verb in VERBS if f"phonofilm {verb}" not in text] == []


def test_help_comes_at_once_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from phonofilm.cli.main import cli; cli.main(['--help'], standalone_mode=False); "
        "sys.exit(any(m in sys.modules for m in ('numpy', 'cv2', 'av', 'onnxruntime', 'torch')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
