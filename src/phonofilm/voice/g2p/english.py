"""English: the lexicon and rules of hibari-tts (Apache-2.0, after misaki), numbers and abbreviations included."""

from __future__ import annotations

from functools import cache

from hibari.g2p import G2P

from phonofilm.voice.symbols import known


@cache
def _g2p() -> G2P:
    return G2P()


def read(text: str) -> str:
    """American English."""
    return known(_g2p()(text))
