"""Which language a stretch of text is in, by its script and its commonest words. No model: prompts are short and mix languages."""

from __future__ import annotations

import re

from phonofilm.prompt.text import fold

_KANA = re.compile(r"[ぁ-ゖァ-ヺー]")
_HANGUL = re.compile(r"[가-힣ㄱ-ㆎᄀ-ᇿ]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef]")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
#: characters and words that written Cantonese has and written Mandarin has not (after folding to simplified)
_CANTONESE = re.compile(r"[嘅喺咗唔佢啲嗰冇嘢咁哋睇嚟噉咩喇㗎嗌瞓佬攞揾畀俾郁咪啱咧嗱]|[雀艇细]仔|影[住晒个返]|净系|最尾|朝早|下昼|同埋|搞掂|落紧|跟住|边度|边位|点解|系咪|而家|返工|返去|今日|听日|系度")
_MARKS = {"es": "ñ¿¡", "de": "äöüß", "fr": "çèêàùœâîô"}
_COMMON = {
    "en": "the a an and of in on with to is are her his she he at from into by it this that for you we i not my as then says no over up shot slow",
    "es": "el la los las un una y de del en con por para que es se su al lo como sin luego ella el a muy no mas dice hacia desde esta yo tu mi me te camara plano fija fijo hacia paneo lento lenta grua sobre sonido musica luz noche calle efecto playa ella travelling izquierda derecha fuera dentro arriba abajo",
    "fr": "le la les un une et de du des en avec par pour que qui est se sa son au aux dans sur sans puis elle il a ce cette vers dit je tu nous vous pas d'un d'une l'on c'est camera plan fixe travelling avant arriere panoramique gauche droite grue l'epaule epaule bruit musique lumiere nuit rue suivi compense monte descend image",
    "de": "der die das ein eine einen einem einer und von in im mit zu zum zur auf ist sind ihr sein sie er es den dem des nach nicht ohne dann sagt aus bei am ich du wir wie kamera kamerafahrt schwenk links rechts handkamera feste fahrt musik licht strasse nacht heran zuruck verfolgungsfahrt effekt bild keine kein langsam langsame heraus hinein oben unten",
}
_COMMON_SETS = {code: frozenset(words.split()) for code, words in _COMMON.items()}


def latin_scores(text: str) -> dict[str, float]:
    """How much of a text's Latin words and marks each of en es fr de explains."""
    words = _LATIN.findall(fold(text))
    scores = {code: float(sum(w in common for w in words)) for code, common in _COMMON_SETS.items()}
    for code, marks in _MARKS.items():
        scores[code] += sum(text.lower().count(m) for m in marks)
    return scores


def detect(text: str, default: str = "en") -> str:
    """Code of the language (en zh yue ja ko es fr de) that most of the text is in; ``default`` where nothing tells."""
    kana, hangul, han = len(_KANA.findall(text)), len(_HANGUL.findall(text)), len(_HAN.findall(text))
    latin = sum(len(w) for w in _LATIN.findall(fold(text)))
    if hangul and 2.5 * hangul >= max(kana, latin / 2):
        return "ko"
    if kana and 3 * (kana + han) >= latin / 2 and kana * 12 >= han:
        return "ja"
    if han and 4 * han >= latin / 2:
        if default in ("yue", "ja") and not kana:
            return default
        marks = len(_CANTONESE.findall(text))
        return "yue" if marks else "zh"
    scores = latin_scores(text)
    best = max(scores, key=lambda code: (scores[code], code == default))
    return best if scores[best] > 0 else (default if latin else default)


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
