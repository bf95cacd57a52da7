"""What a film should reach, one row a goal; the figures are those of the project's design and of the published standards named beside them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Bounds of a number, both included; None: open on that side."""

    least: float | None = None
    most: float | None = None
    unit: str = ""

    def met(self, value: float) -> bool:
        """Whether a number lies within the bounds."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def text(self) -> str:
        """The goal as a person reads it."""
        unit = f" {self.unit}" if self.unit else ""
        if self.least is not None and self.most is not None:
            return f"{self.least:g}{unit}" if self.least == self.most else f"{self.least:g}…{self.most:g}{unit}"
        return f"≥ {self.least:g}{unit}" if self.least is not None else f"≤ {self.most:g}{unit}"


GOALS: dict[str, Goal] = {
    "no excess frames": Goal(least=0, most=0, unit="frames"),
    "no excess samples": Goal(least=0, most=0, unit="samples"),
    "loudness": Goal(least=-14.5, most=-13.5, unit="LUFS"),  # as streaming services set it
    "true peak": Goal(most=-1.0, unit="dBTP"),  # EBU R 128 §1
    "lip offset": Goal(least=-40, most=40, unit="ms"),
    "lip offset by sound": Goal(least=-125, most=45, unit="ms"),  # not noticed by viewers (ITU-R BT.1359-1); people's lips lead their voice
    "lip correlation": Goal(least=0.8),
    "lip correlation by sound": Goal(least=0.4),
    "bilabials closed": Goal(least=0.95),
    "false closures": Goal(most=0.05),
    "wide opening": Goal(least=0.08),
    "face look": Goal(most=0.12),  # half-way between the farthest of its own pictures and the nearest other person (docs/measured.md)
    "face embedding": Goal(most=0.4),  # between one man's photographs and the nearest stranger by MobileFaceNet (docs/measuring.md)
    "cuts on beats": Goal(least=0.9),
    "camera family": Goal(least=1.0),
    "camera amount": Goal(most=0.05),
    "static drift": Goal(most=0.5, unit="px/s"),
    "onset error": Goal(most=42, unit="ms"),
    "answered": Goal(least=0.95),
    "streams begin together": Goal(least=-42, most=42, unit="ms"),  # one frame at 24 fps
    "streams end together": Goal(least=-1, most=1, unit="frames"),
    "clipped share": Goal(most=1e-5),
    "silent share": Goal(most=0.9),
    "constant offset": Goal(most=0.005),
    "speech above the rest": Goal(least=6, unit="dB"),
    "speech not understood": Goal(most=0.15),
    "frozen share": Goal(most=0.1),
    "repeated share": Goal(most=0.05),
    "flicker": Goal(most=0.5, unit="%"),  # light that swings by less is not seen (de Lange, 1958)
    "jumps of the light": Goal(least=0, most=0),
    "edge width": Goal(most=4.5, unit="px"),
    "sharpness drops": Goal(least=0, most=0),
    "halo": Goal(most=10, unit="levels"),
}
