"""Phones on the clock, and the mouth shape that each one asks for.

The viseme set is the fifteen of Meta/Oculus LipSync ("OVR LipSync Viseme Reference"), which MPEG-4 Face and
Body Animation (ISO/IEC 14496-2, table C.1) defines in nearly the same classes. The numbers of each target follow the IPA vowel chart:
``jaw`` is vowel height (close 0.2, close-mid 0.45, open-mid 0.7, open 1.0), ``rounding`` its lip rounding.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Phone:
    """One speech sound on the clock: [start, end) in ticks, its IPA symbol, its viseme name."""

    start: int
    end: int
    ipa: str
    viseme: str


@dataclass(frozen=True, kw_only=True)
class Viseme:
    """Target of the mouth, each 0…1.

    ``jaw``: opening between the lips; 1 is a wide /a/.  ``closed``: lips pressed together.  ``rounding``: corners drawn in and lips
    pushed out.  ``spread``: corners drawn apart.  ``teeth``: lower lip under the upper teeth (f, v).
    ``tongue``: tip seen between or behind the teeth.
    """

    jaw: float
    closed: float = 0.0
    rounding: float = 0.0
    spread: float = 0.0
    teeth: float = 0.0
    tongue: float = 0.0


VISEMES: dict[str, Viseme] = {
    "sil": Viseme(jaw=0.0, closed=0.6),
    "PP": Viseme(jaw=0.0, closed=1.0),
    "FF": Viseme(jaw=0.08, teeth=1.0, spread=0.1),
    "TH": Viseme(jaw=0.25, tongue=1.0),
    "DD": Viseme(jaw=0.2, tongue=0.5, spread=0.1),
    "kk": Viseme(jaw=0.25),
    "CH": Viseme(jaw=0.15, rounding=0.55),
    "SS": Viseme(jaw=0.08, spread=0.35),
    "nn": Viseme(jaw=0.2, tongue=0.5),
    "RR": Viseme(jaw=0.2, rounding=0.35),
    "aa": Viseme(jaw=1.0),
    "E": Viseme(jaw=0.6, spread=0.25),
    "I": Viseme(jaw=0.22, spread=0.5),
    "O": Viseme(jaw=0.6, rounding=0.65),
    "U": Viseme(jaw=0.22, rounding=1.0),
}

_CLASSES = {
    "PP": "p b m β",
    "FF": "f v ɱ ʋ",
    "TH": "θ ð",
    "DD": "t d ʈ ɖ ɾ ʦ ʣ ts dz",
    "kk": "k ɡ g ŋ h x ɣ q χ ʁ ʔ ɦ ç ʝ ɰ c ɟ",
    "CH": "ʃ ʒ ʧ ʤ tʃ dʒ ɕ ʑ ʨ ʥ tɕ dʑ ʂ ʐ ꭧ ʈʂ tʂ dʐ",
    "SS": "s z",
    "nn": "n l ɲ ʎ ɫ ɭ ɳ ɬ ɴ",
    "RR": "r ɹ ɻ ʀ ɽ ɚ ɝ ɺ",
    "aa": "a ɑ ɐ ɒ̃ ɑ̃ ä æ aɪ aʊ ã ʌ",
    "E": "e ɛ ə ɜ ɛ̃ eɪ ɤ ɘ ᵊ ɞ œ ø ɵ œ̃ ẽ ʚ",
    "I": "i ɪ j y ɨ ʏ ɥ ɯ ɿ ʅ ĩ",
    "O": "o ɔ oʊ ɔɪ ɒ ɔ̃ õ",
    "U": "u ʊ w ʉ ɸ ũ",
}
#: rounded front vowels: their jaw is that of the vowel, their lips are round
_ROUND = {"y": "U", "ʏ": "U", "ø": "O", "œ": "O", "œ̃": "O", "ɵ": "O", "ɥ": "U"}
_BY_IPA = {ipa: name for name, row in _CLASSES.items() for ipa in row.split()} | _ROUND

#: phones for which the lips must be seen fully closed
BILABIALS = frozenset("pbm")


def viseme_of(ipa: str) -> str:
    """Viseme name of an IPA symbol; length, stress, aspiration and tone marks are ignored. Unknown or empty: ``sil``."""
    bare = ipa.strip("ˈˌːˑʰʲʷˠ̚˥˦˧˨˩͡ ̩̯̃→↗↘↓")
    for candidate in (ipa, bare, bare[:2], bare[:1]):
        if candidate in _BY_IPA:
            return _BY_IPA[candidate]
    return "sil"


def is_bilabial(phone: Phone) -> bool:
    """Whether the lips close for this phone (p, b, m in any notation)."""
    return phone.viseme == "PP"
