"""The entry point of a worker process: ``python -m phonofilm.jobs.process MODULE:FUNCTION URL FOLDER MAX_RUNNING NAME``.

The function that makes films is named rather than imported: a worker takes its first job before it loads what it needs for it, so that work goes
on soon after a restart, and jobs need not know what makes them. ``MAX_RUNNING`` bounds owners that are no key (``Quota``).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from phonofilm.jobs.files import Files
from phonofilm.jobs.job import Made, Wanted
from phonofilm.jobs.keys import Quota
from phonofilm.jobs.store import Store
from phonofilm.jobs.worker import Make, live


def command(make: str, url: str, folder: Path, *, max_running: int = 0) -> list[str]:
    """What a ``Pool`` starts: ``make`` (``module:function``) makes films for the store at ``url`` with the files in ``folder``."""
    return [sys.executable, "-m", "phonofilm.jobs.process", make, url, str(folder), str(max_running)]


def named(make: str) -> tuple[Make, Callable[[], object]]:
    """The function of that name, loaded when it is first called, and what loads it before."""
    module, _, function = make.partition(":")

    def call(wanted: Wanted, given: Mapping[str, Path], out: Path, progress: Callable[[str, float], None], preview: Callable[[bytes], None]) -> Made:
        return getattr(import_module(module), function)(wanted, given, out, progress, preview)

    return call, lambda: import_module(module)


def main() -> None:
    """Be a worker."""
    make, url, folder, max_running, name = sys.argv[1:]
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    call, warm = named(make)
    live(Store(url, quota=Quota(max_running=int(max_running))), Files(Path(folder)), call, name, warm=warm)


if __name__ == "__main__":
    main()
