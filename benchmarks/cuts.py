"""Cuts of music films against the beats that independent trackers hear: ``python benchmarks/cuts.py FOLDER [--planned] [--only NAME] [--part a|b]``.

FOLDER holds the unpacked packages of ``SONGS`` (``apt-get download NAME``, ``dpkg -x``; ``arcade`` 3.3.3 is a wheel of PyPI). They are listened to,
never shipped. From two places of every song, a quarter and three fifths in, a music video of 15 s is made. Its cuts are found in the decoded frames;
its beats and downbeats are heard in the decoded sound by ``DBNDownBeatTracker`` (the command of madmom 0.16.1, whose networks are for non-commercial
use, so it is installed apart), its beats by ``aubiotrack`` too (Debian: aubio-tools). Printed for each film: how many cuts are within one frame of a
beat and of a downbeat, and of a beat of the sound shifted by 100 ms. ``--planned`` plans the cuts and makes no films (seconds a song).
Results: benchmarks/results/cuts.json, kept film by film.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import cv2
import numpy as np

import phonofilm
from phonofilm.media.outputs import write_wav
from phonofilm.media.read import read_frames, read_sound
from phonofilm.perceive.beats import find_beats
from phonofilm.score.edit import beat_cuts

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "cuts.json"
sys.path.insert(0, str(ROOT / "examples"))

#: name: (file in its package, kind of music)
SONGS = {
    "funkyrobot": ("funkyrobot.mp3", "electronic funk; arcade"),
    "Rock": ("Music/Rock.ogg", "rock; hedgewars-data"),
    "City": ("Music/City.ogg", "hip hop; hedgewars-data"),
    "pirate": ("Music/pirate.ogg", "folk dance; hedgewars-data"),
    "oriental": ("Music/oriental.ogg", "oriental; hedgewars-data"),
    "City Blues": ("02 - Robert van Herk - City Blues.ogg", "blues; lincity-ng-data"),
    "lincity": ("01 - pronobozo - lincity.ogg", "electronic; lincity-ng-data"),
    "chaos_god": ("chaos_god/song.ogg", "death metal, 170 a minute; fretsonfire-songs-muldjord"),
    "Feelings": ("Feelings/song.ogg", "rock ballad; fretsonfire-songs-sectoid"),
    "Elveszett Lelkek": ("06_-_Elveszett_Lelkek.ogg", "symphonic metal; marsshooter-data"),
    "Media Threat": ("Media Threat.ogg", "ambient electronic; singularity-music"),
    "frozen-mainzik-1p": ("frozen-mainzik-1p.ogg", "tracker pop; frozen-bubble-data"),
    "spunkyrace": ("spunkyrace-ks.ogg", "ska, 158 a minute; extremetuxracer-data"),
    "forest_theme": ("forest_theme.ogg", "game pop; supertux-data"),
    "frontiers": ("frontiers.mp3", "techno; asc-music"),
    "1918": ("1918.mp3", "old jazz; arcade"),
    "Beach": ("Music/Beach.ogg", "surf; hedgewars-data"),
    "armygeddon": ("armygeddon/song.ogg", "death metal, 170 a minute; fretsonfire-songs-muldjord"),
    "War of freedom": ("War of freedom/song.ogg", "metal; fretsonfire-songs-sectoid"),
    "orphanage": ("02_orphanage.ogg", "gothic metal; marsshooter-data"),
    "starfall": ("06_starfall.ogg", "gothic metal; marsshooter-data"),
    "introzik": ("introzik.ogg", "tracker pop; frozen-bubble-data"),
    "race1": ("race1-jt.ogg", "game pop; extremetuxracer-data"),
    "chipdisko": ("chipdisko.ogg", "chip tune; supertux-data"),
    "theme": ("misc/theme.ogg", "game pop; supertux-data"),
    "speeditup": ("speeditup.ogg", "drum and bass; xmoto-data"),
    "background": ("music/background.ogg", "ambient; pathological"),
    "theme1": ("theme1.ogg", "orchestral waltz; ardentryst"),
    "Freeway": ("Music/Freeway.ogg", "rock; hedgewars-data"),
    "Jungle": ("Music/Jungle.ogg", "percussion; hedgewars-data"),
    "Halloween": ("Music/Halloween.ogg", "orchestral; hedgewars-data"),
    "Fruit": ("Music/Fruit.ogg", "electronic; hedgewars-data"),
    "mutilated_mime": ("mutilated_mime/song.ogg", "death metal; fretsonfire-songs-muldjord"),
    "second_birth": ("08_second_birth.ogg", "gothic metal; marsshooter-data"),
    "Deprecation": ("Deprecation.ogg", "electronic; singularity-music"),
    "airship_remix": ("airship_remix.ogg", "march; supertux-data"),
    "freezingpoint": ("freezingpoint.ogg", "game pop; extremetuxracer-data"),
}
#: songs that nothing of the tracker was tuned on
UNSEEN = ("Fruit", "Freeway", "Jungle", "Halloween", "mutilated_mime", "second_birth", "Deprecation", "airship_remix", "freezingpoint")
PLACES = {"a": 0.25, "b": 0.6}
FRAME = 1 / 24


def cuts_of(film: Path) -> list[float]:
    """Seconds at which the decoded picture changes as a whole."""
    found: list[float] = []
    before: np.ndarray | None = None
    for k, frame in enumerate(read_frames(film)):
        now = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_RGB2LAB), (48, 27), interpolation=cv2.INTER_AREA).astype(np.float32)
        if before is not None and float(np.abs(now - before).mean()) > 14:
            found.append(k / 24)
        before = now
    return found


def near(cuts: list[float], beats: np.ndarray) -> int:
    """How many cuts are within one frame of a beat; a beat inside the span of the frame that the cut shows first is no distance away."""
    if not len(beats):
        return 0
    away = [float(np.maximum(np.maximum(c - beats, beats - (c + FRAME)), 0).min()) for c in cuts]
    return sum(d <= FRAME + 1e-6 for d in away)


def heard_by(command: list[str]) -> np.ndarray:
    """Rows of numbers that a tracker prints."""
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return np.array([[float(x) for x in line.split()] for line in lines if line.strip()])


def planned_on(song: Path, place: float, folder: Path) -> dict[str, float | int]:
    """The cuts that a film of this place of the song would have, against what madmom hears in the recording itself; no film is made."""
    samples = read_sound(song)[0]
    start = int(len(samples) * place)
    part, wav = samples[start : start + 15 * 48_000], folder / "part.wav"
    write_wav(wav, part)
    found = find_beats(part.mean(axis=1, dtype=np.float32))
    cuts = [c / 48_000 for c in beat_cuts(15 * 48_000, found.beats, found.downbeats)]
    heard = heard_by(["DBNDownBeatTracker", "single", str(wav)]).reshape(-1, 2)
    beats, downbeats = heard[:, 0], heard[heard[:, 1] == 1, 0]
    return {
        "cuts": len(cuts), "on_a_beat": near(cuts, beats), "on_a_downbeat": near(cuts, downbeats), "control_shifted_100_ms": near(cuts, beats + 0.1),
        "tempo": found.tempo, "tempo_of_madmom": round(60 / float(np.median(np.diff(beats))), 1) if len(beats) > 1 else 0.0,
    }  # fmt: skip


def film_of(song: Path, place: float, folder: Path) -> dict[str, float | int]:
    import media

    samples = read_sound(song)[0]
    start = int(len(samples) * place)
    part, out, wav = folder / "part.wav", folder / "film.mp4", folder / "film.wav"
    write_wav(part, samples[start : start + 15 * 48_000])
    references = {
        "artist": media.carried("astronaut.png"), "bg_music": part,
        "ride": media.carried("bikes.mp4"), "bunny": media.carried("bigbuckbunny.mp4"),
    }  # fmt: skip
    prompt = "Music video. @artist with footage @ride and @bunny between, cut to @bg_music."
    begun = time.process_time()
    film = phonofilm.make(prompt, out, references=references, seconds=15, ratio="16:9", resolution="480p")
    write_wav(wav, read_sound(out)[0])
    heard = heard_by(["DBNDownBeatTracker", "single", str(wav)]).reshape(-1, 2)
    beats, downbeats = heard[:, 0], heard[heard[:, 1] == 1, 0]
    aubio = heard_by(["aubiotrack", "-B", "512", "-H", "128", str(wav)]).ravel()
    planned = {shot.start / 48_000 for shot in film.score.shots[1:]}
    cuts = [c for c in cuts_of(out) if min(abs(c - p) for p in planned) < 0.001]
    face = sum(s.end - s.start for s in film.score.shots if "artist" in s.seen) / film.score.length
    late = [c for c in cuts if len(aubio) and c > aubio[0] - FRAME]
    return {
        "cuts_planned": len(planned), "cuts_seen": len(cuts), "on_a_beat": near(cuts, beats), "on_a_downbeat": near(cuts, downbeats),
        "control_shifted_100_ms": near(cuts, beats + 0.1), "after_aubio_begins": len(late), "on_a_beat_of_aubio": near(late, aubio),
        "share_of_face": round(face, 2), "cpu_s": round(time.process_time() - begun, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of unpacked packages")
    parser.add_argument("--only", action="append", choices=SONGS, help="this song; may be given again")
    parser.add_argument("--part", choices=PLACES, help="this place of each song")
    parser.add_argument("--planned", action="store_true", help="plan the cuts only, and make no films")
    asked = parser.parse_args()
    for name in asked.only or SONGS:
        song = next(iter(sorted(path for path in asked.folder.rglob(Path(SONGS[name][0]).name) if str(path).endswith(SONGS[name][0]))), None)
        if song is None:
            print(f"{name}: not in {asked.folder}")
            continue
        for part in [asked.part] if asked.part else PLACES:
            with tempfile.TemporaryDirectory() as folder:
                work = planned_on if asked.planned else film_of
                made = {"kind": SONGS[name][1], "known": name not in UNSEEN, **work(song, PLACES[part], Path(folder))}
            print(f"{name} {part}", made, flush=True)
            document = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
            kind = "planned" if asked.planned else "films"
            every = document.get(kind, {}).get("each", {}) | {f"{name} {part}": made}
            held = {title: row for title, row in every.items() if not row["known"]}
            document |= {"date": str(date.today()), kind: {"all": total(every), "songs_not_tuned_on": total(held), "each": every}}
            RESULT.write_text(json.dumps(document, indent=1) + "\n")


def total(rows: dict[str, dict[str, float | int]]) -> dict[str, int]:
    """The counts of several films together."""
    counted = (
        "cuts", "cuts_planned", "cuts_seen", "on_a_beat", "on_a_downbeat", "control_shifted_100_ms", "after_aubio_begins", "on_a_beat_of_aubio",
    )  # fmt: skip
    return {key: int(sum(row[key] for row in rows.values())) for key in counted if rows and all(key in row for row in rows.values())}


if __name__ == "__main__":
    main()
