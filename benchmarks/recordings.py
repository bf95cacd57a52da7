"""The mouth of human recordings against their true phones, without their words and with them.

    python benchmarks/recordings.py LANGUAGE=FOLDER:LIST ... [--clips 20]

FOLDER holds recordings (.wav, .g722), LIST (plain or .gz) a line ``name: words`` for each: for example Debian's asterisk-core-sounds-en-g722 (16 kHz)
or -en-wav (8 kHz telephone) with the list of asterisk-core-sounds-en; there are es and fr as well.

The reference: where the phones of the known words lie is found by ``hmm.py``, which learns from these recordings alone, and from 20 made lines, on
which it is checked: "on_made_speech" is how well it finds phones that are known exactly, the most that can be reached. English is heard a second time
by PocketSphinx (its own dictionary, its own models) where ``pip install pocketsphinx`` was done: "second reference".

Compared is the opening of the mouth, every 10 ms: best offset (positive: the mouth is late) and correlation there, per clip; the control is the
reference of another clip. Bilabials: the reference's p, b, m with closed lips within 30 ms; false: the inside of its open vowels with closed lips.
Left out are clips whose recording is not what the list says (many phones would last no time), and 24 evenly spaced ones. Decisions were made on
these and on 26 more of each language, none of them among the 20 that are counted.
Results: benchmarks/results/recordings.json.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

import av
import hmm
import numpy as np
from scipy.signal import resample_poly

from phonofilm.media.read import read_sound
from phonofilm.phones import VISEMES, Phone, viseme_of
from phonofilm.voice import align, speak
from phonofilm.voice.g2p import letters_of
from phonofilm.voice.timing import phones_of

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "recordings.json"
REACH = 20
SEEN = 24
"""Evenly spaced clips of each language that are left out."""
SHORTEST_SHARE = 0.3
KINDS = {".wav": ("8 kHz", 3800.0), ".g722": ("16 kHz", 6800.0)}
ARPABET = dict(
    pair.split("=")
    for pair in "AA=ɑ AE=æ AH=ʌ AO=ɔ AW=a|ʊ AY=a|ɪ B=b CH=tʃ D=d DH=ð EH=ɛ ER=ə|ɹ EY=e|ɪ F=f G=ɡ HH=h IH=ɪ IY=i JH=dʒ K=k L=l M=m N=n NG=ŋ OW=o|ʊ "
    "OY=ɔ|ɪ P=p R=ɹ S=s SH=ʃ T=t TH=θ UH=ʊ UW=u V=v W=w Y=j Z=z ZH=ʒ".split()
)

Spans = list[tuple[float, float, str]]
"""Start and end in seconds and symbol, silences without."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A recording, f32[s] mono at 48 kHz, its words, and what ``hmm`` makes of both."""

    name: str
    said: str
    samples: np.ndarray
    clip: hmm.Clip


def read(path: Path) -> np.ndarray:
    """A recording, mono at 48 kHz."""
    if path.suffix != ".g722":
        return read_sound(path)[0].mean(axis=1)
    with av.open(str(path), format="g722") as file:
        rows = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    return resample_poly(rows.astype(np.float32) / 32768, 3, 1).astype(np.float32)


def words_of(text: str, language: str) -> tuple[tuple[str, ...], ...]:
    """The phones of each word."""
    letters = [word for word in re.split(r"\s+", letters_of(text, language)) if word]
    found = [tuple(p.ipa for p in phones_of(word, np.full(len(word) + 2, 2, np.int64), language) if p.ipa) for word in letters]
    return tuple(word for word in found if word)


def recordings(language: str, folder: Path, words: Path) -> tuple[list[Spoken], str]:
    """Those of the list whose length fits their words, and what kind they are of."""
    with gzip.open(words, "rt", encoding="utf-8-sig") if words.suffix == ".gz" else words.open(encoding="utf-8-sig") as file:
        rows = [row.partition(":") for row in file if not row.startswith(";")]
    suffix = next(s for s in KINDS if any(folder.glob(f"*{s}")))
    found: list[Spoken] = []
    for name, _, text in rows:
        path, said = folder / f"{name.strip()}{suffix}", re.sub(r"[“”\"]", "", text).strip()
        if not path.is_file() or re.search(r"[\[(<]", said) or path.stat().st_size > {".wav": 16_000, ".g722": 8_000}[suffix] * 13:
            continue
        samples, phones = read(path), words_of(said, language)
        num = sum(map(len, phones))
        if num and 0.035 * num < len(samples) / 48_000 < 0.25 * num + 1:
            found.append(
                Spoken(name=name.strip(), said=said, samples=samples, clip=hmm.Clip(rows=hmm.cepstra(samples, KINDS[suffix][1]), words=phones))
            )
    return found, suffix


def opening(spans: Spans, num_steps: int) -> np.ndarray:
    """Jaw opening that the phones ask for, every 10 ms."""
    out = np.zeros(num_steps)
    for start, end, ipa in spans:
        first = round(start * 100)
        out[first : max(round(end * 100), first + 1)] = VISEMES[viseme_of(ipa)].jaw if ipa else 0.0
    return np.convolve(out, np.hanning(9) / np.hanning(9).sum(), "same")


def best(mouth: np.ndarray, true: np.ndarray) -> tuple[int, float]:
    """Offset in ms (positive: the mouth is late) and correlation there."""
    n = min(len(mouth), len(true))
    found = [float(np.corrcoef(mouth[REACH : n - REACH], true[REACH + k : n - REACH + k])[0, 1]) for k in range(-REACH, REACH + 1)]
    at = int(np.argmax(found))
    return (REACH - at) * 10, found[at]


def apart(true: Spans, found: Spans) -> list[float]:
    """By how many ms the phones that both have begin later in ``found``."""
    a, b = ([span for span in spans if span[2]] for spans in (true, found))
    same = SequenceMatcher(a=[viseme_of(s[2]) for s in a], b=[viseme_of(s[2]) for s in b], autojunk=False).get_matching_blocks()
    return [1000 * (b[block.b + k][0] - a[block.a + k][0]) for block in same for k in range(block.size)]


def lips(true: Spans, found: Spans) -> tuple[int, int, int, int]:
    """Bilabials seen closed, and all; steps inside open vowels closed, and all."""
    num = round(true[-1][1] * 100) + 1
    closed = np.zeros(num, bool)
    for start, end, ipa in found:
        if ipa and viseme_of(ipa) == "PP":
            closed[round(start * 100) : round(end * 100)] = True
    seen = bilabials = wrong = inside = 0
    for start, end, ipa in true:
        first, last = round(start * 100), round(end * 100)
        if ipa and viseme_of(ipa) == "PP":
            bilabials, seen = bilabials + 1, seen + bool(closed[max(0, first - 3) : last + 3].any())
        elif ipa and viseme_of(ipa) == "aa" and last - first >= 6:
            inside, wrong = inside + last - first - 4, wrong + int(closed[first + 2 : last - 2].sum())
    return seen, bilabials, wrong, inside


def spans_of(phones: Sequence[Phone]) -> Spans:
    return [(p.start / 48_000, p.end / 48_000, p.ipa) for p in phones]


def summary(pairs: Sequence[tuple[Spans, Spans]]) -> dict[str, float]:
    """Of (true, found) phones."""
    steps = [round(true[-1][1] * 100) + 1 for true, _ in pairs]
    rows = [(opening(true, n), opening(found, n)) for (true, found), n in zip(pairs, steps, strict=True)]
    fits = [best(found, true) for true, found in rows]
    control = [best(found, rows[(k + 1) % len(rows)][0])[1] for k, (_, found) in enumerate(rows)]
    late = np.concatenate([apart(true, found) for true, found in pairs])
    seen, bilabials, wrong, inside = np.sum([lips(true, found) for true, found in pairs], axis=0).tolist()
    return {
        "clips": len(pairs),
        "within_40_ms": round(float(np.mean([abs(o) <= 40 for o, _ in fits])), 3),
        "median_offset_ms": float(np.median([o for o, _ in fits])),
        "largest_offset_ms": max(abs(o) for o, _ in fits),
        "median_correlation": round(float(np.median([c for _, c in fits])), 3),
        "lowest_correlation": round(min(c for _, c in fits), 3),
        "share_of_0.6": round(float(np.mean([c >= 0.6 for _, c in fits])), 3),
        "control_correlation": round(float(np.median(control)), 3),
        "onset_median_ms": round(float(np.median(np.abs(late))), 1),
        "onset_bias_ms": round(float(np.median(late)), 1),
        "bilabials_closed": round(seen / max(bilabials, 1), 3),
        "false_closures": round(wrong / max(inside, 1), 4),
    }


def made(language: str, top: float) -> list[tuple[Spoken, Spans]]:
    """Lines of the language's best voice, with their exact phones."""
    texts = json.loads((ROOT / "tests" / "sentences" / f"{language}.json").read_text("utf-8"))["sentences"]
    out: list[tuple[Spoken, Spans]] = []
    for text in texts:
        line = speak(text, language)
        clip = hmm.Clip(rows=hmm.cepstra(line.samples, top), words=words_of(text, language))
        out.append((Spoken(name="", said=text, samples=line.samples, clip=clip), spans_of(line.phones)))
    return out


def sphinx() -> Callable[[Spoken], Spans | None] | None:
    """PocketSphinx, if it is there."""
    try:
        from pocketsphinx import Decoder
    except ImportError:
        return None
    decoder = Decoder(lm=None, loglevel="FATAL")

    def hear(spoken: Spoken) -> Spans | None:
        words = re.findall(r"[a-z']+", spoken.said.lower())
        if any(decoder.lookup_word(word) is None for word in words):
            return None
        sound = (np.clip(resample_poly(spoken.samples, 1, 3), -1, 1) * 32767).astype("<i2").tobytes()
        try:
            decoder.set_align_text(" ".join(words))
            for again in (False, True):
                if again:
                    decoder.set_alignment()
                decoder.start_utt()
                decoder.process_raw(sound, full_utt=True)
                decoder.end_utt()
        except RuntimeError:
            return None
        out: Spans = []
        for phone in (phone for word in decoder.get_alignment() for phone in word):
            parts = ARPABET.get(phone.name, "").split("|")
            start, each = phone.start / 100 + 0.0128, phone.duration / 100 / len(parts)  # its windows begin there and are 25.6 ms long
            out += [(start + k * each, start + (k + 1) * each, ipa) for k, ipa in enumerate(parts)]
        return out

    return hear


def judge(language: str, folder: Path, words: Path, num: int) -> tuple[str, dict[str, object]]:
    """All figures of one folder."""
    all_clips, suffix = recordings(language, folder, words)
    kind, top = KINDS[suffix]
    lines = made(language, top)
    models = hmm.train([*(c.clip for c in all_clips), *(line.clip for line, _ in lines)])
    fitting: list[tuple[Spoken, Spans]] = []
    for spoken in all_clips:
        true = hmm.align(spoken.clip, models)
        brief = np.mean([end - start < 0.0351 for start, end, ipa in true if ipa])
        if brief < SHORTEST_SHARE and len(spoken.said.split()) >= 6 and 3 <= true[-1][1] <= 10:
            fitting.append((spoken, true))
    seen = {int(k) for k in np.linspace(0, len(fitting) - 1, SEEN)}
    rest = [one for k, one in enumerate(fitting) if k not in seen]
    chosen = [rest[int(k)] for k in np.unique(np.linspace(0, len(rest) - 1, num).astype(int))]
    free = [spans_of(align(spoken.samples)) for spoken, _ in chosen]
    told = [spans_of(align(spoken.samples, transcript=spoken.said, language=language)) for spoken, _ in chosen]
    result: dict[str, object] = {
        "recordings_learned_from": len(all_clips),
        "without_words": summary([(true, found) for (_, true), found in zip(chosen, free, strict=True)]),
        "with_words": summary([(true, found) for (_, true), found in zip(chosen, told, strict=True)]),
        "on_made_speech": summary([(exact, hmm.align(line.clip, models)) for line, exact in lines]),
    }
    hear = sphinx() if language == "en" else None
    if hear:
        again = [(hear(spoken), true, a, b) for (spoken, true), a, b in zip(chosen, free, told, strict=True)]
        kept = [(second, true, a, b) for second, true, a, b in again if second]
        result["second_reference"] = {
            "of_the_first": summary([(second, true) for second, true, _, _ in kept]),
            "without_words": summary([(second, a) for second, _, a, _ in kept]),
            "with_words": summary([(second, b) for second, _, _, b in kept]),
        }
    return f"{language} {kind}", result


def main(asked: list[str]) -> None:
    num = int(asked[asked.index("--clips") + 1]) if "--clips" in asked else 20
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for item in (item for item in asked if "=" in item):
        language, _, where = item.partition("=")
        folder, _, words = where.partition(":")
        name, result = judge(language, Path(folder), Path(words), num)
        results[name] = {"date": str(date.today())} | result
        print(name, json.dumps(results[name], indent=1), flush=True)
        RESULTS.write_text(json.dumps({key: results[key] for key in sorted(results)}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
