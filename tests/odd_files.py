"""Makers of odd files: each writes one file into a folder and returns its path. Everything is made here; nothing is downloaded or copied.

A picture shows red, green, blue, yellow in its quarters (top left, top right, bottom left, bottom right) as a person should see it.
A clip shows its time: the grey of frame n is ``grey(time)``. A sound is silence with one click.
"""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image, ImageCms

QUARTERS = ((220, 30, 30), (30, 200, 40), (30, 50, 210), (230, 220, 40))
CLICK = 0.5  # seconds at which a sound clicks


def quarters(width: int = 480, height: int = 360) -> NDArray[np.uint8]:
    rgb = np.empty((height, width, 3), np.uint8)
    for i, colour in enumerate(QUARTERS):
        rgb[(i // 2) * height // 2 : (i // 2 + 1) * height // 2, (i % 2) * width // 2 : (i % 2 + 1) * width // 2] = colour
    return rgb


def save(folder: Path, name: str, image: Image.Image, kind: str, **options: object) -> Path:
    path = folder / name
    image.save(path, kind, **options)
    return path


def picture(folder: Path, name: str, kind: str, mode: str = "RGB", size: tuple[int, int] = (480, 360), **options: object) -> Path:
    return save(folder, name, Image.fromarray(quarters(*size)).convert(mode), kind, **options)


def turned(folder: Path, orientation: int, kind: str = "JPEG") -> Path:
    """Stored the way a camera held otherwise stores it, with the EXIF orientation that puts it right."""
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that EXIF's one undoes
    image = Image.fromarray(quarters())
    if orientation in undo:
        image = image.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(folder, f"turned{orientation}.{kind.lower()}", image, kind, exif=exif, quality=90)


def deep_grey(folder: Path) -> Path:
    ramp = np.tile(np.linspace(0, 65535, 480).astype(np.uint16), (360, 1))
    path = folder / "scan16.png"
    Image.fromarray(ramp).save(path)
    return path


def deep_colour_png(folder: Path) -> Path:
    """16 bits a channel RGB, which Pillow cannot write: built from its chunks."""
    rows = (quarters().astype(">u2") * 257).view(np.uint8).reshape(360, -1)
    data = b"".join(b"\0" + r.tobytes() for r in rows)
    return png(folder, "deep.png", 480, 360, 16, 2, zlib.compress(data))


def png(folder: Path, name: str, width: int, height: int, depth: int, colour: int, data: bytes, extra: bytes = b"") -> Path:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    path = folder / name
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(folder: Path) -> Path:
    """A few kB that claim 60 000 x 60 000 pixels."""
    return png(folder, "bomb.png", 60_000, 60_000, 1, 0, zlib.compress(bytes(7501 * 2000)))


def hdr_png(folder: Path) -> Path:
    """PQ in BT.2020, said by a cICP chunk; a white of 203 cd/m² all over."""
    code = round(0.5807 * 255)
    data = zlib.compress(b"".join(b"\0" + bytes([code] * 3 * 400) for _ in range(300)))
    return png(folder, "hdr.png", 400, 300, 8, 2, data, chunk(b"cICP", bytes([9, 16, 0, 1])))


def animated(folder: Path, kind: str) -> Path:
    frames = [Image.fromarray(np.roll(quarters(), i * 40, 1)) for i in range(3)]
    path = folder / f"moving.{kind.lower()}"
    frames[0].save(path, kind, save_all=True, append_images=frames[1:], duration=100)
    return path


def palette_with_hole(folder: Path) -> Path:
    image = Image.fromarray(quarters()).quantize(8)
    image.putpixel((0, 0), 7)
    path = folder / "hole.png"
    image.save(path, transparency=image.getpixel((470, 10)))
    return path


def with_alpha(folder: Path, kind: str) -> Path:
    rgba = np.dstack([quarters(), np.full((360, 480), 255, np.uint8)])
    rgba[:40, :, 3] = 0
    return save(folder, f"cut.{kind.lower()}", Image.fromarray(rgba), kind)


def wide_gamut(folder: Path) -> Path:
    """A profile that is not sRGB: its red and blue primaries are swapped, so that an unread profile shows at once."""
    swapped = Image.fromarray(np.ascontiguousarray(quarters()[:, :, ::-1]))
    return save(folder, "swapped.png", swapped, "PNG", icc_profile=swapped_profile())


def swapped_profile() -> bytes:
    """sRGB's own profile with the tags of its red and blue colourants exchanged."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    num = int.from_bytes(data[128:132], "big")
    for i in range(num):
        at = 132 + 12 * i
        if data[at : at + 4] in (b"rXYZ", b"bXYZ"):
            data[at : at + 4] = b"bXYZ" if data[at : at + 4] == b"rXYZ" else b"rXYZ"
        if data[at : at + 4] == b"desc":
            where = int.from_bytes(data[at + 4 : at + 8], "big")
            size = int.from_bytes(data[at + 8 : at + 12], "big")
            text = bytes(data[where : where + size])
            data[where : where + size] = text.replace(b"s\0R\0G\0B", b"s\0w\0a\0p").replace(b"sRGB", b"swap")
    return bytes(data)


def sound(folder: Path, name: str, rate: int, channels: int, seconds: float = 2.5, **options: object) -> Path:
    path = folder / name
    soundfile.write(path, click(rate, channels, seconds), rate, **options)
    return path


def click(rate: int, channels: int, seconds: float) -> NDArray[np.float64]:
    data = np.zeros((round(rate * seconds), channels))
    at = round(rate * CLICK)
    long = max(rate // 400, 1)
    if seconds > CLICK + 0.01:
        data[at : at + long] = 0.7 * np.hanning(2 * long)[long:, None]
    return data


def coded_sound(folder: Path, name: str, codec: str, container: str | None = None, rate: int = 44_100, seconds: float = 2.5) -> Path:
    path = folder / name
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.codec_context.layout = "stereo"
        data = click(rate, 2, seconds).astype(np.float32)
        resampler = av.AudioResampler(format=stream.codec_context.format or "fltp", layout="stereo", rate=rate)
        size = stream.codec_context.frame_size or 1024
        for at in range(0, len(data), size):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data[at : at + size].T), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            for flat in resampler.resample(frame):
                out.mux(stream.encode(flat))
        out.mux(stream.encode(None))
    return path


def not_numbers(folder: Path, share: float) -> Path:
    data = click(48_000, 2, 2.5).astype(np.float32)
    num = round(len(data) * share)
    data[100_000 : 100_000 + num] = np.nan
    path = folder / "nan.wav"
    soundfile.write(path, data, 48_000, subtype="FLOAT")
    return path


def grey(seconds: float) -> int:
    """The grey of a clip at a time; 8 levels a twelfth of a second, back to black after 2 s."""
    return 16 + int(seconds % 2 * 12 + 1e-6) * 8


def clip(
    folder: Path,
    name: str = "clip.mp4",
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (480, 320),
    times: NDArray[np.float64] | None = None,
    rate: Fraction = Fraction(24),
    seconds: float = 2.5,
    pix_fmt: str = "yuv420p",
    with_sound: bool = True,
    sound_codec: str = "aac",
    transfer: int = 1,
    options: dict[str, str] | None = None,
    movflags: str = "",
) -> Path:
    """A clip whose picture is the quarters over a band of ``grey(time)``; frames at ``times`` (else steady at ``rate``)."""
    path = folder / name
    if times is None:
        times = np.arange(round(seconds * rate)) / float(rate)
    with av.open(str(path), "w", options={"movflags": movflags} if movflags else {}) as out:
        video = out.add_stream(codec, rate=rate)
        video.width, video.height, video.pix_fmt = *size, pix_fmt
        context = video.codec_context
        context.time_base = Fraction(1, 90_000) if codec != "mpeg4" else 1 / rate
        context.options = {"preset": "ultrafast", "crf": "12", **(options or {})} if codec in ("libx264", "libx265") else options or {}
        wide = transfer != 1
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = (9 if wide else 1), transfer, (9 if wide else 1), 1
        audio = None
        if with_sound:
            audio = out.add_stream(sound_codec, rate=48_000)
            audio.codec_context.layout = "stereo"
            audio.codec_context.format = "s16" if sound_codec == "libopus" else "fltp"
        rgb = quarters(*size)
        for t in times:
            rgb[size[1] * 3 // 8 : size[1] * 5 // 8] = grey(float(t))
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
                format=pix_fmt, dst_colorspace=9 if wide else 1, dst_color_range=1, src_color_range=2
            )
            frame.pts, frame.time_base = round(float(t) / context.time_base), context.time_base
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio is not None:
            data = click(48_000, 2, float(times[-1]) + 1 / float(rate)).astype(np.float32)
            size_ = audio.codec_context.frame_size or 960
            for at in range(0, len(data), size_):
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data[at : at + size_].T), format="fltp", layout="stereo")
                frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
                out.mux(audio.encode(frame))
            out.mux(audio.encode(None))
    return path


def interlaced(folder: Path) -> Path:
    """A bar that moves so fast that the two fields of each frame show it at other places: 25 frames of 50 fields a second."""
    path = folder / "camcorder.mts"
    with av.open(str(path), "w", format="mpegts") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 720, 576, "yuv420p"
        video.codec_context.options = {"preset": "ultrafast", "crf": "10", "x264-params": "tff=1", "flags": "+ilme+ildct"}
        for n in range(50):
            woven = np.full((576, 720, 3), 40, np.uint8)
            for field in range(2):
                x = (2 * n + field) * 12 % 600
                woven[field::2, x : x + 100] = 220
            out.mux(video.encode(av.VideoFrame.from_ndarray(woven, format="rgb24").reformat(format="yuv420p", dst_colorspace=5)))
        out.mux(video.encode(None))
    return path


def times_in(path: Path) -> NDArray[np.float64]:
    """Seconds at which each frame of a clip comes on screen, from the first."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = np.array([float(p.pts * p.time_base) for p in container.demux(stream) if p.pts is not None])
    return np.sort(times) - times.min()


def rotated_clip(folder: Path, quarters_clockwise: int) -> Path:
    """A clip as a phone writes it: stored unrotated (here: what is seen is the quarters turned), with a display matrix in its track header."""
    path = clip(folder, f"phone{quarters_clockwise}.mp4")
    data = bytearray(path.read_bytes())
    one = 1 << 16
    matrices = {1: (0, one, -one, 0), 2: (-one, 0, 0, -one), 3: (0, -one, one, 0)}
    a, b, c, d = matrices[quarters_clockwise]
    at = data.find(b"tkhd") + 4 + 40
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 480 * one if quarters_clockwise > 1 else 320 * one, 0, 1 << 30)
    path.write_bytes(data)
    return path


def cut(path: Path, share: float) -> Path:
    """The file with its end missing."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def renamed(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name))


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def jpeg_bytes() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(quarters()).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
