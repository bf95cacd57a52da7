"""The drawn places by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from phonofilm.engines.stage.world import abstract, city, desert, field, forest, hall, lake, room, sea, snow, space, street
from phonofilm.engines.stage.world.air import Air, air_of
from phonofilm.engines.stage.world.falling import Falling, fog_banks
from phonofilm.engines.stage.world.place import Place, Ply

_PLACES: dict[str, Callable[[Air, int], tuple[Ply, ...]]] = {
    "sea": sea.plies,
    "city": city.plies,
    "street": street.plies,
    "bridge": city.bridge,
    "rooftop": city.rooftop,
    "lake": lake.plies,
    "mountain": lake.valley,
    "field": field.plies,
    "park": field.park,
    "forest": forest.plies,
    "desert": desert.plies,
    "snow": snow.plies,
    "room": room.plies,
    "office": room.office,
    "cafe": room.cafe,
    "kitchen": room.kitchen,
    "stage": hall.plies,
    "abstract": abstract.plies,
    "sky": space.above_clouds,
    "space": space.plies,
}
#: where weather reaches the camera
OUTDOORS = frozenset({"sea", "city", "street", "bridge", "rooftop", "lake", "mountain", "field", "park", "forest", "desert", "snow"})
#: other words for a place
_WORDS = {
    "beach": "sea", "ocean": "sea", "coast": "sea", "shore": "sea", "seaside": "sea", "harbor": "sea", "harbour": "sea", "skyline": "city",
    "downtown": "city", "road": "street", "alley": "street", "market": "street", "roof": "rooftop", "woods": "forest", "jungle": "forest",
    "mountains": "mountain", "valley": "mountain", "river": "lake", "pond": "lake", "meadow": "field", "garden": "park", "dunes": "desert",
    "bedroom": "room", "living_room": "room", "home": "room", "house": "room", "library": "office", "classroom": "office",
    "restaurant": "cafe", "bar": "cafe", "concert": "stage", "theatre": "stage", "theater": "stage", "clouds": "sky", "galaxy": "space",
    "winter": "snow", "studio": "abstract",
}  # fmt: skip


def supported_places() -> tuple[str, ...]:
    """Names of the places that are drawn as themselves."""
    return tuple(_PLACES)


def build_place(place: str, hour: str, weather: str, mood: str, colours: Sequence[str], seed: int, size_px: int) -> Place:
    """The place that words name, under their hour, weather, mood and colours; ``size_px`` is the film's longer side.

    A place that is not drawn becomes ``abstract``: fields of colour without a ground. The same arguments always give the same picture.
    """
    name = place.strip().lower().replace("-", "_").replace(" ", "_")
    known = _WORDS.get(name, name)
    chosen = known if known in _PLACES else "abstract"
    air = air_of(hour, weather, mood, colours)
    plies = _PLACES[chosen](air, seed)
    falling: tuple[Falling, ...] = ()
    if chosen in OUTDOORS:
        if air.weather == "fog":
            plies = (*plies, *fog_banks(air, seed))
        if air.fall != "none":
            falling = (Falling(air.fall, air, seed),)
    if chosen == "forest" and air.sun_power > 0.3:
        falling = (Falling("dust", air, seed, air.sun_colour),)
    return Place(name=chosen, air=air, plies=plies, size=size_px, falling=falling)
