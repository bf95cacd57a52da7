"""Films spoilt on purpose and by a known amount, so that every metric can show that it answers as it must.

Frame count, rate, time stamps and the number of samples stay as they were, whatever is done to what is seen or heard.
Axes: ``h w`` rows and columns, ``s`` samples at 48 kHz. Pictures are I420 ``u8[h * 3/2, w]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import RequestError
from phonofilm.measure.film import sound_of
from phonofilm.media.colour import from_i420
from phonofilm.media.probe import Facts, probe
from phonofilm.media.rewrite import rewrite
from phonofilm.media.stream import Decoded, decoded_frames
from phonofilm.vision.segment import PersonMask

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Hear = Callable[[F32, float], F32 | None]
See = Callable[[Iterator[Decoded], float, Facts], Iterable[Decoded]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One way to spoil a film: of its sound (``hear``) or of its picture (``see``). ``amount`` says in what unit, ``usual`` is one that shows."""

    amount: str
    usual: float
    hear: Hear | None = None
    see: See | None = None


def distort(film: Path, out: Path, *, kind: str, amount: float) -> Path:
    """Write ``film`` to ``out``, spoilt in the way of a row of ``KINDS``. Amount 0 writes it again as it is.

    Raises ``RequestError`` for an unknown kind, ``ReferenceError_`` for what is no film, ``EncodeError``.
    """
    if kind not in KINDS:
        raise RequestError(f"There is no way {kind!r} to spoil a film. Known: {', '.join(KINDS)}.")
    facts = probe(film)
    row = KINDS[kind]
    sound = sound_of(film, facts).sound
    if sound is not None and row.hear is not None:
        sound = row.hear(sound, amount)
    frames: Iterator[Decoded] = decoded_frames(film)
    return rewrite(out, row.see(frames, amount, facts) if row.see is not None else frames, sound, rate=facts.fps or 24.0)


def _shifted(sound: F32, ms: float) -> F32:
    """Later by ``ms`` (earlier below 0); what comes in is silence, what goes over the end is lost."""
    by = round(ms * TICKS_PER_SECOND / 1000)
    out = np.zeros_like(sound)
    if abs(by) < len(sound):
        out[max(by, 0) : len(sound) + min(by, 0)] = sound[max(-by, 0) : len(sound) - max(by, 0)]
    return out


def _silenced(sound: F32, share: float) -> F32:
    """The last ``share`` of it silent."""
    out = sound.copy()
    out[len(out) - round(len(out) * share) :] = 0
    return out


def _louder(sound: F32, decibels: float) -> F32:
    return np.asarray(sound * np.float32(10 ** (decibels / 20)), np.float32)


def _clipped(sound: F32, decibels: float) -> F32:
    """As loud as full scale allows and then ``decibels`` more, cut off at full scale."""
    top = float(np.abs(sound).max(initial=0.0)) or 1.0
    return np.clip(_louder(sound, decibels) / np.float32(top), -1, 1) if decibels else sound


def _noisy(sound: F32, level: float) -> F32:
    """With white noise of ``level`` dB of full scale under it."""
    noise = np.random.default_rng(1).standard_normal(sound.shape).astype(np.float32)
    return np.asarray(sound + noise * np.float32(10 ** (level / 20)), np.float32)


def _offset(sound: F32, by: float) -> F32:
    return np.asarray(sound + np.float32(by), np.float32)


def _sided(sound: F32, decibels: float) -> F32:
    """The right side louder than the left by so much more than it was."""
    return np.asarray(sound * np.array([10 ** (-max(decibels, 0) / 20), 10 ** (min(decibels, 0) / 20)], np.float32), np.float32)


def _still(frames: Iterator[Decoded], share: float, facts: Facts) -> Iterator[Decoded]:
    """From ``1 - share`` of the film on the picture stands still; the sound goes on."""
    since = round(facts.frames * (1 - share))
    held: U8 | None = None
    for k, frame in enumerate(frames):
        held = frame.i420 if k <= since or held is None else held
        yield replace(frame, i420=held)


def _mirrored(frames: Iterator[Decoded], sides: float, facts: Facts) -> Iterator[Decoded]:
    """Left and right exchanged."""
    for frame in frames:
        h, w = frame.i420.shape[0] * 2 // 3, frame.i420.shape[1]
        chroma = frame.i420[h:].reshape(2, h // 2, w // 2)[:, :, ::-1]
        turned = np.concatenate([frame.i420[:h, ::-1].ravel(), chroma.ravel()]).reshape(frame.i420.shape)
        yield replace(frame, i420=turned) if sides else frame


def _repeated(frames: Iterator[Decoded], every: float, facts: Facts) -> Iterator[Decoded]:
    """Every so manieth frame shows the one before it once more."""
    last: U8 | None = None
    for k, frame in enumerate(frames):
        again = every >= 2 and last is not None and k % round(every) == round(every) - 1
        last = last if again and last is not None else frame.i420
        yield replace(frame, i420=last)


def _mapped(change: Callable[[U8, float, int], U8]) -> See:
    """A change of the luma plane alone, given the amount and the frame's number."""

    def see(frames: Iterator[Decoded], amount: float, facts: Facts) -> Iterator[Decoded]:
        for k, frame in enumerate(frames):
            rows = frame.i420.shape[0] * 2 // 3
            planes = frame.i420.copy()
            planes[:rows] = change(planes[:rows], amount, k if facts.frames else 0)
            yield replace(frame, i420=planes)

    return see


def _blurred(frames: Iterator[Decoded], sigma: float, facts: Facts) -> Iterator[Decoded]:
    for frame in frames:
        yield replace(frame, i420=_soft(frame.i420, sigma)) if sigma > 0 else frame


def _soft(planes: U8, sigma: float) -> U8:
    rows, width = planes.shape
    h = rows * 2 // 3
    out = planes.copy()
    out[:h] = cv2.GaussianBlur(planes[:h], (0, 0), sigma)
    for k in (0, 1):
        plane = planes[h:].reshape(2, h // 2, width // 2)[k]
        out[h:].reshape(2, h // 2, width // 2)[k] = cv2.GaussianBlur(plane, (0, 0), sigma / 2)
    return out


def _blurred_once(frames: Iterator[Decoded], sigma: float, facts: Facts) -> Iterator[Decoded]:
    """A quarter of a second out of focus, in the middle of the film."""
    middle, half = facts.frames // 2, max(round(facts.fps / 8), 1)
    for k, frame in enumerate(frames):
        yield replace(frame, i420=_soft(frame.i420, sigma)) if sigma > 0 and abs(k - middle) <= half else frame


def _lit(y: U8, factor: float) -> U8:
    """Luma at ``factor`` times the light, coded with a gamma of 2.4 (ITU-R BT.1886)."""
    coded = (np.arange(256) - 16).clip(0) * factor ** (1 / 2.4) + 16
    return np.asarray(cv2.LUT(y, np.clip(np.round(coded), 0, 235).astype(np.uint8)), np.uint8)


def _flickering(y: U8, percent: float, k: int) -> U8:
    """Every other frame brighter by ``percent`` of its light, the others darker: half the frame rate."""
    return _lit(y, 1 + percent / 100 * (1 if k % 2 else -1)) if percent else y


def _jumping(frames: Iterator[Decoded], stops: float, facts: Facts) -> Iterator[Decoded]:
    """From the middle of the film on the light is other by ``stops``."""
    change = _mapped(lambda y, stops, k: _lit(y, 2**stops) if k >= facts.frames // 2 else y)
    return iter(change(frames, stops, facts))


def _blackened(frames: Iterator[Decoded], share: float, facts: Facts) -> Iterator[Decoded]:
    """The last ``share`` of the film is black."""
    since = round(facts.frames * (1 - share))
    for k, frame in enumerate(frames):
        if k < since:
            yield frame
            continue
        planes = np.full_like(frame.i420, 128)
        planes[: len(planes) * 2 // 3] = 16
        yield replace(frame, i420=planes)


def _rimmed(frames: Iterator[Decoded], levels: float, facts: Facts) -> Iterator[Decoded]:
    """A bright (above 0) or dark rim along the outside of the people in it, as a matte cut too wide leaves one."""
    find = PersonMask()
    for frame in frames:
        rows, width = frame.i420.shape[0] * 2 // 3, frame.i420.shape[1]
        mask = find(from_i420(frame.i420))
        broad = max(rows, width) / 1920
        inside = (mask > 0.5).astype(np.uint8)
        reach = max(round(6 * broad), 2)
        rim = cv2.GaussianBlur(
            (cv2.dilate(inside, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) - inside).astype(np.float32), (0, 0), max(1.5 * broad, 0.7)
        )
        planes = frame.i420.copy()
        planes[:rows] = np.clip(planes[:rows] + rim * np.float32(levels), 16, 235)
        yield replace(frame, i420=planes)


def _sharpened(frames: Iterator[Decoded], strength: float, facts: Facts) -> Iterator[Decoded]:
    """Sharpened so much that edges overshoot: ``strength`` times what a blur of 2 pixels takes away is added."""
    change = _mapped(lambda y, s, k: cv2.addWeighted(y, 1 + s, cv2.GaussianBlur(y, (0, 0), 2), -s, 0).clip(16, 235).astype(np.uint8) if s else y)
    return iter(change(frames, strength, facts))


KINDS: dict[str, Kind] = {
    "shift": Kind(amount="ms by which the sound is later", usual=160, hear=_shifted),
    "gain": Kind(amount="dB", usual=-6, hear=_louder),
    "silence": Kind(amount="share of the sound, from the end", usual=1, hear=_silenced),
    "mute": Kind(amount="1: without a sound track", usual=1, hear=lambda sound, amount: None if amount else sound),
    "clip": Kind(amount="dB beyond full scale", usual=12, hear=_clipped),
    "noise": Kind(amount="dB of full scale", usual=-30, hear=_noisy),
    "offset": Kind(amount="of full scale", usual=0.05, hear=_offset),
    "balance": Kind(amount="dB by which the right side is louder", usual=6, hear=_sided),
    "freeze": Kind(amount="share of the picture, from the end", usual=1, see=_still),
    "mirror": Kind(amount="1: left and right exchanged", usual=1, see=_mirrored),
    "repeat": Kind(amount="of how many frames the last is the one before", usual=5, see=_repeated),
    "blur": Kind(amount="pixels (standard deviation)", usual=2, see=_blurred),
    "blur once": Kind(amount="pixels, for a quarter of a second", usual=3, see=_blurred_once),
    "flicker": Kind(amount="% of the light, up and down", usual=3, see=_mapped(_flickering)),
    "exposure": Kind(amount="stops, from the middle on", usual=0.5, see=_jumping),
    "black": Kind(amount="share of the picture, from the end", usual=0.25, see=_blackened),
    "halo": Kind(amount="levels of luma", usual=40, see=_rimmed),
    "sharpen": Kind(amount="times what a blur of 2 pixels takes away", usual=2, see=_sharpened),
}
