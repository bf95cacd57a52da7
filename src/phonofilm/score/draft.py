"""A score being made: the request and what is known of its files, the remarks, cues and cast so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from phonofilm.clock import ticks
from phonofilm.perceive.percepts import Percepts, Picture, Sound
from phonofilm.prompt.script import Script, ScriptShot
from phonofilm.request import Reference, Request
from phonofilm.score.model import Actor, Cue

LOGO_CARD = ticks(1.75)
END_CARD = ticks(2.5)
"""How long words stand on an end card of their own, where there is room."""
INDOORS = frozenset({"room", "office", "cafe", "kitchen", "stage", "studio"})
"""Places in which weather is heard and not seen."""
CARD = "#card"
"""The tag of the closing card in an edit; no reference can have it."""


@dataclass(kw_only=True)
class Draft:
    """A score being made.

    ``used``: to where a clip was played; ``shown``: how often a picture was seen; ``placed``: a picture's subject where it is put elsewhere.
    """

    request: Request
    script: Script
    percepts: Percepts
    references: dict[str, Reference]
    size: tuple[int, int]
    remarks: list[str] = field(default_factory=list[str])
    cues: list[Cue] = field(default_factory=list[Cue])
    cast: dict[str, Actor] = field(default_factory=dict[str, Actor])
    used: dict[str, int] = field(default_factory=dict[str, int])
    shown: dict[str, int] = field(default_factory=dict[str, int])
    placed: dict[str, Picture] = field(default_factory=dict[str, Picture])

    def tagged(self, *roles: str) -> list[str]:
        """Tags of the references with one of the roles, in the order given."""
        return [b.tag for b in self.script.bindings if b.role in roles]

    def sound(self, tag: str) -> Sound | None:
        """The sound of a recording, or of a clip."""
        clip = self.percepts.clips.get(tag)
        return self.percepts.sounds.get(tag) or (clip.sound if clip else None)


def grade_words(script: Script, shot: ScriptShot | None = None) -> str:
    """The words of light, hour, mood and style that a shot is graded by: its own hour where it says one."""
    scene = script.scene
    return " ".join(w for w in (scene.light, hour_of(script, shot), scene.mood, scene.style) if w)


def hour_of(script: Script, shot: ScriptShot | None = None) -> str:
    """The hour of a shot: its own where any shot says one, else the film's; empty where none is said."""
    own = any(s.hour for s in script.shots) and len(script.shots) > 1
    return shot.hour if shot is not None and own else script.scene.hour


def weather_of(script: Script, shot: ScriptShot | None = None) -> str:
    """The weather that falls in a shot: its own where any shot says one, else the film's; "clear" where none is said, and indoors."""
    if script.scene.place in INDOORS or script.scene.indoors:
        return "clear"
    own = any(s.weather for s in script.shots) and len(script.shots) > 1
    return (shot.weather if shot is not None and own else script.scene.weather) or "clear"


def has_card(draft: Draft) -> bool:
    """Whether the film closes on a card with its logo: not where the words want the logo small at a place over the picture."""
    logo = draft.script.logo
    if logo is not None and logo.place not in ("", "middle", "lower third"):
        return False
    return bool(draft.tagged("logo")) and any(t in draft.percepts.pictures for t in draft.tagged("logo"))
