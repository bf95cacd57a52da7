"""Every effect that can be heard, as a table: how it is made, how loud it is, and which of its instants lands on the cue's tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound import aired, struck
from phonofilm.engines.stage.sound.ambience import AIRS
from phonofilm.engines.stage.sound.dsp import RATE, Random, edges, onset_of
from phonofilm.engines.stage.sound.struck import BODIES, footstep, strike
from phonofilm.perceive.loudness import SILENT, momentary

Wave = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """``make``: random, force 0…1 -> s or s 2. ``level``: its loudest 100 ms in LUFS before mastering (speech is at -18).

    ``anchor``: what lands on the tick: the onset, the peak of its course, or a time in s.
    """

    make: Callable[[Random, float], Wave]
    level: float
    anchor: Literal["onset", "peak"] | float = "onset"


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A made effect at its level: ``samples`` s or s 2, of which sample ``anchor`` lands on the tick."""

    samples: Wave
    anchor: int


def _blow(body: str, size: float = 1.0) -> Callable[[Random, float], Wave]:
    return lambda random, force: strike(random, BODIES[body], force, size=size)


def _step(surface: str) -> Callable[[Random, float], Wave]:
    return lambda random, force: footstep(random, surface, force)


EFFECTS: dict[str, Effect] = {
    "applause": Effect(make=aired.applause, level=-20.0),
    "bell": Effect(make=struck.bell, level=-19.0),
    "bird": Effect(make=aired.bird, level=-25.0),
    "boom": Effect(make=aired.boom, level=-14.0),
    "camera_shutter": Effect(make=struck.camera_shutter, level=-20.0),
    "car_pass": Effect(make=aired.car_pass, level=-20.0, anchor=2.2),
    "cash_register": Effect(make=struck.cash_register, level=-19.0),
    "chime": Effect(make=aired.chime, level=-21.0),
    "click": Effect(make=struck.click, level=-23.0),
    "dog_bark": Effect(make=aired.dog_bark, level=-18.0),
    "door": Effect(make=struck.door_close, level=-17.0),
    "doorbell": Effect(make=struck.doorbell, level=-20.0),
    "explosion": Effect(make=aired.explosion, level=-12.0),
    "fire_crackle": Effect(make=aired.fire_crackle, level=-24.0),
    "glass_break": Effect(make=struck.glass_break, level=-16.0),
    "hand_clap": Effect(make=lambda random, force: struck.clap(random), level=-20.0),
    "heartbeat": Effect(make=struck.heartbeat, level=-20.0),
    "impact": Effect(make=_blow("body"), level=-16.0),
    "impact_body": Effect(make=_blow("body"), level=-16.0),
    "impact_glass": Effect(make=_blow("goblet"), level=-19.0),
    "impact_metal": Effect(make=_blow("metal"), level=-18.0),
    "impact_stone": Effect(make=_blow("rock"), level=-20.0),
    "impact_wood": Effect(make=_blow("plank"), level=-18.0),
    "impact_ball": Effect(make=_blow("ball"), level=-17.0),
    "knock": Effect(make=struck.knocks, level=-19.0),
    "phone_ring": Effect(make=struck.phone_ring, level=-20.0),
    "pour": Effect(make=aired.pour, level=-25.0),
    "rap": Effect(make=struck.rap, level=-19.0),
    "riser": Effect(make=aired.riser, level=-19.0, anchor=1.5),
    "splash": Effect(make=aired.splash, level=-18.0),
    "thunder": Effect(make=aired.thunder, level=-16.0),
    "typing": Effect(make=struck.typing, level=-27.0),
    "woof": Effect(make=aired.bark, level=-18.0),
    "whoosh": Effect(make=aired.whoosh, level=-20.0, anchor="peak"),
    **{f"footstep_{ground}": Effect(make=_step(ground), level=-25.0) for ground in struck.GROUNDS},
}
EFFECT_NAMES = {
    "footstep": "footstep_stone", "footsteps": "footstep_stone", "step": "footstep_stone", "door_slam": "door", "door_close": "door",
    "knocking": "knock", "glass": "glass_break", "breaking_glass": "glass_break", "hit": "impact", "punch": "impact_body", "thud": "impact_body",
    "swoosh": "whoosh", "whip": "whoosh", "door_bell": "doorbell", "notification": "chime", "bark": "dog_bark", "dog": "dog_bark", "birds": "bird",
    "shutter": "camera_shutter", "camera": "camera_shutter", "clap": "applause", "clapping": "applause", "car": "car_pass", "keyboard": "typing",
    "telephone": "phone_ring", "phone": "phone_ring", "water_pour": "pour", "cash": "cash_register", "register": "cash_register", "bang": "explosion",
    "ball": "impact_ball", "bounce": "impact_ball", "crackle": "fire_crackle",
}  # fmt: skip
AIR_NAMES = {
    "waves": "sea", "ocean": "sea", "beach": "sea", "birds": "forest", "birdsong": "forest", "crickets": "night_insects", "night": "night_insects",
    "insects": "night_insects", "river": "stream", "brook": "stream", "water": "stream", "campfire": "fire", "fireplace": "fire",
    "thunderstorm": "storm",
    "people": "crowd", "audience": "crowd", "restaurant": "cafe", "coffee_shop": "cafe", "cars": "traffic", "road": "traffic", "room_tone": "room",
    "studio": "room", "indoors": "room", "park": "forest", "garden": "forest", "town": "street", "subway": "train",
}  # fmt: skip
_RISE = RATE // 4000  # samples: nothing that is struck starts from one sample to the next
HANDS = {"wood": "table", "table": "table", "metal": "metal", "stone": "stone", "glass": "glass", "water": "soft"}


def supported() -> frozenset[str]:
    """Every name of an effect or an ambience that can be heard, with its other names."""
    return frozenset(EFFECTS) | frozenset(EFFECT_NAMES) | frozenset(AIRS) | frozenset(AIR_NAMES)


def effect_named(name: str) -> Effect | None:
    """The effect of that name or other name."""
    key = name.lower().replace(" ", "_").replace("-", "_")
    return EFFECTS.get(EFFECT_NAMES.get(key, key))


def air_named(name: str) -> str:
    """The ambience of that name or other name; empty if there is none."""
    key = name.lower().replace(" ", "_").replace("-", "_")
    key = AIR_NAMES.get(key, key) if key not in AIRS else key
    return key if key in AIRS else ""


def contact_effect(limb: str, surface: str) -> Effect:
    """What a limb on a surface sounds like: a step for a foot, else a light blow."""
    if "foot" in limb or "shoe" in limb or "heel" in limb:
        ground = surface if surface in struck.GROUNDS else struck.GROUND_NAMES.get(surface, "stone")
        return EFFECTS[f"footstep_{ground}"]
    return Effect(make=_blow(HANDS.get(surface, "soft")), level=-24.0)


def impact_effect(material: str) -> Effect:
    """What hits: the impact of a material, or an effect of that name (a door, glass)."""
    return EFFECTS.get(f"impact_{material}") or effect_named(material) or EFFECTS["impact"]


def made(effect: Effect, random: Random, force: float = 0.7) -> Made:
    """Make an effect at its level."""
    return level_to(edges(effect.make(random, force), _RISE, 0), effect.level, effect.anchor)


def level_to(samples: Wave, level: float, anchor: Literal["onset", "peak"] | float = "onset") -> Made:
    """A sound whose loudest 100 ms are at ``level`` LUFS, and its instant for the tick."""
    found = float(momentary(samples, block=RATE // 10, step=RATE // 50).max(initial=SILENT)) if len(samples) else SILENT
    if found <= -100.0:
        return Made(samples=samples, anchor=0)
    scaled = np.asarray(samples * np.float32(10 ** ((level - found) / 20)), np.float32)
    if anchor == "onset":
        at = onset_of(scaled)
    elif anchor == "peak":
        power = np.square(scaled if scaled.ndim == 1 else scaled.mean(axis=1))
        window = np.hanning(RATE // 25)
        at = int(np.convolve(power, window / window.sum(), "same").argmax())
    else:
        at = round(anchor * RATE)
    return Made(samples=scaled, anchor=at)
