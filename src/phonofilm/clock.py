"""The one clock: 48 000 ticks a second, 24 frames a second, exactly 2 000 ticks a frame.

A time is an ``int`` of ticks. One tick is one sample of the 48 kHz sound. Floats appear only when a
time is read from a person or printed for one.
"""

from __future__ import annotations

TICKS_PER_SECOND = 48_000
FRAMES_PER_SECOND = 24
TICKS_PER_FRAME = TICKS_PER_SECOND // FRAMES_PER_SECOND


def ticks(seconds: float) -> int:
    """The tick nearest to a time that a person gave in seconds."""
    return round(seconds * TICKS_PER_SECOND)


def seconds(tick: int) -> float:
    """A tick as seconds, for printing."""
    return tick / TICKS_PER_SECOND


def frame_at(tick: int) -> int:
    """The frame whose span [2000 f, 2000 f + 2000) holds the tick."""
    return tick // TICKS_PER_FRAME


def frame_start(frame: int) -> int:
    """First tick of a frame's span."""
    return frame * TICKS_PER_FRAME


def frame_middle(frame: int) -> int:
    """The instant that a frame shows: the middle of its span."""
    return frame * TICKS_PER_FRAME + TICKS_PER_FRAME // 2


def nearest_frame_start(tick: int) -> int:
    """The frame start nearest to a tick; free events (cuts, steps, impacts) are placed on one."""
    return (tick + TICKS_PER_FRAME // 2) // TICKS_PER_FRAME * TICKS_PER_FRAME


def time_code(tick: int) -> str:
    """A tick as ``m:ss.mmm``."""
    ms = round(tick * 1000 / TICKS_PER_SECOND)
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
