"""What a file is, from its first bytes and never from its name. Reads nothing but those bytes and runs no decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HEAD = 4096  # bytes that sniffing wants


@dataclass(frozen=True, kw_only=True)
class Format:
    """A format by content. ``family``: a picture for Pillow, or a container for FFmpeg's ``demuxer``; ``refused``: known, with the way out."""

    name: str
    family: Literal["picture", "container", "refused"]
    demuxer: str = ""
    hint: str = ""


def _picture(name: str) -> Format:
    return Format(name=name, family="picture")


def _container(name: str, demuxer: str = "") -> Format:
    return Format(name=name, family="container", demuxer=demuxer or name)


def _refused(name: str, hint: str) -> Format:
    return Format(name=name, family="refused", hint=hint)


_AS_PICTURE = "Save it as PNG or JPEG."
_MP4 = _container("mp4")
_HEIC, _AVIF = _picture("heic"), _picture("avif")
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), _HEIC),
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
    b"qt  ": _container("mov"),
    b"crx ": _refused("a raw photograph (CR3)", _AS_PICTURE),
}
_OLD_MOV = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_MAGIC: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"\xff\xd8\xff", _picture("jpeg")),
    (0, b"\x89PNG\r\n\x1a\n", _picture("png")),
    (0, b"GIF8", _picture("gif")),
    (0, b"BM", _picture("bmp")),
    (0, b"II*\0", _picture("tiff")),
    (0, b"MM\0*", _picture("tiff")),
    (0, b"II+\0", _picture("tiff")),
    (0, b"MM\0+", _picture("tiff")),
    (0, b"\x1aE\xdf\xa3", _container("matroska")),
    (0, b"OggS", _container("ogg")),
    (0, b"fLaC", _container("flac")),
    (0, b"ID3", _container("mp3")),
    (0, b"FLV\1", _container("flv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _container("asf")),
    (0, b"\0\0\1\xba", _container("mpegps", "mpeg")),
    (0, b"#!AMR", _container("amr")),
    (0, b"caff", _container("caf")),
    (0, b"\0\0\0\x0cjP  ", _refused("a JPEG 2000 picture", _AS_PICTURE)),
    (0, b"\0\0\0\x0cJXL ", _refused("a JPEG XL picture", _AS_PICTURE)),
    (0, b"\xff\x0a", _refused("a JPEG XL picture", _AS_PICTURE)),
    (0, b"8BPS", _refused("a Photoshop document", _AS_PICTURE)),
    (0, b"\x76\x2f\x31\x01", _refused("an OpenEXR picture", "Tone-map it and save it as PNG.")),
    (0, b"#?RADIANCE", _refused("a Radiance HDR picture", "Tone-map it and save it as PNG.")),
    (0, b"%PDF", _refused("a PDF document", "Export the page as PNG.")),
    (0, b"PK\3\4", _refused("an archive or office document", "Give the files in it one by one.")),
    (0, b"Rar!", _refused("an archive", "Give the files in it one by one.")),
    (0, b"7z\xbc\xaf", _refused("an archive", "Give the files in it one by one.")),
    (0, b"\x1f\x8b", _refused("an archive", "Give the files in it one by one.")),
    (0, b"MThd", _refused("a MIDI file, which holds notes and no sound", "Play it into a WAV file.")),
    (0, b"#EXTM3U", _refused("a play list", "Give the file that it names.")),
    (0, b"MZ", _refused("a program", "Give a picture, a clip or a sound.")),
    (0, b"\x7fELF", _refused("a program", "Give a picture, a clip or a sound.")),
)
_RIFF = {b"WEBP": _picture("webp"), b"WAVE": _container("wav"), b"AVI ": _container("avi")}


def sniff(head: bytes) -> Format | None:
    """The format that these first bytes (at least ``HEAD`` of them, or the whole file) begin, or ``None``."""
    if head[4:8] == b"ftyp":
        length = int.from_bytes(head[:4], "big")
        brands = [head[8:12], *(head[i : i + 4] for i in range(16, min(length, len(head)), 4))]
        if brands[0] in (b"mif1", b"msf1") and (b"avif" in brands or b"avis" in brands):
            return _AVIF
        return _BRANDS.get(brands[0], _MP4)
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64"):
        return _RIFF.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _container("aiff")
    for at, magic, form in _MAGIC:
        if head[at : at + len(magic)] == magic:
            return form
    if head[4:8] in _OLD_MOV:
        return _container("mov")
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return _container("mpegts")
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        layer = head[1] >> 1 & 3
        return _container("aac") if layer == 0 else _container("mp3")
    if b"<svg" in head[:1024]:
        return _refused("an SVG drawing", "Export it as PNG.")
    return None
