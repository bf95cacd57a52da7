"""How often lips get an answer against the sound: ``python benchmarks/chance.py``.

Filmed people who speak (``CLIPS`` of ``tests/media.py``) are looked at once. Pieces of their mouths are then compared with their own sound, where
an answer within 60 ms of the whole clip's is a right one, and with the speech of the others from anywhere, where every answer is a wrong one.
Results: benchmarks/results/chance.json.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from media import clip  # noqa: E402
from phonofilm.measure.alike import STEP  # noqa: E402
from phonofilm.measure.articulation import LEAST_SYLLABLES, heard_openness, num_syllables  # noqa: E402
from phonofilm.measure.film import Asked, Film, frames_of, sound_of  # noqa: E402
from phonofilm.measure.lips import LEAST_STIR, Speaker, choose, peaks_by_sound  # noqa: E402
from phonofilm.measure.mouth import Mouths  # noqa: E402
from phonofilm.media.probe import probe  # noqa: E402

PEOPLE = {"address": "a president", "office": "a researcher", "desk": "a researcher", "vlog": "a woman with lively hands", "talk": "a speaker"}
SILENT = ("moods",)  # a mouth that moves and never speaks
SECONDS = (2.5, 4, 6, 9, 13)
PAIRS, NEAR = 300, 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Filmed:
    """Somebody's lips, and what the sound tells of them (empty: nothing)."""

    speaker: Speaker
    heard: np.ndarray


def filmed(name: str) -> Filmed:
    """Read one clip."""
    path = clip(name)
    facts, mouths, times, size = probe(path), Mouths(), [], (0, 0)
    for shown in frames_of(path):
        mouths.see(shown)
        times.append(shown.at)
        size = (shown.y.shape[1], shown.y.shape[0])
    film = Film(path=path, facts=facts, heard=sound_of(path, facts), asked=Asked(score=None), times=tuple(times), size=size)
    heard = heard_openness(film.heard.mono)
    long = [m for m in mouths.all if len(m.readings) >= 24]
    return Filmed(speaker=choose(long, heard, film), heard=heard if name in PEOPLE else np.zeros(0))


def piece(speaker: Speaker, first: int, count: int) -> Speaker | None:
    """``count`` instants of somebody's lips; None where they are not seen or do not stir."""
    part = Speaker(mouths=speaker.mouths, opening=speaker.opening[first : first + count], pixels=speaker.pixels[first : first + count])
    seen = np.isfinite(part.opening).mean() if len(part.opening) == count else 0.0
    return part if seen > 0.8 and part.stirring >= LEAST_STIR else None


def starts(filmed: Filmed, count: int) -> list[int]:
    """Where pieces begin, one a second."""
    return [k for k in range(0, len(filmed.speaker.opening) - count + 1, 48_000 // STEP) if piece(filmed.speaker, k, count)]


def compared(all_: dict[str, Filmed], seconds: float, rng: np.random.Generator) -> dict[str, float | int]:
    """Pieces of one length: how many got a right answer, another one, and one under somebody else's speech."""
    count = round(seconds * 48_000 / STEP)
    own: list[float | None] = []
    for name in PEOPLE:
        whole = all_[name]
        true = peaks_by_sound(whole.speaker, whole.heard)[0].offset
        assert true is not None, name
        for k in starts(whole, count):
            found = peaks_by_sound(piece(whole.speaker, k, count) or whole.speaker, whole.heard[k : k + count])[0].offset
            own.append(None if found is None else abs(found - true))
    others: list[bool] = []
    places = [(name, k) for name, each in all_.items() for k in starts(each, count)]
    while places and len(others) < PAIRS:
        name, k = places[int(rng.integers(len(places)))]
        who = PEOPLE.get(name)
        speech = np.concatenate([all_[n].heard for n in PEOPLE if PEOPLE[n] != who])
        since = int(rng.integers(len(speech) - count))
        told = speech[since : since + count]
        if num_syllables(told) >= LEAST_SYLLABLES:
            others.append(peaks_by_sound(piece(all_[name].speaker, k, count) or all_[name].speaker, told)[0].offset is not None)
    return {
        "seconds": seconds, "pieces": len(own), "right": sum(d is not None and d <= NEAR for d in own),
        "wrong": sum(d is not None and d > NEAR for d in own), "under other speech": len(others), "answered there": sum(others),
    }  # fmt: skip


def main() -> None:
    """Print and keep the table."""
    everybody = {name: filmed(name) for name in (*PEOPLE, *SILENT)}
    rng = np.random.default_rng(1)
    rows = [compared(everybody, seconds, rng) for seconds in SECONDS]
    for row in rows:
        print(row)
    out = ROOT / "benchmarks" / "results" / "chance.json"
    out.write_text(json.dumps({"date": date.today().isoformat(), "rows": rows}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
