"""The names of models that clients use, and what each means here: one table, the first row that fits counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phonofilm.server.problem import Problem

_ALL = ("480p", "720p", "1080p", "2k")
_UP_TO_1080 = ("480p", "720p", "1080p")


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a name means. ``engine`` "": the server's own choice. ``seconds``: shortest and longest; ``frames``: the field of that name is known.

    ``mixed``: first and last frames may stand beside references (the vendor's models keep them apart).
    """

    name: str
    about: str
    engine: str = ""
    resolutions: tuple[str, ...] = _UP_TO_1080
    resolution: str = "720p"
    seconds: tuple[int, int] = (4, 15)
    default_seconds: int = 5
    ratio: str = "adaptive"
    frames: bool = False
    mixed: bool = False


PHONOFILM = Model(name="phonofilm", about="ours: all that it can do", resolutions=_ALL, mixed=True)

#: pattern of the name (whole, any case) and what it means
MODELS: tuple[tuple[str, Model], ...] = (
    (r"phonofilm|stage|phonofilm[-/]stage", PHONOFILM),
    (r"test|phonofilm[-/]test", Model(name="test", about="colour bars and beeps", engine="test", resolutions=_ALL, mixed=True)),
    (r".*seedance-2[-.]5.*", Model(name="seedance-2.5", about="Seedance 2.5")),
    (r".*seedance-2(?:[-.]0)?-(?:fast|mini|lite).*", Model(name="seedance-2.0-fast", about="Seedance 2.0 fast", resolutions=("480p", "720p"))),
    (r".*seedance-2(?:[-.]0)?(?:-.*|/.*)?", Model(name="seedance-2.0", about="Seedance 2.0", resolutions=_ALL)),
    (r".*seedance-1[-.]5.*", Model(name="seedance-1.5-pro", about="Seedance 1.5", seconds=(4, 12))),
    (r".*seedance-1[-.]0-pro.*", Model(name="seedance-1.0-pro", about="Seedance 1.0", resolution="1080p", seconds=(4, 12), frames=True)),
    (r".*seedance-1[-.]0.*|.*seedance-pro.*|.*seedance-lite.*", Model(name="seedance-1.0", about="Seedance 1.0", seconds=(4, 12), frames=True)),
    (r"sora-2-pro.*", Model(name="sora-2-pro", about="Sora 2 pro", resolution="1080p", ratio="16:9", default_seconds=4)),
    (r"sora-2.*", Model(name="sora-2", about="Sora 2", ratio="16:9", default_seconds=4)),
    (r"ep-[\w-]+|seedance|dreamina.*|.*/seedance", Model(name="seedance-2.0", about="an endpoint of the vendor's", resolutions=_ALL)),
)  # fmt: skip

#: names that are listed for people; patterns take many more
LISTED = (
    "phonofilm", "doubao-seedance-2-0-260128", "doubao-seedance-2-0-fast-260128", "dreamina-seedance-2-0-260128", "bytedance/seedance-2.0",
    "bytedance/seedance-2.0-fast", "seedance-1-5-pro-251215", "seedance-1-0-pro-250528", "sora-2", "sora-2-pro", "test",
)  # fmt: skip


def model_of(name: str) -> Model:
    """What a client's name means. Raises ``Problem`` for one that nothing fits."""
    for pattern, model in MODELS:
        if len(name) <= 200 and re.fullmatch(pattern, name.strip(), re.IGNORECASE):
            return model
    raise Problem("model", f"There is no model {name[:80]!r} here. Names: {', '.join(LISTED)}.", param="model")
