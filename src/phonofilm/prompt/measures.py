"""What a prompt says of the film as a whole: its ratio (9:16, vertical, 竖屏) and its length (a 10 second ad, 时长8秒)."""

from __future__ import annotations

import re

from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.negation import negated
from phonofilm.prompt.script import Span
from phonofilm.prompt.text import CLAUSE_END, HIDDEN, MENTION_A, MENTION_B, around, mask, split
from phonofilm.request import RATIOS, SHORTEST

_RATIO = re.compile(
    r"(?<![\d:.])(\d{1,2}(?:\.\d{1,2})?)\s*(?:[:比]|(?<=16)[x/](?=9)|(?<=9)[x/](?=16))\s*(\d{1,2})(?!\d|[:.]\d)(?!\s*(?:am|pm|a\.m|p\.m|uhr|h\b|点|分|時|时|시))"
)
#: what is called a ratio where a number with a colon could be a time or a result as well
_KNOWN = frozenset({"16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "4:5", "5:4", "2:3", "3:2", "2:1", "2.35:1", "2.39:1", "2.4:1", "2.40:1", "1.85:1"})
_SCOPE = re.compile(r"(?<![\d:.])(\d\.\d{1,2})\s*(?::\s*1)?(?!\d|[:.]\d)")
#: the picture between bars: where no number is given, and the least and the most that is taken
SCOPE, NARROWEST, WIDEST = 2.39, 1.2, 4.0
#: how far behind the words for them their ratio may begin
_NEAR = 10
_CLOCK = re.compile(r"(?:\bat|\bum|\ba las?|\ba|\bvers|上午|下午|早上|晚上|午前|午後|오전|오후)\s*$")
#: a clause that is nothing but a length, beside a word for a film and for about how long
_UNIT = r"(?:seconds?|secs?|s|sekunden?|sek|segundos?|seg|secondes?|秒(?:钟|间)?|초)"
_ABOUT = (
    r"(?:about|around|roughly|approx\.?|make it|in total|total|long|max\.?|ca\.?|circa|etwa|rund|ungefahr|insgesamt|lang|unos|en total|environ"
    r"|au total|约|大约|大概|左右|程度|くらい|ぐらい|정도|약|간)"
)
_FILM = (
    r"(?:videos?|film|clip|spot|reel|short|ad|teaser|trailer|intro|outro|youtube|instagram|tiktok|imagefilm|werbespot|anuncio|pub"
    r"|유튜브|인스타(?:그램)?|틱톡|인트로|영상|동영상|비디오|광고|쇼츠|릴스|숏폼|클립|抖音|小红书|视频|短视频|短片|影片|广告|动画|映像|ムービー|ショート)"
)
_ROUND = re.compile(rf"(?:{_FILM}|{_ABOUT})")
_LENGTH = re.compile(rf"(?<!\d)(?<!\d[.:,])(\d{{1,2}})\s*-?{_UNIT}(?![a-z])")
_SHOT = re.compile(r"(?:shot|scene|cut|plano|toma|escena|plan|einstellung|szene|镜头|分镜|镜|场景|カット|シーン|샷|씬|장면|컷)\s*#?\d*\W*$")
_DIGITS = re.compile(r"\d+")
#: lengths of films in words; all as long as what stands for them or longer but for 十, which one sign of its own stands for
_WORDS: dict[str, int] = {
    word: number
    for number, words in {
        4: "four vier cuatro quatre 四", 5: "five funf cinco cinq 五", 6: "six sechs seis 六", 7: "seven sieben siete sept 七",
        8: "eight acht ocho huit 八", 9: "nine neun nueve neuf 九", 10: "ten zehn diez dix 十", 11: "eleven elf once onze 十一",
        12: "twelve zwolf doce douze 十二", 13: "thirteen dreizehn trece treize 十三", 14: "fourteen vierzehn catorce quatorze 十四",
        15: "fifteen funfzehn quince quinze 十五",
    }.items()
    for word in words.split()
}  # fmt: skip
_TEN = "\N{TAMIL DIGIT ZERO}"
_IN_WORDS = re.compile(
    rf"(?<![a-z])(?:{'|'.join(w for w in _WORDS if w.isascii())})(?=[\s-]*(?:{_UNIT}(?![a-z])|sekundig))"
    r"|(?<![一二三四五六七八九十百])(?:十[一二三四五]?|[四五六七八九])(?=秒)"
)


def find_ratio(masked: str, lexicon: Lexicon) -> tuple[str, str, list[Hit]]:
    """The ratio that a prompt asks for (empty: none), as it was written, and where; a ratio that films cannot have is the nearest that they can."""
    found = [h for h in lexicon.find("ratio", masked) if not negated(lexicon, masked, h.start, h.end)]
    for match in _RATIO.finditer(masked):
        words = f"{match[1]}:{match[2]}"
        if words in _KNOWN and not _CLOCK.search(masked, max(0, match.start() - 10), match.start()):
            found.append(Hit(key=words, start=match.start(), end=match.end()))
    if not found:
        return "", "", []
    # a number is more exact than a word for it
    chosen = min(found, key=lambda h: (not h.key == masked[h.start : h.end], h.start))
    return min(RATIOS, key=lambda r: abs(_aspect(r) / _aspect(chosen.key) - 1)), chosen.key, found


def find_bars(masked: str, lexicon: Lexicon, clauses: list[Span]) -> tuple[float, list[Span]]:
    """The ratio of the picture between black bars that a prompt asks for (0: none), and where: it is no ratio of the film."""
    found = [h for h in lexicon.find("bars", masked) if not negated(lexicon, masked, h.start, h.end)]
    if not found:
        return 0.0, []
    first, last = around(clauses, found[0].start)
    named = next((m for m in _SCOPE.finditer(masked, first, min(len(masked), last + _NEAR)) if NARROWEST <= float(m[1]) <= WIDEST), None)
    spans = [(h.start, h.end) for h in found]
    return (float(named[1]) if named else SCOPE), [*spans, named.span()] if named else spans


def find_length(masked: str, lexicon: Lexicon) -> tuple[int, list[Hit]]:
    """Seconds that a prompt says the film lasts (0: it does not say), and where."""
    masked = _IN_WORDS.sub(lambda m: _TEN if m[0] == "十" else str(_WORDS[m[0]]).ljust(len(m[0])), masked)
    found = [h for h in lexicon.find("length", masked) if not negated(lexicon, masked, h.start, h.end)]
    found = found or _bare_lengths(masked, lexicon)
    number = _DIGITS.search(masked, found[0].start, found[0].end) if found else None
    return (10 if number and number[0] == _TEN else int(number[0]) if number else 0), found


def _bare_lengths(masked: str, lexicon: Lexicon) -> list[Hit]:
    """The one clause of a prompt that says nothing but a length ("…, soft piano, 6 seconds."); shots that each have theirs give none."""
    if _LENGTH.search(masked) is None:
        return []
    clauses = split(masked, CLAUSE_END)
    ratios = [(h.start, h.end) for h in (*lexicon.find("ratio", masked), *lexicon.find("known", masked))]
    found: list[Hit] = []
    for match in _LENGTH.finditer(masked):
        first, last = around(clauses, match.start())
        inside = [*((a, b) for a, b in ratios if first <= a and b <= last), match.span()]
        rest = mask(masked[first:last], [(a - first, b - first) for a, b in inside], " ")
        if re.search(r"[^\W_]", _ROUND.sub(" ", rest)) or re.search(f"[{HIDDEN}{MENTION_A}{MENTION_B}]", rest):
            continue
        if not SHORTEST <= int(match[1]) <= 60 or _SHOT.search(masked[max(0, first - 14) : first]):
            continue
        found.append(Hit(key="any", start=match.start(), end=match.end()))
        if len(found) > 1:
            return []
    return found


def _aspect(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return float(width) / float(height)
