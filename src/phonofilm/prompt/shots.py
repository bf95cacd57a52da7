"""Shots: where a prompt is cut, by time codes, by labels, and by the words for a cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from phonofilm.clock import nearest_frame_start, ticks
from phonofilm.prompt.lexicon import VERB_FINAL, Lexicon
from phonofilm.prompt.text import HIDDEN, MENTION_A, MENTION_B, SENTENCE_END

_UNIT = r"(?:s(?:ec(?:ond(?:s|es|en)?|s)?)?|seg(?:undos?)?|sek(?:unden?)?|秒目?|초|sekunden?)"
_TIME = r"(?:\d{1,2}:\d{2}(?:[.,]\d+)?|\d{1,3}(?:\.\d+)?)"
_DASH = r"(?:-|–|—|−|~|〜|～|→|to|bis|a|à|al|至|到|から|부터|until|through)"
_SPAN = rf"(?P<start>{_TIME})\s*(?P<u1>{_UNIT})?(?:\s*에서)?\s*{_DASH}\s*(?P<end>{_TIME})\s*(?P<u2>{_UNIT}(?![a-z])\.?)?(?:까지|まで)?"
_LABEL = (
    r"(?:shots?|scenes?|cut|clip|beat|planos?|tomas?|escenas?|plans?|einstellung|szene"
    r"|镜头|分镜|镜|场景|画面|片段|カット|シーン|ショット|샷|씬|장면|컷)"
)
_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十])"
_OPEN, _CLOSE = r"(?:[\[(【（{<]\s*)?", r"(?:\s*[\])】）}>])?"
_MARKER = (
    rf"(?:(?P<labelled>(?<![a-z]){_LABEL}\s*#?\s*{_NUMERAL}(?!\d)|第\s*{_NUMERAL}\s*(?:镜头?|幕|个镜头|场|格镜)|第\s*{_NUMERAL}\s*{_LABEL})"
    rf"|(?P<wrap>{_LABEL}\s*|from |von |de |第|desde )?{_OPEN}{_SPAN}(?P<bracket>{_CLOSE}))"
)
_NUMBERED = re.compile(r"\d|[第镜カ분场分][一二三四五六七八九十]|镜头|分镜")
_SEPARATOR = re.compile(r"\s*(?:画面|화면|フレーム)?\s*[:.：、|)\]】\-–—]?\s*(?:画面|화면)?\s*[:：]?\s*")
_POINT = re.compile(
    r"(?P<lead>\bat |\bat the |@ ?|\bafter |\ba (?:la |les )?(?=\d+ (?:secondes?|segundos?))|\bapres |\ba los |\bbei |\bnach |\bab |第)?"
    rf"(?:(?P<clock>(?<![\d:])0?0:\d{{2}}(?:\.\d+)?(?![\d:]))"
    rf"|(?P<t>\d{{1,2}}:\d{{2}}(?:\.\d+)?|\d{{1,2}}(?:\.\d+)?)\s*(?P<u>{_UNIT})(?P<tail>目|に|で|から|後|頃|时|時|处|处|后|之后|에|쯤|때|후|뒤)?"
    r"|(?P<named>\b(?:second|sekunde|seconde|segundo) (?P<n>\d{1,2}(?:[.,]\d+)?)(?![\d:])))"
)


#: shots beyond this many are one: a film lasts fifteen seconds
MOST = 60


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A stretch of the prompt that is one shot: folded [start, end), its ticks where given, how it begins; ``body`` is where its words begin."""

    start: int
    body: int
    end: int
    first: int | None = None
    last: int | None = None
    transition: str = "cut"
    ending: str = ""


@cache
def _marker() -> re.Pattern[str]:
    return re.compile(_MARKER)


def clock_time(words: str) -> float:
    """Seconds of ``m:ss``, ``s`` or ``s.s``."""
    minutes, _, rest = words.replace(",", ".").rpartition(":")
    return (int(minutes) if minutes else 0) * 60 + float(rest)


def find_cuts(folded: str, lexicon: Lexicon) -> list[Cut]:
    """The shots of a masked prompt, in order, at least one. Words before the first time code or label belong to no shot."""
    marks = _markers(folded)[:MOST]
    if not marks:
        return _by_words(folded, lexicon, 0, 0, len(folded), (None, None))
    cuts: list[Cut] = []
    for index, (start, body, first, last) in enumerate(marks):
        end = marks[index + 1][0] if index + 1 < len(marks) else len(folded)
        cuts += _by_words(folded, lexicon, start, body, end, (first, last))
    return cuts


def _markers(folded: str) -> list[tuple[int, int, int | None, int | None]]:
    """Markers as (start, where the words begin, first tick, last tick); neighbours that stand together are one."""
    marks: list[tuple[int, int, int | None, int | None]] = []
    for match in _marker().finditer(folded) if _NUMBERED.search(folded) else ():
        opening = re.search(r"(?:\A|[\n.!?。！？;；,，、)\]】\ue000]|[-*•])\s*[*_#>]*\s*\Z", folded[max(0, match.start() - 8) : match.start()])
        glued = bool(marks) and not folded[marks[-1][1] : match.start()].strip(" \t([（【-–—·|")
        times: tuple[int | None, int | None] = (None, None)
        tail = folded[match.end() : match.end() + 8]
        if match["labelled"]:
            separated = re.match(r"\s*(?:[:.：、|)\]】\-–—(\[（【]|\n)", tail)
            if not ((opening or glued) and (separated or opening)) or not _starts_word(folded, match):
                continue
        else:
            times = _times(match)
            coded = ":" in match["start"] or match["u1"] or match["u2"]
            bracket = bool(match["bracket"].strip()) and bool(re.match(r"[\[(【（{<]", match[0].removeprefix(match["wrap"] or "")))
            colon = re.match(r"\s*(?:画面|화면)?\s*[:：]", tail)
            if times == (None, None) or not (coded or (bracket and colon)) or not (bracket or opening or glued or colon):
                continue
        gap = _SEPARATOR.match(folded, match.end())
        body = gap.end() if gap else match.end()
        if glued and (times == (None, None) or marks[-1][2] is None):
            start, _, first, last = marks.pop()
            marks.append((start, body, times[0] if first is None else first, times[1] if last is None else last))
        else:
            marks.append((match.start(), body, times[0], times[1]))
    return marks


def _starts_word(folded: str, match: re.Match[str]) -> bool:
    return match.start() == 0 or not (folded[match.start() - 1].isalnum() and folded[match.start()].isascii())


def _times(match: re.Match[str]) -> tuple[int | None, int | None]:
    first, last = clock_time(match["start"]), clock_time(match["end"])
    if not 0 <= first < last <= 600:
        return (None, None)
    return nearest_frame_start(ticks(first)), nearest_frame_start(ticks(last))


def _by_words(folded: str, lexicon: Lexicon, start: int, body: int, end: int, times: tuple[int | None, int | None]) -> list[Cut]:
    """One stretch divided where its words cut; a word at its very beginning only says how it begins."""
    pieces: list[Cut] = []
    kind, at, content, ending = "cut", start, body, ""
    for hit in lexicon.find("transition", folded, body, end)[:MOST]:
        if lexicon.has("transition_trap", folded, max(body, hit.start - 20), min(end, hit.end + 20)):
            continue
        if hit.key in ("dissolve", "dip") and folded[content : hit.start].rstrip(" 在的がはに").endswith(HIDDEN):
            if hit.key == "dip" and _fades_away(folded, hit.start, hit.end, end):
                ending = hit.key
                break
            continue  # a title comes so, not a shot
        if not folded[content : hit.start].strip(" \t\n,.;:，。、-–—"):
            kind, content = hit.key, hit.end
            continue
        if hit.key != "whip" and not folded[hit.end : end].strip(" .。!\n,;"):
            ending = hit.key
            break
        begin = _sentence_start(folded, content, hit.start) if lexicon.languages[0] in VERB_FINAL else hit.start
        if not folded[content:begin].strip():
            kind = hit.key
            continue
        pieces.append(Cut(start=at, body=content, end=begin, transition=kind))
        kind, at, content = hit.key, begin, hit.end if begin == hit.start else begin
    pieces.append(Cut(start=at, body=content, end=end, transition=kind, ending=ending))
    if len(pieces) == 1 or times == (None, None):
        return [Cut(start=p.start, body=p.body, end=p.end, first=times[0], last=times[1], transition=p.transition, ending=p.ending) for p in pieces]
    return [
        Cut(
            start=p.start, body=p.body, end=p.end, transition=p.transition,
            ending=p.ending,
            first=times[0] if index == 0 else None, last=times[1] if index == len(pieces) - 1 else None,
        )
        for index, p in enumerate(pieces)
    ]  # fmt: skip


def _fades_away(folded: str, start: int, stop: int, end: int) -> bool:
    """Whether a fade to black is a sentence of its own, behind which nothing is shown or said any more."""
    alone = re.match(r"\s*(?:[.!。]|$)", folded[stop:end]) and re.search(r"\b(to|into|a|au|zu|in)\b|黑|暗転|블랙", folded[start:stop])
    return bool(alone) and not re.search(f"[{HIDDEN}{MENTION_A}{MENTION_B}]", folded[stop:end])


def _sentence_start(folded: str, start: int, place: int) -> int:
    return max((m.end() for m in SENTENCE_END.finditer(folded, start, place)), default=start)


def point_in(times: Sequence[re.Match[str]], start: int, end: int, place: int = -1) -> int | None:
    """The moment named in a stretch, of those of ``moments``, in ticks. Of several it is the last one before ``place``, else the first."""
    inside = [m for m in times if start <= m.start() and m.end() <= end]
    match = next((m for m in reversed(inside) if m.end() <= place), inside[0] if inside else None)
    return None if match is None else nearest_frame_start(ticks(clock_time(match["clock"] or match["t"] or match["n"])))


def moments(folded: str) -> list[re.Match[str]]:
    """Where single moments are named ("at 3 s", ``0:04``); a time of day (7:30) is none."""
    return [m for m in _POINT.finditer(folded) if m["clock"] or m["lead"] or m["tail"] or m["named"]]
