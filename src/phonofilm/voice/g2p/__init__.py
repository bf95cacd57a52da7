"""Text to the letters of the speech model, one module a language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from phonofilm.errors import RequestError

#: languages that are spoken, and the module that reads each
READERS: dict[str, str] = {
    "en": "phonofilm.voice.g2p.english",
    "zh": "phonofilm.voice.g2p.mandarin",
    "yue": "phonofilm.voice.g2p.cantonese",
    "ja": "phonofilm.voice.g2p.japanese",
    "ko": "phonofilm.voice.g2p.korean",
    "es": "phonofilm.voice.g2p.spanish",
    "fr": "phonofilm.voice.g2p.french",
    "de": "phonofilm.voice.g2p.german",
}


def letters_of(text: str, language: str) -> str:
    """How ``text`` is said, in the letters of ``voice.symbols``.

    Raises:
        RequestError: no such language.
    """
    return _reader(language)(text)


@cache
def _reader(language: str) -> Callable[[str], str]:
    if language not in READERS:
        raise RequestError(f"There is no voice for the language {language!r}. Languages: {', '.join(READERS)}.")
    return import_module(READERS[language]).read
