"""The prompt language: text to Script. ``read`` is all that others need."""

from phonofilm.prompt.reader import read

__all__ = ["read"]
