"""Cantonese: Jyutping by canto-hk-g2p (Apache-2.0), then the model's letters. The tones are not letters; they are imposed on the pitch."""

from __future__ import annotations

import re
from functools import cache

from canto_hk_g2p import Pipeline

from phonofilm.voice.g2p.figures import Figures, spell
from phonofilm.voice.g2p.han import cardinal, digits
from phonofilm.voice.symbols import known


def _clock(hours: int, minutes: int) -> str:
    hour = f"{'兩' if hours == 2 else cardinal(hours)}點"
    return hour + ("" if minutes == 0 else "半" if minutes == 30 else f"{cardinal(minutes)}分")


def _date(year: int, month: int, day: int) -> str:
    return (f"{digits(str(year))}年" if year else "") + f"{cardinal(month)}月{cardinal(day)}號"


_COUNTERS = "個|隻|位|本|張|條|架|次|日|年|歲|粒|分鐘|秒|蚊|元|公里|米|點|座|杯|件|間"
_FIGURES = Figures(
    cardinal=lambda n: cardinal(n).replace("亿", "億").replace("万", "萬"),
    point="點",
    decimal=".",
    thousands=",",
    minus="負",
    percent="百分之{}",
    money={
        "$": ("蚊", "蚊", "仙", "仙"),
        "¥": ("元", "元", "分", "分"),
        "€": ("歐元", "歐元", "仙", "仙"),
        "£": ("英鎊", "英鎊", "便士", "便士"),
        "₩": ("韓元", "韓元", "", ""),
    },
    clock=_clock,
    date=_date,
    units={
        "km/h": ("公里每小時", "公里每小時"),
        "km": ("公里", "公里"),
        "cm": ("厘米", "厘米"),
        "mm": ("毫米", "毫米"),
        "m": ("米", "米"),
        "kg": ("公斤", "公斤"),
        "g": ("克", "克"),
        "°C": ("度", "度"),
        "℃": ("度", "度"),
        "°": ("度", "度"),
    },
    first=((r"(\d{4})(?=年)", lambda m: digits(m[1])), (rf"(?<![\d.])2(?=(?:{_COUNTERS}))", lambda _: "兩")),
    symbols={"&": "同", "+": "加", "=": "等於"},
    space="",
)

_INITIALS = (
    ("ng", "ŋ"), ("gw", "kw"), ("kw", "kʰw"), ("b", "p"), ("p", "pʰ"), ("m", "m"), ("f", "f"), ("d", "t"), ("t", "tʰ"), ("n", "n"),
    ("l", "l"), ("g", "k"),
    ("k", "kʰ"), ("h", "h"), ("z", "ʦ"), ("c", "ʦʰ"), ("s", "s"), ("j", "j"), ("w", "w"), ("", ""),
)  # fmt: skip
_NUCLEI = (
    ("aa", "aː"), ("a", "ɐ"), ("eoi", "øy"), ("eo", "ø"), ("oe", "œː"), ("ei", "ei"), ("e", "ɛː"), ("iu", "iːu"), ("ing", "eŋ"),
    ("ik", "ek"), ("i", "iː"),
    ("ou", "ou"), ("o", "ɔː"), ("ung", "oŋ"), ("uk", "ok"), ("yu", "yː"), ("u", "uː"),
)  # fmt: skip
_CODAS = {"": "", "i": "i", "u": "u", "m": "m", "n": "n", "ng": "ŋ", "p": "p", "t": "t", "k": "k"}
_MARKS: dict[str, str] = {"，": ",", "、": ",", "。": ".", "！": "!", "？": "?", "；": ";", "：": ":"}

#: level of the six tones at the start and the end of a syllable, 1 (low) … 5 (high): Chao's letters 55 25 33 21 23 22
TONES = {1: (5.0, 5.0), 2: (2.2, 5.0), 3: (3.3, 3.3), 4: (2.0, 1.0), 5: (2.0, 3.2), 6: (2.3, 2.2)}


@cache
def _pipeline() -> Pipeline:
    return Pipeline()


def read(text: str) -> str:
    """Cantonese text in the model's letters, without its tones."""
    return "".join(letters for letters, _ in syllables(text)).rstrip()


def syllables(text: str) -> list[tuple[str, int]]:
    """Letters of each syllable and its tone 1…6; pauses and gaps have tone 0."""
    from phonofilm.voice.g2p.english import read as read_english

    said: list[tuple[str, int]] = []
    for part in re.findall(r"[A-Za-z][A-Za-z' -]*|[^A-Za-z]+", spell(text, _FIGURES)):
        if part[0].isalpha() and part[0].isascii():
            said.append((f" {read_english(part)} ", 0))
            continue
        jyutping: str = _pipeline().convert(part)
        pieces: list[str] = re.findall(r"[a-z]+[1-6]|[^\sa-z0-9]", jyutping)
        for piece in pieces:
            if piece[-1].isdigit():
                said.append((known(_syllable(piece[:-1])), int(piece[-1])))
            elif piece in _MARKS or piece in ",.!?;:":
                said.append((_MARKS.get(piece, piece) + " ", 0))
    return said


def _syllable(jyutping: str) -> str:
    if jyutping in ("m", "ng"):
        return {"m": "m", "ng": "ŋ"}[jyutping]
    for initial, sound in _INITIALS:
        if not jyutping.startswith(initial):
            continue
        rest = jyutping[len(initial) :]
        for nucleus, vowel in _NUCLEI:
            if rest.startswith(nucleus) and rest[len(nucleus) :] in _CODAS:
                return sound + vowel + _CODAS[rest[len(nucleus) :]]
    return ""
