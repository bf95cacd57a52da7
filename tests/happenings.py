"""Films in which something happens at known times, seen and heard: flashes, cuts and bounces, at any frame rate; written with PyAV alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

WIDTH, HEIGHT = 320, 180


def times_of(seconds: float, seed: int = 0) -> list[float]:
    """Times 0.5 to 0.9 s apart, none near an end."""
    times = 0.3 + np.cumsum(np.random.default_rng(seed).uniform(0.5, 0.9, int(seconds / 0.5)))
    return [float(t) for t in times if t < seconds - 0.4]


def knocks(times: list[float], seconds: float, *, late: float = 0.0) -> np.ndarray:
    """Knocks at times (s), all so much later; f32[s] at 48 kHz over a faint noise."""
    rng = np.random.default_rng(1)
    out = rng.normal(0, 0.001, round(seconds * 48_000)).astype(np.float32)
    decay = np.exp(-np.arange(9600) / 960)
    for t in times:
        first = round((t + late) * 48_000)
        if 0 <= first < len(out):
            knock = (rng.normal(0, 0.4, 9600) * decay).astype(np.float32)
            out[first : first + 9600] += knock[: len(out) - first]
    return out


def drawn(kind: str, times: list[float], at: float, grounds: list[np.ndarray]) -> np.ndarray:
    """The picture at an instant, u8[h w 3]: a ``flash`` of 80 ms, a ``cut`` to another picture, a ``ball`` that bounces, or nothing (``still``)."""
    if kind == "cut":
        return grounds[sum(t <= at for t in times)]
    ground = grounds[0]
    if kind == "flash" and any(t <= at < t + 0.08 for t in times):
        return np.minimum(ground.astype(np.int32) + 90, 255).astype(np.uint8)
    if kind == "ball":
        ends = [times[0] - 0.7, *times, times[-1] + 0.7]
        k = max((i for i, t in enumerate(ends) if t <= at), default=0)
        long = ends[min(k + 1, len(ends) - 1)] - ends[k] or 0.7
        share = min(max((at - ends[k]) / long, 0.0), 1.0)
        high = 4 * share * (1 - share) * long**2 * HEIGHT
        picture = ground // 2
        cv2.circle(picture, (WIDTH * 8, round((HEIGHT * 0.85 - high) * 16)), 12 * 16, (240, 120, 40), -1, cv2.LINE_AA, 4)
        return picture
    return ground


def write(path: Path, kind: str, times: list[float], seconds: float, sound: np.ndarray | None, *, fps: int = 24, uneven: bool = False) -> Path:
    """The film; ``uneven``: its frames last 33, 42 or 50 ms."""
    rng = np.random.default_rng(2)
    noise = [cv2.GaussianBlur(rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8), (0, 0), 4) for _ in range(len(times) + 1)]
    grounds = [np.asarray(cv2.normalize(n, None, 20, 200, cv2.NORM_MINMAX), np.uint8) for n in noise]
    starts = [k / fps for k in range(round(seconds * fps))]
    if uneven:
        starts = [0.0]
        while starts[-1] < seconds - 0.1:
            starts.append(round(starts[-1] + float(rng.choice([0.033, 0.042, 0.05])), 3))
    base = Fraction(1, 1000) if uneven else Fraction(1, fps)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=fps, options={"crf": "20"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.time_base = base
        audio = None
        if sound is not None:
            audio = container.add_stream("aac", rate=48_000, layout="stereo")
        for k, start in enumerate(starts):
            end = starts[k + 1] if k + 1 < len(starts) else start + 1 / fps
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(drawn(kind, times, (start + end) / 2, grounds)), format="rgb24")
            frame.pts, frame.time_base = (round(start * 1000) if uneven else k), base
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None and sound is not None:
            both = np.stack([sound, sound])
            for first in range(0, both.shape[1], 1024):
                part = av.AudioFrame.from_ndarray(np.ascontiguousarray(both[:, first : first + 1024]), format="fltp", layout="stereo")
                part.sample_rate, part.pts, part.time_base = 48_000, first, Fraction(1, 48_000)
                container.mux(audio.encode(part))
            container.mux(audio.encode())
    return path
