"""Which reference is seen when: by the prompt's own shots, by a talk's words, by beats, pauses, or evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from phonofilm.clock import TICKS_PER_FRAME, nearest_frame_start, seconds, ticks
from phonofilm.prompt.script import ScriptShot
from phonofilm.score.draft import CARD, LOGO_CARD, Draft, has_card
from phonofilm.score.edit import SHORTEST_SHOT, Piece, beat_cuts, cut_times, order, pieces_between
from phonofilm.score.model import Line, Music
from phonofilm.score.plan import edges_by_lines, follows_shots, turns
from phonofilm.score.speech import LEAD, pauses, said_at, spoken_at

#: how long a picture at words of a line is seen, where no pause brings back who speaks
GLANCE = ticks(1.7)
#: about how long shots are to music
CUTTING = {"": ticks(2.0), "fast": ticks(1.0), "slow": ticks(4.0)}
STILL_ROLES = ("product", "subject", "background", "first_frame", "last_frame", "outfit")


def pieces_of(draft: Draft, presenters: Sequence[str], length: int) -> tuple[Piece, ...]:
    """Which reference is seen when: by the prompt's shots where it has them, else edited to the music or the voice."""
    pinned = _pinned_pieces(draft, presenters, length)
    if pinned and not _written_around(draft, pinned):
        return pinned
    shots = draft.script.shots
    stills = [t for t in draft.tagged(*STILL_ROLES, "face") if t in draft.percepts.pictures and t not in presenters]
    stills = [t for t in stills if draft.script.role(t) != "outfit" or not presenters]
    # a clip that somebody moves after is not shown itself
    clips = [t for t in draft.tagged("footage", "edit_source", "background", *(() if presenters else ("motion",))) if t in draft.percepts.clips]
    backgrounds = [t for t in (*stills, *clips) if draft.script.role(t) == "background"]
    if presenters or any(t not in backgrounds for t in stills):  # they are behind the others, and seen alone where a shot names nothing else
        stills, clips = [t for t in stills if t not in backgrounds], [t for t in clips if t not in backgrounds]
    body = length - (LOGO_CARD if has_card(draft) else 0)
    if follows_shots(draft):
        until = length if any(s.start is not None for s in shots) else body
        written = _written_pieces(draft, shots, [*presenters, *stills, *clips], backgrounds, until)
        return (*written, Piece(start=body, end=length, tag=CARD)) if until < length else written
    every = [*presenters, *stills, *clips]
    if len(every) <= 1:
        tail = (Piece(start=body, end=length, tag=CARD),) if body < length else ()
        return (Piece(start=0, end=body, tag=every[0] if every else "", shot=0), *tail)
    if talk := turns(draft, 0, body):
        return _talk_pieces(talk, [*stills, *clips], body, length)
    music = next((c for c in draft.cues if isinstance(c, Music)), None)
    lines = [c for c in draft.cues if isinstance(c, Line)]
    spoken = [c for c in lines if not c.sung]
    if music is not None and music.beats and not spoken:
        cuts = beat_cuts(body, music.beats, music.downbeats, target=CUTTING[draft.script.cutting])
    else:
        heard = {s.source: s for s in draft.percepts.sounds.values()}
        num_shots = len(every) + (1 if presenters and stills and body > (len(every) + 1) * ticks(1.4) else 0)
        if clips and presenters:
            num_shots = max(num_shots, round(seconds(body) / 2.2))
        if draft.script.cutting == "fast":
            num_shots = max(num_shots, round(body / CUTTING["fast"]))
        quiet = pauses(spoken, heard)
        told = _told_pieces(draft, presenters, stills, spoken, quiet, body) if presenters and not clips else None
        if told:
            return (*told, Piece(start=body, end=length, tag=CARD)) if body < length else told
        cuts = cut_times(num_shots - 1, body, quiet or (music.beats if music else ()))
    tags = order(presenters, stills, clips, len(cuts) + 1)
    made = pieces_between(cuts, body, tags)
    if body < length:
        made = (*made, Piece(start=body, end=length, tag=CARD))
    return made


def _talk_pieces(talk: Sequence[tuple[int, int, str]], others: Sequence[str], body: int, length: int) -> tuple[Piece, ...]:
    """People who speak in turn, each seen while heard; other pictures and clips come in the later part of the longest turns."""
    pieces = [Piece(start=nearest_frame_start(a), end=nearest_frame_start(b), tag=tag, shot=0) for a, b, tag in talk]
    for tag in others:
        longest = max((p for p in pieces if p.tag not in others), key=lambda p: p.end - p.start)
        cut = nearest_frame_start(longest.start + (longest.end - longest.start) * 3 // 5)
        if longest.end - cut >= SHORTEST_SHOT:
            k = pieces.index(longest)
            pieces[k : k + 1] = [replace(longest, end=cut), replace(longest, start=cut, tag=tag)]
    return (*pieces, Piece(start=body, end=length, tag=CARD)) if body < length else tuple(pieces)


def _pinned_pieces(draft: Draft, presenters: Sequence[str], length: int) -> tuple[Piece, ...]:
    """A film that begins or ends on a given frame: that picture, what lies between, and the other; empty where no frame is given."""
    first = next((t for t in draft.tagged("first_frame") if t in draft.percepts.pictures), "")
    last = next((t for t in draft.tagged("last_frame") if t in draft.percepts.pictures), "")
    if not first and not last:
        return ()
    between = [*presenters, *(t for t in draft.tagged("product", "subject", "footage") if t in draft.percepts.pictures or t in draft.percepts.clips)]
    tags = [t for t in (first, *between, last) if t]
    cuts = cut_times(len(tags) - 1, length, ())
    spoken = [c for c in draft.cues if isinstance(c, Line) and c.actor in presenters]
    begin = nearest_frame_start(spoken[0].start - LEAD) if spoken and first and first not in presenters else 0
    if begin >= SHORTEST_SHOT and presenters:  # who speaks is seen from the first word on, and to the last where others come after
        until = max(nearest_frame_start(begin + (length - begin) // (len(tags) - 1)), nearest_frame_start(spoken[-1].end + LEAD))
        until = min(until, length - SHORTEST_SHOT * (len(tags) - 2))
        cuts = (begin, *(until + nearest_frame_start((length - until) * k // max(1, len(tags) - 2)) for k in range(len(tags) - 2)))
    return pieces_between(cuts, length, tags)


def _written_around(draft: Draft, pinned: Sequence[Piece]) -> bool:
    """Whether the prompt's own shots begin and end on the frames that are given."""
    if not follows_shots(draft):
        return False
    first, last = draft.script.shots[0].mentions, draft.script.shots[-1].mentions
    roles = draft.script.role(pinned[0].tag), draft.script.role(pinned[-1].tag)
    return (roles[0] != "first_frame" or first[:1] == (pinned[0].tag,)) and (roles[1] != "last_frame" or last[-1:] == (pinned[-1].tag,))


def _told_pieces(
    draft: Draft, presenters: Sequence[str], stills: Sequence[str], lines: Sequence[Line], quiet: Sequence[int], length: int
) -> tuple[Piece, ...] | None:
    """A talk with pictures: each is seen from the pause before its name is spoken, or at the words that the prompt gives it (what has none then comes
    after them); None where the words of no line name two."""
    told = {tag: at for tag, words in draft.script.at_words if tag in stills and (at := spoken_at(lines, (words,))) is not None}
    named = [(at, tag) for tag in stills if (at := told.get(tag, said_at(lines, {tag, draft.references[tag].path.stem}))) is not None]
    left = [tag for tag in stills if all(tag != t for _, t in named)]
    if not told and (len(named) < 2 or left):
        return None
    last = max(at for at, _ in named)
    named += [(last + (length - last) * k // (len(left) + 1), tag) for k, tag in enumerate(left, 1)]
    edges: list[tuple[int, str]] = [(0, presenters[0])]
    for at, tag in sorted(named):
        before = [q for q in quiet if edges[-1][0] + SHORTEST_SHOT <= q <= at + TICKS_PER_FRAME * 4]
        paused = max((q for q in before if q > at - ticks(1.6)), default=at)
        start = max(edges[-1][0] + SHORTEST_SHOT, at if tag in told else paused)
        edges.append((nearest_frame_start(start), tag))
    after = [q for q in quiet if edges[-1][0] + ticks(1.3) <= q <= length - ticks(1.0)]
    if after:
        edges.append((after[0], presenters[0]))
    elif edges[-1][1] in told and length - edges[-1][0] - GLANCE >= SHORTEST_SHOT:
        edges.append((nearest_frame_start(edges[-1][0] + GLANCE), presenters[0]))
    if edges[-1][0] > length - SHORTEST_SHOT:
        return None
    ends = [start for start, _ in edges[1:]] + [length]
    return tuple(Piece(start=start, end=end, tag=tag) for (start, tag), end in zip(edges, ends, strict=True))


def _written_pieces(draft: Draft, shots: Sequence[ScriptShot], every: list[str], backgrounds: Sequence[str], length: int) -> tuple[Piece, ...]:
    """The prompt's own shots on the clock: given times are kept, the rest share what is left."""
    num = len(shots)
    edges: list[int | None] = [None] * (num + 1)
    edges[0], edges[num] = 0, length
    for k, shot in enumerate(shots):
        if shot.start is not None and k and shot.start < length:
            edges[k] = nearest_frame_start(shot.start)
        if shot.end is not None and k + 1 < num and edges[k + 1] is None and shot.end < length:
            edges[k + 1] = nearest_frame_start(shot.end)
    for k, at in edges_by_lines(draft, length).items():
        if SHORTEST_SHOT <= at < length:
            edges[k] = nearest_frame_start(at)
    known = [k for k, e in enumerate(edges) if e is not None]
    for a, b in pairwise(known):
        low, high = edges[a] or 0, edges[b] or 0
        for k in range(a + 1, b):
            edges[k] = nearest_frame_start(low + (high - low) * (k - a) // (b - a))
    pieces: list[Piece] = []
    for k, shot in enumerate(shots):
        start, end = edges[k] or 0, edges[k + 1] or 0
        tags = _shown(draft, k, shot, every, backgrounds, pieces)
        talk = turns(draft, start, end, k)
        if talk and all(tag in every for _, _, tag in talk):
            pieces += [Piece(start=nearest_frame_start(a), end=nearest_frame_start(b), tag=tag, shot=k) for a, b, tag in talk]
            continue
        num_parts = max(1, min(len(tags), (end - start) // SHORTEST_SHOT))
        parts = [nearest_frame_start(start + (end - start) * p // num_parts) for p in range(num_parts + 1)]
        if end - start >= TICKS_PER_FRAME * 4:
            pieces += [Piece(start=a, end=b, tag=tag, shot=k) for (a, b), tag in zip(pairwise(parts), tags, strict=False)]
    if not pieces:
        pieces = [Piece(start=0, end=length, tag=every[0] if every else "", shot=0)]
    pieces[0] = replace(pieces[0], start=0)
    joined = [replace(p, end=n.start) for p, n in pairwise(pieces)]
    return (*joined, replace(pieces[-1], end=length))


def _shown(draft: Draft, k: int, shot: ScriptShot, every: Sequence[str], backgrounds: Sequence[str], before: Sequence[Piece]) -> list[str]:
    """What a written shot shows, one after another: its mentions, else the background or the place that it names, else what was seen before."""
    shown = [t for t in shot.mentions if t in every]
    speaks = any(line.shot == k and not line.narration for line in draft.script.lines)
    if not shown and not speaks:
        shown = [t for t in shot.mentions if t in backgrounds]
    if not shown:  # a line whose words do not name its speaker again
        shown = list(dict.fromkeys(line.speaker for line in draft.script.lines if line.shot == k and line.speaker in every))
    if not shown and k == len(draft.script.shots) - 1 and has_card(draft) and set(shot.mentions) & set(draft.tagged("logo")):
        return [CARD]
    if shown or not every:
        return shown or [""]
    if shot.place and not speaks and not draft.script.scene.behind:
        return [""]
    return [before[-1].tag if before else every[0]]
