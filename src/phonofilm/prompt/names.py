"""First names: whether somebody who is called so speaks with a woman's voice or a man's."""

from __future__ import annotations

import re
from functools import cache

from phonofilm.prompt.text import data, fold


@cache
def _names() -> dict[str, str]:
    rows = [row.partition(":") for row in data("names.txt").splitlines() if row and not row.startswith("#")]
    return {name: gender for gender, _, names in rows for name in names.split()}


def gender_of(called: str) -> str:
    """female or male by a first name in what somebody is called ("anna_portrait"), empty where it holds none or several that disagree."""
    found = {gender for word in re.split(r"[\W_\d]+", fold(called)) if (gender := _names().get(word))}
    return found.pop() if len(found) == 1 else ""
