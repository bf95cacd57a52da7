"""The dark at a film's beginning and end: "fade in from black", 画面渐黑, fundido a negro; titles may stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phonofilm.clock import TICKS_PER_FRAME, nearest_frame_start, ticks
from phonofilm.prompt.script import ScriptShot
from phonofilm.score.draft import END_CARD, Draft, has_card
from phonofilm.score.edit import Piece
from phonofilm.score.model import Line

#: how long a picture takes into the dark, and how much of a film that cuts to black is black
CLOSING, BLACK = ticks(1.0), ticks(0.5)
#: how long words in the dark stand where there is room, and at least on an end card
READ, LEAST_READ = ticks(2.0), ticks(1.0)
#: what brings a picture out of the dark, or into it
FADES = ("dip", "dissolve")


@dataclass(frozen=True, kw_only=True)
class Dark:
    """Ticks: when the picture has come (0: at once), from when it goes, and when it is gone (0: it stays); and whether an end card stands there."""

    opens: int = 0
    closes: int = 0
    closed: int = 0
    card: bool = False


def dark_of(draft: Draft, pieces: Sequence[Piece], length: int) -> Dark:
    """What of a film is dark, as the prompt's first and last words say it. A given first or last frame is never dark."""
    shots = draft.script.shots
    if not shots:
        return Dark()
    starts = {k: min((p.start for p in pieces if p.shot == k), default=-1) for k in range(len(shots))}
    first, last = shots[0], shots[-1]
    opens = closes = closed = 0
    if first.transition in FADES and not draft.tagged("first_frame"):
        begun = starts.get(1, -1) if len(shots) > 1 and _says_nothing(draft, 0, first) else 0
        opens = max(0, begun) + CLOSING
    if draft.tagged("last_frame"):
        return Dark(opens=min(opens, length))
    card = _card_from(draft, length)
    if card:
        closed = card
        closes = closed - CLOSING // 2
    elif len(shots) > 1 and last.transition == "dip" and _says_nothing(draft, len(shots) - 1, last) and starts[len(shots) - 1] > 0:
        # the words that stand in the dark have time to be read, where the shot before leaves some
        before = max((p.start for p in pieces if p.start < starts[len(shots) - 1]), default=0) + CLOSING // 2
        spoken = max((c.end for c in draft.cues if isinstance(c, Line)), default=0)
        closed = min(starts[len(shots) - 1] + 3 * TICKS_PER_FRAME, max(before, spoken, length - READ))
        said = [t.at for t in draft.script.titles if t.shot == len(shots) - 1 and t.at]
        closed = min([closed, *said]) if said else closed
        closes = closed - CLOSING // 2
    elif last.ending in FADES:
        closes, closed = length - CLOSING, length - 2 * TICKS_PER_FRAME
    elif last.ending == "cut":
        closes = closed = length - BLACK
    return Dark(opens=opens, closes=closes, closed=closed, card=bool(card))


def _card_from(draft: Draft, length: int) -> int:
    """From which tick the end card of the words stands on dark; 0 where none is asked for, a logo closes the film, or speech leaves no room."""
    if has_card(draft) or "text" in draft.script.refused or not draft.script.ends_on_card:
        return 0
    spoken = max((c.end for c in draft.cues if isinstance(c, Line) and not c.sung), default=0)
    start = nearest_frame_start(max(spoken + CLOSING // 2, length - END_CARD))
    return start if start <= length - LEAST_READ else 0


def _says_nothing(draft: Draft, k: int, shot: ScriptShot) -> bool:
    """Whether a shot of the prompt says nothing to see but a title."""
    return not (shot.mentions or shot.moves or shot.place or shot.framing) and not any(line.shot == k for line in draft.script.lines)
