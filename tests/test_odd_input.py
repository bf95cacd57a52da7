"""What phones, cameras, recorders and the careless really give: one row a file, with the outcome that a person should get."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import odd_files as odd
from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import InputError, LimitError, ReferenceError_, UnknownMention
from phonofilm.media.check import check
from phonofilm.media.read import read_frames, read_picture, read_sound, transcode_clip
from phonofilm.media.reference import open_reference, open_references
from phonofilm.prompt import read
from phonofilm.request import Reference

Maker = Callable[[Path], Path]


@dataclass(frozen=True, kw_only=True)
class Good:
    """The file reads well: a picture of the quarters, or a clip that tells its time; ``remark`` is part of what is said about it."""

    kind: str
    size: tuple[int, int] = (480, 360)
    remark: str = ""
    plain: bool = True  # the quarters (or the click) are to be found in it


def jpeg(n: int) -> Maker:
    return lambda folder: odd.turned(folder, n)


PICTURES: dict[str, tuple[Maker, Good]] = {
    **{f"EXIF orientation {n}": (jpeg(n), Good(kind="image")) for n in range(1, 9)},
    "EXIF orientation in a PNG": (lambda f: odd.turned(f, 6, "PNG"), Good(kind="image")),
    "EXIF orientation in a WebP": (lambda f: odd.turned(f, 8, "WEBP"), Good(kind="image")),
    "progressive JPEG": (lambda f: odd.picture(f, "p.jpg", "JPEG", progressive=True, quality=92), Good(kind="image")),
    "grey JPEG": (lambda f: odd.picture(f, "g.jpg", "JPEG", "L"), Good(kind="image", plain=False)),
    "CMYK JPEG": (lambda f: odd.picture(f, "print.jpg", "JPEG", "CMYK", quality=92), Good(kind="image")),
    "CMYK TIFF": (lambda f: odd.picture(f, "print.tif", "TIFF", "CMYK"), Good(kind="image")),
    "LZW TIFF": (lambda f: odd.picture(f, "scan.tiff", "TIFF", compression="tiff_lzw"), Good(kind="image")),
    "Lab TIFF": (lambda f: odd.save(f, "lab.tif", odd_lab(), "TIFF"), Good(kind="image", plain=False)),
    "16-bit grey PNG": (odd.deep_grey, Good(kind="image", plain=False)),
    "16-bit colour PNG": (odd.deep_colour_png, Good(kind="image")),
    "1-bit PNG": (lambda f: odd.picture(f, "bw.png", "PNG", "1"), Good(kind="image", plain=False)),
    "palette PNG": (lambda f: odd.picture(f, "pal.png", "PNG", "P"), Good(kind="image", plain=False)),
    "palette PNG with a transparent colour": (odd.palette_with_hole, Good(kind="image", plain=False)),
    "PNG with alpha": (lambda f: odd.with_alpha(f, "PNG"), Good(kind="image")),
    "WebP with alpha": (lambda f: odd.with_alpha(f, "WEBP"), Good(kind="image", plain=False)),
    "PNG in PQ": (odd.hdr_png, Good(kind="image", size=(400, 300), plain=False)),
    "picture with its own colour profile": (odd.wide_gamut, Good(kind="image")),
    "animated GIF": (lambda f: odd.animated(f, "GIF"), Good(kind="image", remark="animated", plain=False)),
    "animated WebP": (lambda f: odd.animated(f, "WEBP"), Good(kind="image", remark="animated")),
    "animated PNG": (lambda f: odd.animated(f, "PNG"), Good(kind="image", remark="animated")),
    "BMP": (lambda f: odd.picture(f, "b.bmp", "BMP"), Good(kind="image")),
    "HEIC": (lambda f: heic(f), Good(kind="image", remark="is heic")),
    "AVIF": (lambda f: odd.picture(f, "a.avif", "AVIF", quality=90), Good(kind="image", remark="is avif")),
    "AVIF held sideways": (lambda f: odd.turned(f, 6, "AVIF"), Good(kind="image", remark="is avif")),
    "JPEG named .png": (lambda f: odd.written(f, "wrong.png", odd.jpeg_bytes()), Good(kind="image")),
    "JPEG without an extension": (lambda f: odd.written(f, "IMG_0001", odd.jpeg_bytes()), Good(kind="image")),
    "JPEG with a clip glued to its end": (lambda f: odd.written(f, "motion.jpg", odd.jpeg_bytes() + bytes(9999)), Good(kind="image")),
    "60 million pixels": (lambda f: odd.picture(f, "huge.jpg", "JPEG", size=(9000, 6700), quality=60), Good(kind="image", size=(9000, 6700))),
    "panorama 1:8": (lambda f: odd.picture(f, "pano.jpg", "JPEG", size=(4000, 500), quality=92), Good(kind="image", size=(4000, 500))),
    "name of emoji": (lambda f: odd.written(f, "😀🎬.jpg", odd.jpeg_bytes()), Good(kind="image")),
    "name right to left": (lambda f: odd.written(f, "صورة وجه.jpg", odd.jpeg_bytes()), Good(kind="image")),
    "name with = and spaces": (lambda f: odd.written(f, "a = b (1).jpg", odd.jpeg_bytes()), Good(kind="image")),
    "name with a quote, a semicolon and a dollar": (lambda f: odd.written(f, "a';$(x).jpg", odd.jpeg_bytes()), Good(kind="image")),
    "a link to a picture": (lambda f: linked(f), Good(kind="image")),
}


def odd_lab():  # type: ignore[no-untyped-def]
    from PIL import Image, ImageCms

    return ImageCms.profileToProfile(Image.fromarray(odd.quarters()), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")


def heic(folder: Path) -> Path:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return odd.picture(folder, "IMG_1.HEIC", "HEIF", quality=90)


def linked(folder: Path) -> Path:
    link = folder / "link.jpg"
    link.symlink_to(odd.written(folder, "there.jpg", odd.jpeg_bytes()))
    return link


SOUNDS: dict[str, tuple[Maker, str]] = {
    "8 kHz mono WAV": (lambda f: odd.sound(f, "phone.wav", 8000, 1), ""),
    "24-bit 96 kHz WAV": (lambda f: odd.sound(f, "studio.wav", 96_000, 2, subtype="PCM_24"), ""),
    "8-bit 11 kHz WAV": (lambda f: odd.sound(f, "old.wav", 11_025, 1, subtype="PCM_U8"), ""),
    "float WAV": (lambda f: odd.sound(f, "float.wav", 44_100, 2, subtype="FLOAT"), ""),
    "mu-law WAV": (lambda f: odd.sound(f, "ulaw.wav", 8000, 1, subtype="ULAW"), ""),
    "5.1 WAV": (lambda f: odd.sound(f, "six.wav", 48_000, 6), "6 channels"),
    "8 channels without a layout": (lambda f: odd.sound(f, "eight.wav", 48_000, 8), "8 channels"),
    "WAV with a few NaN": (lambda f: odd.not_numbers(f, 0.001), ""),
    "FLAC": (lambda f: odd.sound(f, "a.flac", 44_100, 2), "is flac"),
    "OGG": (lambda f: odd.sound(f, "a.ogg", 44_100, 2), "is ogg"),
    "AIFF": (lambda f: odd.sound(f, "a.aiff", 44_100, 2), "is aiff"),
    "MP3": (lambda f: odd.coded_sound(f, "a.mp3", "libmp3lame"), ""),
    "M4A": (lambda f: odd.coded_sound(f, "a.m4a", "aac", "mp4"), ""),
    "bare AAC": (lambda f: odd.coded_sound(f, "a.aac", "aac", "adts"), "is aac"),
    "OPUS voice note": (lambda f: odd.coded_sound(f, "note.opus", "libopus", "ogg", 48_000), "is ogg"),
    "sound alone in an MP4": (lambda f: odd.coded_sound(f, "only.mp4", "aac", "mp4"), ""),
    "sound alone in a WebM": (lambda f: odd.coded_sound(f, "only.webm", "libopus", "webm", 48_000), "is matroska"),
    "MP3 named .wav": (lambda f: odd.renamed(odd.coded_sound(f, "a.mp3", "libmp3lame"), "song.wav"), ""),
    "song of 3 minutes": (lambda f: odd.sound(f, "song.wav", 22_050, 2, 180.0), ""),
}

VARYING = np.cumsum([0.0, *([1 / 30, 1 / 24, 1 / 60, 0.1] * 13)])
CLIPS: dict[str, tuple[Maker, Good]] = {
    "24 fps": (lambda f: odd.clip(f), Good(kind="video", size=(480, 320))),
    "29.97 fps": (lambda f: odd.clip(f, rate=Fraction(30000, 1001)), Good(kind="video", size=(480, 320), remark="29.97")),
    "60 fps": (lambda f: odd.clip(f, rate=Fraction(60)), Good(kind="video", size=(480, 320), remark="60")),
    "15 fps": (lambda f: odd.clip(f, rate=Fraction(15)), Good(kind="video", size=(480, 320), remark="15")),
    "varying rate": (lambda f: odd.clip(f, times=VARYING), Good(kind="video", size=(480, 320), remark="varying")),
    "held sideways": (lambda f: odd.rotated_clip(f, 1), Good(kind="video", size=(320, 480), plain=False)),
    "held upside down": (lambda f: odd.rotated_clip(f, 2), Good(kind="video", size=(480, 320), plain=False)),
    "10 bits": (lambda f: odd.clip(f, codec="libx265", pix_fmt="yuv420p10le"), Good(kind="video", size=(480, 320), remark="10 bits")),
    "HLG": (lambda f: odd.clip(f, codec="libx265", pix_fmt="yuv420p10le", transfer=18), Good(kind="video", size=(480, 320), plain=False)),
    "odd sides": (lambda f: odd.clip(f, size=(481, 321), pix_fmt="yuv444p"), Good(kind="video", size=(481, 321))),
    "without sound": (lambda f: odd.clip(f, with_sound=False), Good(kind="video", size=(480, 320))),
    "MOV": (lambda f: odd.clip(f, "clip.mov"), Good(kind="video", size=(480, 320))),
    "MKV": (lambda f: odd.clip(f, "clip.mkv"), Good(kind="video", size=(480, 320), remark="is matroska")),
    "WebM": (
        lambda f: odd.clip(f, "clip.webm", codec="libvpx-vp9", sound_codec="libopus", options={"deadline": "realtime", "cpu-used": "8"}),
        Good(kind="video", size=(480, 320), remark="is matroska"),
    ),
    "AVI": (lambda f: odd.clip(f, "clip.avi", codec="mpeg4", sound_codec="libmp3lame"), Good(kind="video", size=(480, 320), remark="is avi")),
    "MPEG-TS": (lambda f: odd.clip(f, "clip.ts"), Good(kind="video", size=(480, 320), remark="is mpegts")),
    "written in fragments": (
        lambda f: odd.clip(f, movflags="frag_keyframe+delay_moov"),
        Good(kind="video", size=(480, 320)),
    ),
    "portrait": (lambda f: odd.clip(f, size=(270, 480)), Good(kind="video", size=(270, 480))),
    "MP4 named .jpg": (lambda f: odd.renamed(odd.clip(f), "photo.jpg"), Good(kind="video", size=(480, 320))),
}


def fifo(folder: Path) -> Path:
    path = folder / "pipe.jpg"
    os.mkfifo(path)
    return path


def locked(folder: Path) -> Path:
    path = odd.written(folder, "secret.jpg", odd.jpeg_bytes())
    path.chmod(0)
    return path


BAD: dict[str, tuple[Maker, str]] = {
    "no such file": (lambda f: f / "nothing.jpg", "no such file"),
    "a folder": (lambda f: f, "folder"),
    "a pipe": (fifo, "no regular file"),
    "a device": (lambda f: Path("/dev/zero"), "no regular file"),
    "zero bytes": (lambda f: odd.written(f, "empty.mp4", b""), "empty"),
    "a link to nothing": (lambda f: dangling(f), "no such file"),
    "a link to itself": (lambda f: looping(f), "leads nowhere"),
    "a name too long": (lambda f: f / ("x" * 300 + ".jpg"), "leads nowhere"),
    "plain text named .jpg": (lambda f: odd.written(f, "notes.jpg", b"Dear all, " * 50), "no picture, clip or sound"),
    "random bytes": (lambda f: odd.written(f, "r.mp4", np.random.default_rng(5).bytes(5000)), "no picture, clip or sound"),
    "a PDF": (lambda f: odd.written(f, "d.pdf", b"%PDF-1.7 ..."), "PDF"),
    "an archive": (lambda f: odd.written(f, "d.zip", b"PK\3\4" + bytes(99)), "archive"),
    "a play list": (lambda f: odd.written(f, "l.mp4", b"#EXTM3U\n#EXTINF:1\nfile:///etc/hostname\n"), "play list"),
    "an SVG": (lambda f: odd.written(f, "d.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "SVG"),
    "a MIDI file": (lambda f: odd.written(f, "d.mid", b"MThd\0\0\0\6"), "MIDI"),
    "JPEG cut short": (lambda f: odd.cut(odd.picture(f, "c.jpg", "JPEG"), 0.5), "truncated"),
    "PNG cut short": (lambda f: odd.cut(noise_png(f), 0.5), "truncated"),
    "WebP cut short": (lambda f: odd.cut(odd.picture(f, "c.webp", "WEBP", lossless=True), 0.5), ""),
    "HEIC cut short": (lambda f: odd.cut(heic(f), 0.6), ""),
    "GIF header alone": (lambda f: odd.written(f, "h.gif", b"GIF89a"), "cannot be read as one"),
    "JPEG header alone": (lambda f: odd.written(f, "h.jpg", b"\xff\xd8\xff\xe0"), ""),
    "MP4 cut short": (lambda f: odd.cut(odd.clip(f), 0.5), ""),
    "MP4 cut short, header first": (lambda f: odd.cut(odd.clip(f, movflags="faststart"), 0.5), "cut short"),
    "MKV cut short": (lambda f: odd.cut(odd.clip(f, "c.mkv"), 0.5), ""),
    "WAV cut short": (lambda f: odd.cut(odd.sound(f, "c.wav", 48_000, 2), 0.4), "cut short"),
    "FLAC cut short": (lambda f: odd.cut(noise_sound(f, "c.flac"), 0.4), "cut short"),
    "WAV header alone": (lambda f: odd.cut(odd.sound(f, "h.wav", 48_000, 2), 0.00009), ""),
    "WAV of NaN": (lambda f: odd.not_numbers(f, 0.15), "not numbers"),
    "decompression bomb": (odd.bomb, "more than can be decoded"),
    "1 x 1 pixel": (lambda f: odd.picture(f, "dot.png", "PNG", size=(1, 1)), "size of the picture"),
    "1 x 5000 pixels": (lambda f: odd.picture(f, "line.png", "PNG", size=(1, 5000)), "size of the picture"),
    "a sound of 10 ms": (lambda f: odd.sound(f, "tick.wav", 48_000, 1, 0.01), "length"),
    "a clip of one frame": (lambda f: odd.clip(f, times=np.zeros(1), with_sound=False), "length"),
}


def dangling(folder: Path) -> Path:
    link = folder / "d.jpg"
    link.symlink_to(folder / "gone.jpg")
    return link


def looping(folder: Path) -> Path:
    link = folder / "loop.jpg"
    link.symlink_to(link)
    return link


def noise_png(folder: Path) -> Path:
    from PIL import Image

    return odd.save(folder, "n.png", Image.fromarray(np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)), "PNG")


def noise_sound(folder: Path, name: str) -> Path:
    import soundfile

    soundfile.write(folder / name, np.random.default_rng(2).uniform(-0.5, 0.5, (120_000, 2)), 48_000)
    return folder / name


@pytest.mark.parametrize("name", PICTURES)
def test_an_odd_picture_is_read_as_a_person_sees_it(name: str, tmp_path: Path) -> None:
    maker, good = PICTURES[name]
    reference = open_reference(str(maker(tmp_path)))
    remarks = check([reference], "local")
    assert reference.kind == "image"
    data = read_picture(reference.path)
    height, width, _ = data.rgb.shape
    assert width * height <= 16_100_000
    assert abs(width / height - good.size[0] / good.size[1]) < 0.01
    assert good.size == (width, height) or width * height > 15_000_000
    assert good.remark in " ".join((*remarks, *data.remarks))
    if good.plain:
        middles = [data.rgb[height * y // 8, width * x // 8].astype(int) for y in (3, 5) for x in (3, 5)]
        assert np.abs(np.array(middles) - odd.QUARTERS).max() <= (40 if "CMYK" in name else 12)


def test_a_16_bit_ramp_keeps_its_range(tmp_path: Path) -> None:
    grey = read_picture(odd.deep_grey(tmp_path)).rgb[100, :, 0].astype(int)
    assert grey[0] == 0 and grey[-1] == 255
    assert np.abs(grey - np.linspace(0, 255, 480)).max() <= 1


def test_alpha_is_kept_and_an_opaque_one_is_none(tmp_path: Path) -> None:
    alpha = read_picture(odd.with_alpha(tmp_path, "PNG")).alpha
    assert alpha is not None and alpha[:40].max() == 0 and alpha[41:].min() == 255
    assert read_picture(odd.picture(tmp_path, "full.png", "PNG", "RGBA")).alpha is None


def test_reference_white_in_pq_comes_out_near_white(tmp_path: Path) -> None:
    data = read_picture(odd.hdr_png(tmp_path))
    assert 215 <= data.rgb[10, 10].min() and data.rgb[10, 10].max() <= 252
    assert "high dynamic range (PQ)" in " ".join(data.remarks)


@pytest.mark.parametrize("name", SOUNDS)
def test_an_odd_sound_clicks_where_it_should(name: str, tmp_path: Path) -> None:
    maker, remark = SOUNDS[name]
    reference = open_reference(str(maker(tmp_path)))
    assert reference.kind == "audio"
    remarks = check([reference], "local")
    sound, more = read_sound(reference.path)
    assert remark in " ".join((*remarks, *more))
    assert sound.shape[1] == 2 and np.isfinite(sound).all() and 0.2 < np.abs(sound).max() <= 1
    onset = int(np.argmax(np.abs(sound).max(1) > 0.3 * np.abs(sound).max()))
    slack = 0.0265 if name == "bare AAC" else 0.003  # a bare AAC stream does not say how long its encoder's lead is
    assert abs(onset / TICKS_PER_SECOND - odd.CLICK) <= slack, (onset / TICKS_PER_SECOND, len(sound))
    if name not in ("bare AAC", "song of 3 minutes"):
        assert abs(len(sound) / TICKS_PER_SECOND - 2.5) < 0.06


@pytest.mark.parametrize("name", CLIPS)
def test_an_odd_clip_becomes_a_steady_copy_that_shows_the_right_time(name: str, tmp_path: Path) -> None:
    maker, good = CLIPS[name]
    reference = open_reference(str(maker(tmp_path)))
    assert reference.kind == "video"
    remarks = check([reference], "local")
    copy = transcode_clip(reference.path, tmp_path / "copy.mp4")
    assert good.remark in " ".join((*remarks, *copy.remarks))
    assert (copy.width, copy.height) == (good.size[0] // 2 * 2, good.size[1] // 2 * 2)
    frames = list(read_frames(copy.path))
    assert len(frames) == copy.length // 2000
    if good.plain:
        shown = [int(f[copy.height // 2, copy.width // 2, 1]) for f in frames]
        intended = VARYING if name == "varying rate" else np.arange(len(shown) * 3) / RATES.get(name, 24.0)
        stored = odd.times_in(reference.path)
        for n, level in enumerate(shown):
            on_screen = np.searchsorted(stored, (n + 0.5) / 24 + 1e-6, side="right") - 1  # by another reading of the source's own time stamps
            assert abs(level - odd.grey(intended[on_screen])) <= 5, (n, level)
    assert copy.sound == (name != "without sound")
    if copy.sound:
        sound, _ = read_sound(copy.path)
        assert len(sound) == copy.length
        onset = int(np.argmax(np.abs(sound[:, 0]) > 0.2)) / TICKS_PER_SECOND
        assert abs(onset - odd.CLICK) < (0.03 if name == "AVI" else 0.006), onset


RATES = {"29.97 fps": 30000 / 1001, "60 fps": 60.0, "15 fps": 15.0}


def test_interlaced_fields_are_made_into_frames_without_combs(tmp_path: Path) -> None:
    copy = transcode_clip(odd.interlaced(tmp_path), tmp_path / "copy.mp4")
    assert "interlaced" in " ".join(copy.remarks)
    frames = list(read_frames(copy.path))
    assert len(frames) == 48
    for n, frame in enumerate(frames[2:-2], 2):
        grey = frame[100:476, :, 1].astype(int)
        comb = np.abs(grey[1:-1] - (grey[:-2] + grey[2:]) / 2) > 40
        assert comb.mean() < 0.002, n
        bright = np.flatnonzero(grey[200] > 130)
        source = int((n + 0.5) * 25 / 24)
        assert abs(bright[0] - 2 * source * 12 % 600) <= 14, n


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_clip_is_turned_as_its_display_matrix_says(turns: int, tmp_path: Path) -> None:
    copy = transcode_clip(odd.rotated_clip(tmp_path, turns), tmp_path / "copy.mp4")
    frame = next(read_frames(copy.path))
    upright = np.rot90(odd.quarters(480, 320), -turns)
    height, width, _ = frame.shape
    assert frame.shape == upright.shape
    for y in (1, 7):
        for x in (1, 7):
            assert np.abs(frame[height * y // 8, width * x // 8].astype(int) - upright[height * y // 8, width * x // 8]).max() <= 12


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_a_named_error_within_ten_seconds(name: str, tmp_path: Path) -> None:
    if name in ("a pipe", "a device") and sys.platform == "win32":
        pytest.skip("Windows has no such files")
    maker, words = BAD[name]
    path = maker(tmp_path)
    before = set(tmp_path.iterdir())
    begin = time.monotonic()
    with pytest.raises(InputError) as caught:
        reference = open_reference(str(path))
        check([reference], "local")
        if reference.kind == "audio":
            read_sound(path)
        else:
            read_picture(path)
    assert time.monotonic() - begin < 10
    assert words in str(caught.value)
    assert isinstance(caught.value, ReferenceError_ | LimitError)
    assert caught.value.code in ("reference", "limit")
    assert set(tmp_path.iterdir()) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(ReferenceError_, match="may not be read"):
        open_reference(str(locked(tmp_path)))


SPECS = {
    "NUL in a name": ("a\0b.jpg", "NUL"),
    "nothing": ("", "names no file"),
    "a tag without a file": ("face=", "names no file"),
    "a tag of spaces": ("my face=a.jpg", "is no tag"),
    "an empty tag": ("=a.jpg", "is no tag"),
    "a tag too long": ("x" * 65 + "=a.jpg", "is no tag"),
    "an emoji tag": ("😀=a.jpg", "is no tag"),
    "an address": ("https://example.org/a.jpg", "address"),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_that_names_no_file_is_a_named_error(name: str) -> None:
    spec, words = SPECS[name]
    with pytest.raises(ReferenceError_, match=words):
        open_reference(spec)


def test_the_same_tag_twice_is_a_named_error_whatever_its_case(tmp_path: Path) -> None:
    path = odd.written(tmp_path, "a.jpg", odd.jpeg_bytes())
    with pytest.raises(ReferenceError_, match="also that of"):
        open_references([f"face={path}", f"Face={path}"])


PROMPTS = {
    "nothing": "",
    "spaces": "  \n\t ",
    "emoji": "😀🎬🔥",
    "right to left": "@face_photo تتحدث إلى الكاميرا",
    "20 000 characters": "A slow push in on @face_photo. " * 650,
    "one word of 20 000 letters": "a" * 20_000,
    "NUL": "@face_photo speaks\0 now",
    "terminal control": "\x1b[31m@face_photo\x07 smiles",
    "an e-mail address": "Write to me@example.org, says @face_photo",
    "half a surrogate pair": "@face_photo \ud800 speaks",
    "at signs": "@ @@ @@@",
    "an open quote": 'She says: "unclosed',
    "open brackets": "[0-4s [[[[ ]]]] (((",
    "shell and format marks": "%s {0} ${HOME} `id` $(id) ; rm -rf /",
    "full width": "＠face_photo　speaks",
    "stacked accents": "Z̸̛͍a̷l̴g̵o̶ @face_photo",
    "HTML": "<script>alert(1)</script> @face_photo",
    "10 000 quotes": '"' * 10_000,
    "10 000 at signs": "@" * 10_000,
    "impossible times": "[0-99999999999999s] @face_photo [3-1s] walks",
}


def face(folder: Path) -> tuple[Reference, ...]:
    return open_references([f"face_photo={odd.written(folder, 'a.jpg', odd.jpeg_bytes())}"])


@pytest.mark.parametrize("name", PROMPTS)
def test_an_odd_prompt_is_read_within_ten_seconds(name: str, tmp_path: Path) -> None:
    begin = time.monotonic()
    script = read(PROMPTS[name], face(tmp_path))
    assert time.monotonic() - begin < 10
    assert script.shots
    if "face_photo" in PROMPTS[name]:
        assert [b.tag for b in script.bindings] == ["face_photo"]


def test_a_mention_of_nobody_is_a_named_error_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownMention, match="Did you mean @face_photo"):
        read("@fase_photo speaks", face(tmp_path))


DAMAGED: dict[str, Maker] = {
    "JPEG": lambda f: odd.picture(f, "a.jpg", "JPEG"),
    "PNG": lambda f: odd.picture(f, "a.png", "PNG"),
    "WebP": lambda f: odd.picture(f, "a.webp", "WEBP"),
    "GIF": lambda f: odd.animated(f, "GIF"),
    "TIFF": lambda f: odd.picture(f, "a.tif", "TIFF", compression="tiff_lzw"),
    "HEIC": heic,
    "AVIF": lambda f: odd.picture(f, "a.avif", "AVIF"),
    "MP4": lambda f: odd.clip(f, seconds=1.0),
    "MKV": lambda f: odd.clip(f, "a.mkv", seconds=1.0),
    "MPEG-TS": lambda f: odd.clip(f, "a.ts", seconds=1.0),
    "MP3": lambda f: odd.coded_sound(f, "a.mp3", "libmp3lame"),
    "M4A": lambda f: odd.coded_sound(f, "a.m4a", "aac", "mp4"),
    "OGG": lambda f: odd.sound(f, "a.ogg", 44_100, 2),
    "FLAC": lambda f: odd.sound(f, "a.flac", 44_100, 2),
    "WAV": lambda f: odd.sound(f, "a.wav", 8000, 2),
}


def survive(folder: Path, name: str, seed: int) -> str:
    """Read a file with bytes changed, moved or lost, to its end; the outcome in a word. Whatever is raised besides an InputError comes out."""
    rng = np.random.default_rng([seed, len(name)])
    path = DAMAGED[name](folder)
    data = bytearray(path.read_bytes())
    spoil = rng.integers(8 if seed % 2 else len(data) // 4, len(data), 1 + seed % 20)
    for at in spoil:
        data[at] = rng.integers(256)
    if seed % 3 == 0:
        at = int(spoil[0])
        del data[at : at + int(rng.integers(1, 300))]
    path.write_bytes(data)
    try:
        reference = open_reference(str(path))
        check([reference], "local")
        if reference.kind == "image":
            assert read_picture(path).rgb.size
        elif reference.kind == "audio":
            assert np.isfinite(read_sound(path)[0]).all()
        else:
            copy = transcode_clip(path, folder / "copy.mp4")
            assert sum(1 for _ in read_frames(copy.path)) == copy.length // 2000
    except InputError as e:
        return f"{e.code}: {e}"
    return "read"


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_read_or_named_but_never_a_crash(name: str, tmp_path: Path) -> None:
    for seed in range(2):
        begin = time.monotonic()
        survive(tmp_path, name, seed)
        assert time.monotonic() - begin < 10


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGED)
def test_many_damaged_files_are_read_or_named_but_never_a_crash(name: str, tmp_path: Path) -> None:
    for seed in range(2, 60):
        begin = time.monotonic()
        survive(tmp_path, name, seed)
        assert time.monotonic() - begin < 10, seed
