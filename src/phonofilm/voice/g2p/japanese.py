"""Japanese: readings by Janome (Apache-2.0, IPADIC inside), numbers with their counters, then kana to the model's letters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from janome.tokenizer import Tokenizer

from phonofilm.voice.g2p.figures import Figures, spell
from phonofilm.voice.symbols import known

_DIGITS = "ゼロ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュー".split()
_HUNDREDS = {3: "サンビャク", 6: "ロッピャク", 8: "ハッピャク"}
_THOUSANDS = {3: "サンゼン", 8: "ハッセン"}
_DAYS = "- ツイタチ フツカ ミッカ ヨッカ イツカ ムイカ ナノカ ヨーカ ココノカ トーカ".split() + [
    "ジューイチニチ",
    "ジューニニチ",
    "ジューサンニチ",
    "ジューヨッカ",
]


def cardinal(n: int) -> str:
    """A whole number in katakana."""
    if n < 10:
        return _DIGITS[n]
    if n < 10_000:
        thousands, hundreds, tens, ones = n // 1000, n // 100 % 10, n // 10 % 10, n % 10
        out = _THOUSANDS.get(thousands, ("" if thousands == 1 else _DIGITS[thousands]) + "セン") if thousands else ""
        out += _HUNDREDS.get(hundreds, ("" if hundreds == 1 else _DIGITS[hundreds]) + "ヒャク") if hundreds else ""
        out += (("" if tens == 1 else _DIGITS[tens]) + "ジュー") if tens else ""
        return out + (_DIGITS[ones] if ones else "")
    for size, name in ((10**12, "チョー"), (10**8, "オク"), (10**4, "マン")):
        if n >= size:
            return cardinal(n // size) + name + (cardinal(n % size) if n % size else "")
    raise AssertionError(n)


#: the last digit before counters that change it: counter -> (reading, {last digit: the whole of digit and counter}); 0 stands for a round ten
_H = {1: "イッ", 6: "ロッ", 8: "ハッ", 0: "ジュッ"}


def _changing(plain: str, hard: str, soft: str) -> tuple[str, dict[int, str]]:
    return plain, {digit: head + hard for digit, head in _H.items()} | {3: "サン" + soft}


_COUNTERS: dict[str, tuple[str, dict[int, str]]] = {
    "時間": ("ジカン", {4: "ヨジカン", 7: "シチジカン", 9: "クジカン"}),
    "時": ("ジ", {4: "ヨジ", 7: "シチジ", 9: "クジ"}),
    "分": ("フン", {digit: head + "プン" for digit, head in _H.items()} | {3: "サンプン", 4: "ヨンプン"}),
    "人": ("ニン", {4: "ヨニン"}),
    "本": _changing("ホン", "ポン", "ボン"),
    "匹": _changing("ヒキ", "ピキ", "ビキ"),
    "杯": _changing("ハイ", "パイ", "バイ"),
    "個": ("コ", {digit: head + "コ" for digit, head in _H.items()}),
    "回": ("カイ", {digit: head + "カイ" for digit, head in _H.items()}),
    "階": ("カイ", {digit: head + "カイ" for digit, head in _H.items()} | {3: "サンガイ"}),
    "冊": ("サツ", {1: "イッサツ", 8: "ハッサツ", 0: "ジュッサツ"}),
    "歳": ("サイ", {1: "イッサイ", 8: "ハッサイ", 0: "ジュッサイ"}),
    "才": ("サイ", {1: "イッサイ", 8: "ハッサイ", 0: "ジュッサイ"}),
    "年": ("ネン", {4: "ヨネン", 7: "シチネン"}),
    "円": ("エン", {4: "ヨエン"}),
    "月": ("ガツ", {4: "シガツ", 7: "シチガツ", 9: "クガツ"}),
    "枚": ("マイ", {}),
    "台": ("ダイ", {}),
    "度": ("ド", {}),
    "秒": ("ビョー", {}),
    "羽": ("ワ", {}),
    "頭": ("トー", {1: "イットー", 8: "ハットー", 0: "ジュットー"}),
    "名": ("メー", {}),
}
_KANJI_DIGITS = "〇一二三四五六七八九"


def counted(n: int, counter: str) -> str:
    """A number and its counter in katakana, with the changes of sound between them."""
    if counter == "日":
        return _DAYS[n] if 0 < n < len(_DAYS) else {20: "ハツカ", 24: "ニジューヨッカ"}.get(n, cardinal(n) + "ニチ")
    if counter == "人" and n in (1, 2):
        return ("ヒトリ", "フタリ")[n - 1]
    if counter == "つ":
        return ("ヒトツ フタツ ミッツ ヨッツ イツツ ムッツ ナナツ ヤッツ ココノツ").split()[n - 1] if 0 < n < 10 else cardinal(n)
    plain, changed = _COUNTERS[counter]
    if n % 10 in changed and (n % 10 or n % 100):
        head = cardinal(n - n % 10) if n >= 10 and n % 10 else ""
        if n % 10 == 0:
            head = "" if n == 10 else cardinal(n).removesuffix("ジュー")
        return head + changed[n % 10]
    return cardinal(n) + plain


def _number(kanji: str) -> int:
    """A number below ten thousand in kanji."""
    total = last = 0
    for sign in kanji:
        if sign in _KANJI_DIGITS:
            last = _KANJI_DIGITS.index(sign)
        else:
            total += max(last, 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            last = 0
    return total + last


_ANY_COUNTER = "|".join(sorted((*_COUNTERS, "日", "つ"), key=len, reverse=True))


def _clock(hours: int, minutes: int) -> str:
    return counted(hours, "時") + (counted(minutes, "分") if minutes else "")


def _date(year: int, month: int, day: int) -> str:
    return (counted(year, "年") if year else "") + counted(month, "月") + counted(day, "日")


_FIGURES = Figures(
    cardinal=cardinal,
    point="テン",
    decimal=".",
    thousands=",",
    minus="マイナス",
    percent="{}パーセント",
    money={
        "¥": ("エン", "エン", "", ""),
        "$": ("ドル", "ドル", "セント", "セント"),
        "€": ("ユーロ", "ユーロ", "セント", "セント"),
        "£": ("ポンド", "ポンド", "ペンス", "ペンス"),
        "₩": ("ウォン", "ウォン", "", ""),
    },
    clock=_clock,
    date=_date,
    units={
        "km/h": ("キロメートル", "キロメートル"),
        "km": ("キロメートル", "キロメートル"),
        "cm": ("センチメートル", "センチメートル"),
        "mm": ("ミリメートル", "ミリメートル"),
        "m": ("メートル", "メートル"),
        "kg": ("キログラム", "キログラム"),
        "g": ("グラム", "グラム"),
        "°C": ("度", "度"),
        "℃": ("度", "度"),
    },
    first=(
        (rf"(?<![\d.,])(\d+(?:,\d{{3}})*)(?={_ANY_COUNTER})({_ANY_COUNTER})", lambda m: counted(int(m[1].replace(",", "")), m[2])),
        (rf"(?<![一-龠])([一二三四五六七八九十百千]+)({_ANY_COUNTER})(?![一-龠])", lambda m: counted(_number(m[1]), m[2])),
    ),
    symbols={"&": "アンド", "+": "プラス", "=": "イコール", "@": "アットマーク"},
    space="",
)

_LATIN = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (
            "エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム エヌ オー ピー キュー アール エス ティー ユー "
            "ブイ ダブリュー エックス ワイ ゼット"
        ).split(),
        strict=True,
    )
)
#: what the dictionary reads otherwise than people mostly do
_READINGS = {
    "柵": "サク", "私": "ワタシ", "明日": "アシタ", "昨日": "キノー", "今日": "キョー", "一番": "イチバン",
    "一人": "ヒトリ", "二人": "フタリ", "開いて": "アイテ", "何": "ナニ", "家": "イエ", "他": "ホカ",
    "次回": "ジカイ", "何で": "ナンデ", "何か": "ナニカ",
}  # fmt: skip

_VOWELS = "aiɯeo"
#: consonant of each row of the kana table, before a, i, u, e, o; where the vowel changes too it is written out
_ROWS = (
    ("アイウエオ", "a i ɯ e o"), ("カキクケコ", "ka kʲi kɯ ke ko"), ("ガギグゲゴ", "ɡa ɡʲi ɡɯ ɡe ɡo"),
    ("サシスセソ", "sa ɕi sɨ se so"), ("ザジズゼゾ", "ʣa ʥi zɨ ʣe ʣo"), ("タチツテト", "ta ʨi ʦɨ te to"),
    ("ダヂヅデド", "da ʥi zɨ de do"), ("ナニヌネノ", "na ɲi nɯ ne no"), ("ハヒフヘホ", "ha çi ɸɯ he ho"),
    ("バビブベボ", "ba bʲi bɯ be bo"), ("パピプペポ", "pa pʲi pɯ pe po"), ("マミムメモ", "ma mʲi mɯ me mo"),
    ("ヤユヨ", "ja jɯ jo"), ("ラリルレロ", "ɾa ɾʲi ɾɯ ɾe ɾo"), ("ワヲヴ", "βa o vɯ"),
)  # fmt: skip
_KANA = {kana: sound for row, sounds in _ROWS for kana, sound in zip(row, sounds.split(), strict=True)}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o", "ャ": "a", "ュ": "ɨ", "ョ": "o"}
_MARKS = {"。": ".", "、": ",", "？": "?", "！": "!", "「": "“", "」": "”", "『": "“", "』": "”", "…": "…", "・": " "}


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()


def read(text: str) -> str:
    """Japanese text in the model's letters."""
    out = ""
    for reading in readings(text):
        if reading in _MARKS or not ("ァ" <= reading[0] <= "ー"):
            out = out.rstrip() + _MARKS.get(reading, reading) + " "
        else:
            out += letters(reading) + " "
    return known(re.sub(" +", " ", out).strip())


def readings(text: str) -> list[str]:
    """Words in katakana as they are said (long vowels with ー), and marks."""
    plain = unicodedata.normalize("NFKC", text).replace("!", "！").replace("?", "？").replace(",", ",")
    plain = spell(plain, _FIGURES).lower()
    for written, said in _READINGS.items():
        plain = re.sub(rf"(?<![一-龠]){written}(?![一-龠])", said, plain)
    plain = re.sub("[a-z]", lambda m: _LATIN[m[0]], plain)
    found: list[str] = []
    tokens: Any = _tokenizer().tokenize(plain)
    for token in tokens:
        word = str(token.surface)
        phonetic = str(getattr(token, "phonetic", "*"))
        if phonetic == "*":
            phonetic = "".join(chr(ord(kana) + 0x60) if "ぁ" <= kana <= "ゖ" else kana for kana in word)
        part, kind = str(token.part_of_speech).split(",")[:2]
        said = re.sub("([オコソトノホモヨロゴゾドボポョ])ウ", r"\1ー", "".join(kana for kana in phonetic if "ァ" <= kana <= "ー"))
        if said and (part in ("助詞", "助動詞") or kind in ("接尾", "非自立")) and found and "ァ" <= found[-1][0] <= "ー":
            found[-1] += said
        elif said and found and found[-1].endswith("ッ"):
            found[-1] += said
        elif said:
            found.append(said)
        elif word.strip():
            found.append(_MARKS.get(word[0], word[0]))
    return [word for word in found if word.strip()]


def letters(katakana: str) -> str:
    """The letters of one word in katakana."""
    out: list[str] = []
    for kana in katakana:
        if kana in _SMALL and out:
            out[-1] = _with_small(out[-1], kana)
        elif kana in ("ー", "ッ", "ン"):
            out.append({"ー": "ː", "ッ": "ʔ", "ン": "N"}[kana])
        elif kana in _KANA:
            out.append(_KANA[kana])
    return "".join(_nasal(out[k + 1] if k + 1 < len(out) else "") if sound == "N" else sound for k, sound in enumerate(out))


def _with_small(sound: str, small: str) -> str:
    vowel = _SMALL[small]
    head = sound.rstrip("aiɯɨeo")
    if small in "ャュョ":
        return head + vowel if head[-1:] in ("ʲ", "ɕ", "ʥ", "ʨ", "ɲ", "ç") else f"{head}ʲ{vowel}"
    if sound == "ɯ":
        return f"β{vowel}"
    if small == "ィ" and head in ("t", "d"):
        return f"{head}ʲi"
    return head + vowel


def _nasal(after: str) -> str:
    """ん is said where the next sound is said."""
    for starts, sound in (("mpb", "m"), ("kɡ", "ŋ"), ("ɲʨʥ", "ɲ"), ("ntdɾzʦʣ", "n")):
        if after and after[0] in starts:
            return sound
    return "ɴ"
