"""Mentions: every place in a prompt that names a reference, in any of the forms that people type.

By tag (``@face_photo``, or ``face_photo`` bare where the tag is no common word), or by kind and number in the order given (``@Image 1``,
``[Image 1]``, ``<Picture 1>``, ``图片1``, ``画像1``, ``이미지1``, ``Bild 1`` …). An @ in an address, in quoted speech or before a number is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from phonofilm.errors import UnknownMention
from phonofilm.prompt.script import Mention, Remark, Span
from phonofilm.prompt.text import Text, fold, mask
from phonofilm.request import Kind, Reference

#: words for each kind of reference, all languages together, folded
KIND_WORDS: dict[Kind, str] = {
    "image": "images?|pictures?|pics?|photos?|figures?|img|fig|subjects?|characters?|图片|图像|图象|照片|图|相片|相|画像|写真|イメージ"
    "|이미지|사진|그림"
    "|imagen(?:es)?|fotos?|figuras?|bild(?:er)?|abbildung|photographie",
    "video": "videos?|clips?|视频|影片|视像|动画|映像|ビデオ|동영상|비디오|영상|clip video|film",
    "audio": "audios?|sounds?|tracks?|songs?|音频|音讯|音声|声音|录音|オーディオ|음성|오디오|음악|ton|tonspur|sonido|pista",
}
_NUMBER = r"\s*[#№_-]?\s*(\d{1,2})(?![\d.:%]\d|\d|\s*(?:fps|px|k\b|p\b|s\b|se[ckg]|秒|초|°|度|x\d))"
_RANGE = r"(?:\s*(?:-|–|~|to|through|至|到|から|부터|a|bis)\s*(\d{1,2})(?!\d|\s*(?:s\b|sec|秒)))?"
_ORDINAL_WORDS = {
    1: "first|primera?|第一|1枚目の|一枚目の|最初の|첫 ?번째",
    2: "second|segund[oa]|第二|2枚目の|二枚目の|두 ?번째",
    3: "third|tercera?|第三|3枚目の|三枚目の|세 ?번째",
}
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[a-z0-9][\w.+-]*@[\w-]+(?:\.[a-z]{2,})+\S*")
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"(?<![a-z0-9_.])@\s?([^\W\d][\w\-.]*)")


def _kind_pattern(kind: Kind) -> str:
    latin = "|".join(w for w in KIND_WORDS[kind].split("|") if w.isascii())
    other = "|".join(w for w in KIND_WORDS[kind].split("|") if not w.isascii())
    return f"(?:(?<![a-z0-9])(?:{latin})|(?:{other}))"


@cache
def _numbered() -> dict[Kind, re.Pattern[str]]:
    return {
        kind: re.compile(rf"(?P<open>[@\[<【「『]\s*@?\s*|@)?(?P<word>{_kind_pattern(kind)}){_NUMBER}{_RANGE}(?P<close>\s*[\]>】」』])?")
        for kind in KIND_WORDS
    }


@cache
def _ordinal(kind: Kind, number: int) -> re.Pattern[str]:
    return re.compile(rf"(?:the |la |el )?(?:{_ORDINAL_WORDS[number]})\s*(?:张|段|个|幅|条)?\s*(?:reference |参考)?{_kind_pattern(kind)}(?![a-z])")


def addresses(folded: str) -> list[Span]:
    """Web and mail addresses, whose @ is no mention."""
    return [m.span() for m in _ADDRESS.finditer(folded)]


def names_file(words: str) -> bool:
    """Whether the words are nothing but a kind of file and its number ("画像 1" in quotation marks is a mention, not speech)."""
    return bool(_DIGIT.search(words)) and len(words) < 40 and any(pattern.fullmatch(words.strip()) for pattern in _numbered().values())


def find_mentions(text: Text, hidden: Sequence[Span], references: Sequence[Reference]) -> tuple[list[Mention], list[Remark]]:
    """The mentions of ``references`` in a prompt, by folded place, in order; ``hidden`` are quoted words and addresses.

    Raises ``UnknownMention`` for an @name, or a bracketed number, that no reference has.
    """
    folded = mask(text.folded, hidden)
    found: list[tuple[int, int, str]] = []
    remarks: list[Remark] = []
    tags = sorted(((fold(r.tag.removeprefix("@")), r.tag) for r in references if r.tag), key=lambda pair: -len(pair[0]))
    for key, tag in tags:
        if key:
            found += [(*span, tag) for span in _by_tag(folded, key) if _free(span, found)]
    by_kind: dict[Kind, list[str]] = {kind: [r.tag for r in references if r.kind == kind] for kind in KIND_WORDS}
    for kind, pattern in _numbered().items() if _DIGIT.search(folded) else ():
        for match in pattern.finditer(folded):
            if not _free(match.span(), found):
                continue
            tags_here = by_kind[kind]
            first, last = int(match[3]), int(match[4] or match[3])
            if not match["open"] and not 1 <= first <= last <= len(tags_here):
                if references and kind != "audio":
                    remarks.append(Remark(text=f"“{text.words(*match.span()).strip()}” names no file that was given.", span=text.span(*match.span())))
                continue
            if first < 1 or last > len(tags_here) or first > last:
                at = text.span(*match.span())[0]
                raise UnknownMention(f"{text.words(*match.span('word')).strip()}{last}", known=[r.tag for r in references], at=at)
            start, end = _trim(folded, *match.span(), closed=bool(match["open"]))
            found += [(start, end, tags_here[n - 1]) for n in range(first, last + 1)]
    for kind, given in by_kind.items():
        for number in range(1, min(len(given), len(_ORDINAL_WORDS)) + 1):
            places = (m.span() for m in _ordinal(kind, number).finditer(folded))
            found += [(*place, given[number - 1]) for place in places if _free(place, found) and not _frame(folded, place[1])]
    for match in _NAME.finditer(folded):
        if _free(match.span(), found) and not re.fullmatch(r"f|iso\d*", match[1]):
            name = text.words(*match.span(1)).rstrip(".-")
            raise UnknownMention(name[:40], known=[r.tag for r in references], at=text.span(*match.span())[0])
    return [Mention(tag=tag, span=(start, end)) for start, end, tag in sorted(found)], remarks


def called(words: str, references: Sequence[Reference]) -> tuple[str, dict[str, str]]:
    """Words to be spoken with the references that they mention called by their plain names ("@my_shoe": my shoe), and those names by tag."""
    found: dict[str, str] = {}
    for tag in sorted((r.tag.removeprefix("@") for r in references), key=len, reverse=True):
        name = re.sub(r"[\W_]+", " ", tag).strip()
        if tag and (spoken := re.sub(rf"(?<![\w.])@\s?{re.escape(tag)}(?![a-z0-9_])", name, words, flags=re.IGNORECASE)) != words:
            words, found[tag] = spoken, name
    return words, found


def _by_tag(folded: str, key: str) -> list[Span]:
    spans: list[Span] = []
    word = key[-1].isascii() and key[-1].isalnum()
    for match in re.finditer(r"@\s?" + re.escape(key) + (r"(?![a-z0-9_])" if word else ""), folded):
        spans.append(match.span())
    for match in re.finditer(r"(?<=[\[<])\s*" + re.escape(key) + r"\s*(?=[\]>])", folded):
        spans.append((match.start() - 1, match.end() + 1))
    if len(key) >= 4 and key.isascii() and re.search(r"[_\d]", key) and not re.fullmatch(rf"(?:{'|'.join(KIND_WORDS.values())})\d+", key):
        spans += [m.span() for m in re.finditer(rf"(?<![a-z0-9_@.\-/]){re.escape(key)}(?![a-z0-9_/]|\.\w)", folded)]
    return sorted(set(spans))


def _free(span: Span, found: Sequence[tuple[int, int, str]]) -> bool:
    return all(span[1] <= start or span[0] >= end for start, end, _ in found)


def _trim(folded: str, start: int, end: int, *, closed: bool) -> Span:
    if not closed and folded[end - 1] in "]>】」』":
        end -= 1
    while end > start and folded[end - 1].isspace():
        end -= 1
    return start, end


def _frame(folded: str, end: int) -> bool:
    return bool(re.match(r"\s*(?:frame|帧|フレーム|프레임)", folded[end:]))
