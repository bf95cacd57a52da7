"""Rows of the suite that were made again, into a whole result: ``python benchmarks/suite/merge.py WHOLE.json AGAIN.json ...``.

``AGAIN.json`` is what ``phonofilm bench --only WORD`` leaves in its folder. Every row in it takes the place of the row of the same case; each
row says on which day it was made, and the groups are counted anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DIGITS = 4


def merged(whole: dict[str, Any], again: dict[str, Any]) -> dict[str, Any]:
    """``whole`` with the rows of ``again`` in it, in the order of the suite. Raises ``ValueError`` where another engine or version made them."""
    for name in ("engine", "phonofilm", "machine"):
        if whole[name] != again[name]:
            raise ValueError(f"{name} is {again[name]} here and {whole[name]} there")
    new = {row["case"]: {**_rounded(row), "date": again["date"]} for row in again["cases"]}
    rows = [{"date": whole["date"], **new.pop(row["case"], row)} for row in whole["cases"]] + list(new.values())
    groups: dict[str, dict[str, int]] = {}
    for row in rows:
        groups.setdefault(row["group"], {"passed": 0, "short": 0, "failed": 0, "missing": 0})[row["state"]] += 1
    return {**whole, "date": max(row["date"] for row in rows), "groups": groups, "cases": rows}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return round(value, DIGITS) if isinstance(value, float) else value


if __name__ == "__main__":
    target = Path(sys.argv[1])
    result = json.loads(target.read_text("utf-8"))
    for name in sys.argv[2:]:
        result = merged(result, json.loads(Path(name).read_text("utf-8")))
    target.write_text(json.dumps(result, ensure_ascii=False, indent=0) + "\n", "utf-8")
