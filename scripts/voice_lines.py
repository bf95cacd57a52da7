"""Lines whose phones are known exactly, for the networks of ``voice_shapes.py`` to learn from.

The voices of ``VOICES`` say ``tests/sentences``. Those of ``MIXED``, most of them the mean of two or three voices, say English, Spanish, French and
German: every other line a sentence, the rest words and invented words, made of the language's letters as they follow each other in its sentences.
Half of the French is said as in Quebec: nasal vowels that close, lax high vowels, t and d that hiss before close ones; what is meant is still the
phone of the dictionary (Walker, The Pronunciation of Canadian French, 1984).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonofilm.media.resample import resample
from phonofilm.phones import Phone, viseme_of
from phonofilm.voice import kokoro, speak, timing
from phonofilm.voice.g2p import letters_of
from phonofilm.voice.symbols import PAUSES, is_sound

F32 = NDArray[np.float32]
ROOT = Path(__file__).parents[1]
VOICES = {
    "en": ("af_heart", "am_michael", "bf_emma"),
    "es": ("ef_dora", "em_alex"),
    "fr": ("ff_siwis", "fm_alex"),
    "de": ("df_sara", "dm_alex"),
    "ja": ("jf_alpha", "jm_kumo"),
    "ko": ("jm_kumo",),
    "zh": ("zf_xiaoxiao", "zm_yunxi"),
}
_WITH_SIWIS = "af_heart am_michael if_sara im_nicola pf_dora pm_alex ef_dora bf_emma bm_george af_nicole am_fenrir zf_xiaoxiao jf_alpha"
_SPANISH = "em_santa pf_dora pm_alex if_sara im_nicola ef_dora+af_heart ef_dora+bf_emma em_alex+am_michael ef_dora+ff_siwis em_alex+bm_george"
_ENGLISH = "af_bella af_nicole af_sarah af_sky am_fenrir am_puck am_onyx bm_george bf_isabella bm_lewis af_kore am_santa"
#: voices of each language, and the lines of each
MIXED: dict[str, tuple[tuple[str, ...], int]] = {
    "fr": (("ff_siwis", "fm_alex", *(f"ff_siwis+{name}" for name in _WITH_SIWIS.split())), 18),
    "es": ((*_SPANISH.split(), "ef_dora+zf_xiaoxiao"), 14),
    "en": (tuple(_ENGLISH.split()), 14),
    "de": (("if_sara+ff_siwis+af_heart", "em_alex+ff_siwis+am_michael", "if_sara+bf_emma", "im_nicola+bm_george"), 12),
}
#: the tests ask how voices are heard that nothing was learnt from
UNHEARD = frozenset({"em_santa", "af_bella"})
_LEAD, _TAIL = 2400, 4800
_NASAL = "\u0303"
#: how nasal vowels are said in Quebec: up to which share
_NASALS = {
    "ɑ": ((f"ɑ{_NASAL}ʊ{_NASAL}", 0.35), (f"a{_NASAL}", 0.6), (f"ɑ{_NASAL}ʊ", 0.7)),
    "ɔ": ((f"ɔ{_NASAL}ʊ{_NASAL}", 0.3),),
    "ɛ": ((f"e{_NASAL}", 0.3), (f"ɛ{_NASAL}ɪ{_NASAL}", 0.6)),
}
_HISSED, _LAX = {"t": "ʦ", "d": "ʣ"}, {"i": "ɪ", "u": "ʊ"}
#: the same of a vowel that ends a word, and of one before a last ʁ
_LAST, _BEFORE_R = {"a": (("ɔ", 0.3), ("ɑ", 0.4)), "ɛ": (("æ", 0.3),)}, {"ɛ": (("aɛ", 0.4),), "ɔ": (("ɑɔ", 0.3),)}
_VOWELS, _CLOSE, _LONG = "aeiouyɑɛɔøœəɪ", ("i", "y", "j", "ɥ"), "ʁzvʒ"


@dataclass(frozen=True, kw_only=True)
class Line:
    """``samples`` f32[s] at 48 kHz, and their phones; ``seed`` is one of its own."""

    language: str
    seed: int
    samples: F32
    phones: tuple[Phone, ...]


def plain_lines() -> Iterator[Line]:
    """The sentences of ``VOICES``."""
    seed = 0
    for language, names in VOICES.items():
        for name in names:
            for text in _sentences(language):
                line = speak(text, language, voice=name)
                yield Line(language=language, seed=seed, samples=line.samples, phones=line.phones)
                seed += 1
            print(language, name, flush=True)


def mixed_lines() -> Iterator[Line]:
    """The lines of ``MIXED``, in an order that has nothing to do with their voices."""
    plan = [(language, voice, k) for language, (voices, num) in MIXED.items() for voice in voices for k in range(num)]
    words = {language: _Words.of(language) for language in MIXED}
    for number, at in enumerate(np.random.default_rng(5).permutation(len(plan))):
        language, voice, k = plan[int(at)]
        if voice not in UNHEARD:
            samples, phones = mixed(language, voice, k, words[language], number)
            yield Line(language=language, seed=number, samples=samples, phones=phones)


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The letters of a language's sentences, its words, and which letters follow two others."""

    sentences: tuple[str, ...]
    words: tuple[str, ...]
    after: dict[str, list[str]]

    @classmethod
    def of(cls, language: str) -> _Words:
        sentences = tuple(letters_of(text, language) for text in _sentences(language))
        words = tuple(bare for line in sentences for word in line.split() if (bare := word.strip("".join(PAUSES) + '"()“”')))
        after: dict[str, list[str]] = {}
        for word in words:
            wide = f"  {word}\n"
            for k in range(2, len(wide)):
                after.setdefault(wide[k - 2 : k], []).append(wide[k])
        return cls(sentences=sentences, words=words, after=after)

    def invented(self, rng: np.random.Generator) -> str:
        while True:
            out = "  "
            while len(out) <= 14:
                following = self.after[out[-2:]]
                letter = following[rng.integers(len(following))]
                if letter == "\n":
                    break
                out += letter
            if 2 <= sum(map(is_sound, out.strip())) <= 10:
                return out.strip()

    def line(self, rng: np.random.Generator) -> str:
        out: list[str] = []
        for _ in range(rng.integers(7, 13)):
            word = self.invented(rng) if rng.random() < 0.6 else self.words[rng.integers(len(self.words))]
            out.append(word + ("," if rng.random() < 0.1 else ""))
        return " ".join(out) + "."


def mixed(language: str, voice: str, k: int, words: _Words, seed: int) -> tuple[F32, tuple[Phone, ...]]:
    """The k-th line of a voice of ``MIXED``."""
    rng = np.random.default_rng(seed)
    letters = words.line(rng) if k % 2 else words.sentences[rng.integers(len(words.sentences))]
    pairs = quebec(letters, rng) if language == "fr" and k % 4 in (1, 2) else [(letter, letter) for letter in letters]
    said = "".join(said for said, _ in pairs)
    style = np.mean([kokoro.style(name, len(said)) for name in voice.split("+")], axis=0).astype(np.float32)
    natural = kokoro.lengths(said, style)
    pace, pitch = float(rng.uniform(0.8, 1.15)), float(rng.uniform(0.85, 1.18))
    units = timing.settle(natural, said, pace)
    units[0] = max(1, round(float(natural[0])))
    samples = resample(kokoro.sound(said, style, units, pitch_scale=pitch).samples, 2, 1)
    phones = meant(timing.tighten(timing.phones_of(said, units, language), samples), pairs)
    sounding = [phone for phone in phones if phone.ipa]
    start, end = max(0, sounding[0].start - _LEAD), min(len(samples), sounding[-1].end + _TAIL)
    cut = (replace(one, start=max(one.start, start) - start, end=min(one.end, end) - start) for one in phones if one.end > start and one.start < end)
    return samples[start:end], tuple(cut)


def quebec(letters: str, rng: np.random.Generator) -> list[tuple[str, str]]:
    """What is said, and the letter that is meant by it."""
    out: list[tuple[str, str]] = []
    k = 0
    while k < len(letters):
        own, then, after_it = letters[k], letters[k + 1 : k + 2], letters[k + 2 : k + 3]
        if then == _NASAL:
            draw = rng.random()
            said = next((said for said, share in _NASALS.get(own, ()) if draw < share), own + _NASAL)
            out.append((said, own + _NASAL))
            k += 2
            continue
        closed = is_sound(then) and then not in _VOWELS and then not in "jwɥ" and after_it in " .,;:!?"
        said = own
        if own in _HISSED and letters[k + 1 :].lstrip("ˈˌ")[:1] in _CLOSE:
            said = _HISSED[own] if rng.random() < 0.7 else own
        elif own in _LAX and closed and then not in _LONG:
            said = _LAX[own] if rng.random() < 0.7 else own
        else:
            ways = _LAST.get(own, ()) if not is_sound(then) else _BEFORE_R.get(own, ()) if then == "ʁ" and closed else ()
            said = next((way for way, share in ways if rng.random() < share), own)
        out.append((said, own))
        k += 1
    return out


def meant(phones: list[Phone], pairs: Sequence[tuple[str, str]]) -> list[Phone]:
    """The phones of what was said, where another letter was meant with that one's name."""
    names = [own if said != own else "" for said, own in pairs for _ in range(sum(map(is_sound, said)))]
    if not any(names):
        return phones
    out = list(phones)
    for k, name in zip((k for k, phone in enumerate(phones) if phone.ipa), names, strict=True):
        if name:
            out[k] = replace(out[k], ipa=name, viseme=viseme_of(name))
    return out


def _sentences(language: str) -> list[str]:
    return list(json.loads((ROOT / "tests" / "sentences" / f"{language}.json").read_text("utf-8"))["sentences"])
