"""Still pictures to 8-bit sRGB. Runs inside the sandbox; ``read.read_picture`` is its public door.

Axes: ``h w`` rows and columns as seen (after EXIF rotation).
"""

from __future__ import annotations

import io
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from phonofilm.errors import ReferenceError_
from phonofilm.media import hdr
from phonofilm.media.facts import BOMB, format_of, pictures_in
from phonofilm.media.probe import DAMAGED

WORKING_PIXELS = 16_000_000  # what a picture is kept at: four times a 2k film
_PILLOW = {"heic": "HEIF", "avif": "AVIF", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "bmp": "BMP", "tiff": "TIFF", "gif": "GIF"}
_ROTATED = (5, 6, 7, 8)  # EXIF orientations that swap the sides
_ORIENTATION = 0x0112
_STRIP = 256  # rows that are computed in floating point at a time


def job(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """rgb ``u8[h w 3]`` and, where any of it is not opaque, alpha ``u8[h w]``; remarks."""
    remarks: list[str] = []
    with warnings.catch_warnings(), open_picture(path) as image:
        warnings.simplefilter("ignore")
        num = pictures_in(image, format_of(path))
        if num > 1:
            remarks.append(f"it is animated ({num} pictures); the first is used")
        profile = image.info.get("icc_profile")
        seen = seen_size(image)
        factor = (WORKING_PIXELS / (seen[0] * seen[1])) ** 0.5
        if factor < 0.75:  # a JPEG is decoded at half its size (or less) at once
            image.draft("RGB", (image.width // 2 ** round(-math.log2(factor)), image.height // 2 ** round(-math.log2(factor))))
        image.load()
        picture: Image.Image = ImageOps.exif_transpose(image)
        picture = _eight_bits(picture, remarks)
        if factor < 1:
            small = _within(picture.size)
            remarks.append(f"it has {seen[0] * seen[1] / 1e6:.0f} million pixels; it is used at {small[0]}x{small[1]}")
            if picture.size != small:
                picture = picture.resize(small, Image.Resampling.BICUBIC)
        transfer = _transfer(path)
        rgb, alpha = _to_srgb(picture, None if transfer else profile, remarks)
        if transfer:
            remarks.append(f"its high dynamic range ({transfer.upper()}) is brought to that of an ordinary screen")
            for row in range(0, len(rgb), _STRIP):
                rgb[row : row + _STRIP] = np.round(hdr.to_sdr(rgb[row : row + _STRIP] / 255.0, transfer) * 255)
    arrays: dict[str, NDArray[Any]] = {"rgb": rgb}
    if alpha is not None and int(alpha.min()) < 255:
        arrays["alpha"] = alpha
    return {"remarks": remarks}, arrays


def _transfer(path: Path) -> hdr.Transfer | None:
    """PQ or HLG where the file says so: the ``nclx`` colour box of HEIF and AVIF (ISO/IEC 23008-12), the ``cICP`` chunk of PNG."""
    with path.open("rb") as f:
        head = f.read(1 << 16)
    if head[4:8] == b"ftyp" and (at := head.find(b"colrnclx")) >= 0:
        return hdr.TRANSFERS.get(int.from_bytes(head[at + 10 : at + 12], "big"))
    if head[:4] == b"\x89PNG" and 0 <= (at := head.find(b"cICP")) < head.find(b"IDAT"):
        return hdr.TRANSFERS.get(head[at + 5])
    return None


def open_picture(path: Path) -> Image.Image:
    """The picture opened by its content, its pixels not yet decoded. Raises ``ReferenceError_`` for a bomb or a damaged header."""
    form = format_of(path)
    if form.name in ("heic", "avif"):
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # the size is checked right here
    try:
        image = Image.open(path, formats=[_PILLOW[form.name]])
    except UnidentifiedImageError as e:
        raise ReferenceError_(path.name, f"it begins as {form.name.upper()} and cannot be read as one", DAMAGED) from e
    if image.width * image.height > BOMB:
        raise ReferenceError_(path.name, f"its picture is {image.width}x{image.height} pixels, more than can be decoded safely", "Save it smaller.")
    return image


def seen_size(image: Image.Image) -> tuple[int, int]:
    """Width and height after EXIF rotation."""
    if image.format == "PNG" and "exif" not in image.info:
        return image.size  # Pillow would decode the whole picture to look for EXIF behind it
    turned = image.getexif().get(_ORIENTATION, 1) in _ROTATED
    return (image.height, image.width) if turned else (image.width, image.height)


def _within(size: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, (WORKING_PIXELS / (size[0] * size[1])) ** 0.5)
    return round(size[0] * factor), round(size[1] * factor)


def _eight_bits(image: Image.Image, remarks: list[str]) -> Image.Image:
    """Modes of more than 8 bits a channel brought to 8; Pillow's own conversion would clip them."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        values = np.asarray(image).astype(np.float64)
        low, high = (0.0, 65535.0) if image.mode != "F" else (0.0, 1.0)
        finite = np.isfinite(values)
        values = np.where(finite, values, 0.0)
        if values.max() > high or values.min() < low:
            low, high = float(values.min()), float(max(values.max(), values.min() + 1e-9))
            remarks.append("its values leave the usual range; they are scaled to it")
        return Image.fromarray(np.round((values - low) / (high - low) * 255).astype(np.uint8), "L")
    return image


def _to_srgb(image: Image.Image, profile: bytes | None, remarks: list[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    alpha = None
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"))
        image = image.convert("RGB")
    elif image.mode in ("P", "1", "YCbCr", "HSV"):
        image = image.convert("RGB")
    if profile or image.mode == "LAB":
        image = _through_profile(image, profile, remarks)
    return np.array(image.convert("RGB")), alpha


def _through_profile(image: Image.Image, profile: bytes | None, remarks: list[str]) -> Image.Image:
    try:
        source = ImageCms.createProfile("LAB") if not profile else ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if profile and "srgb" in ImageCms.getProfileDescription(source).lower():  # type: ignore[arg-type]
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        remarks.append("its colour profile cannot be read; its colours are taken as sRGB")
        return image
    return converted if converted is not None else image
