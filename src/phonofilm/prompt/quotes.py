"""Quoted words of every script, paired; what cannot be paired is text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phonofilm.prompt.script import Span
from phonofilm.prompt.text import Text

_PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", "‘": "’", "‹": "›", "《": "》", '"': '"', "'": "'", "〝": "〟", "＂": "＂"}
LONGEST = 1200
#: {words} are dialogue in some prompt dialects; what holds quotes, colons or braces of its own is JSON
_BRACED = re.compile(r"\{[^{}\"“”:\n]*[^\W\d_][^{}\"“”:\n]*\}")
#: words after a colon and a dash, to the end of their sentence, as dialogue is set in Spanish and French
_DASHED = re.compile(r"[—–]\s*([¡¿]*[^\W\d_][^\n\"“”«»—–]*?(?:[.!?…]+(?=\s|$)|(?=\n|\s[—–]|$)))")
#: what introduces words on the screen, as a sentence of its own behind others, and such words without marks
_TITLED = re.compile(
    r"[.!?\n;。！？\"”»」』]\s*(?:(?:end |closing |final )?title(?: card)?|end card|(?:on ?screen )?text|text overlay|tagline|slogan|headline"
    r"|titulo(?: final)?|texto en pantalla|rotulo|eslogan|titre(?: final)?|texte a l'ecran|accroche|(?:schluss)?titel|einblendung|schriftzug"
    r"|(?:tarjeta|pantalla) final|carton (?:final|de fin)|(?:end|schluss)(?:tafel|karte)|片尾字卡|エンドカード|엔드 ?카드"
    r"|标题|屏幕文字|标语|タイトル|テロップ|제목)\s*\Z"
)
_BARE = re.compile(
    r"[:：]\s*((?!(?:none|no|keine?|ninguno|sin|aucun|sans)\b|无|没有|なし|없)[^\W_][^\n.!?。！？;\"“”„«»「」『』'‘@{}\[\]]{1,59})(?=[.!?。！？;\n]|$)"
)
#: what introduces a narrator's words, as a sentence of its own, and such a sentence without marks
_NARRATOR = re.compile(
    r"(?:^|[.!?\n;。！？\"”»」』])\s*(?:narrator|narration|voice[ -]?over|vo|v\.o\.|narrador(?:a)?|voz en off|narrateur|narratrice|voix[ -]off"
    r"|erzahler(?:in)?|sprecher(?:in)?|off[ -](?:stimme|sprecher(?:in)?)|旁白|画外音|解说词?|ナレーション|ナレーター|[내나]레이션|[내나]레이터|성우)"
    r"\s*(?:[(（][^()（）\n]{1,30}[)）]\s*)?\Z"
)
_NARRATED = re.compile(r"[:：]\s*(?P<line>[^\W_][^\n\"“”„«»「」『』@{}\[\]]*?[.!?。！？…])(?=\s|$|[^\W\d_])")
#: words that tell of a voice instead of being said by it, in few words
_VOICED = re.compile(
    r"\b(?:voices?|(?:fe)?male|tone|accent|calm|warm|deep|none|stimme|(?:mann|weib)lich\w*|ruhig\w*|tief\w*|keine?|voz|masculin[ao]|femenin[ao]|calida|grave"
    r"|ninguna?|voix|feminine|chaude|aucune?)\b|声|温暖|低沉|低い|落ち着|목소리|남성|여성|차분|없음|无|なし"
)
_FEW = 8
#: no play has more labelled lines than this
MOST_LABELS = 60
_SENTENCE = re.compile("[.!?。！？…]+")
_JSON_KEY = re.compile(r"\"\s*:")


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Quoted words: ``span`` with the marks, ``inner`` without, both folded places; ``speaker``: the tag whose name labels them, as in a play;
    ``narrated``: words without marks behind "Narrator:"."""

    span: Span
    inner: Span
    speaker: str = ""
    narrated: bool = False


def find_quotes(folded: str) -> list[Quote]:
    """Quotes in order, outermost only; a mark without its partner is left alone, and so are the keys of JSON.

    Words on the screen need no marks behind "Title:". ' counts only at the edges of words, " not after a number (inches).
    """
    quotes: list[Quote] = []
    at = 0
    while at < len(folded):
        mark = folded[at]
        closers = _PAIRS.get(mark, "")
        end = _close(folded, at, closers) if closers and _opens(folded, at, mark) else -1
        if mark in "—–" and (spoken := _DASHED.match(folded, at)) and re.search(r"[:：]\s*$", folded[max(0, at - 4) : at]):
            quotes.append(Quote(span=spoken.span(), inner=spoken.span(1)))
            at = spoken.end()
            continue
        if mark in ":：" and (bare := _BARE.match(folded, at)) and _TITLED.search(folded[max(0, at - 32) : at]):
            quotes.append(Quote(span=bare.span(1), inner=bare.span(1)))
            at = bare.end()
            continue
        if mark in ":：" and _NARRATOR.search(folded, max(0, at - 60), at) and (told := _NARRATED.match(folded, at)):
            words = told["line"]
            few = len(words.split()) <= _FEW if words.isascii() else len(words) <= 2 * _FEW
            if re.search(r"\w\W+\w|[^\x00-\x7f]{4}", words) and not (few and _VOICED.search(words)):
                quotes.append(Quote(span=told.span("line"), inner=told.span("line"), narrated=True))
                at = told.end()
                continue
        if mark == "{" and (braced := _BRACED.match(folded, at)):
            end = braced.end() - 1
        if end > 0 and _JSON_KEY.match(folded, end) and re.search(r"[{,\[]\s*$", folded[max(0, at - 12) : at]):
            at = end + 1
            continue
        if end > 0:
            if folded[at + 1 : end].strip():
                quotes.append(Quote(span=(at, end + 1), inner=(at + 1, end)))
            at = end + 1
        else:
            at += 1
    return quotes


def find_dialogue(text: Text, names: Mapping[str, str], quotes: Sequence[Quote]) -> list[Quote]:
    """Lines that need no marks, behind the names of at least two who speak in turn ("HOST: So you quit? GUEST: I did.").

    ``names`` (folded) with the tag that each stands for. They are in capitals, or some line is asked or called out.
    """
    if not names:
        return []
    name = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    label = rf"(?<![^\s.!?。！？…])({name})\s*(?:[(（][^()（）\n]{{1,30}}[)）]\s*)?[:：]"
    labels = list(re.finditer(label, text.folded))
    if len({names[m[1]] for m in labels}) < 2 or len(labels) > MOST_LABELS:
        return []
    found: list[Quote] = []
    for match, following in zip(labels, [*(m.start() for m in labels[1:]), len(text.folded)], strict=True):
        stop = text.folded.find("\n", match.end(), following)
        end = following if stop < 0 else stop
        if following == len(text.folded) and "\n" not in text.folded and (sentence := _SENTENCE.search(text.folded, match.end())):
            end = sentence.end()  # what follows the last line is no longer said
        words = text.folded[match.end() : end]
        start = match.end() + len(words) - len(words.lstrip())
        end -= len(words) - len(words.rstrip())
        if start < end:
            found.append(Quote(span=(match.start(), end), inner=(start, end), speaker=names[match[1]]))
    spoken = [text.folded[slice(*q.inner)] for q in found]
    capitals = all((label := text.words(*m.span(1))) == label.upper() != label.lower() for m in labels)
    taken = any(q.span[0] < d.span[1] and d.span[0] < q.span[1] for q in quotes for d in found)
    if taken or not (capitals or any(re.search("[!?！？]", words) for words in spoken)):
        return []
    return found


def _opens(folded: str, at: int, mark: str) -> bool:
    before = folded[at - 1] if at else " "
    if mark in "'‘":
        return not before.isalnum() and at + 1 < len(folded) and not folded[at + 1].isspace()
    if mark == '"':
        return not re.search(r"\d$", folded[max(0, at - 1) : at])
    if mark == "»":
        return at + 1 < len(folded) and not folded[at + 1].isspace() and (before.isspace() or before in ":(,")
    return True


def _close(folded: str, at: int, closers: str) -> int:
    stop = min(len(folded), at + LONGEST)
    blank = folded.find("\n\n", at, stop)
    stop = blank if blank >= 0 else stop
    for end in range(at + 1, stop):
        if folded[end] in closers:
            after = folded[end + 1] if end + 1 < len(folded) else " "
            if folded[end] in "'’" and (after.isalnum() and after.isascii()):
                continue
            return end
    return -1
