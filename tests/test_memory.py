"""Freed memory."""

import subprocess
import sys

import pytest

PROGRAM = """
from phonofilm.memory import give_back

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 // 2**20

blocks = [bytearray(b"x") * 100_000 for _ in range(2000)]
last = blocks[-1]
del blocks
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only the C library of Linux keeps what was freed")
def test_what_was_freed_is_given_back_to_the_system() -> None:
    given = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert int(given) > 100  # of 190 MB
