"""What a film says about itself: that it was made by a machine, by which engine, from which request, score and seed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import av
from av.error import FFmpegError

from phonofilm.errors import ReferenceError_
from phonofilm.media.probe import regular

#: IPTC's term for media made by a trained model, which checkers of origin look for
AI_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MARK = "phonofilm"


def provenance(*, engine: str, seed: int, request: Mapping[str, object], score_sha256: str, title: str = "", **more: object) -> dict[str, str]:
    """The header of a film for ``FilmWriter``: ``title`` and, as ``comment``, a JSON document that ``read_provenance`` gives back.

    ``request`` and ``more`` (consents, hashes of references …) are plain JSON values. No time of day goes in: the same film has the same bytes.
    """
    document = {
        "made_with": f"{MARK} {version(MARK)}",
        "ai_generated": True,
        "digital_source_type": AI_SOURCE,
        "engine": engine,
        "seed": seed,
        "score_sha256": score_sha256,
        "request": dict(request),
        **more,
    }
    return {"title": "".join(filter(str.isprintable, title)) or "AI-generated film", "comment": _text(document)}


def _text(document: Mapping[str, object]) -> str:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair in a prompt: JSON can say it, UTF-8 cannot
        return json.dumps(document, sort_keys=True)
    return text


def read_provenance(path: Path) -> dict[str, Any]:
    """The document in a film's header. Raises ``ReferenceError_`` where the file is no film of ours."""
    regular(path)
    try:
        with av.open(f"file:{path.absolute()}", "r", format="mp4", metadata_errors="replace") as container:
            comment = container.metadata.get("comment", "")
        document = json.loads(comment)
    except (FFmpegError, ValueError) as e:
        raise ReferenceError_(path.name, "it does not say how it was made", "Give a film that was made with phonofilm.") from e
    if not isinstance(document, dict) or not str(cast(dict[str, Any], document).get("made_with", "")).startswith(MARK):
        raise ReferenceError_(path.name, "it was not made with phonofilm", "Give a film that was.")
    return cast(dict[str, Any], document)


def job(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document of a film that nobody vouches for; for the sandbox."""
    return {"document": read_provenance(path)}, {}
