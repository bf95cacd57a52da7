"""Matrix products on one thread."""

import subprocess
import sys

PROGRAM = """
import ctypes, numpy
from phonofilm.linear import one_thread

library = ctypes.CDLL(numpy._core._multiarray_umath.__file__)
told = getattr(library, "scipy_openblas_get_num_threads64_", lambda: 1)
one_thread()
print(told(), (numpy.ones((300, 300), "f") @ numpy.ones((300, 300), "f")).sum())
"""


def test_products_are_held_to_one_thread_and_are_as_they_were() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["1", "2.7e+07"]
