"""Matrix products on one thread."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache
from typing import cast


@cache
def one_thread() -> None:
    """Hold NumPy's products to one thread of this process, for whole steps run beside one another and OpenBLAS's threads wait by spinning: a fifth
    of the processor's time for a song. Where NumPy is built with something else, or links it otherwise, nothing is done.
    """
    from numpy._core import _multiarray_umath as core  # pyright: ignore[reportAttributeAccessIssue]

    with suppress(OSError, AttributeError):
        ctypes.CDLL(cast(str, core.__file__)).scipy_openblas_set_num_threads64_(1)
