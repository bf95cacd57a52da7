"""Directing: a Script and Percepts become a Score. Everything timed is decided here, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from phonofilm.clock import TICKS_PER_FRAME, frame_start, nearest_frame_start, seconds, ticks
from phonofilm.perceive.palette import palette
from phonofilm.perceive.percepts import Percepts, Picture, Sound
from phonofilm.progress import Progress
from phonofilm.prompt.script import CameraMove, Script, ScriptShot
from phonofilm.request import RATIOS, SIZES, Reference, Request
from phonofilm.score.beat_grid import PACES, compose_beats
from phonofilm.score.camera import FAMILIES, Stand, Step, build_moves, build_path
from phonofilm.score.captions import split_caption
from phonofilm.score.edit import SHORTEST_SHOT, Piece, beat_cuts, cut_times, order, pieces_between
from phonofilm.score.framing import frame_picture, frame_whole
from phonofilm.score.model import Actor, Ambience, CameraPath, Caption, Cue, Effect, Line, Logo, Music, Score, Setting, Shot, Source
from phonofilm.score.speech import LEAD, Speech, film_length, pauses, recorded, said_at, source_of, written

STILL_ROLES = ("product", "subject", "background", "first_frame", "last_frame", "style", "outfit")
#: moves given to shots whose words name none, in turn
USUAL_MOVES = {
    "face": (("push_in", 0.14), ("truck_right", 0.06), ("pull_out", 0.14)),
    "product": (("orbit_right", 14.0), ("push_in", 0.22), ("crane_down", 0.16), ("orbit_left", 14.0), ("truck_left", 0.12)),
    "picture": (("push_in", 0.12), ("truck_right", 0.07), ("pull_out", 0.12), ("crane_up", 0.08)),
    "footage": (("static", 0.0),),
    "place": (("push_in", 0.14), ("truck_right", 0.12), ("crane_up", 0.14)),
}
#: ambience that belongs to a drawn place, where the prompt refuses no sound
PLACE_SOUND = {
    "beach": "sea", "sea": "sea", "city": "street", "street": "street", "forest": "forest", "park": "forest", "mountain": "wind",
    "lake": "wind", "field": "wind", "desert": "wind", "snow": "wind", "rooftop": "street", "room": "room", "office": "office", "cafe": "cafe",
    "stage": "crowd", "kitchen": "room", "bridge": "street",
}  # fmt: skip
WEATHER_SOUND = {"rain": "rain", "storm": "storm", "wind": "wind"}
#: tallest and widest that a product stands, in metres, and how far from the camera
PRODUCT_HEIGHT, PRODUCT_AWAY = 0.42, 1.9
LOGO_CARD = ticks(1.75)
CARD = "#card"
"""The tag of the closing card in an edit; no reference can have it."""


@dataclass(kw_only=True)
class _Draft:
    """A score being made."""

    request: Request
    script: Script
    percepts: Percepts
    references: dict[str, Reference]
    size: tuple[int, int]
    remarks: list[str] = field(default_factory=list[str])
    cues: list[Cue] = field(default_factory=list[Cue])
    cast: dict[str, Actor] = field(default_factory=dict[str, Actor])
    used: dict[str, int] = field(default_factory=dict[str, int])

    def tagged(self, *roles: str) -> list[str]:
        """Tags of the references with one of the roles, in the order given."""
        return [b.tag for b in self.script.bindings if b.role in roles]

    def sound(self, tag: str) -> Sound | None:
        """The sound of a recording, or of a clip."""
        clip = self.percepts.clips.get(tag)
        return self.percepts.sounds.get(tag) or (clip.sound if clip else None)


def direct(script: Script, percepts: Percepts, request: Request, *, progress: Progress) -> Score:
    """The score of a request. Pure but for the voices, which speak written lines to know how long they take."""
    draft = _Draft(
        request=request, script=script, percepts=percepts,
        references={r.tag: r for r in request.references}, size=film_size(request, script, percepts),
    )  # fmt: skip
    draft.remarks += [r.text for r in script.remarks]
    for part in (*percepts.pictures.values(), *percepts.sounds.values(), *percepts.clips.values()):
        draft.remarks += part.remarks
    presenters = _presenters(draft)
    progress("listening to the voices")
    speech = _speech(draft, presenters)
    music_tag = next(iter(draft.tagged("music")), None)
    music = draft.sound(music_tag) if music_tag else None
    length = film_length(request, script, percepts, speech.length, music)
    draft.remarks += speech.remarks
    draft.cues += [line for line in speech.lines if line.start < length]
    _music(draft, length, music_tag, music, presenters)
    progress("planning the shots")
    pieces = _pieces(draft, presenters, length)
    shots = tuple(_shot(draft, k, piece) for k, piece in enumerate(pieces))
    _sounds(draft, shots, length)
    _words(draft, presenters, length)
    _logo(draft, length)
    return Score(
        length=length, width=draft.size[0], height=draft.size[1], seed=request.seed, shots=shots, cast=tuple(draft.cast.values()),
        cues=tuple(sorted(draft.cues, key=lambda c: (c.start, c.kind))), grade=_film_grade(script, shots), watermark=request.watermark,
        remarks=tuple(dict.fromkeys(draft.remarks)), request=_kept(request),
    )  # fmt: skip


def film_size(request: Request, script: Script, percepts: Percepts) -> tuple[int, int]:
    """Width and height: the asked ratio, or the one nearest to the first frame, the footage or the first picture."""
    ratio = request.ratio
    if ratio == "adaptive":
        first = [b.tag for b in script.bindings if b.role in ("first_frame", "edit_source")]
        aspect = 16 / 9
        for tag in [*first, *percepts.clips, *percepts.pictures]:
            if tag in percepts.clips:
                aspect = percepts.clips[tag].width / percepts.clips[tag].height
                break
            if tag in percepts.pictures:
                height, width = percepts.pictures[tag].image.shape[:2]
                aspect = width / height
                break
        ratio = min(RATIOS, key=lambda r: abs(_aspect(r) / aspect - 1) + abs(aspect / _aspect(r) - 1))
    return SIZES["480p" if request.draft else request.resolution][ratio]


def _aspect(ratio: str) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)


def _presenters(draft: _Draft) -> list[str]:
    """References whose face acts: those with the role of a face, cast."""
    found: list[str] = []
    for tag in draft.tagged("face"):
        picture = draft.percepts.pictures.get(tag)
        if picture is None:
            continue
        if not picture.faces:
            draft.remarks.append(f"@{tag} shows no face that could be found; it is shown as it is and does not speak.")
            continue
        if len(picture.faces) > 1:
            draft.remarks.append(f"@{tag} shows {len(picture.faces)} faces; the largest one speaks.")
        found.append(tag)
        draft.cast[tag] = Actor(name=tag, source=source_of(draft.references[tag]), role="face")
    return found


def _speech(draft: _Draft, presenters: Sequence[str]) -> Speech:
    """All lines: the recordings with the role of a voice, then what is written in the prompt."""
    speaker = presenters[0] if presenters else ""
    made: list[Line] = []
    remarks: list[str] = []
    at = LEAD
    for tag in draft.tagged("voice"):
        sound = draft.sound(tag)
        if sound is None:
            continue
        line, said = recorded(draft.references[tag], sound, speaker, draft.request, start=at, sung=sound.kind == "singing")
        made.append(line)
        remarks += said
        at = line.end + LEAD
    if draft.script.lines and "speech" not in draft.script.refused:
        windows = {k: (s.start, s.end) for k, s in enumerate(draft.script.shots) if s.start is not None and s.end is not None}
        speakers = {k: _who(draft, k, presenters) for k in range(len(draft.script.lines))}
        spoken = written(draft.script.lines, speakers, draft.script, draft.request, windows)
        shift = at - LEAD if made and not windows else 0
        made += [_later(line, shift) for line in spoken.lines]
        remarks += spoken.remarks
        at = max(at, spoken.length + shift)
    length = max((line.end for line in made), default=0)
    return Speech(lines=tuple(made), length=length + LEAD if made else 0, remarks=tuple(remarks))


def _later(line: Line, shift: int) -> Line:
    phones = tuple(replace(p, start=p.start + shift, end=p.end + shift) for p in line.phones)
    return replace(line, start=line.start + shift, end=line.end + shift, phones=phones)


def _who(draft: _Draft, k: int, presenters: Sequence[str]) -> str:
    line = draft.script.lines[k]
    if line.narration or not presenters:
        return ""
    if line.speaker in presenters:
        return line.speaker
    return presenters[0]


def _music(draft: _Draft, length: int, tag: str | None, music: Sound | None, presenters: Sequence[str]) -> None:
    """The music cue: the user's own, else composed where it is asked for or nothing else would be heard."""
    if "music" in draft.script.refused:
        return
    if tag is not None and music is not None:
        offset = 0
        inside = [b for b in music.beats if offset <= b < offset + length]
        draft.cues.append(
            Music(
                start=0, end=min(length, len(music.samples)), source=source_of(draft.references[tag]), offset=offset, tempo=music.tempo,
                beats=tuple(b - offset for b in inside), downbeats=tuple(b - offset for b in music.downbeats if offset <= b < offset + length),
                sections=tuple(b - offset for b in music.sections if offset <= b < offset + length),
            )
        )  # fmt: skip
        if presenters and music.kind == "singing" and not draft.tagged("voice") and not draft.script.lines:
            line, _ = recorded(draft.references[tag], music, presenters[0], draft.request, start=0, sung=True, room=length)
            draft.cues.append(line)
        return
    wish = draft.script.scene.music
    spoken = any(isinstance(c, Line) for c in draft.cues)
    heard = spoken or draft.script.sounds or any(c.sound for c in draft.percepts.clips.values())
    if not wish and heard:
        return
    style = wish if wish in PACES else {"": "calm" if not draft.tagged("product") else "upbeat"}.get(wish, "calm")
    tempo, beats, downbeats, sections = compose_beats(style, length, draft.request.seed)
    draft.cues.append(Music(start=0, end=length, style=style, tempo=tempo, beats=beats, downbeats=downbeats, sections=sections))


def _pieces(draft: _Draft, presenters: Sequence[str], length: int) -> tuple[Piece, ...]:
    """Which reference is seen when: by the prompt's shots where it has them, else edited to the music or the voice."""
    pinned = _pinned_pieces(draft, presenters, length)
    if pinned:
        return pinned
    shots = draft.script.shots
    stills = [t for t in draft.tagged(*STILL_ROLES, "face") if t in draft.percepts.pictures and t not in presenters]
    stills = [t for t in stills if draft.script.role(t) not in ("style", "outfit", "background") or not presenters]
    clips = [t for t in draft.tagged("footage", "edit_source", "motion", "camera") if t in draft.percepts.clips]
    body = length - (LOGO_CARD if _has_card(draft) else 0)
    if len(shots) > 1 or any(s.start is not None for s in shots):
        return _written_pieces(draft, shots, [*presenters, *stills, *clips], length)
    every = [*presenters, *stills, *clips]
    if len(every) <= 1:
        tail = (Piece(start=body, end=length, tag=CARD),) if body < length else ()
        return (Piece(start=0, end=body, tag=every[0] if every else "", shot=0), *tail)
    music = next((c for c in draft.cues if isinstance(c, Music)), None)
    lines = [c for c in draft.cues if isinstance(c, Line)]
    spoken = [c for c in lines if not c.sung]
    if music is not None and music.beats and not spoken:
        cuts = beat_cuts(body, music.beats, music.downbeats)
    else:
        heard = {s.source: s for s in draft.percepts.sounds.values()}
        num_shots = len(every) + (1 if presenters and stills and body > (len(every) + 1) * ticks(1.4) else 0)
        if clips and presenters:
            num_shots = max(num_shots, round(seconds(body) / 2.2))
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


def _pinned_pieces(draft: _Draft, presenters: Sequence[str], length: int) -> tuple[Piece, ...]:
    """A film that begins or ends on a given frame: that picture, what lies between, and the other; empty where no frame is given."""
    first = next((t for t in draft.tagged("first_frame") if t in draft.percepts.pictures), "")
    last = next((t for t in draft.tagged("last_frame") if t in draft.percepts.pictures), "")
    if not first and not last:
        return ()
    between = [*presenters, *(t for t in draft.tagged("product", "subject", "footage") if t in draft.percepts.pictures or t in draft.percepts.clips)]
    tags = [t for t in (first, *between, last) if t]
    cuts = cut_times(len(tags) - 1, length, ())
    return pieces_between(cuts, length, tags)


def _told_pieces(
    draft: _Draft, presenters: Sequence[str], stills: Sequence[str], lines: Sequence[Line], quiet: Sequence[int], length: int
) -> tuple[Piece, ...] | None:
    """A talk with pictures: each is seen from the pause before its name is spoken; None where the words of no line name two of them."""
    named = [(at, tag) for tag in stills if (at := said_at(lines, {tag, draft.references[tag].path.stem})) is not None]
    if len(named) < 2 or len(named) < len(stills):
        return None
    edges: list[tuple[int, str]] = [(0, presenters[0])]
    for at, tag in sorted(named):
        before = [q for q in quiet if edges[-1][0] + SHORTEST_SHOT <= q <= at + TICKS_PER_FRAME * 4]
        start = max(edges[-1][0] + SHORTEST_SHOT, max((q for q in before if q > at - ticks(1.6)), default=nearest_frame_start(at)))
        edges.append((nearest_frame_start(start), tag))
    after = [q for q in quiet if edges[-1][0] + ticks(1.3) <= q <= length - ticks(1.0)]
    if after:
        edges.append((after[0], presenters[0]))
    if edges[-1][0] > length - SHORTEST_SHOT:
        return None
    ends = [start for start, _ in edges[1:]] + [length]
    return tuple(Piece(start=start, end=end, tag=tag) for (start, tag), end in zip(edges, ends, strict=True))


def _has_card(draft: _Draft) -> bool:
    return bool(draft.tagged("logo")) and any(t in draft.percepts.pictures for t in draft.tagged("logo"))


def _written_pieces(draft: _Draft, shots: Sequence[ScriptShot], every: list[str], length: int) -> tuple[Piece, ...]:
    """The prompt's own shots on the clock: given times are kept, the rest share what is left."""
    num = len(shots)
    edges: list[int | None] = [None] * (num + 1)
    edges[0], edges[num] = 0, length
    for k, shot in enumerate(shots):
        if shot.start is not None and k and shot.start < length:
            edges[k] = nearest_frame_start(shot.start)
        if shot.end is not None and k + 1 < num and edges[k + 1] is None and shot.end < length:
            edges[k + 1] = nearest_frame_start(shot.end)
    known = [k for k, e in enumerate(edges) if e is not None]
    for a, b in pairwise(known):
        low, high = edges[a] or 0, edges[b] or 0
        for k in range(a + 1, b):
            edges[k] = nearest_frame_start(low + (high - low) * (k - a) // (b - a))
    pieces: list[Piece] = []
    for k, shot in enumerate(shots):
        start, end = edges[k] or 0, edges[k + 1] or 0
        shown = [t for t in shot.mentions if t in every]
        tag = shown[0] if shown else every[0] if len(every) == 1 else (pieces[-1].tag if pieces else every[0]) if every else ""
        if end - start >= TICKS_PER_FRAME * 4:
            pieces.append(Piece(start=start, end=end, tag=tag, shot=k))
    if not pieces:
        pieces = [Piece(start=0, end=length, tag=every[0] if every else "", shot=0)]
    pieces[0] = replace(pieces[0], start=0)
    joined = [replace(p, end=n.start) for p, n in pairwise(pieces)]
    return (*joined, replace(pieces[-1], end=length))


def _shot(draft: _Draft, number: int, piece: Piece) -> Shot:
    """One piece of the edit as a shot with its camera and setting."""
    script_shot = draft.script.shots[piece.shot] if 0 <= piece.shot < len(draft.script.shots) else None
    moves = script_shot.moves if script_shot else tuple(m for s in draft.script.shots for m in s.moves)
    words = draft.script.prompt[slice(*script_shot.span)] if script_shot else draft.script.prompt
    kind = _kind(draft, piece.tag)
    steps, handheld = _steps(moves, kind, number, piece)
    transition = script_shot.transition if script_shot and number else "cut"
    base = Shot(start=piece.start, end=piece.end, camera=_still_camera(piece), setting=Setting(kind="studio"), words=words)
    base = replace(base, transition=transition if transition in ("cut", "dissolve", "dip", "whip", "push") else "cut")
    if kind == "place" or kind == "logo":
        return _place_shot(draft, base, steps, handheld, logo=kind == "logo")
    source = source_of(draft.references[piece.tag])
    if kind == "footage":
        used = draft.used.get(piece.tag, 0)
        draft.used[piece.tag] = used + piece.end - piece.start
        stand = Stand(position=(0.0, 1.5, 0.0), focal=50.0, subject=(0.0, 1.5, -4.0))
        camera = build_moves(steps, stand, piece.start, piece.end, handheld=handheld)
        clip = draft.percepts.clips[piece.tag]
        start = used % max(clip.length, 1)
        if start + piece.end - piece.start > clip.length:
            start = max(0, clip.length - (piece.end - piece.start))
        return replace(base, camera=camera, setting=Setting(kind="footage", source=source, start=start // TICKS_PER_FRAME * TICKS_PER_FRAME))
    picture = draft.percepts.pictures[piece.tag]
    role = draft.script.role(piece.tag)
    if role in ("first_frame", "last_frame"):
        framed = frame_whole(picture, source, piece.start, piece.end, draft.size, last=role == "last_frame")
        joined = "dissolve" if number and base.transition == "cut" else base.transition
        return replace(base, camera=framed.camera, setting=framed.setting, transition=joined)
    if kind == "product" and not _is_cut(draft, piece.tag):
        return _product_shot(draft, base, piece.tag, source, steps, handheld)
    framed = frame_picture(
        picture, source, steps[0].family, piece.start, piece.end, draft.size,
        amount=steps[0].amount, more=steps[1:], handheld=handheld, name=f"@{piece.tag}",
        tight=1.18 if number % 2 and kind == "face" else 1.0,
    )  # fmt: skip
    draft.remarks += framed.remarks
    seen = (piece.tag,) if piece.tag in draft.cast else ()
    return replace(base, camera=framed.camera, setting=framed.setting, seen=seen)


def _still_camera(piece: Piece) -> CameraPath:
    return build_path("static", Stand(position=(0.0, 1.5, 0.0), focal=40.0, subject=(0.0, 1.5, -3.0)), piece.start, piece.end)


def _kind(draft: _Draft, tag: str) -> str:
    if tag == CARD:
        return "logo"
    if not tag:
        return "place"
    if tag in draft.percepts.clips:
        return "footage"
    if tag in draft.cast and draft.cast[tag].role == "face":
        return "face"
    return "product" if draft.script.role(tag) == "product" else "picture"


def _steps(moves: Sequence[CameraMove], kind: str, number: int, piece: Piece) -> tuple[tuple[Step, ...], float]:
    """The moves of a shot in order, and its handheld strength."""
    handheld = 1.0 if any(m.move == "handheld" for m in moves) else 0.0
    moves = [m for m in moves if m.move != "handheld"]
    if not moves:
        if handheld:
            return (Step(family="static"),), handheld
        usual = USUAL_MOVES.get(kind, USUAL_MOVES["picture"])
        family, amount = usual[number % len(usual)]
        return (Step(family=family, amount=amount),), 0.0
    # a shot of the prompt has all its own moves; shots that the edit made take turns with the moves of the prompt
    own = moves if piece.shot >= 0 else [moves[number % len(moves)]]
    return tuple(Step(family=m.move, amount=_amount(m)) for m in own), handheld


def _amount(move: CameraMove) -> float:
    """How far a move goes, in its family's unit."""
    default = FAMILIES[move.move]
    amount = default.amount * move.amount * (0.75 if move.speed < 1 else 1.25 if move.speed > 1 else 1.0)
    if default.unit == "ratio":
        amount = 1 + (default.amount - 1) * move.amount
    if move.degrees and default.unit == "degrees":
        amount = move.degrees
    return min(amount, 0.62) if default.unit == "share" else amount


def _is_cut(draft: _Draft, tag: str) -> bool:
    """Whether a product's picture cuts it off, or nothing could be cut out: such a picture is filmed as it is."""
    picture = draft.percepts.pictures[tag]
    matte = picture.matte
    if not matte.any() or float((matte > 128).mean()) > 0.8:
        return True
    return bool((matte[:, :2] > 128).any() or (matte[:, -2:] > 128).any() or (matte[:2] > 128).any())


def _product_shot(draft: _Draft, base: Shot, tag: str, source: Source, steps: tuple[Step, ...], handheld: float) -> Shot:
    picture = draft.percepts.pictures[tag]
    assert picture.subject_box is not None
    x0, y0, x1, y1 = picture.subject_box
    aspect = (x1 - x0) / max(1, y1 - y0)
    film = draft.size[0] / draft.size[1]
    tall = PRODUCT_HEIGHT if aspect < 1.4 else PRODUCT_HEIGHT * 1.4 / aspect
    draft.cast[tag] = Actor(name=tag, source=source, role="product", place=(0.0, 0.0, -PRODUCT_AWAY), height=tall)
    # the product fills 66 % of the height or 58 % of the width
    high = max(tall / 0.66, tall * aspect / 0.58 / film)
    wide = high * film
    focal = PRODUCT_AWAY / max(wide, high) * 36.0
    middle = (0.0, tall / 2 + 0.02, -PRODUCT_AWAY)
    stand = Stand(position=(0.0, middle[1] + 0.1, 0.0), focal=focal, subject=middle, pitch=-3.0)
    camera = build_moves(steps, stand, base.start, base.end, handheld=handheld)
    setting = Setting(
        kind="studio", far=PRODUCT_AWAY + 1.6, near=PRODUCT_AWAY, colours=_brand(draft, _subject_palette(picture)), mood=_grade(draft.script)
    )
    return replace(base, camera=camera, setting=setting, seen=(tag,))


def _brand(draft: _Draft, subject: tuple[str, ...]) -> tuple[str, ...]:
    """Colours of the set: the prompt's, else the logo's, else the picture's own; first the one that the product stands out from most."""
    if draft.script.scene.colours:
        return draft.script.scene.colours
    found = subject
    for tag in draft.tagged("logo"):
        if tag in draft.percepts.pictures:
            found = draft.percepts.pictures[tag].palette[:4]
    if not subject:
        return found[:3]
    pale = tuple(_mixed(c, "#ffffff", 0.72) for c in found[:3])
    return tuple(sorted((*found[:3], *pale), key=lambda c: -_contrast(c, subject)))[:3]


def _subject_palette(picture: Picture) -> tuple[str, ...]:
    """The main colours of the subject alone."""
    inside = picture.matte > 200
    return palette(picture.image, inside) if int(inside.sum()) > 500 else picture.palette


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(colour: str, other: str, share: float) -> str:
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_rgb(colour), _rgb(other), strict=True))


def _contrast(colour: str, subject: Sequence[str]) -> float:
    """How far a set's colour is from a product's two main colours (weighted RGB, Thiadmer Riemersma's low-cost approximation)."""

    def far(a: str, b: str) -> float:
        (r1, g1, b1), (r2, g2, b2) = _rgb(a), _rgb(b)
        mean = (r1 + r2) / 2
        return ((2 + mean / 256) * (r1 - r2) ** 2 + 4 * (g1 - g2) ** 2 + (2 + (255 - mean) / 256) * (b1 - b2) ** 2) ** 0.5

    return min(far(colour, p) for p in subject[:2])


def _place_shot(draft: _Draft, base: Shot, steps: tuple[Step, ...], handheld: float, *, logo: bool) -> Shot:
    scene = draft.script.scene
    stand = Stand(position=(0.0, 1.6, 0.0), focal=28.0, subject=(0.0, 1.6, -9.0))
    if logo:
        camera = build_path("static", stand, base.start, base.end)
        return replace(base, camera=camera, setting=Setting(kind="studio", colours=_brand(draft, ()), far=6.0, mood=_grade(draft.script)))
    camera = build_moves(steps, stand, base.start, base.end, handheld=handheld)
    setting = Setting(
        kind="place", place=scene.place, hour=scene.hour or "day", weather=scene.weather or "clear", mood=scene.mood, colours=scene.colours
    )
    return replace(base, camera=camera, setting=setting)


def _sounds(draft: _Draft, shots: Sequence[Shot], length: int) -> None:
    """Effects and ambience named in the prompt or belonging to a drawn place; effect files at their shot."""
    heard: set[str] = set()
    for wish in draft.script.sounds:
        shot = shots[min(wish.shot, len(shots) - 1)]
        own = draft.script.shots[wish.shot] if wish.shot < len(draft.script.shots) else None
        timed = own is not None and own.start is not None
        at = wish.at if wish.at is not None else shot.start if timed else min(ticks(0.5), length // 3)
        if wish.ambience:
            span = (shot.start, shot.end) if timed else (0, length)
            draft.cues.append(Ambience(start=span[0], end=span[1], sound=wish.sound))
            heard.add(wish.sound)
        elif at < length:
            draft.cues.append(Effect(start=nearest_frame_start(at), sound=wish.sound))
    for tag in draft.tagged("effect"):
        if tag in draft.percepts.sounds:
            draft.cues.append(Effect(start=frame_start(6), sound="", source=source_of(draft.references[tag])))
    if "sound" in draft.script.refused or "ambience" in draft.script.refused:
        return
    scene = draft.script.scene
    if any(shot.setting.kind == "place" for shot in shots):
        own = WEATHER_SOUND.get(scene.weather) or PLACE_SOUND.get(scene.place)
        if own and own not in heard:
            draft.cues.append(Ambience(start=0, end=length, sound=own))


def _words(draft: _Draft, presenters: Sequence[str], length: int) -> None:
    """Words on the picture: titles that the prompt gives, captions where they are asked for or a talk has pictures."""
    if "text" not in draft.script.refused:
        for k, title in enumerate(draft.script.titles):
            part = length // max(1, len(draft.script.titles))
            draft.cues.append(
                Caption(start=k * part + frame_start(6), end=min(length, (k + 1) * part - frame_start(2)), text=title,
                        language=draft.script.language, style="title")
            )  # fmt: skip
    lines = [c for c in draft.cues if isinstance(c, Line)]
    pictures = [t for t in draft.tagged("subject", "background") if t in draft.percepts.pictures]
    wanted = draft.script.captions if draft.script.captions is not None else bool(presenters and len(pictures) > 1)
    if not wanted or "captions" in draft.script.refused or "text" in draft.script.refused:
        return
    for line in lines:
        if not line.text:
            name = line.source.name if line.source else "the recording"
            draft.remarks.append(f"Captions need the words of {name}: give them with --transcript TAG=TEXT.")
            continue
        for start, end, text in split_caption(line.text, line.start, line.end, line.language, line.phones):
            draft.cues.append(Caption(start=start, end=min(end, length), text=text, language=line.language))


def _logo(draft: _Draft, length: int) -> None:
    for tag in draft.tagged("logo"):
        if tag in draft.percepts.pictures:
            draft.cues.append(Logo(start=length - LOGO_CARD, end=length, source=source_of(draft.references[tag])))
            return


def _film_grade(script: Script, shots: Sequence[Shot]) -> str:
    """The look of the finished picture. A given first or last frame is its own look; a drawn place already has its hour's light."""
    if any(shot.setting.pinned for shot in shots):
        return ""
    words = _grade(script)
    if all(shot.setting.kind == "place" for shot in shots):
        words = " ".join(w for w in words.split() if w != script.scene.hour)
    return words


def _grade(script: Script) -> str:
    scene = script.scene
    return " ".join(w for w in (scene.light, scene.hour, scene.mood, scene.style) if w)


def _kept(request: Request) -> dict[str, object]:
    """What of a request a film keeps to be made again: no paths, files by name and hash."""
    return {
        "prompt": request.prompt,
        "references": [{"tag": r.tag, "file": r.path.name, "sha256": r.sha256, "kind": r.kind} for r in request.references],
        "seconds": request.seconds, "ratio": request.ratio, "resolution": request.resolution, "seed": request.seed,
        "transcripts": dict(request.transcripts), "draft": request.draft, "sound": request.sound,
    }  # fmt: skip
