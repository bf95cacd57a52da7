"""Which of the spoken languages a text is in: by its script, then by the small words and letters that only one of them has."""

from __future__ import annotations

import re

_CANTONESE = frozenset("嘅咗佢唔喺哋嚟啲冇咁乜嘢睇俾嗰噉咩㗎喇喎嘥攞瞓餸靚")
_COMMON: dict[str, frozenset[str]] = {
    "en": frozenset(
        "the and is are was were of to in it you he she we they this that with for have has not do what my your hello please thank at be will".split()
    ),
    "es": frozenset(
        "el la los las y es son de en que no un una por para con se lo mi tu está muy pero como más hola gracias qué del al su yo ha".split()
    ),
    "fr": frozenset(
        "le la les et est sont de des en que ne pas un une pour avec je tu il elle nous vous ce mon bonjour merci dans sur au du qui très".split()
    ),
    "de": frozenset(
        "der die das und ist sind nicht ein eine zu in mit für ich du er sie wir auf den dem von hallo danke bitte wie was auch es im am um".split()
    ),
}
_LETTERS = {"es": "ñ¿¡áíóú", "fr": "çœàâêîôûëïè", "de": "äöüß"}


def detect_language(text: str, default: str = "en") -> str:
    """Code of the likeliest language of ``text`` (en zh yue ja ko es fr de); ``default`` where nothing tells."""
    if re.search("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]", text):
        return "ko"
    if re.search("[\u3041-\u30ff]", text):
        return "ja"
    if re.search("[\u3400-\u9fff]", text):
        return "yue" if _CANTONESE.intersection(text) else "zh"
    plain = text.lower().replace("’", "'")
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", plain)
    points = {
        language: sum(word in common for word in words) + 1.5 * sum(letter in _LETTERS.get(language, "") for letter in plain)
        for language, common in _COMMON.items()
    }
    best = max(points, key=lambda language: points[language])
    return best if points[best] > 0 and points[best] > points.get(default, 0.0) else default
