"""Write the OpenAPI documents of the server, one for each interface, or say with --check which are stale."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from phonofilm.server.app import create_app
from phonofilm.server.documents import DIALECTS, document_of
from phonofilm.server.settings import Settings

OUT = Path(__file__).resolve().parent.parent / "docs" / "reference"


def documents() -> dict[Path, str]:
    """The documents by their files."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data=Path(folder)))
        found = {
            OUT / f"openapi-{name}.json": json.dumps(document_of(app, name), indent=1, ensure_ascii=False, sort_keys=True) + "\n" for name in DIALECTS
        }
        app.state.services.store.close()
    return found


def text_of(document: dict[str, Any]) -> str:
    """A document as it is kept: in one order, whatever the order of the code."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(*arguments: str) -> None:
    made = documents()
    stale = [path.name for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if arguments == ("--check",):
        if stale:
            sys.exit(f"stale: {', '.join(stale)}. Write them anew with: make docs")
        return
    for path, text in made.items():
        path.write_text(text, "utf-8")
        print(f"{path.name}: {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
