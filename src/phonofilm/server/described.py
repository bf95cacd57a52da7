"""What can be asked for here: engines, voices, sizes, limits. Engines and voices are asked in a process of its own, for their libraries are large."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any, cast

from phonofilm.limits import profiles
from phonofilm.prompt.roles import ALLOWED
from phonofilm.request import LONGEST, RATIOS, SHORTEST, SIZES
from phonofilm.server.models import LISTED, model_of
from phonofilm.server.settings import Settings


class Described:
    """The answer to "what can be asked for?", found once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._found: dict[str, Any] | None = None
        self._lock = asyncio.Lock()

    async def options(self) -> dict[str, Any]:
        """All of it, for JSON."""
        async with self._lock:
            if self._found is None:
                self._found = await _asked()
        models = {name: {k: v for k, v in asdict(model_of(name)).items() if k != "name"} for name in LISTED}
        return {
            "engines": self._found["engines"], "engine": self._settings.engine, "voices": self._found["voices"], "models": models,
            "resolutions": list(SIZES), "sizes": SIZES, "ratios": [*RATIOS, "adaptive"],
            "seconds": {"shortest": SHORTEST, "longest": LONGEST, "default": 5, "auto": -1}, "limits": plain(profiles_shown()),
            "default_limits": self._settings.limits, "roles": {kind: sorted(roles) for kind, roles in ALLOWED.items()},
            "largest_upload": self._settings.upload_bytes,
        }  # fmt: skip


def profiles_shown() -> dict[str, Any]:
    """The profiles of limits. Sizes are bytes, lengths ticks (48 000 a second)."""
    return {name: asdict(limits) for name, limits in profiles().items()}


def plain(value: Any) -> Any:
    """The same with sorted lists for sets, which JSON has not."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast(dict[str, Any], value).items()}
    return sorted(cast(frozenset[str], value)) if isinstance(value, frozenset) else value


async def _asked() -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL)
    out, _ = await process.communicate()
    return json.loads(out)


def main() -> None:
    """Print engines and voices as JSON."""
    from phonofilm.engines import engine_names, make_engine
    from phonofilm.voice import voices

    found = [make_engine(name).capabilities for name in engine_names()]
    engines = [{"name": c.name, "about": c.about, "roles": sorted(c.roles), "moves": sorted(c.moves), "max_seconds": c.max_seconds} for c in found]
    sys.stdout.write(json.dumps({"engines": engines, "voices": [asdict(v) for v in voices()]}))


if __name__ == "__main__":
    main()
