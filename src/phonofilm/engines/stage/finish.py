"""What is laid over the filmed picture: light and grade, captions, the closing card, a mark, grain."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND, frame_middle
from phonofilm.engines.stage.grade import Grade
from phonofilm.engines.stage.type.contrast import make_out
from phonofilm.engines.stage.type.marks import LogoCard, corner_logo, logo_card, watermark
from phonofilm.engines.stage.type.overlay import Overlay
from phonofilm.engines.stage.type.typesetter import Typesetter
from phonofilm.score.materials import Materials
from phonofilm.score.model import Caption, Logo, Score, Shot

U8 = NDArray[np.uint8]
#: ticks in which a logo that comes later fades in
LOGO_FADE = TICKS_PER_SECOND // 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Finish:
    """The last steps of a frame, made ready once for a film."""

    score: Score
    grades: dict[str, Grade]
    type: Typesetter
    captions: tuple[Caption, ...]
    cards: tuple[tuple[Logo, LogoCard], ...]
    logos: tuple[tuple[Logo, Overlay], ...]
    mark: Overlay | None

    @classmethod
    def of(cls, score: Score, materials: Materials) -> Finish:
        """Everything that does not change from frame to frame."""
        captions = tuple(cue for cue in score.cues if isinstance(cue, Caption))
        typesetter = Typesetter(score.width, score.height)
        for cue in captions:
            if cue.style == "subtitle":
                typesetter.subtitle(cue)
        cards: list[tuple[Logo, LogoCard]] = []
        logos: list[tuple[Logo, Overlay]] = []
        for cue in score.cues:
            if isinstance(cue, Logo):
                picture = materials.picture(cue.source)
                alpha = picture.matte if picture.has_alpha else np.full(picture.matte.shape, 255, np.uint8)
                rgba = np.dstack([picture.image, alpha])
                if cue.place == "end":
                    cards.append((cue, logo_card(rgba, picture.palette, score.width, score.height)))
                else:
                    logos.append((cue, corner_logo(rgba, cue.place, score.width, score.height, marked=bool(score.watermark))))
        mark = watermark(score.watermark, score.width, score.height) if score.watermark else None
        grades = {words: Grade.of(words, score.width, score.height, score.seed) for words in {shot.grade for shot in score.shots}}
        return cls(score=score, grades=grades, type=typesetter, captions=captions, cards=tuple(cards), logos=tuple(logos), mark=mark)

    def graded(self, image: U8, shot: Shot, frame: int) -> U8:
        """A shot's picture in its light."""
        return self.grades[shot.grade].apply(image, frame)

    def apply(self, image: U8, frame: int) -> U8:
        """The finished picture u8[h w 3] of a frame."""
        tick = frame_middle(frame)
        card = next(((cue, made) for cue, made in self.cards if cue.start <= tick < cue.end), None)
        if card is not None:
            cue, made = card
            image = made.at((tick - cue.start) / (cue.end - cue.start))
        if bar := self._bar():
            image[:bar] = image[-bar:] = 0
        for cue, made in self.logos:
            if cue.start <= tick < cue.end:
                lay(image, made, min(1.0, (tick - cue.start) / LOGO_FADE) if cue.start else 1.0, 0.0, 0.0)
        for cue in self.captions:
            if cue.start <= tick < cue.end:
                placed = self.type.at(cue, tick, self._kept_free(cue))
                if placed is not None:
                    lay(image, *placed)
        if self.mark is not None:
            lay(image, self.mark, 1.0, 0.0, 0.0)
        return image

    def _bar(self) -> int:
        """How high each of the black bars is, in pixels."""
        score = self.score
        return max(0, round((score.height - score.width / score.bars) / 4) * 2) if score.bars else 0

    def _kept_free(self, cue: Caption) -> tuple[tuple[int, int, int, int], ...]:
        """The boxes that a caption should not cover, in pixels."""
        w, h = self.score.width, self.score.height
        boxes = tuple((round(x0 * w), round(y0 * h), round(x1 * w), round(y1 * h)) for x0, y0, x1, y1 in cue.free)
        edge = self._bar() + round(0.03 * h)
        return (*boxes, (0, 0, w, edge), (0, h - edge, w, h)) if self._bar() else boxes


def lay(image: U8, overlay: Overlay, opacity: float, dx: float, dy: float) -> None:
    """Lay a premultiplied overlay on a picture, in place, moved by whole pixels; what leaves the picture is cut."""
    h, w = overlay.rgba.shape[:2]
    x0, y0 = overlay.x0 + round(dx), overlay.y0 + round(dy)
    left, top = max(0, -x0), max(0, -y0)
    right, bottom = min(w, image.shape[1] - x0), min(h, image.shape[0] - y0)
    if right <= left or bottom <= top or opacity <= 0:
        return
    rgba = overlay.rgba[top:bottom, left:right]
    if opacity < 1:
        rgba = cv2.convertScaleAbs(rgba, alpha=opacity)
    part = image[y0 + top : y0 + bottom, x0 + left : x0 + right]
    if overlay.halo is not None and opacity >= 1 and rgba.shape == overlay.rgba.shape:
        make_out(part, overlay.rgba, overlay.halo)
    keep = cv2.cvtColor(cv2.bitwise_not(np.ascontiguousarray(rgba[..., 3])), cv2.COLOR_GRAY2RGB)
    part[:] = cv2.add(cv2.multiply(part, keep, scale=1 / 255), np.ascontiguousarray(rgba[..., :3]))
