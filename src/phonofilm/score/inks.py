"""The colour of titles for which the words name none: white, but dark before pale sets and pictures, where white would need a heavy shade."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phonofilm.media.colour import luminances
from phonofilm.perceive.percepts import Picture
from phonofilm.score.covering import picture_in
from phonofilm.score.draft import Draft
from phonofilm.score.model import Shot

DARK = "#1b1d22"
#: luminance from which a set is pale, and of a picture's surroundings the darkest tenth
PALE_SET, PALE_PICTURE = 0.5, 0.4
#: every so many pixels of a picture are looked at
STEP = 4


def title_ink(draft: Draft, shots: Sequence[Shot], start: int, end: int) -> str:
    """#rrggbb of a title over [start, end), empty for white."""
    seen = [shot for shot in shots if shot.start < end and start < shot.end]
    return DARK if seen and all(_is_pale(draft, shot) for shot in seen) else ""


def _is_pale(draft: Draft, shot: Shot) -> bool:
    setting = shot.setting
    if setting.kind == "studio" and setting.colours and not setting.surface:
        colour = setting.colours[0]
        return float(luminances(np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)]], np.uint8))[0]) > PALE_SET
    picture = picture_in(draft, setting) if setting.kind == "photo" and not setting.moved else None
    return picture is not None and _has_pale_surroundings(picture)


def _has_pale_surroundings(picture: Picture) -> bool:
    around = picture.image[::STEP, ::STEP][picture.matte[::STEP, ::STEP] < 64]
    return len(around) > 100 and float(np.quantile(luminances(around), 0.1)) > PALE_PICTURE
