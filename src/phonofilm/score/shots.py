"""A piece of the edit as a shot: its camera, its setting and who is seen."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, seconds
from phonofilm.perceive.fitted import LEAST_FILLED, filled, ill_shaped, laid_out
from phonofilm.perceive.palette import palette
from phonofilm.perceive.percepts import Picture
from phonofilm.perceive.placed import placeable, plain_behind, standing
from phonofilm.prompt.script import CameraMove, Move, ScriptShot
from phonofilm.score.camera import FAMILIES, MOST_SHARE, Stand, Step, build_moves, build_path, camera_at
from phonofilm.score.copying import copied_move
from phonofilm.score.draft import CARD, Draft, grade_words, hour_of, weather_of
from phonofilm.score.edit import Piece
from phonofilm.score.framing import frame_picture, frame_whole
from phonofilm.score.model import Actor, CameraPath, Setting, Shot, Source
from phonofilm.score.speech import source_of

#: moves given to shots whose words name none, in turn
USUAL_MOVES = {
    "face": (("push_in", 0.14), ("truck_right", 0.06), ("pull_out", 0.14)),
    "product": (("orbit_right", 14.0), ("push_in", 0.22), ("crane_down", 0.16), ("orbit_left", 14.0), ("truck_left", 0.12)),
    "picture": (("push_in", 0.12), ("truck_right", 0.07), ("pull_out", 0.12), ("crane_up", 0.08)),
    "footage": (("static", 0.0),),
    "place": (("push_in", 0.14), ("truck_right", 0.12), ("crane_up", 0.14)),
}
#: tallest and widest that a product stands, in metres, and how far from the camera
PRODUCT_HEIGHT, PRODUCT_AWAY = 0.42, 1.9
#: how much of its speed a clip keeps at least where it is too short for its shot
SLOWEST = 0.5
#: how much of the half frame a product fills at most, to whichever side it comes closest
PRODUCT_ROOM = 0.9


#: what is as even as this (standard deviation of its levels) is the ground of a picture of one thing, no place
EVEN = 4.0
#: how much closer than usual a framing word asks a picture to be
TIGHTNESS = {"extreme_close_up": 1.7, "close_up": 1.35, "medium": 1.0, "wide": 0.85, "extreme_wide": 0.7}
#: the place to be drawn where only its sound is named
SOUND_PLACE = {
    "sea": "beach", "street": "street", "traffic": "street", "forest": "forest", "stream": "forest", "night_insects": "field", "cafe": "cafe",
    "office": "office",
}  # fmt: skip
#: what a thing stands on before a drawn place, where that is not wood
PLACE_SURFACE = {
    "sea": "sand", "beach": "sand", "desert": "sand", "street": "stone", "city": "stone", "rooftop": "stone", "bridge": "stone", "mountain": "stone",
    "snow": "stone", "space": "stone", "kitchen": "marble",
}  # fmt: skip
#: how many times farther than somebody a drawn place is taken to be, for what is out of focus
PLACE_FAR = 8.0
#: how much closer a face is seen every second time where no words say it
NEARER = 1.25


def shot_of(draft: Draft, number: int, piece: Piece) -> Shot:
    """One piece of the edit as a shot with its camera and setting."""
    script_shot = draft.script.shots[piece.shot] if 0 <= piece.shot < len(draft.script.shots) else None
    moves = script_shot.moves if script_shot else tuple(m for s in draft.script.shots for m in s.moves)
    words = draft.script.prompt[slice(*script_shot.span)] if script_shot else draft.script.prompt
    kind = _kind(draft, piece.tag)
    steps, handheld = _steps(moves, kind, number, piece, draft.script.avoided)
    copied = copied_move(draft, piece, moves)
    if copied is not None:
        steps, handheld = (copied.step,), max(handheld, copied.handheld)
    transition = script_shot.transition if script_shot and number else "cut"
    if number and transition == "cut" and kind != "logo":
        transition = draft.script.joining or "cut"
    base = Shot(start=piece.start, end=piece.end, camera=_still_camera(piece), setting=Setting(kind="studio"), words=words)
    base = replace(base, grade=grade_words(draft.script, script_shot))
    base = replace(base, transition=transition if transition in ("cut", "dissolve", "dip", "whip", "push") else "cut")
    if kind == "place" or kind == "logo":
        return _place_shot(draft, base, script_shot, steps, handheld, logo=kind == "logo")
    source = source_of(draft.references[piece.tag])
    if kind == "footage":
        stand = Stand(position=(0.0, 1.5, 0.0), focal=50.0, subject=(0.0, 1.5, -4.0))
        camera = build_moves(steps, stand, piece.start, piece.end, handheld=handheld)
        start, rate = _played(draft, piece, piece.tag)
        return replace(base, camera=camera, setting=Setting(kind="footage", source=source, start=start, rate=rate))
    picture = draft.percepts.pictures[piece.tag]
    role = draft.script.role(piece.tag)
    if role in ("first_frame", "last_frame"):
        if copied is not None:
            draft.remarks.append(f"@{piece.tag} is the film's {role.replace('_', ' ')}: its shot moves to it or away from it, not as @{copied.tag}.")
        framed = frame_whole(picture, source, piece.start, piece.end, draft.size, last=role == "last_frame")
        joined = "dissolve" if number and base.transition == "cut" else base.transition
        return replace(base, camera=framed.camera, setting=framed.setting, transition=joined, grade="")
    behind = background_of(draft, piece.tag, script_shot)
    face = draft.cast[piece.tag].face if piece.tag in draft.cast else 0
    place = "" if behind else drawn_place(draft, piece.tag, script_shot, kind)
    fitted = not behind and not place and _whole(draft, piece.tag)
    thing = kind == "product" or (place and not picture.faces and picture.subject in ("object", "drawing"))
    thing = thing or (kind == "picture" and _needs_room(draft, piece.tag))
    if thing and not fitted and not behind and not _is_cut(draft, piece.tag):
        return _product_shot(draft, base, piece.tag, source, steps, handheld, place, script_shot)
    if behind or place:
        if piece.tag not in draft.placed:
            draft.placed[piece.tag] = standing(picture, draft.size, face)
        picture = draft.placed[piece.tag]
    if fitted:
        picture = laid_out(picture, draft.size)
        if not moves and copied is None:  # it is to be read: nothing of it leaves the frame
            steps = (Step(family="static") if "push_in" in draft.script.avoided else Step(family="push_in", amount=0.12),)
        draft.remarks.append(f"@{piece.tag} has another shape than the film: it is shown whole, over a blurred copy of itself.")
    framed = frame_picture(
        picture, source, steps[0].family, piece.start, piece.end, draft.size,
        amount=steps[0].amount, more=steps[1:], handheld=handheld, face=face, name=f"@{piece.tag}",
        tight=1.0 if fitted else _tightness(script_shot, kind, draft.shown.get(piece.tag, 0)), asked=bool(moves) or copied is not None,
    )  # fmt: skip
    draft.shown[piece.tag] = draft.shown.get(piece.tag, 0) + 1
    draft.remarks += framed.remarks
    seen = (piece.tag,) if piece.tag in draft.cast else ()
    setting = replace(framed.setting, weather=weather_of(draft.script, script_shot), hour=hour_of(draft.script, script_shot) or "day")
    if place:
        scene = draft.script.scene
        setting = replace(setting, place=place, far=setting.near * PLACE_FAR, mood=scene.mood, colours=scene.colours)
        return replace(base, camera=framed.camera, setting=setting, seen=seen, grade=_without_hour(base.grade, setting.hour))
    if not behind:
        return replace(base, camera=framed.camera, setting=replace(setting, fitted=fitted), seen=seen)
    start, rate = _played(draft, piece, behind) if behind in draft.percepts.clips else (0, 1.0)
    setting = replace(setting, behind=source_of(draft.references[behind]), start=start, rate=rate)
    return replace(base, camera=framed.camera, setting=setting, seen=seen)


def _whole(draft: Draft, tag: str) -> bool:
    """Whether a picture is to be seen whole, where the film's shape would cut it: what is to be read, and what its subject fills."""
    picture = draft.percepts.pictures[tag]
    if tag in draft.script.legible and not picture.faces:
        return ill_shaped(picture, draft.size)
    return filled(picture) and ill_shaped(picture, draft.size, LEAST_FILLED)


def background_of(draft: Draft, tag: str, shot: ScriptShot | None) -> str:
    """The picture or clip before which a shot puts what it shows: the background that its own words name, else the one named first; empty for none.

    Where some shots of the prompt are said to be before it, the others are not.
    """
    given = [t for t in draft.tagged("background") if t in draft.percepts.pictures or t in draft.percepts.clips]
    if not given or tag in given or tag not in draft.percepts.pictures or draft.script.role(tag) in ("first_frame", "last_frame", "outfit"):
        return ""
    named = [t for t in given if shot is not None and t in shot.mentions]
    shots = draft.script.shots
    if not named and len(shots) > 1 and any(set(s.mentions) & set(given) and set(s.mentions) - set(given) for s in shots):
        return ""
    if not placeable(draft.percepts.pictures[tag]):
        draft.remarks.append(f"@{tag} shows nothing that could be cut out, so it is not put before @{given[0]}.")
        return ""
    return (named or given)[0]


def drawn_place(draft: Draft, tag: str, shot: ScriptShot | None, kind: str) -> str:
    """The place that a shot draws behind the subject of a photograph: one that the words name as background, or at all for a product and for somebody
    before a plain wall."""
    place = shot.place if shot is not None and shot.place else draft.script.scene.place
    picture = draft.percepts.pictures[tag]
    behind = draft.script.scene.behind
    if place in ("", "studio") or (place == "sky" and not behind):  # who looks at the sky is not in it
        return ""
    if draft.script.role(tag) in ("first_frame", "last_frame", "outfit") or not placeable(picture):
        return ""
    return place if kind == "product" or behind or plain_behind(picture) else ""


def unseen_place(draft: Draft, shots: Sequence[Shot]) -> tuple[str, ...]:
    """A remark where the prompt names a place and photographs are filmed where they were taken instead."""
    named = draft.script.scene.place
    if named in ("", "studio") or any(s.setting.kind == "place" or s.setting.behind for s in shots):
        return ()
    settings = [s.setting for s in shots if s.setting.kind == "photo" and not s.setting.place and not s.setting.pinned]
    photos = [setting.source for setting in settings if setting.source]
    pictures = {p.source: p for p in draft.percepts.pictures.values()}
    shown = next((p.name for p in photos if p.sha256 in pictures and placeable(pictures[p.sha256])), None)
    if shown is None:  # a picture in which nothing stands out is one of the place itself
        return ()
    return (f"{named.capitalize()}: {shown} is filmed where it was taken. Say that the place is the background to have it drawn, or give a picture.",)


def undrawn(draft: Draft, shots: Sequence[Shot]) -> tuple[str, ...]:
    """Remarks where words alone name people and things, which only pictures can show, or no place that can be drawn."""
    if any(s.setting.source is not None or s.setting.kind != "place" for s in shots):
        return ()
    scene, found = draft.script.scene, list[str]()
    named = [name for name in scene.subjects if name not in scene.scenery]
    if named:
        found.append(f"Not drawn: {', '.join(named)}. People and things are filmed from pictures, and none is given.")
    if not any(s.setting.place for s in shots):
        found.append("No place that can be drawn is named, such as a beach, a city or a forest: the film shows soft colours.")
    return tuple(found)


def _played(draft: Draft, piece: Piece, tag: str) -> tuple[int, float]:
    """From where a clip is played in a piece, and how fast; it goes on from where it was left."""
    clip = draft.percepts.clips[tag]
    start, rate = _span_of(piece, clip.length, draft.used.get(tag, 0), clip.cuts)
    lasts = piece.end - piece.start
    draft.used[tag] = start + round(lasts * rate)
    if rate < 1:
        again = f" and begins again after {seconds(round(clip.length / rate)):.1f} s" if clip.length / rate < lasts - TICKS_PER_FRAME else ""
        draft.remarks.append(f"@{tag} lasts {seconds(clip.length):.1f} s of {seconds(lasts):.1f} s: it is played at {rate:.0%} of its speed{again}.")
    return start, rate


def _span_of(piece: Piece, length: int, used: int, cuts: Sequence[int]) -> tuple[int, float]:
    """From where a clip of that length is played in a piece, and how fast: one that is too short is slowed, to half its speed at most.

    Where it can be, none of the clip's own ``cuts`` falls inside: it would be one more than the edit's. ``used`` is to where it was played before.
    """
    lasts = piece.end - piece.start
    start = used % max(length, 1)
    begins = [b for b in (start, *(c for c in cuts if c > start), 0, *cuts) if b + lasts <= length]
    start = min(begins, key=lambda b: sum(b < c < b + lasts for c in cuts), default=start)
    if start + lasts > length:
        start = max(0, length - lasts)
    rate = round(max(length / lasts, SLOWEST), 4) if lasts > length else 1.0
    return start // TICKS_PER_FRAME * TICKS_PER_FRAME, rate


def _tightness(shot: ScriptShot | None, kind: str, shown: int) -> float:
    """How close a picture that was ``shown`` so often is framed: as the shot says, else a face is seen nearer every second time."""
    said = [TIGHTNESS[f] for f in shot.framing if f in TIGHTNESS] if shot is not None else []
    return said[0] if said else NEARER if shown % 2 and kind == "face" else 1.0


def _still_camera(piece: Piece) -> CameraPath:
    return build_path("static", Stand(position=(0.0, 1.5, 0.0), focal=40.0, subject=(0.0, 1.5, -3.0)), piece.start, piece.end)


def _kind(draft: Draft, tag: str) -> str:
    if tag == CARD:
        return "logo"
    if not tag:
        return "place"
    if tag in draft.percepts.clips:
        return "footage"
    if tag in draft.cast and draft.cast[tag].role == "face":
        return "face"
    return "product" if draft.script.role(tag) == "product" else "picture"


def _steps(moves: Sequence[CameraMove], kind: str, number: int, piece: Piece, avoided: Collection[Move] = ()) -> tuple[tuple[Step, ...], float]:
    """The moves of a shot in order, and its handheld strength; where no words name one, a usual one that is not ``avoided``."""
    handheld = 1.0 if any(m.move == "handheld" for m in moves) else 0.0
    moves = [m for m in moves if m.move != "handheld"]
    if not moves:
        if handheld:
            return (Step(family="static"),), handheld
        usual = [m for m in USUAL_MOVES.get(kind, USUAL_MOVES["picture"]) if m[0] not in avoided] or [("static", 0.0)]
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
    return min(amount, MOST_SHARE) if default.unit == "share" else amount


def _needs_room(draft: Draft, tag: str) -> bool:
    """Whether a thing before an even ground is too tall or too wide for a film that its picture fills: the film would cut it off."""
    picture = draft.percepts.pictures[tag]
    if picture.subject not in ("object", "drawing") or picture.faces or picture.subject_box is None or draft.script.role(tag) != "subject":
        return False
    x0, y0, x1, y1 = picture.subject_box
    height, width = picture.matte.shape
    shown = PRODUCT_ROOM * min(width / draft.size[0], height / draft.size[1])
    if x1 - x0 <= shown * draft.size[0] and y1 - y0 <= shown * draft.size[1]:
        return False
    around = picture.image[picture.matte < 8]
    return len(around) >= 0.1 * picture.matte.size and float(around.astype(np.float32).std(axis=0).max()) <= EVEN


def _is_cut(draft: Draft, tag: str) -> bool:
    """Whether a product's picture cuts it off, or nothing could be cut out: such a picture is filmed as it is."""
    picture = draft.percepts.pictures[tag]
    matte = picture.matte
    if not matte.any() or float((matte > 128).mean()) > 0.8:
        return True
    return bool((matte[:, :2] > 128).any() or (matte[:, -2:] > 128).any() or (matte[:2] > 128).any())


def _product_shot(
    draft: Draft, base: Shot, tag: str, source: Source, steps: tuple[Step, ...], handheld: float, place: str, shot: ScriptShot | None,
) -> Shot:  # fmt: skip
    """A thing on the sweep of a studio, on a surface that the words name, or on one before the ``place`` that they name."""
    picture = draft.percepts.pictures[tag]
    assert picture.subject_box is not None
    x0, y0, x1, y1 = picture.subject_box
    aspect = (x1 - x0) / max(1, y1 - y0)
    film = draft.size[0] / draft.size[1]
    tall = PRODUCT_HEIGHT if aspect < 1.4 else PRODUCT_HEIGHT * 1.4 / aspect
    draft.cast[tag] = Actor(name=tag, source=source, role="product", place=(0.0, 0.0, -PRODUCT_AWAY), height=tall)
    # the product fills 66 % of the height or 58 % of the width where it is framed widest, and never more than the frame holds
    high = max(tall / 0.66, tall * aspect / 0.58 / film)
    middle = (0.0, tall / 2 + 0.02, -PRODUCT_AWAY)
    focal = PRODUCT_AWAY / max(high * film, high) * 36.0
    stand = Stand(position=(0.0, middle[1] + 0.1, 0.0), focal=focal, subject=middle, pitch=-3.0)
    camera = build_moves(steps, stand, base.start, base.end, handheld=handheld)
    room = PRODUCT_ROOM / _fullest(camera, tall, tall * aspect, draft.size)
    if room < 1:
        camera = build_moves(steps, replace(stand, focal=focal * room), base.start, base.end, handheld=handheld)
    setting = Setting(
        kind="studio", far=PRODUCT_AWAY + 1.6, near=PRODUCT_AWAY, colours=_brand(draft, _subject_palette(picture)), mood=base.grade,
        surface=draft.script.scene.surface or (PLACE_SURFACE.get(place, "wood") if place else ""), elevation=elevation(picture.matte),
    )  # fmt: skip
    if not place:
        return replace(base, camera=camera, setting=setting, seen=(tag,))
    setting = replace(setting, place=place, hour=hour_of(draft.script, shot) or "day", weather=weather_of(draft.script, shot))
    return replace(base, camera=camera, setting=setting, seen=(tag,), grade=_without_hour(base.grade, setting.hour))


def _fullest(path: CameraPath, tall: float, wide: float, size: tuple[int, int]) -> float:
    """How near a product of that height and width comes to an edge of the frame in a shot: 1 where it touches it."""
    half = wide / 2
    corners = np.array([(x, y, -PRODUCT_AWAY) for x in (-half, half) for y in (0.0, tall)])
    middle = np.array(size) / 2
    ticks = sorted({path.keys[0].tick, path.keys[-1].tick, *(k.tick for k in path.keys)})
    return max(float((np.abs(camera_at(path, t).project(corners, *size) - middle) / middle).max()) for t in ticks)


def elevation(matte: NDArray[np.uint8]) -> float:
    """From how many degrees above a thing's picture was taken, told by its foot; 0 where that is level or cannot be told.

    A round foot of width w seen from e above is an ellipse as high as w sin e. ``matte``: u8[h w]. Three widths low on the outline must agree.
    """
    inside = matte > 128
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    if not len(rows):
        return 0.0
    wide, foot = int(columns[-1] - columns[0] + 1), int(rows[-1])
    sines: list[float] = []
    for up in (0.05, 0.1, 0.15):
        row = foot - round(up * wide)
        share = float(inside[row].sum()) / wide if row >= 0 else 1.0
        sines.append(2 * up / max(1 - math.sqrt(max(1 - share * share, 0.0)), 1e-3))
    middle = sorted(sines)[1]
    if max(sines) > 1.25 * min(sines) or not 0.2 <= middle <= 1.0:
        return 0.0
    return round(math.degrees(math.asin(middle)), 1)


def _brand(draft: Draft, subject: tuple[str, ...]) -> tuple[str, ...]:
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


def _place_shot(draft: Draft, base: Shot, shot: ScriptShot | None, steps: tuple[Step, ...], handheld: float, *, logo: bool) -> Shot:
    scene = draft.script.scene
    stand = Stand(position=(0.0, 1.6, 0.0), focal=28.0, subject=(0.0, 1.6, -9.0))
    if logo:
        camera = build_path("static", stand, base.start, base.end)
        return replace(base, camera=camera, setting=Setting(kind="studio", colours=_brand(draft, ()), far=6.0, mood=base.grade))
    place, hour, weather = (shot.place, shot.hour, shot.weather) if shot is not None and shot.place else (scene.place, scene.hour, scene.weather)
    place = place or next((SOUND_PLACE[wish.sound] for wish in draft.script.sounds if wish.sound in SOUND_PLACE), "")
    camera = build_moves(steps, stand, base.start, base.end, handheld=handheld)
    setting = Setting(kind="place", place=place, hour=hour or "day", weather=weather or "clear", mood=scene.mood, colours=scene.colours)
    return replace(base, camera=camera, setting=setting, grade=_without_hour(base.grade, hour))


def _without_hour(grade: str, hour: str) -> str:
    """A grade before a drawn place, which already has its hour's light."""
    return " ".join(w for w in grade.split() if w != hour)
