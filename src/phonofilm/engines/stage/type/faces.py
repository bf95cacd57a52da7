"""The fonts, and which one draws which character of which language.

One Latin face (Inter) and one pan-CJK face (Noto Sans CJK, whose five members carry the glyph forms of Japan, Korea, mainland China,
Taiwan and Hong Kong), with symbols, emoji, Arabic and Hebrew behind them. All are variable: a weight is a number from 100 to 900.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import skia
import uharfbuzz

from phonofilm.score.breaks import is_ideograph, is_wide
from phonofilm.weights import model_path

hb: Any = uharfbuzz  # a compiled module without type hints

#: member of the pan-CJK collection by language tag
CJK_MEMBER = {"ja": 0, "ko": 1, "zh-Hans": 2, "zh-Hant": 3, "zh-HK": 4}
#: faces behind the first two, in the order in which they are asked for a character
BEHIND = ("font_symbols", "font_emoji", "font_arabic", "font_hebrew")
LATIN, CJK = "font_latin", "font_cjk"
#: characters in use in one of the two Chinese scripts alone, enough to tell a sentence of one from a sentence of the other
_TRADITIONAL = frozenset(
    "們個這來說國對時會過還沒開關長門問題學習東車馬鳥魚龍電話讓給從爾後點樣種經濟愛興與豐麗風雲飛氣見親觀買賣書體頭臉聲聽誰請謝識語讀變"
) | frozenset(
    "無為發現實寶貝師業專戰號協兩嚴喪臨舉義樂劃華單歲場塊壞壽夢夠奪婦媽孫寧將層島帶幫幾廠廣廳張強彈歸錄憶應懷戲戶擁據揮擔擊數斷曉權歡殺氹銀錢鐵"
)
_HONG_KONG = frozenset("嘅咗喺唔佢哋嗰啲嘢冇乜咩噉咁睇嚟攞俾畀瞓嗌鍾啱啦囉喎㗎嘞噃嘥")


@dataclass(frozen=True, kw_only=True, eq=False)
class Face:
    """One font at one weight: ``typeface`` draws it, ``shaper`` places its glyphs; ``units`` an em."""

    key: str
    typeface: Any
    shaper: Any
    units: int

    def has(self, character: str) -> bool:
        """Whether the font draws the character."""
        return self.shaper.get_nominal_glyph(ord(character)) is not None


def script_tag(text: str, language: str) -> str:
    """The language tag whose letter forms the words take: ``zh-Hans``, ``zh-Hant``, ``zh-HK``, ``ja``, ``ko``, else the language itself."""
    if language == "yue" or (language.startswith("zh") and any(c in _HONG_KONG for c in text)):
        return "zh-HK" if not _looks_simplified(text) else "zh-Hans"
    if language.startswith("zh"):
        return "zh-Hant" if any(c in _TRADITIONAL for c in text) else "zh-Hans"
    if language in ("ja", "ko"):
        return language
    if any("\u3040" <= c <= "\u30ff" for c in text):
        return "ja"
    if any("\uac00" <= c <= "\ud7a3" for c in text):
        return "ko"
    if any(is_ideograph(c) for c in text):
        return "zh-Hant" if any(c in _TRADITIONAL for c in text) else "zh-Hans"
    return language


def _looks_simplified(text: str) -> bool:
    return any(
        c in "们个这来说国对时会过还没开关长门问题学东车马电话让给从后点样种经爱见买卖书体头脸声听谁请谢识语读变无为发" for c in text
    ) and not any(c in _TRADITIONAL for c in text)


@cache
def face(name: str, weight: int, member: int = 0, optical: float = 20.0) -> Face:
    """A font of the model table at a weight.

    Raises:
        ModelMissing: the font is not on this machine.
    """
    path = str(model_path(name))
    axes = {"wght": float(weight)}
    if name == LATIN:
        axes["opsz"] = optical
    position = skia.FontArguments.VariationPosition
    coordinates = position.Coordinates([position.Coordinate(int.from_bytes(tag.encode(), "big"), value) for tag, value in axes.items()])
    place = position(coordinates)
    arguments = skia.FontArguments()
    arguments.setCollectionIndex(member)
    arguments.setVariationDesignPosition(place)
    manager: Any = skia.FontMgr.New_Custom_Empty()  # never the system's fonts: the same words look the same everywhere
    typeface = manager.makeFromFile(path, member).makeClone(arguments)
    shaper = hb.Font(hb.Face(hb.Blob.from_file_path(path), member))
    shaper.set_variations(axes)
    return Face(key=f"{name}/{member}/{weight}/{optical}", typeface=typeface, shaper=shaper, units=shaper.face.upem)


@dataclass(frozen=True, kw_only=True)
class Family:
    """The faces of one style of words: their ``weight``, the weight of CJK beside it (its strokes read heavier) and the optical size."""

    weight: int
    cjk_weight: int
    optical: float = 20.0

    def latin(self) -> Face:
        """The face of Latin, Greek and Cyrillic."""
        return face(LATIN, self.weight, 0, self.optical)

    def cjk(self, tag: str) -> Face:
        """The face of ideographs, kana and hangul in the letter forms of ``tag``."""
        return face(CJK, self.cjk_weight, CJK_MEMBER.get(tag, 2))

    def of(self, character: str, tag: str) -> Face:
        """The first face that draws the character; the Latin one (its empty box) where none does."""
        east = tag in CJK_MEMBER
        if is_wide(character) or (east and character in "“”‘’…—·～"):
            order = [self.cjk(tag), self.latin()] if tag != "ko" or is_wide(character) else [self.latin(), self.cjk(tag)]
        else:
            order = [self.latin()]
        for one in order:
            if one.has(character):
                return one
        for name in BEHIND:
            one = face(name, min(self.weight, 700))
            if one.has(character):
                return one
        late = self.cjk(tag)
        return late if late.has(character) else self.latin()
