"""Mandarin: pinyin by pypinyin (MIT), third-tone, 一 and 不 changes included, then the model's letters."""

from __future__ import annotations

import re
from typing import Any

from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg

from phonofilm.voice.g2p.figures import Figures, spell
from phonofilm.voice.g2p.han import cardinal, digits
from phonofilm.voice.symbols import known


def _clock(hours: int, minutes: int) -> str:
    if minutes == 0:
        return f"{_two(hours)}点"
    return f"{_two(hours)}点" + ("半" if minutes == 30 else f"{'零' if minutes < 10 else ''}{cardinal(minutes)}分")


def _two(n: int) -> str:
    return "两" if n == 2 else cardinal(n)


def _date(year: int, month: int, day: int) -> str:
    return (f"{digits(str(year))}年" if year else "") + f"{cardinal(month)}月{cardinal(day)}日"


_COUNTERS = "个|只|位|本|张|条|辆|次|天|年|岁|小时|分钟|秒|块|元|公里|米|点|匹|座|头|杯|件|名|家|周|步|层"
_FIGURES = Figures(
    cardinal=cardinal,
    point="点",
    decimal=".",
    thousands=",",
    minus="负",
    percent="百分之{}",
    money={
        "¥": ("元", "元", "分", "分"),
        "$": ("美元", "美元", "美分", "美分"),
        "€": ("欧元", "欧元", "分", "分"),
        "£": ("英镑", "英镑", "便士", "便士"),
        "₩": ("韩元", "韩元", "", ""),
    },
    clock=_clock,
    date=_date,
    units={
        "km/h": ("公里每小时", "公里每小时"),
        "km": ("公里", "公里"),
        "cm": ("厘米", "厘米"),
        "mm": ("毫米", "毫米"),
        "m": ("米", "米"),
        "kg": ("公斤", "公斤"),
        "g": ("克", "克"),
        "°C": ("摄氏度", "摄氏度"),
        "℃": ("摄氏度", "摄氏度"),
        "°": ("度", "度"),
    },
    first=(
        (r"(\d{4})(?=年)", lambda m: digits(m[1])),
        (r"(?<!\d)(1\d{10})(?!\d)", lambda m: digits(m[1])),
        (rf"(?<![\d.])2(?=(?:{_COUNTERS}))", lambda _: "两"),
    ),
    symbols={"&": "和", "+": "加", "=": "等于"},
    space="",
)

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ",
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s", "": "",
}  # fmt: skip
#: (before the tone mark, after it)
_FINALS = {
    "a": ("a", ""), "o": ("wo", ""), "e": ("ɤ", ""), "ê": ("ɛ", ""), "i": ("i", ""), "u": ("u", ""), "v": ("y", ""), "ai": ("ai", ""),
    "ei": ("ei", ""),
    "ao": ("au", ""), "ou": ("ou", ""), "an": ("a", "n"), "en": ("ə", "n"), "ang": ("a", "ŋ"), "eng": ("ə", "ŋ"), "ong": ("ʊ", "ŋ"), "er": ("ɚ", ""),
    "ia": ("ja", ""), "ie": ("je", ""), "iao": ("jau", ""), "iou": ("jou", ""), "ian": ("jɛ", "n"), "in": ("i", "n"), "iang": ("ja", "ŋ"),
    "ing": ("i", "ŋ"),
    "iong": ("jʊ", "ŋ"), "ua": ("wa", ""), "uo": ("wo", ""), "uai": ("wai", ""), "uei": ("wei", ""), "uan": ("wa", "n"), "uen": ("wə", "n"),
    "uang": ("wa", "ŋ"), "ueng": ("wə", "ŋ"), "ve": ("ɥe", ""), "van": ("ɥɛ", "n"), "vn": ("y", "n"), "io": ("jo", ""), "m": ("m", ""),
    "n": ("n", ""), "ng": ("ŋ", ""),
}  # fmt: skip
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_MARKS: dict[str, str] = {
    "，": ",",
    "、": ",",
    "。": ".",
    "！": "!",
    "？": "?",
    "；": ";",
    "：": ":",
    "…": "…",
    "—": "—",
    "“": "“",
    "”": "”",
    "《": "“",
    "》": "”",
}


def read(text: str) -> str:
    """Mandarin text in the model's letters. Latin words among it are read as English."""
    from phonofilm.voice.g2p.english import read as read_english

    out = ""
    text = re.sub(r"(.)\1地(?!面|方|上|下)", r"\1\1的", text)  # 地 after a doubled word is the particle, said like 的
    runs: list[str] = re.findall(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z' -]*|[^\u3400-\u9fffA-Za-z]+", spell(text, _FIGURES))
    for run in runs:
        if "\u3400" <= run[0] <= "\u9fff":
            out += " " + _characters(run)
        elif run[0].isalpha():
            out += " " + read_english(run)
        else:
            out += "".join(_MARKS.get(mark, mark) for mark in run).strip()
    return known(re.sub(" +", " ", out).strip())


def _characters(run: str) -> str:
    syllables: list[str] = lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True, v_to_u=False)
    out = ""
    at = 0
    words: Any = seg.cut(run)
    for word in words:
        out += "".join(_syllable(syllable) for syllable in syllables[at : at + len(word)]) + " "
        at += len(word)
    return out.strip()


def _syllable(pinyin: str) -> str:
    found = re.fullmatch(r"([a-zêü]+)([1-5])", pinyin)
    if found is None:
        return ""
    initial, final = _split(found[1].replace("ü", "v"))
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s") and final == "i":
        before, after = "ɨ", ""
    elif initial in ("b", "p", "m", "f") and final == "o":
        before, after = "wo", ""
    else:
        before, after = _FINALS.get(final, (final, ""))
    return _INITIALS[initial] + before + _TONES[found[2]] + after


def _split(syllable: str) -> tuple[str, str]:
    """Initial and full final of a pinyin syllable, its shortened spellings undone."""
    if syllable[0] == "y":
        rest = syllable[1:]
        return "", "v" + rest[1:] if rest[0] in "uv" else rest if rest[0] == "i" else "i" + {"ou": "ou"}.get(rest, rest)
    if syllable[0] == "w":
        rest = syllable[1:]
        return "", rest if rest == "u" else "u" + {"ei": "ei", "en": "en", "eng": "eng"}.get(rest, rest)
    initial = next((i for i in ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs") if syllable.startswith(i)), "")
    final = syllable[len(initial) :]
    if initial in ("j", "q", "x") and final[:1] == "u":
        final = "v" + final[1:]
    return initial, {"iu": "iou", "ui": "uei", "un": "uen", "ue": "ve"}.get(final, final)
