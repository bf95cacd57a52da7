"""A film remembers its request: the prompt and options of one, to be made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from phonofilm.errors import RequestError
from phonofilm.media.provenance import read_provenance
from phonofilm.media.reference import open_references


def options_of(film: Path, prompt: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Prompt and options of the request that made ``film``; a prompt given now replaces the old one.

    The film names its files by content. They are looked for among the references given now and beside the film.
    Raises RequestError where one is not found.
    """
    request = cast(dict[str, Any], read_provenance(film).get("request", {}))
    refs = list(given["refs"])
    have = {r.sha256: r for r in open_references(refs)}
    for wanted in cast(list[dict[str, Any]], request.get("references", [])):
        if wanted.get("sha256") in have:
            continue
        name = Path(str(wanted.get("file", ""))).name
        near = film.parent / name
        if not name or not near.is_file() or open_references([str(near)])[0].sha256 != wanted.get("sha256"):
            hint = f"Give it with -r {wanted.get('tag')}=FILE."
            raise RequestError(f"{film.name} was made with {name or 'a file'}, which is not here unchanged. {hint}")
        refs.append(f"{wanted.get('tag')}={near}")
    old = {
        "seconds": str(request.get("seconds") or "auto"), "ratio": request.get("ratio", "adaptive"), "seed": request.get("seed", 0),
        "resolution": request.get("resolution", "1080p"), "draft": bool(request.get("draft")), "no_audio": not request.get("sound", True),
        "transcripts": [f"{tag}={text}" for tag, text in cast(dict[str, str], request.get("transcripts", {})).items()],
        "consents": [f"{tag}={text}" for tag, text in cast(dict[str, str], request.get("consent", {})).items()] + list(given.get("consents", ())),
    }  # fmt: skip
    return prompt or str(request.get("prompt", "")), {**given, **old, "refs": tuple(refs)}
