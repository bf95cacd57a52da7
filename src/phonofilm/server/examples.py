"""Five requests to begin with, one a use, as data: what each asks for, and where its files come from. ``example_media`` makes those."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from phonofilm.errors import WorkError
from phonofilm.request import Kind
from phonofilm.weights import cache_dir

PATIENCE = 600.0  # s that the making of an example's files may take, its packages fetched


@dataclass(frozen=True, kw_only=True)
class Media:
    """A file of an example: ``how`` it comes to be, from ``what``. ``name`` is what people see it called."""

    tag: str
    kind: Kind
    name: str
    how: Literal["carried", "spoken", "composed", "drawn"]
    what: str

    @property
    def path(self) -> Path:
        """Where it is kept: another text or style is another file."""
        stem, dot, suffix = self.name.rpartition(".")
        mark = "" if self.how == "carried" else f"-{hashlib.sha256(f'{self.how} {self.what}'.encode()).hexdigest()[:8]}"
        return cache_dir() / "examples" / f"{stem}{mark}{dot}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Example:
    """One of them; ``title`` and ``about`` by the language of the page."""

    id: str
    title: dict[str, str]
    about: dict[str, str]
    prompt: str
    media: tuple[Media, ...]
    ratio: str = "16:9"
    duration: int = -1
    transcripts: dict[str, str] = field(default_factory=dict[str, str])

    def shown(self) -> dict[str, Any]:
        """What the studio is told of it: the request in the words of the native interface, its files without a place."""
        asked = {
            "prompt": self.prompt, "references": [{"tag": m.tag, "kind": m.kind, "name": m.name} for m in self.media], "duration": self.duration,
            "ratio": self.ratio, "resolution": "720p", "seed": 0, "engine": "stage", "limits": "local", "transcripts": self.transcripts,
        }  # fmt: skip
        return {"id": self.id, "title": self.title, "about": self.about, "asked": asked}


def _carried(tag: str, name: str, kind: Kind = "image") -> Media:
    return Media(tag=tag, kind=kind, name=name, how="carried", what=name)


def _spoken(name: str, text: str) -> Media:
    return Media(tag="voiceover", kind="audio", name=name, how="spoken", what=text)


_SHOP = "Every morning begins the same way. A warm cup, and a quiet minute. Morrow is made for that minute. Try it tomorrow."
_SOCIAL = "Okay, nobody told me that space has such bad coffee. I mean, it floats. How do you even drink it?"
_AD = "I have seen the Earth from above. And still, the best view of the day is this one. A warm cup. A quiet minute. Morrow."
_TALK = "Today we look at three things. First, a cup of coffee, and why it is hot. Then a cat, who never is. And last, a rocket, which is both."
_LOGO = Media(tag="logo", kind="image", name="logo.png", how="drawn", what="logo")
_BOTTLE = Media(tag="product2", kind="image", name="bottle.png", how="drawn", what="bottle")

EXAMPLES: tuple[Example, ...] = (
    Example(
        id="ecommerce",
        title={"en": "Product film", "zh": "商品短片"},
        about={"en": "Two products, a logo and a voice; cuts fall in its pauses.", "zh": "两件商品、一个标志和一段人声，在停顿处切换。"},
        prompt="A product film for @product1 and @product2 with @voiceover. The film closes on @logo.",
        media=(_carried("product1", "coffee.png"), _BOTTLE, _LOGO, _spoken("shop.wav", _SHOP)),
        transcripts={"voiceover": _SHOP},
    ),
    Example(
        id="music_video",
        title={"en": "Music video", "zh": "音乐短片"},
        about={"en": "An artist and footage; cuts fall on the beats.", "zh": "一位歌手与素材，踩着节拍切换。"},
        prompt="Music video. @artist sings, with footage @ride and @bunny between, with cuts on the beats of @bg_music.",
        media=(
            _carried("artist", "astronaut.png"), _carried("ride", "bikes.mp4", "video"), _carried("bunny", "bigbuckbunny.mp4", "video"),
            Media(tag="bg_music", kind="audio", name="electronic.wav", how="composed", what="electronic 15"),
        ),
        duration=15,
    ),
    Example(
        id="social",
        title={"en": "Social clip", "zh": "社交短视频"},
        about={"en": "A face speaks a recording, upright for a phone.", "zh": "人像开口说出录音，竖屏适合手机。"},
        prompt="@face_photo says what is on @voiceover, handheld, with captions.",
        media=(_carried("face_photo", "astronaut.png"), _spoken("social.wav", _SOCIAL)),
        ratio="9:16",
        transcripts={"voiceover": _SOCIAL},
    ),
    Example(
        id="advertising",
        title={"en": "Advertisement", "zh": "广告"},
        about={"en": "A spokesperson between shots of the products, music under the voice.", "zh": "代言人与商品镜头交替，音乐衬在人声之下。"},
        prompt=(
            "Advertisement. The spokesperson @face_photo says the script @voiceover between shots of @product1 and @product2, "
            "with @bg_music quietly under the voice. End on @logo."
        ),
        media=(
            _carried("face_photo", "astronaut.png"), _carried("product1", "coffee.png"), _BOTTLE, _LOGO, _spoken("ad.wav", _AD),
            Media(tag="bg_music", kind="audio", name="upbeat.wav", how="composed", what="upbeat 15"),
        ),
        transcripts={"voiceover": _AD},
    ),
    Example(
        id="education",
        title={"en": "Lesson", "zh": "教学短片"},
        about={"en": "A presenter, and each picture where the talk names it.", "zh": "主讲人出镜，讲到哪里就配哪张图。"},
        prompt="@presenter says what is on @voiceover, with @coffee, @cat and @rocket at their place in the talk, with captions.",
        media=(
            _carried("presenter", "astronaut.png"), _carried("coffee", "coffee.png"), _carried("cat", "chelsea.png"),
            _carried("rocket", "rocket.jpg"), _spoken("talk.wav", _TALK),
        ),
        transcripts={"voiceover": _TALK},
    ),
)  # fmt: skip
_one = threading.Lock()


def example(id: str) -> Example | None:
    """The example of that id."""
    return next((one for one in EXAMPLES if one.id == id), None)


def prepared(one: Example) -> tuple[tuple[Media, Path], ...]:
    """Its files, made in a process of their own where they are missing. It takes seconds, the first time. Raises ``WorkError``."""
    with _one:
        if not all(m.path.is_file() for m in one.media):
            command = [sys.executable, "-m", "phonofilm.server.example_media", one.id]
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL)
            except subprocess.TimeoutExpired as e:
                raise WorkError(f"The files of the example {one.id} took too long.") from e
            if done.returncode != 0:
                lines = done.stderr.strip().splitlines()
                raise WorkError(f"The files of the example {one.id} could not be made: {lines[-1] if lines else 'no reason given'}")
        return tuple((m, m.path) for m in one.media)
