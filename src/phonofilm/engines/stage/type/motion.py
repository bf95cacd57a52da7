"""The easings of kinetic type: 0…1 in, 0…1 out."""

from __future__ import annotations


def clamp(x: float) -> float:
    """``x`` within 0…1."""
    return min(max(x, 0.0), 1.0)


def ease_out(x: float) -> float:
    """Fast at first, then settling for a long while (exponential)."""
    x = clamp(x)
    return 1.0 if x >= 1.0 else (1.0 - 2.0 ** (-9.0 * x)) / (1.0 - 2.0**-9.0)


def ease_in(x: float) -> float:
    """Slow at first, then leaving (cubic)."""
    return clamp(x) ** 3


def smooth(x: float) -> float:
    """Slow at both ends."""
    x = clamp(x)
    return x * x * (3.0 - 2.0 * x)
