"""How a film lies in its file: counts, time stamps, edit lists, tags, bit rates, and whether its two streams begin and end together."""

from __future__ import annotations

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.errors import ReferenceError_
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Finding, Value, held, not_applicable
from phonofilm.media.tracks import PictureTrack, SoundTrack, tracks

MS = TICKS_PER_SECOND // 1000
STEADY = 2 * MS  # ticks that a frame may come early or late and still be on time: containers count in milliseconds


class Container:
    """The metric ``container``: decodes the sound once more by itself, in the file's own rate, to count its samples."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def see(self, shown: Shown) -> None:
        """The frames are counted by the film."""

    def finding(self, film: Film) -> Finding:
        """Every fact of the file; held against the score where there is one."""
        try:
            found = tracks(film.path)
        except ReferenceError_ as e:
            return not_applicable("container", e.problem)
        header = () if found.header_first is None else (Value(name="header before the media", value=found.header_first),)
        values = (
            Value(name="container", value=found.container),
            Value(name="bit rate", value=round(found.bits / 1000, 1), unit="kb/s"),
            *header,
            *_picture(found.picture, film),
            *_sound(found.sound, film),
            *self._asked(found.sound, film),
        )
        return Finding(metric="container", values=values)

    def _asked(self, sound: SoundTrack | None, film: Film) -> tuple[Value, ...]:
        """The counts against those that the score's length gives."""
        score = self.asked.score
        if score is None:
            return ()
        excess = film.num_frames - score.length // TICKS_PER_FRAME
        frames = held("frames beyond the score", excess, "frames", "no excess frames")
        if sound is None:
            return (frames,)
        beyond = round(sound.samples - score.length * sound.rate / TICKS_PER_SECOND)
        return frames, held("samples beyond the score", beyond, "samples", "no excess samples")


def _picture(track: PictureTrack, film: Film) -> tuple[Value, ...]:
    stamps = track.stamps
    tags = [track.primaries, track.transfer, track.matrix, track.range]
    return (
        Value(name="picture codec", value=f"{track.codec} {track.profile}".strip()),
        Value(name="pixel format", value=track.pixels),
        Value(name="picture bit rate", value=round(track.bits / 1000, 1), unit="kb/s"),
        Value(name="frames", value=film.num_frames, unit="frames"),
        Value(name="frames lost in decoding", value=max(track.packets - film.num_frames, 0), unit="frames"),
        Value(
            name="frames a second", value=round(TICKS_PER_SECOND / stamps.step, 4) if stamps.step else None, why="" if stamps.step else "one frame"
        ),
        Value(name="time stamps in order", value=stamps.monotonic),
        Value(name="time stamps steady", value=stamps.wobble <= STEADY),
        Value(name="time stamps off by at most", value=round(stamps.wobble / MS, 3), unit="ms"),
        Value(name="gaps in the picture", value=stamps.gaps),
        Value(name="colour tags", value=" / ".join(t or "none" for t in tags)),
        Value(name="colour tagged", value=all(tags)),
        Value(name="interlaced", value=track.interlaced),
        Value(name="turned by", value=track.turned, unit="°"),
        Value(name="pixel aspect", value=round(track.sample_aspect, 4)),
        Value(name="keyframe every", value=track.keyframe_every, unit="frames"),
        Value(name="edits of the picture", value=track.edits),
    )


def _sound(track: SoundTrack | None, film: Film) -> tuple[Value, ...]:
    if track is None:
        return (Value(name="sound codec", value=None, why=film.heard.why or "none of its sound can be decoded"),)
    ends = track.starts + track.ticks
    picture = film.length
    return (
        Value(name="sound codec", value=f"{track.codec} {track.profile}".strip()),
        Value(name="sound bit rate", value=round(track.bits / 1000, 1), unit="kb/s"),
        Value(name="sample rate", value=track.rate, unit="Hz"),
        Value(name="channels", value=track.layout),
        Value(name="samples", value=track.samples, unit="samples"),
        Value(name="samples skipped at the start", value=track.skipped, unit="samples"),
        Value(name="samples dropped at the end", value=track.dropped, unit="samples"),
        Value(name="first packet of the sound at", value=round(track.first_packet / MS, 3), unit="ms"),
        Value(name="gaps in the sound", value=track.stamps.gaps),
        Value(name="edits of the sound", value=track.edits),
        Value(name="sound tracks", value=track.streams),
        held("sound begins after the picture by", round(track.starts / MS, 3), "ms", "streams begin together"),
        held("sound ends after the picture by", round((ends - picture) / film.step, 4), "frames", "streams end together"),
        Value(name="sound is longer than the picture by", value=track.ticks - picture, unit="samples at 48 kHz"),
    )
