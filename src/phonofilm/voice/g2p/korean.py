"""Korean: Hangul to sounds by the Standard Pronunciation Rules (표준 발음법), then to the model's letters.

A syllable block is an onset, a vowel and a coda; what is said depends on the coda and the next onset together. The rules are applied in the order in
which they feed each other: liaison and palatalisation, aspiration, tensing, nasalisation, then ㄹ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from phonofilm.voice.g2p.figures import Figures, spell
from phonofilm.voice.symbols import known

_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST = 0xAC00

_DIGITS = "영 일 이 삼 사 오 육 칠 팔 구".split()
_NATIVE = "- 한 두 세 네 다섯 여섯 일곱 여덟 아홉".split()
_NATIVE_TENS = "- 열 스물 서른 마흔 쉰 예순 일흔 여든 아흔".split()
_COUNTERS = "시|시간|개|명|마리|살|잔|병|권|대|번|번째|사람|송이|벌|그루|가지|달|곳"


def cardinal(n: int) -> str:
    """A whole number, Sino-Korean."""
    if n < 10:
        return _DIGITS[n]
    if n < 10_000:
        out = ""
        for size, name in ((1000, "천"), (100, "백"), (10, "십")):
            digit = n // size % 10
            if digit:
                out += ("" if digit == 1 else _DIGITS[digit]) + name
        return out + (_DIGITS[n % 10] if n % 10 else "")
    for size, name in ((10**12, "조"), (10**8, "억"), (10**4, "만")):
        if n >= size:
            head = "" if size == 10**4 and n // size == 1 else cardinal(n // size)
            return head + name + (f" {cardinal(n % size)}" if n % size else "")
    raise AssertionError(n)


def native(n: int) -> str:
    """A number before a counter, in native words up to 99."""
    if not 0 < n < 100:
        return cardinal(n)
    if n == 20:
        return "스무"
    return (_NATIVE_TENS[n // 10] if n >= 10 else "") + (_NATIVE[n % 10] if n % 10 else "")


def _clock(hours: int, minutes: int) -> str:
    return f"{native(hours if hours <= 12 else hours - 12) if hours else '영'} 시" + (f" {cardinal(minutes)} 분" if minutes else "")


def _date(year: int, month: int, day: int) -> str:
    return (f"{cardinal(year)} 년 " if year else "") + f"{_month(month)} {cardinal(day)} 일"


def _month(month: int) -> str:
    return {6: "유월", 10: "시월"}.get(month, cardinal(month) + "월")


_FIGURES = Figures(
    cardinal=cardinal,
    point="점",
    decimal=".",
    thousands=",",
    minus="마이너스",
    percent="{} 퍼센트",
    money={
        "$": ("달러", "달러", "센트", "센트"),
        "€": ("유로", "유로", "센트", "센트"),
        "£": ("파운드", "파운드", "펜스", "펜스"),
        "¥": ("엔", "엔", "", ""),
        "₩": ("원", "원", "", ""),
    },
    clock=_clock,
    date=_date,
    units={
        "km/h": ("킬로미터 매 시", "킬로미터 매 시"),
        "km": ("킬로미터", "킬로미터"),
        "m": ("미터", "미터"),
        "cm": ("센티미터", "센티미터"),
        "mm": ("밀리미터", "밀리미터"),
        "kg": ("킬로그램", "킬로그램"),
        "g": ("그램", "그램"),
        "°C": ("도", "도"),
        "°": ("도", "도"),
    },
    first=(
        (rf"(?<![\d.,])(\d{{1,2}}) ?(?=(?:{_COUNTERS})(?![가-힣]{{3}}))", lambda m: f"{native(int(m[1]))} "),
        (r"(?<![\d.,])(\d{1,2}) ?월", lambda m: _month(int(m[1]))),
    ),
    symbols={"&": "그리고", "+": "더하기", "=": "는", "@": "골뱅이"},
)

#: Latin letters by their names
_LATIN = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "에이 비 씨 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 아르 에스 티 유 브이 더블유 엑스 와이 제트".split(),
        strict=True,
    )
)


@dataclass
class _Block:
    onset: str
    vowel: str
    coda: str


#: a double coda before a vowel: what stays, what moves on
_SPLIT = {
    "ㄳ": ("ㄱ", "ㅆ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄶ": ("", "ㄴ"), "ㄺ": ("ㄹ", "ㄱ"), "ㄻ": ("ㄹ", "ㅁ"), "ㄼ": ("ㄹ", "ㅂ"), "ㄽ": ("ㄹ", "ㅆ"),
    "ㄾ": ("ㄹ", "ㅌ"), "ㄿ": ("ㄹ", "ㅍ"), "ㅀ": ("", "ㄹ"), "ㅄ": ("ㅂ", "ㅆ"),
}  # fmt: skip
#: the seven sounds that can close a syllable
_CLOSED = {
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄳ", "ㄺ"), "ㄱ"),
    **dict.fromkeys(("ㄷ", "ㅌ", "ㅅ", "ㅆ", "ㅈ", "ㅊ", "ㅎ"), "ㄷ"),
    **dict.fromkeys(("ㅂ", "ㅍ", "ㅄ", "ㄿ"), "ㅂ"),
    **dict.fromkeys(("ㄴ", "ㄵ", "ㄶ"), "ㄴ"),
    **dict.fromkeys(("ㄹ", "ㄼ", "ㄽ", "ㄾ", "ㅀ"), "ㄹ"),
    **dict.fromkeys(("ㅁ", "ㄻ"), "ㅁ"),
    "ㅇ": "ㅇ",
}
_TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_ASPIRATE = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
_NOUNS_IN_UI = frozenset(
    "회의 주의 강의 정의 의의 논의 합의 동의 편의 예의 건의 거의 유의 창의 상의 하의 결의 모의 문의 심의 협의 호의 열의 성의 고의 임의 명의".split()
)
_NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}

_VOWEL_SOUNDS = dict(zip(_VOWELS, "a ɛ ja jɛ ʌ e jʌ je o wa wɛ we jo u wʌ we wi ju ɯ ɰi i".split(), strict=True))
#: plain stops are voiced between voiced sounds
_ONSET_SOUNDS = {
    "ㄱ": ("k", "ɡ"), "ㄲ": ("k", "k"), "ㄴ": ("n", "n"), "ㄷ": ("t", "d"), "ㄸ": ("t", "t"), "ㄹ": ("ɾ", "ɾ"), "ㅁ": ("m", "m"), "ㅂ": ("p", "b"),
    "ㅃ": ("p", "p"), "ㅅ": ("s", "s"), "ㅆ": ("s", "s"), "ㅇ": ("", ""), "ㅈ": ("ʨ", "ʥ"), "ㅉ": ("ʨ", "ʨ"), "ㅊ": ("ʨʰ", "ʨʰ"), "ㅋ": ("kʰ", "kʰ"),
    "ㅌ": ("tʰ", "tʰ"), "ㅍ": ("pʰ", "pʰ"), "ㅎ": ("h", "h"),
}  # fmt: skip
_CODA_SOUNDS = {"": "", "ㄱ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅇ": "ŋ"}


def read(text: str) -> str:
    """Korean text in the model's letters."""
    plain = re.sub("[a-z]", lambda m: _LATIN[m[0]], spell(text, _FIGURES).lower())
    out = ""
    for phrase in re.split(r"([.,;:!?…—]+)", plain):
        if re.match(r"[.,;:!?…—]", phrase):
            out += phrase[0]
        elif phrase.strip():
            words = [[_block(letter) for letter in word if "가" <= letter <= "힣"] for word in phrase.split()]
            out += " " + _said([word for word in words if word])
    return known(out.strip())


def pronounced(text: str) -> str:
    """Hangul as it is said, in Hangul, for a phrase without figures; words stay apart."""
    words = [[_block(letter) for letter in word] for word in text.split()]
    _change(words)
    return " ".join("".join(_joined(block) for block in word) for word in words)


def _block(letter: str) -> _Block:
    code = ord(letter) - _FIRST
    return _Block(onset=_ONSETS[code // 588], vowel=_VOWELS[code % 588 // 28], coda=_CODAS[code % 28])


def _joined(block: _Block) -> str:
    return chr(_FIRST + _ONSETS.index(block.onset) * 588 + _VOWELS.index(block.vowel) * 28 + _CODAS.index(block.coda))


def _change(words: list[list[_Block]]) -> None:
    """Apply the rules within each word; changes across words depend on the pace and are left out."""
    for word in words:
        if len(word) > 1 and _joined(word[-1]) == "의" and _joined(word[-2]) + "의" not in _NOUNS_IN_UI:
            word[-1].vowel = "ㅔ"  # the particle
        for k, block in enumerate(word):
            _meet(block, word[k + 1] if k + 1 < len(word) else None)
        for k, block in enumerate(word):
            if block.vowel == "ㅢ" and (k > 0 or block.onset != "ㅇ"):
                block.vowel = "ㅣ"
            if block.vowel == "ㅖ" and block.onset not in "ㅇㄹ":
                block.vowel = "ㅔ"
            if block.vowel == "ㅕ" and block.onset in "ㅈㅉㅊ":
                block.vowel = "ㅓ"


def _meet(block: _Block, after: _Block | None) -> None:
    coda = block.coda
    if after is None:
        block.coda = _CLOSED.get(coda, "")
        return
    if after.onset == "ㅇ":
        _link(block, after)
        return
    if after.onset == "ㅎ" and coda and coda not in "ㄴㅁㅇㄹㅎㄶㅀ":
        kept, moved = _SPLIT.get(coda, ("", coda))
        base = _CLOSED.get(moved, moved) if moved not in "ㅈㅊㅆ" else {"ㅆ": "ㄷ"}.get(moved, moved)
        if base == "ㄷ" and after.vowel == "ㅣ":
            base = "ㅈ"
        block.coda, after.onset = _CLOSED.get(kept, ""), _ASPIRATE.get(base, base)
        return
    if coda in ("ㅎ", "ㄶ", "ㅀ"):
        kept = {"ㅎ": "", "ㄶ": "ㄴ", "ㅀ": "ㄹ"}[coda]
        if after.onset in _ASPIRATE:
            block.coda, after.onset = kept, _ASPIRATE[after.onset]
            return
        if after.onset == "ㅅ":
            block.coda, after.onset = kept, "ㅆ"
            return
        coda = kept or ("ㄷ" if after.onset == "ㄴ" else "")
    if coda == "ㄼ" and block.onset == "ㅂ":
        coda = "ㅂ"
    if coda == "ㄺ" and after.onset == "ㄱ":
        coda, after.onset = "ㄹ", "ㄲ"
    hard = coda in ("ㄵ", "ㄾ", "ㄼ", "ㄻ") and after.onset in "ㄱㄷㅅㅈ"
    closed = _CLOSED.get(coda, "")
    if (closed in ("ㄱ", "ㄷ", "ㅂ") or hard) and after.onset in _TENSE:
        after.onset = _TENSE[after.onset]
    if closed in _NASAL and after.onset in "ㄴㅁ":
        closed = _NASAL[closed]
    elif after.onset == "ㄹ" and closed in ("ㅁ", "ㅇ", "ㄱ", "ㅂ", "ㄷ"):
        closed, after.onset = _NASAL.get(closed, closed), "ㄴ"
    elif (closed, after.onset) in (("ㄴ", "ㄹ"), ("ㄹ", "ㄴ")):
        closed, after.onset = "ㄹ", "ㄹ"
    block.coda = closed


def _link(block: _Block, after: _Block) -> None:
    """A coda before a vowel is said with it."""
    coda = block.coda
    if coda in ("", "ㅇ"):
        return
    kept, moved = _SPLIT.get(coda, ("", coda))
    if moved == "ㅎ":
        moved = "ㅇ"
    if after.vowel == "ㅣ" and moved in ("ㄷ", "ㅌ"):
        moved = {"ㄷ": "ㅈ", "ㅌ": "ㅊ"}[moved]
    block.coda, after.onset = kept, moved


def _said(words: list[list[_Block]]) -> str:
    _change(words)
    out: list[str] = []
    for word in words:
        said = ""
        before = ""
        for k, block in enumerate(word):
            voiced = k > 0 and before in ("V", "n", "l", "m", "ŋ")
            onset = _ONSET_SOUNDS[block.onset][1 if voiced else 0]
            if block.onset == "ㄹ" and before == "l":
                onset = "l"
            vowel = _VOWEL_SOUNDS[block.vowel]
            if block.onset in "ㅅㅆ" and vowel[0] in "ij":
                onset = "ɕ"
            coda = _CODA_SOUNDS[block.coda]
            said += onset + vowel + coda
            before = coda or "V"
        out.append(said)
    return " ".join(out)
