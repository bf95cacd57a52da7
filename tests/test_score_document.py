"""The score as a document: the same after a round trip, and a named error for whatever does not hold together."""

import copy
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonofilm.errors import ScoreError
from phonofilm.phones import VISEMES, Phone
from phonofilm.score.camera import FAMILIES, Stand, Step, build_moves
from phonofilm.score.document import dumps, loads, score_hash
from phonofilm.score.model import (
    Actor,
    Ambience,
    Caption,
    Contact,
    Effect,
    Impact,
    Line,
    Logo,
    Music,
    Recipe,
    Score,
    Setting,
    Shot,
    Source,
)  # fmt: skip

words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
metres = st.floats(-100, 100).map(lambda v: round(v, 6))
vectors = st.tuples(metres, metres, metres)
sources = st.builds(
    Source, sha256=st.text("0123456789abcdef", min_size=64, max_size=64), name=words, kind=st.sampled_from(["image", "video", "audio"])
)
ticks = st.integers(0, 100_000)
phones = st.builds(
    lambda s, n, i, v: Phone(start=s, end=s + n, ipa=i, viseme=v), ticks, st.integers(0, 9000), words, st.sampled_from(sorted(VISEMES))
)
recipes = st.builds(Recipe, text=words, language=words, voice=words, length=ticks, seed=ticks)
cues = st.one_of(
    st.builds(Line, start=ticks, end=ticks, actor=words, text=words, language=words, phones=st.lists(phones, max_size=4).map(tuple),
              source=st.none() | sources, recipe=st.none() | recipes, sung=st.booleans()),
    st.builds(Contact, start=ticks, actor=words, limb=words, surface=words, strength=st.floats(0, 1).map(lambda v: round(v, 6)), place=vectors),
    st.builds(Impact, start=ticks, actor=words, material=words, place=vectors),
    st.builds(Music, start=ticks, end=ticks, beats=st.lists(ticks, max_size=5).map(tuple), style=words),
    st.builds(Ambience, start=ticks, end=ticks, sound=words),
    st.builds(Effect, start=ticks, sound=words, source=st.none() | sources, place=vectors),
    st.builds(Caption, start=ticks, end=ticks, text=words),
    st.builds(Logo, start=ticks, end=ticks, source=sources),
)  # fmt: skip


@st.composite
def scores(draw) -> Score:
    names = draw(st.lists(words, max_size=3, unique=True))
    cast = tuple(Actor(name=n, source=draw(sources), role="face", place=draw(vectors)) for n in names)
    shots, at = [], 0
    for _ in range(draw(st.integers(1, 3))):
        end = at + 2000 * draw(st.integers(25, 60))
        moves = draw(st.lists(st.sampled_from(sorted(FAMILIES)), min_size=1, max_size=2))
        stand = Stand(position=draw(vectors), focal=35.0, subject=(200.0, 1.0, -300.0))
        setting = Setting(kind=draw(st.sampled_from(["photo", "studio", "place", "footage"])), source=draw(st.none() | sources), place=draw(words))
        camera = build_moves([Step(family=m) for m in moves], stand, at, end, carry=draw(st.sampled_from([0.0, 1.0])))
        shots.append(Shot(start=at, end=end, camera=camera, setting=setting, seen=tuple(names[:1]), words=draw(words), grade=draw(words)))
        at = end
    made = [replace(c, start=c.start % at) for c in draw(st.lists(cues, max_size=4))]
    return Score(
        length=at, width=864, height=496, seed=draw(st.integers(0, 2**31)), shots=tuple(shots), cast=cast, cues=tuple(made),
        remarks=tuple(draw(st.lists(words, max_size=2))), request={"prompt": draw(words)},
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(score=scores())
def test_a_score_is_the_same_after_a_round_trip(score):
    text = dumps(score)
    again = loads(text)
    assert dumps(again) == text and score_hash(again) == score_hash(score)
    assert loads(dumps(again)) == again
    assert again.cues == score.cues and again.cast == score.cast
    assert [s.camera.legs for s in again.shots] == [s.camera.legs for s in score.shots]


def golden() -> Score:
    """One fixed film: a push in with a line, a recorded track, an effect and a caption."""
    photo = Source(sha256="ab" * 32, name="me.png", kind="image")
    stand = Stand(position=(0.0, 1.5, 0.0), focal=50.0, subject=(0.1, 1.6, -1.25))
    first = Shot(
        start=0, end=96_000, camera=build_moves([Step(family="pan_left", amount=10.0)], stand, 0, 96_000),
        setting=Setting(kind="photo", source=photo, near=1.25, far=3.125), seen=("me",), words="pan left",
    )  # fmt: skip
    second = replace(first, start=96_000, end=192_000, camera=build_moves([Step(family="static")], stand, 96_000, 192_000), transition="dissolve")
    line = Line(
        start=12_000, end=30_000, actor="me", text="Hi", language="en", recipe=Recipe(text="Hi", language="en", voice="v"),
        phones=(Phone(start=12_000, end=20_000, ipa="h", viseme="kk"), Phone(start=20_000, end=30_000, ipa="aɪ", viseme="aa")),
    )  # fmt: skip
    sound = Music(start=0, end=192_000, source=Source(sha256="cd" * 32, name="song.mp3", kind="audio"), beats=(0, 24_000, 48_000), level=-6.0)
    extra = (Effect(start=48_000, sound="door", place=(1.0, 0.0, -2.0)), Caption(start=12_000, end=30_000, text="Hi"))
    cast = (Actor(name="me", source=photo, role="face"),)
    return Score(
        length=192_000, width=1920, height=1080, seed=7, shots=(first, second), cast=cast, cues=(line, sound, *extra), request={"prompt": "Hi"}
    )


#: sha256 of its document; a change means that films made before are described in another way
GOLDEN_HASH = "6d9f3c7b5e501732973d711de3fd7df526e45ee78d612be212b9a4cc92096466"


def test_the_document_of_a_fixed_score_does_not_change():
    document = json.loads(dumps(golden()))
    assert list(document) == ["length", "width", "height", "seed", "shots", "cast", "cues", "request", "version"]
    assert document["shots"][0]["camera"] == {
        "keys": [
            {"tick": 0, "position": [0.0, 1.5, 0.0], "orientation": [0.999048222, 0.0, -0.043619387, 0.0]},
            {"tick": 96000, "position": [0.0, 1.5, 0.0], "orientation": [0.999048222, 0.0, 0.043619387, 0.0]},
        ],
        "family": "pan_left", "asked": 10.0, "delivered": 10.0, "subject": [0.1, 1.6, -1.25],
    }  # fmt: skip
    assert score_hash(golden()) == GOLDEN_HASH


def paths(value, at=()):
    """Every place inside a JSON value."""
    yield at
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths(child, (*at, key))


def put(document, at, value):
    document = copy.deepcopy(document)
    if not at:
        return value
    holder = document
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = value
    return document


DOCUMENT = json.loads(dumps(golden()))
PLACES = list(paths(DOCUMENT))
BAD = [
    None,
    True,
    -1,
    0,
    2**70,
    1e308,
    -1e308,
    float("nan"),
    float("inf"),
    "",
    "x" * 5000,
    "\u0000",
    [],
    [[]],
    {},
    {"kind": "line"},
    [None] * 5,
    [1e12],
]


def read_or_refused(text: str) -> bool:
    """Whether a document is read; anything but a score or a ScoreError fails the test."""
    try:
        score = loads(text)
    except ScoreError as error:
        assert 0 < len(str(error)) < 3000
        return False
    assert loads(dumps(score)) == score
    return True


@settings(deadline=None, max_examples=400)
@given(place=st.sampled_from(PLACES), value=st.sampled_from(BAD))
def test_a_wrong_value_anywhere_is_read_or_a_score_error(place, value):
    read_or_refused(json.dumps(put(DOCUMENT, place, value)))


@settings(deadline=None, max_examples=200)
@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
                          lambda c: st.lists(c, max_size=4) | st.dictionaries(st.sampled_from([*DOCUMENT, "kind", "x"]), c, max_size=6)))  # fmt: skip
def test_any_json_is_read_or_a_score_error(value):
    read_or_refused(json.dumps(value))


@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_a_score_error(text):
    assert not read_or_refused(text)


@pytest.mark.parametrize("text", [
    "[" * 100_000, '{"shots":' * 100_000, "{", "null", "3", '"score"', "", "\ufeff{}", "1" * 5000, '{"length": ' + "9" * 5000 + "}",
])  # fmt: skip
def test_hostile_text_is_a_score_error(text):
    assert not read_or_refused(text)


@pytest.mark.parametrize("change", [
    {"length": 191_999}, {"length": 0}, {"length": -2000}, {"length": 10**15}, {"width": 0}, {"width": 1921}, {"height": 10**6}, {"version": 2},
    {"shots": []}, {"unknown": 1}, {"seed": 1.5}, {"seed": "7"}, {"remarks": "text"}, {"cast": [1]}, {"cues": [{"kind": "nothing"}]},
    {"cues": [{"kind": "line"}]}, {"cues": [{"start": 0}]}, {"request": []},
])  # fmt: skip
def test_a_score_that_does_not_hold_together_is_refused(change):
    assert not read_or_refused(json.dumps(DOCUMENT | change))


@pytest.mark.parametrize(
    "edges", [[(0, 96_000), (98_000, 192_000)], [(0, 96_000), (94_000, 192_000)], [(2000, 192_000)], [(0, 190_000)], [(0, 0), (0, 192_000)]]
)
def test_shots_that_do_not_tile_the_film_are_refused(edges):
    shots = [DOCUMENT["shots"][0] | {"start": start, "end": end} for start, end in edges]
    with pytest.raises(ScoreError, match=r"tile|begin"):
        loads(json.dumps(DOCUMENT | {"shots": shots}))


@pytest.mark.parametrize("key", [
    {"position": [0, 0, "a"]}, {"position": [0, 0]}, {"position": [0, 0, float("nan")]}, {"position": [0, 0, 1e300]}, {"orientation": [0, 0, 0, 0]},
    {"focal": 0}, {"focal": -50}, {"focal": float("inf")}, {"tick": 0.5},
])  # fmt: skip
def test_a_camera_that_cannot_be_is_refused(key):
    shot = copy.deepcopy(DOCUMENT["shots"][0])
    shot["camera"]["keys"][0] |= key
    with pytest.raises(ScoreError):
        loads(json.dumps(DOCUMENT | {"shots": [shot, DOCUMENT["shots"][1]]}))


@pytest.mark.parametrize("order", [[96_000, 0], [0, 0], [5000, 5000]])
def test_camera_keys_out_of_order_are_refused(order):
    shot = copy.deepcopy(DOCUMENT["shots"][0])
    for key, tick in zip(shot["camera"]["keys"], order, strict=True):
        key["tick"] = tick
    with pytest.raises(ScoreError, match="order"):
        loads(json.dumps(DOCUMENT | {"shots": [shot, DOCUMENT["shots"][1]]}))


@pytest.mark.parametrize("kind", ["caption", "logo"])
@pytest.mark.parametrize("place", ["top", "bottom left", "nowhere", 3, None, [], {"x": 1}, "top" * 4000])
def test_words_and_logos_stand_only_at_places_that_there_are(kind, place):
    cue = {"kind": kind, "start": 0, "end": 96_000, "place": place}
    cue |= {"text": "SALE", "style": "title"} if kind == "caption" else {"source": {"sha256": "0" * 64, "name": "a.png", "kind": "image"}}
    document = json.dumps(DOCUMENT | {"cues": [cue]})
    assert read_or_refused(document) == (place in ("top", "bottom left"))


@pytest.mark.parametrize("bars", [0, 2.39, 1, 0.5, -3, 11, "2.39", None, True, [2.39], 1e12])
def test_bars_leave_a_picture_that_can_be(bars):
    assert read_or_refused(json.dumps(DOCUMENT | {"bars": bars})) == (bars in (0, 2.39, 1) and bars is not True)
