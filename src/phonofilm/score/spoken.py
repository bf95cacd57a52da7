"""A recipe, spoken."""

from __future__ import annotations

from phonofilm.score.model import Recipe
from phonofilm.voice import Spoken, speak


def say(recipe: Recipe) -> Spoken:
    """The sound of a recipe and its phones; the same recipe always gives the same. Raises those of ``speak``."""
    return speak(
        recipe.text, recipe.language, voice=recipe.voice, length=recipe.length or None, seed=recipe.seed, pitch=recipe.pitch, pace=recipe.pace
    )  # fmt: skip
