"""The first look at a picture: read, made large enough, its faces and its body found, and what stands out. What is made of it: ``picture``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.media.read import read_picture
from phonofilm.perceive import matte as mattes
from phonofilm.perceive.enlarge import enlarge, factor_for
from phonofilm.perceive.percepts import WHOLE
from phonofilm.perceive.subject import Salience
from phonofilm.progress import Progress
from phonofilm.vision.face import FaceFinder, Mesh
from phonofilm.vision.pose import Body, BodyFinder
from phonofilm.vision.segment import SubjectMask
from phonofilm.vision.tensors import THREADS

U8 = NDArray[np.uint8]

SEEN_SIDE = 1280  # longest side at which the networks look


class Networks:
    """The networks that look at pictures, each loaded once for all of them. One picture at a time."""

    @cached_property
    def faces(self) -> FaceFinder:
        """Finds faces."""
        return FaceFinder()

    @cached_property
    def bodies(self) -> BodyFinder:
        """Finds a body."""
        return BodyFinder()

    @cached_property
    def subjects(self) -> SubjectMask:
        """Sees what stands out."""
        return SubjectMask()


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """A picture, enlarged by ``factor``, with its ``alpha`` where it has one; ``small``: at most ``SEEN_SIDE``, in whose pixels ``meshes`` and
    ``body`` are; ``salience`` where nothing else tells the subject."""

    name: str
    image: U8
    alpha: U8 | None
    remarks: tuple[str, ...]
    factor: float
    small: U8
    meshes: list[Mesh]
    body: Body | None
    salience: Salience | None


def look(path: Path, progress: Progress, *, role: str, networks: Networks) -> Look:
    """Look at a picture file whose reference has this ``role``.

    Raises:
        ReferenceError_: it cannot be read.
        ModelMissing: a model file is not in the cache.
    """
    cv2.setNumThreads(THREADS)
    name = path.name
    progress(f"reading {name}", 0.0)
    data = read_picture(path)
    image, alpha, remarks = data.rgb, data.alpha, list(data.remarks)
    factor = factor_for(image.shape[1], image.shape[0])
    progress(f"faces of {name}", 0.1)
    with ThreadPoolExecutor(1) as beside:  # what stands out is seen before the picture is enlarged
        seen = mattes.fit(image, SEEN_SIDE)
        salience = None if role in WHOLE or alpha is not None else beside.submit(lambda: Salience.of(seen, networks.subjects))
        if factor > 1:
            given, found = image, networks.faces.find(image)
            image, alpha = enlarge(image, alpha, found)
            remarks.append(f"{name} is small: enlarged {factor:.1f} times, so fine detail is estimated.")
            small = mattes.fit(image, SEEN_SIDE)
            meshes = networks.faces.again(small, found, small.shape[1] / given.shape[1])
        else:
            small = seen
            meshes = networks.faces.find(small)
        body = networks.bodies.find(small)
        return Look(
            name=name, image=image, alpha=alpha, remarks=tuple(remarks), factor=factor, small=small, meshes=meshes, body=body,
            salience=None if salience is None else salience.result(),
        )  # fmt: skip
