"""The air of a place: what hour and weather make of sky, sun, haze and every colour in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.colour import Rgb, known, mix, oklab, ramp, rgb, scaled, srgb

F32 = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Light:
    """Light that falls on what stands in a place. ``direction``: unit vector towards the sun or moon (x right, y up, z towards the viewer);
    ``colour`` of that light, ``ambient`` of the shade, ``haze`` that distance fades to (sRGB 0…1); ``strength`` 0 (overcast) … 1."""

    direction: tuple[float, float, float]
    colour: Rgb
    ambient: Rgb
    haze: Rgb
    strength: float


@dataclass(frozen=True, kw_only=True)
class Air:
    """Sky gradient by height above the horizon (tangent of the angle), sun place (tangents) and colour, cloud colours, darkness, haze.

    ``sight`` is the distance in metres at which haze takes two thirds of a colour; ``cover`` the share of sky under cloud; ``dark`` 0 day …
    1 night; ``lamps`` 0…1 how much lamps and windows are lit; ``wet`` 0…1; ``wind`` 0…1; ``fall``: none, rain, snow, dust.
    """

    hour: str
    weather: str
    sky: tuple[tuple[float, Rgb], ...]
    sun: tuple[float, float]
    sun_colour: Rgb
    sun_size: float
    sun_power: float
    cloud_light: Rgb
    cloud_dark: Rgb
    cover: float
    shade: Rgb
    haze: Rgb
    sight: float
    dark: float
    lamps: float
    wet: float = 0.0
    wind: float = 0.3
    fall: str = "none"
    white: float = 0.0

    @property
    def light(self) -> Light:
        """The same as light on an actor."""
        x, y = self.sun
        v = np.array([x, max(y, 0.12), -0.35 if y < 0.4 else 0.3])
        v /= np.linalg.norm(v)
        return Light(
            direction=(float(v[0]), float(v[1]), float(v[2])),
            colour=self.sun_colour,
            ambient=self.shade,
            haze=self.haze,
            strength=min(1.0, self.sun_power),
        )

    def tint(self, colour: Rgb, lit: float = 0.5) -> Rgb:
        """A surface's own colour under this air: ``lit`` 0 in the shade … 1 in the sun."""
        amount = lit * self.sun_power
        return (
            min(1.0, colour[0] * (self.shade[0] * (1 - amount) + self.sun_colour[0] * 1.12 * amount)),
            min(1.0, colour[1] * (self.shade[1] * (1 - amount) + self.sun_colour[1] * 1.12 * amount)),
            min(1.0, colour[2] * (self.shade[2] * (1 - amount) + self.sun_colour[2] * 1.12 * amount)),
        )

    def far(self, colour: Rgb, distance: float) -> Rgb:
        """A colour as it looks through ``distance`` metres of this air."""
        return mix(colour, self.haze, self.veil(distance))

    def veil(self, distance: float) -> float:
        """Share of haze 0…1 in what is seen at a distance."""
        return float(1.0 - np.exp(-1.1 * distance / self.sight))

    def above(self, height: F32) -> F32:
        """Sky colour f32[... 3] at heights (tangents)."""
        return ramp(self.sky, height)


def _stops(*codes: str) -> tuple[tuple[float, Rgb], ...]:
    return tuple(zip((0.0, 0.1, 0.27, 0.55, 1.1), map(rgb, codes), strict=True))


def _clear(hour: str, sky: str, sun: tuple[float, float, float, float], tones: str, dark: float, lamps: float) -> Air:
    """``sky``: five codes from the horizon up; ``sun``: X, Y, disc, power; ``tones``: sun, cloud lit, cloud shaded, shade, haze."""
    light, cloud_light, cloud_dark, shade, haze = map(rgb, tones.split())
    return Air(
        hour=hour, weather="clear", sky=_stops(*sky.split()), sun=sun[:2], sun_colour=light, sun_size=sun[2], sun_power=sun[3],
        cloud_light=cloud_light, cloud_dark=cloud_dark, cover=0.34, shade=shade, haze=haze, sight=2600.0, dark=dark, lamps=lamps,
    )  # fmt: skip


#: clear air by hour
HOURS: dict[str, Air] = {
    a.hour: a
    for a in (
        _clear("dawn", "ffd9b0 f7b79f c99bb4 7f86b8 3f5590", (-0.30, 0.035, 0.022, 0.62), "ffc08a ffc7a8 9a86a8 8d8fb0 f0c3ae", 0.25, 0.45),
        _clear("morning", "fdf1dc dcebf0 a9d2ee 6fb0e2 3f86c8", (-0.34, 0.30, 0.022, 0.9), "fff0d2 ffffff b9cbdc a6b6cb dfeaf0", 0.0, 0.0),
        _clear("day", "e4f1f6 bfe0f2 86c2ee 4f9ee2 2b76c6", (0.30, 0.52, 0.022, 1.0), "fff8ea ffffff b4c8dc a3b5cd cfe4f0", 0.0, 0.0),
        _clear("noon", "dff0f7 b2daf3 74b8ee 3f92df 1f66bd", (0.10, 1.4, 0.022, 1.0), "ffffff ffffff b8cce0 9db2ce c9e2f1", 0.0, 0.0),
        _clear("golden", "ffe3a3 ffcb85 f3b48c b9a9b4 6f8fb8", (0.26, 0.105, 0.025, 1.0), "ffc873 ffe0ae c98f82 b3a0a6 fbcf9a", 0.05, 0.12),
        _clear("evening", "ffc27a fb9a72 d6798a 8a67a0 41508c", (0.24, 0.046, 0.03, 0.8), "ff9d57 ffb07a 8a5f88 85759a f29c80", 0.3, 0.55),
        _clear("dusk", "f59a6c c86f7c 7f5490 433e80 1a2352", (0.20, -0.05, 0.0, 0.34), "ff8a64 e08a86 46406e 5c5c8c a0668a", 0.6, 0.9),
        _clear("night", "2e4470 223560 16264e 0d183a 060c22", (-0.30, 0.26, 0.020, 0.30), "b9cdf5 4a5f8c 18233f 34466f 22345c", 1.0, 1.0),
    )
}

#: other words for an hour
HOUR_WORDS = {
    "": "day", "sunrise": "dawn", "midday": "noon", "afternoon": "day", "daytime": "day", "golden hour": "golden", "golden_hour": "golden",
    "sunset": "evening", "twilight": "dusk", "blue hour": "dusk", "blue_hour": "dusk", "midnight": "night",
    "late_night": "night", "late night": "night",
}  # fmt: skip
WEATHER_WORDS = {
    "": "clear", "sunny": "clear", "sun": "clear", "overcast": "cloudy", "clouds": "cloudy", "partly cloudy": "clear", "rainy": "rain",
    "drizzle": "rain",
    "snowy": "snow", "snowfall": "snow", "blizzard": "snow", "foggy": "fog", "mist": "fog", "misty": "fog", "haze": "fog", "stormy": "storm",
    "thunder": "storm", "thunderstorm": "storm", "lightning": "storm", "windy": "clear", "wind": "clear",
}  # fmt: skip
WEATHERS = ("clear", "cloudy", "rain", "snow", "fog", "storm")


def air_of(hour: str, weather: str, mood: str = "", colours: Sequence[str] = ()) -> Air:
    """The air of words. An unknown hour is day, an unknown weather clear; ``mood`` warms, cools, darkens; a colour named tints the sky."""
    hour = hour.lower().strip()
    weather = weather.lower().strip()
    base = HOURS[HOUR_WORDS.get(hour, hour) if HOUR_WORDS.get(hour, hour) in HOURS else "day"]
    kind = WEATHER_WORDS.get(weather, weather)
    air = _WEATHER[kind](base) if kind in _WEATHER else base
    for word in mood.lower().replace("-", " ").replace("_", " ").split():
        if word in _MOODS:
            air = _graded(air, *_MOODS[word])
    tints = known(colours)
    if tints:
        air = replace(air, sky=tuple((at, mix(c, scaled(tints[0], 0.35 + 0.65 * (1 - air.dark)), 0.22)) for at, c in air.sky))
    return air


def _graded(air: Air, towards: Rgb, share: float, bright: float) -> Air:
    def on(c: Rgb) -> Rgb:
        return scaled(mix(c, (c[0] * towards[0] * 1.25, c[1] * towards[1] * 1.25, c[2] * towards[2] * 1.25), share), bright)

    return replace(
        air,
        sky=tuple((at, on(c)) for at, c in air.sky), haze=on(air.haze), shade=on(air.shade),
        cloud_light=on(air.cloud_light), cloud_dark=on(air.cloud_dark),
    )  # fmt: skip


_MOODS: dict[str, tuple[Rgb, float, float]] = {
    "warm": ((1.0, 0.84, 0.68), 0.45, 1.0),
    "cosy": ((1.0, 0.84, 0.68), 0.4, 0.98),
    "romantic": ((1.0, 0.78, 0.80), 0.4, 1.0),
    "cool": ((0.78, 0.9, 1.0), 0.4, 1.0),
    "cold": ((0.74, 0.88, 1.0), 0.5, 0.98),
    "sad": ((0.8, 0.88, 1.0), 0.4, 0.88),
    "melancholic": ((0.8, 0.88, 1.0), 0.4, 0.88),
    "dark": ((0.86, 0.9, 1.0), 0.3, 0.72),
    "dramatic": ((0.92, 0.88, 0.95), 0.3, 0.84),
    "mysterious": ((0.78, 0.92, 0.98), 0.4, 0.78),
    "tense": ((0.84, 0.95, 0.9), 0.3, 0.82),
    "dreamy": ((1.0, 0.86, 0.98), 0.3, 1.05),
    "happy": ((1.0, 0.95, 0.86), 0.25, 1.05),
    "joyful": ((1.0, 0.95, 0.86), 0.25, 1.05),
    "calm": ((0.92, 0.98, 1.0), 0.2, 1.0),
    "peaceful": ((0.95, 0.98, 0.96), 0.2, 1.0),
}


def _grey(colour: Rgb, tint: str, share: float, bright: float) -> Rgb:
    """Drained of colour towards a tint of the same lightness."""
    lab = oklab(np.array([colour, rgb(tint)], np.float32))
    mixed = lab[0] * (1 - share) + np.array([lab[0, 0] * 0.6 + lab[1, 0] * 0.4 * (0.35 + 0.65 * lab[0, 0]), lab[1, 1], lab[1, 2]]) * share
    mixed = mixed * np.array([bright, 1.0, 1.0], np.float32)
    out = srgb(mixed[None].astype(np.float32))[0]
    return float(out[0]), float(out[1]), float(out[2])


def _veiled(air: Air, weather: str, tint: str, share: float, bright: float, **changes: object) -> Air:
    def on(c: Rgb) -> Rgb:
        return _grey(c, tint, share, bright)

    changed = replace(
        air, weather=weather, sky=tuple((at, on(c)) for at, c in air.sky), haze=on(air.haze), shade=on(air.shade),
        cloud_light=on(air.cloud_light), cloud_dark=on(air.cloud_dark), sun_colour=on(air.sun_colour), lamps=max(air.lamps, 0.25),
    )  # fmt: skip
    return replace(changed, **changes)  # pyright: ignore[reportArgumentType]


def _cloudy(a: Air) -> Air:
    return _veiled(a, "cloudy", "#b8c0ca", 0.55, 0.95, cover=0.72, sun_power=a.sun_power * 0.3, sight=1500.0)


def _rain(a: Air) -> Air:
    lamps, power = max(a.lamps, 0.6), a.sun_power * 0.1
    return _veiled(a, "rain", "#8b98a8", 0.72, 0.80, cover=0.9, sun_power=power, sight=520.0, wet=1.0, fall="rain", wind=0.5, lamps=lamps)


def _snow(a: Air) -> Air:
    lamps, power = max(a.lamps, 0.5), a.sun_power * 0.18
    return _veiled(a, "snow", "#c3cdd9", 0.68, 0.97, cover=0.88, sun_power=power, sight=420.0, fall="snow", white=1.0, lamps=lamps)


def _fog(a: Air) -> Air:
    air = _veiled(a, "fog", "#ccd3d8", 0.55, 0.96, cover=0.55, sun_power=a.sun_power * 0.35, sight=90.0)
    thick = air.haze
    return replace(air, sky=tuple((at, mix(c, thick, 0.9 - 0.55 * min(at / 0.9, 1.0))) for at, c in air.sky))


def _storm(a: Air) -> Air:
    lamps, power = max(a.lamps, 0.8), a.sun_power * 0.08
    return _veiled(a, "storm", "#5d6679", 0.74, 0.60, cover=1.0, sun_power=power, sight=600.0, wet=1.0, fall="rain", wind=1.0, lamps=lamps)


_WEATHER = {"cloudy": _cloudy, "rain": _rain, "snow": _snow, "fog": _fog, "storm": _storm}
