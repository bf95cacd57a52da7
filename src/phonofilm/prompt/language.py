"""Which language a stretch of text is in, by its script and its commonest words. No model: prompts are short and mix languages."""

from __future__ import annotations

import re
from functools import cache

from phonofilm.prompt.text import data, fold

_KANA = re.compile(r"[ぁ-ゖァ-ヺー]")
_HANGUL = re.compile(r"[가-힣ㄱ-ㆎᄀ-ᇿ]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef]")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
#: characters and words that written Cantonese has and written Mandarin has not (after folding to simplified)
_CANTONESE = re.compile(
    r"[嘅喺咗唔佢啲嗰冇嘢咁哋睇嚟噉咩喇㗎嗌瞓佬攞揾畀俾郁咪啱咧嗱]|[雀艇细]仔|影[住晒个返]|净系|最尾|朝早|下昼|同埋|搞掂|落紧|跟住|边度|边位|点解|系咪|而家|返工|返去|今日|听日|系度"
)
_MARKS = {"es": "ñ¿¡", "de": "äöüß", "fr": "çèêàùœâîô"}


@cache
def _common(*files: str) -> dict[str, frozenset[str]]:
    """The commonest words of each Latin language, from files in ``lexicons/``."""
    found: dict[str, set[str]] = {}
    for row in "\n".join(data(file) for file in files).splitlines():
        if row and not row.startswith("#"):
            code, *words = row.split()
            found.setdefault(code, set()).update(words)
    return {code: frozenset(words) for code, words in found.items()}


def latin_scores(text: str, *, spoken: bool = False) -> dict[str, float]:
    """How much of a text's Latin words and marks each of en es fr de explains; ``spoken``: it is what somebody says, not what a film is asked for."""
    words = _LATIN.findall(fold(text))
    files = ("common.txt", "everyday.txt") if spoken else ("common.txt",)
    scores = {code: float(sum(w in common for w in words)) for code, common in _common(*files).items()}
    for code, marks in _MARKS.items():
        scores[code] += sum(text.lower().count(m) for m in marks)
    return scores


def detect(text: str, default: str = "en", *, spoken: bool = False) -> str:
    """Code of the language (en zh yue ja ko es fr de) that most of the text is in; ``default`` where nothing tells.

    ``spoken``: see ``latin_scores``.
    """
    kana, hangul, han = len(_KANA.findall(text)), len(_HANGUL.findall(text)), len(_HAN.findall(text))
    latin = sum(len(w) for w in _LATIN.findall(fold(text)))
    if hangul and 2.5 * hangul >= max(kana, latin / 2):
        return "ko"
    if kana and 3 * (kana + han) >= latin / 2 and kana * 12 >= han:
        return "ja"
    if han and 4 * han >= latin / 2:
        if default in ("yue", "ja") and not kana:
            return default
        marks = len(_CANTONESE.findall(fold(text)))
        return "yue" if marks else "zh"
    scores = latin_scores(text, spoken=spoken)
    best = max(scores, key=lambda code: (scores[code], code == default))
    return best if scores[best] > 0 else default


def mixed(text: str, main: str) -> tuple[str, ...]:
    """The languages whose words a prompt may use, its main one first: jargon is English in all scripts but the Latin ones."""
    found = [main]
    scores = latin_scores(text)
    if main not in ("es", "fr", "de") or scores["en"] > 0.6 * scores[main]:
        found.append("en")
    if _HANGUL.search(text):
        found.append("ko")
    if _KANA.search(text):
        found.append("ja")
    elif _HAN.search(text) and main != "ja":
        found.append("yue" if _CANTONESE.search(text) else "zh")
    return tuple(dict.fromkeys(found))
