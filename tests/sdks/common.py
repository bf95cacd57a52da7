"""What the drivers share: they run in an SDK's own environment, so the standard library is all there is.

A driver gets one JSON argument (url, key, wrong, narrow, model, media, out) and prints one JSON line of what it saw.
"""

import base64
import json
import mimetypes
import sys
import time
import urllib.request
from pathlib import Path

WITH = json.loads(sys.argv[1])
URL, KEY, WRONG, NARROW, MODEL = (WITH[name] for name in ("url", "key", "wrong", "narrow", "model"))
MEDIA = {name: Path(path) for name, path in WITH["media"].items()}
OUT = Path(WITH["out"])
SECONDS = 600


def data(name):
    """A file as a data: address."""
    path = MEDIA[name]
    kind = {".wav": "audio/wav"}.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def poll(get, going, every=0.3):
    """Ask until the status is none of ``going``."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        got = get()
        status = getattr(got, "status", "")
        if str(getattr(status, "value", status)) not in going:
            return got
        time.sleep(every)
    raise TimeoutError(f"still {got.status} after {SECONDS} s")


def fetch(url, name):
    """Download as people do: without a key."""
    path = OUT / name
    with urllib.request.urlopen(url, timeout=60) as answer:
        path.write_bytes(answer.read())
    return str(path)


def caught(call):
    """The exception that a call raises, as data."""
    try:
        got = call()
    except Exception as error:
        found = {"class": type(error).__name__, "message": str(error)[:500]}
        for name in ("status_code", "code", "param"):
            if isinstance(value := getattr(error, name, None), str | int):
                found[name] = value
        return found
    return {"class": "", "message": f"nothing was raised, but {got!r} came"}


def tell(**found):
    """The one line."""
    sys.stdout.write(json.dumps(found) + "\n")
