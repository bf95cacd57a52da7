"""A camera move taken from a clip: its family, how far it goes, its pace over the shot, and the unrest of the hand that held it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_SECOND
from phonofilm.perceive.camera_way import unrest
from phonofilm.perceive.percepts import CameraWay
from phonofilm.prompt.script import CameraMove
from phonofilm.score.camera import FAMILIES, MOST_SHARE, Step, sway
from phonofilm.score.draft import Draft
from phonofilm.score.edit import Piece

#: a hand's unrest beside that of the family ``handheld``, at least and at most
_HELD = (0.15, 3.0)


@dataclass(frozen=True, kw_only=True)
class Copied:
    """The move of a clip for one shot: ``tag`` names the clip; ``handheld`` is a strength."""

    tag: str
    step: Step
    handheld: float


def copied_move(draft: Draft, piece: Piece, moves: Sequence[CameraMove]) -> Copied | None:
    """The move that a piece of the edit has from a clip; None where no clip is given for its camera, it cannot be told, or the words name another."""
    tag = _meant(draft, piece)
    if tag is None or piece.tag.startswith("#"):
        return None
    way = draft.percepts.clips[tag].camera
    if way is None or not way.family:
        why = f" ({way.why})" if way is not None else ""
        draft.remarks.append(f"@{tag}: how its camera moves cannot be told{why}; the film keeps its own moves.")
        return None
    named = [m.move for m in moves if m.move != "handheld"]
    if named and named != [way.family]:
        said = ", then ".join(m.replace("_", " ") for m in named)
        draft.remarks.append(f"@{tag}: its camera does {_told(way)}; the words name {said}, which is what the film does.")
        return None
    strength = _strength(way)
    if way.family in ("static", "handheld"):
        step = Step(family="static")
    else:
        amount = way.amount
        if FAMILIES[way.family].unit == "share" and amount > MOST_SHARE:
            draft.remarks.append(f"@{tag}: its camera goes {amount:.0%} of the way to what it sees; the film goes {MOST_SHARE:.0%}.")
            amount = MOST_SHARE
        step = Step(family=way.family, amount=amount, pace=way.pace, lens=way.lens)
    return Copied(tag=tag, step=step, handheld=strength)


def _meant(draft: Draft, piece: Piece) -> str | None:
    """The clip whose camera a piece is to copy: the one named in its own shot, else the one that is named nowhere or for the whole film."""
    tags = [t for t in draft.tagged("camera") if t in draft.percepts.clips]
    shots = {tag: {m.shot for m in draft.script.mentions if m.tag == tag} for tag in tags}
    if len(draft.script.shots) > 1 and piece.shot >= 0:
        tags = [t for t in tags if piece.shot in shots[t] or not shots[t]]
    return tags[0] if tags else None


def _strength(way: CameraWay) -> float:
    """A measured unrest as a strength of the family ``handheld``: by what the same measure tells of that."""
    if not way.shake:
        return 0.0
    frames = max(round(way.seconds * FRAMES_PER_SECOND), 12)
    usual = unrest(np.array([sway(k * TICKS_PER_SECOND // FRAMES_PER_SECOND, 1.0) for k in range(frames)]))
    strength = round(way.shake / max(usual, 1e-6), 2)
    return 0.0 if strength < _HELD[0] else min(strength, _HELD[1])


def _told(way: CameraWay) -> str:
    """A way in words: its family, its amount and how long it takes."""
    name = way.family.replace("_", " ")
    if way.family in ("static", "handheld"):
        return f"{name} for {way.seconds:.1f} s"
    shown = {"degrees": f"{way.amount:.0f}°", "ratio": f"{way.amount:.2f} times", "share": f"{way.amount:.0%}"}[FAMILIES[way.family].unit]
    return f"{name} ({shown} in {way.seconds:.1f} s)"
