"""How a photographed person moves after the person of a clip: what was followed there, within what a photo can show, as poses on the film's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, frame_at, frame_middle, seconds
from phonofilm.perceive.percepts import Clip, Performer, Picture
from phonofilm.score.covering import picture_in
from phonofilm.score.draft import Draft
from phonofilm.score.edit import Piece
from phonofilm.score.framing import Room, room_of
from phonofilm.score.model import Motion, Pose, Shot
from phonofilm.score.speech import source_of

F64 = NDArray[np.float64]
Part = Literal["head", "face", "trunk"]
#: what a remark calls the parts that are copied
COPIED: dict[Part, str] = {"head": "the head", "face": "blinks and brows", "trunk": "the trunk's sway, bob and lean"}

#: how far a head in a photo turns before it looks made, degrees
TURN = {"yaw": 15.0, "pitch": 12.0, "roll": 15.0}
#: how far it turns, nods and tilts at once, by those
TOGETHER = 1.1
#: how far the trunk goes at most, in heights of the face and degrees: what is behind a person is only guessed
SWAY, BOB, LEAN = 0.26, 0.15, 6.0
#: how much of its own size a larger movement keeps at least before its peaks are flattened
LEAST_KEPT = 0.3
#: share of a limit up to which a movement is as it was filmed
EXACT = 0.7
#: sway and bob for each face height of trunk that is seen below the chin
BENDS = 0.3
#: a brow is fully lifted so far above its place, in heights of the face
BROW = 0.03
#: how far eyes are shut as measured and as drawn: below the first they only squint, above the second they are shut
LIDS = (0.22, 0.6)
#: frames by which a person who walks through the clip is kept in place (sigma), and by which turning back is softened
DRIFT, TURN_BACK = 36.0, 4.0
#: what may be off between two poses of a score
NEAR = {"yaw": 0.15, "pitch": 0.15, "roll": 0.15, "brow": 0.05, "lids": 0.04, "sway": 0.002, "bob": 0.002, "lean": 0.15}


@dataclass(frozen=True, kw_only=True)
class _Span:
    """[start, end) of the film in which ``actor`` moves as the clip ``tag``."""

    tag: str
    actor: str
    start: int
    end: int


def add_motion(draft: Draft, presenters: Sequence[str], pieces: Sequence[Piece], shots: Sequence[Shot], length: int) -> None:
    """The motion cues: who moves after which clip, and a remark on what of it is copied."""
    for tag in draft.tagged("motion"):
        clip = draft.percepts.clips.get(tag)
        if clip is None or clip.performer is None:
            continue
        seen = clip.performer
        if seen.why:
            draft.remarks.append(f"@{tag}: how its person moves cannot be told ({seen.why}); nobody moves after it.")
        elif not presenters:
            draft.remarks.append(f"@{tag}: no picture shows a person whose face could move after it, so it is shown itself.")
        else:
            span = _span(draft, tag, presenters, pieces, length)
            _follow(draft, span, clip, seen, [shot for shot in shots if span.actor in shot.seen and shot.end > span.start and shot.start < span.end])


def _span(draft: Draft, tag: str, presenters: Sequence[str], pieces: Sequence[Piece], length: int) -> _Span:
    """Who moves after a clip (whoever is named nearest to it), and when: in the shot of the prompt that names it, else in the whole film."""
    said = [m for m in draft.script.mentions if m.tag == tag]
    people = [m for m in draft.script.mentions if m.tag in presenters]
    pairs = [(min(abs(m.span[0] - p.span[1]), abs(p.span[0] - m.span[1])), p.tag) for m in said for p in people]
    actor = min(pairs)[1] if pairs else presenters[0]
    start, end = 0, length
    if len(draft.script.shots) > 1 and said:
        own = [p for p in pieces if p.shot == said[0].shot]
        if own and not any(m.shot != said[0].shot for m in said):
            start, end = own[0].start, own[-1].end
    taken = [c for c in draft.cues if isinstance(c, Motion) and c.actor == actor]
    return _Span(tag=tag, actor=actor, start=max([start, *(c.end for c in taken if c.start <= start < c.end)]), end=end)


def _follow(draft: Draft, span: _Span, clip: Clip, seen: Performer, shots: Sequence[Shot]) -> None:
    if span.end - span.start < TICKS_PER_FRAME or not shots:
        draft.remarks.append(f"@{span.tag}: @{span.actor} is not seen where the words name it, so nobody moves after it.")
        return
    picture, actor = draft.percepts.pictures[span.actor], draft.cast[span.actor]
    rooms = [room_of(picture_in(draft, shot.setting) or picture, actor.face, shot.setting, shot.camera, draft.size) for shot in shots]
    used = min(seen.frames, frame_at(span.end - 1) - frame_at(span.start) + 1)
    ways, parts, said = _ways(seen, used, picture, Room.least(rooms))
    poses = _poses(ways, span.start, span.end, used)
    draft.cues.append(
        Motion(
            start=span.start, end=span.end, actor=span.actor, poses=poses, source=source_of(draft.references[span.tag]), offset=seen.start,
            parts=parts,
        )
    )  # fmt: skip
    lasts = seen.frames * TICKS_PER_FRAME
    part = f" Of several shots in it, the longest is followed ({seconds(lasts):.1f} s)." if clip.cuts else ""
    if not clip.cuts and lasts < min(clip.length, span.end - span.start) - TICKS_PER_SECOND:
        part = f" It is followed while its person is in sight ({seconds(lasts):.1f} s)."
    again = " It is over before the film and is played back and forth." if lasts < span.end - span.start - TICKS_PER_FRAME else ""
    draft.remarks.append(f"@{span.tag}: @{span.actor} copies {said}; not arms, hands, legs or steps: a photo has no others to show.{part}{again}")


def _ways(seen: Performer, used: int, picture: Picture, room: Room) -> tuple[dict[str, F64], tuple[Part, ...], str]:
    """The tracks of a performer's first ``used`` frames as those of a pose, the parts that they tell of, and in words what was made smaller.

    They are about what is usual in those frames, which is how the photo shows its person.
    """
    ways: dict[str, F64] = {}
    parts: list[Part] = []
    less: list[str] = []
    if seen.head is not None:
        head = (seen.head[:used] - np.median(seen.head[:used], axis=0)).astype(np.float64)
        turned = np.column_stack([within(head[:, k], most) for k, most in enumerate(TURN.values())])
        far = np.linalg.norm(turned / list(TURN.values()), axis=1, keepdims=True)
        turned = turned * np.minimum(1.0, TOGETHER / np.maximum(far, 1e-9))
        for k, (name, word) in enumerate(zip(TURN, ("turns", "nods", "tilts"), strict=True)):
            ways[name] = turned[:, k]
            less += _told(word, head[:, k], ways[name], "°")
        parts.append("head")
    else:
        less.append("the head is seen too small")
    if seen.lids is not None and seen.brow is not None:
        ways["brow"] = np.clip((seen.brow[:used] - np.median(seen.brow[:used])).astype(np.float64) / BROW, -0.6, 1.0)
        ways["lids"] = np.clip((seen.lids[:used].astype(np.float64) - LIDS[0]) / (LIDS[1] - LIDS[0]), 0, 1)
        parts.append("face")
    elif seen.head is not None:
        less.append("the face is seen too small or too seldom for blinks and brows")
    if picture.matte.all():
        less.append("the trunk stays, for it cannot be told from what is behind it")
    elif seen.trunk is not None:
        filmed = seen.trunk.astype(np.float64)
        trunk = np.column_stack([_staying(filmed[:, 0]), _staying(filmed[:, 1]), filmed[:, 2]])[:used]
        trunk = trunk - np.median(trunk, axis=0)
        side, up = (min(most, BENDS * room.below, free) for most, free in ((SWAY, room.side), (BOB, room.above)))
        ways["sway"] = within(trunk[:, 0], side)
        ways["bob"] = within(trunk[:, 1], min(BOB, BENDS * room.below), up)
        ways["lean"] = within(trunk[:, 2], LEAN * min(1.0, room.below))
        less += _told("the sway", trunk[:, 0], ways["sway"], " faces")
        parts.append("trunk")
    copied = [COPIED[part] for part in parts]
    said = f"{', '.join(copied[:-1])} and {copied[-1]}" if len(copied) > 1 else "".join(copied) or "nothing"
    return ways, tuple(parts), said + (f" ({'; '.join(less)})" if less else "")


def _staying(track: F64) -> F64:
    """A track without the slow way of somebody who walks, or of the camera."""
    reach = round(2.5 * DRIFT)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / DRIFT) ** 2)
    padded = np.pad(track, reach, mode="edge")
    return track - np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"), np.float64)


def within(track: F64, high: float, low: float | None = None) -> F64:
    """A track inside ``-low`` … ``high``: made smaller as a whole where it is much too large, its peaks flattened where they still are."""
    low = high if low is None else low
    if high <= 0.005 or low <= 0.005:
        return np.zeros_like(track)
    largest = max(float(np.percentile(track, 98)) / high, -float(np.percentile(track, 2)) / low, 1e-9)
    track = track * max(min(1.0, 1 / largest), LEAST_KEPT)
    most = np.where(track > 0, high, low)
    over = np.maximum(np.abs(track) / most - EXACT, 0) / (1 - EXACT)
    bent = np.where(over > 0, EXACT + (1 - EXACT) * np.tanh(over), np.abs(track) / most)
    return np.where(track > 0, bent, -bent) * most


def _told(word: str, asked: F64, given: F64, unit: str) -> list[str]:
    """What a remark says of a track that was made smaller: nothing where it was not."""
    before, after = (float(np.percentile(np.abs(v), 98)) for v in (asked, given))
    shown = f"{after:.0f} of {before:.0f}" if unit == "°" else f"{after:.2f} of {before:.2f}"
    return [f"{word} {shown}{unit}"] if before > 1e-3 and after < 0.85 * before and shown.split(" of ")[0] != shown.split(" of ")[1] else []


def _poses(ways: dict[str, F64], start: int, end: int, frames: int) -> tuple[Pose, ...]:
    """Poses for [start, end): one in the middle of each frame that is needed to tell the way. A clip that is over is played back, and forth again."""
    num = frame_at(end - 1) - frame_at(start) + 1
    at = _back_and_forth(num, frames)
    tracks = {name: np.interp(at, np.arange(frames), way) for name, way in ways.items()}
    table = np.column_stack([track / NEAR[name] for name, track in tracks.items()])
    digits = {"yaw": 2, "pitch": 2, "roll": 2, "lean": 2}
    return tuple(
        Pose(tick=frame_middle(frame_at(start) + k), **{name: round(float(track[k]), digits.get(name, 4)) for name, track in tracks.items()})
        for k in _needed(table)
    )


def _back_and_forth(num: int, frames: int) -> F64:
    """The place in a clip of so many frames for each of ``num`` frames of the film; where it turns back it slows down."""
    if num <= frames or frames < 2:
        return np.minimum(np.arange(num, dtype=np.float64), frames - 1)
    reach = round(3 * TURN_BACK)
    k = np.arange(num + reach, dtype=np.float64) % (2 * (frames - 1))
    there = np.where(k < frames, k, 2 * (frames - 1) - k)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / TURN_BACK) ** 2)
    padded = np.pad(there, (reach, 0), mode="reflect", reflect_type="odd")
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"), np.float64)[:num]


def _needed(table: F64) -> list[int]:
    """The rows that tell all others by lines between them, none of which is off by more than 1 (Ramer, 1972)."""
    kept = {0, len(table) - 1}
    parts = [(0, len(table) - 1)]
    while parts:
        a, b = parts.pop()
        if b - a < 2:
            continue
        share = (np.arange(a + 1, b) - a)[:, None] / (b - a)
        off = np.abs(table[a + 1 : b] - (table[a] + (table[b] - table[a]) * share)).max(axis=1)
        worst = int(off.argmax())
        if off[worst] > 1:
            middle = a + 1 + worst
            kept.add(middle)
            parts += [(a, middle), (middle, b)]
    return sorted(kept)
