"""What a person asks for: a prompt, up to twelve reference files by name, a length, a size, a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from phonofilm.errors import RequestError

Kind = Literal["image", "video", "audio"]
Ratio = Literal["16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive"]
Resolution = Literal["480p", "720p", "1080p", "2k"]

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")

#: width and height of a film, by resolution and ratio (the field's published table; 2k is ours)
SIZES: dict[str, dict[str, tuple[int, int]]] = {
    "480p": {"16:9": (864, 496), "4:3": (752, 560), "1:1": (640, 640), "3:4": (560, 752), "9:16": (496, 864), "21:9": (992, 432)},
    "720p": {"16:9": (1280, 720), "4:3": (1112, 834), "1:1": (960, 960), "3:4": (834, 1112), "9:16": (720, 1280), "21:9": (1470, 630)},
    "1080p": {"16:9": (1920, 1080), "4:3": (1664, 1248), "1:1": (1440, 1440), "3:4": (1248, 1664), "9:16": (1080, 1920), "21:9": (2206, 946)},
    "2k": {"16:9": (2048, 1152), "9:16": (1152, 2048), "1:1": (1536, 1536), "4:3": (1776, 1332), "3:4": (1332, 1776), "21:9": (2346, 1006)},
}
SHORTEST, LONGEST = 4, 15


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One file that the person gave: ``tag`` is its name in the prompt (without @), ``kind`` what its content is."""

    tag: str
    path: Path
    kind: Kind
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Request:
    """One film asked for.

    ``seconds`` 0 means auto (from the voiceover, the music or the time codes). ``transcripts`` are the words of recordings, ``consent`` what the
    people seen and heard in references agreed to, both by tag; a consent is written into the film.
    """

    prompt: str
    references: tuple[Reference, ...] = ()
    seconds: int = 0
    ratio: str = "adaptive"
    resolution: str = "1080p"
    seed: int = 0
    engine: str = "stage"
    transcripts: dict[str, str] = field(default_factory=dict[str, str])
    consent: dict[str, str] = field(default_factory=dict[str, str])
    sound: bool = True
    draft: bool = False
    watermark: str = ""
    limits: str = "local"
    strict: bool = False

    def __post_init__(self) -> None:
        if self.seconds and not SHORTEST <= self.seconds <= LONGEST:
            raise RequestError(f"seconds is {self.seconds}; a film lasts {SHORTEST} to {LONGEST} whole seconds, or auto.")
        if self.ratio not in (*RATIOS, "adaptive"):
            raise RequestError(f"ratio is {self.ratio!r}; choose one of {', '.join(RATIOS)} or adaptive.")
        if self.resolution not in SIZES:
            raise RequestError(f"resolution is {self.resolution!r}; choose one of {', '.join(SIZES)}.")
        tags = [reference.tag for reference in self.references]
        for tag, statement in self.consent.items():
            if tag not in tags:
                raise RequestError(f"consent names {tag!r}, which is no reference; tags: {', '.join(tags) or 'none given'}.")
            if not statement.strip():
                raise RequestError(f"The consent for {tag!r} is empty; say who agreed, and to what.")
