"""Giving back the memory that loading has left behind."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Return freed memory to the system.

    Building the validators and importing NumPy leaves some 4 MB of holes in the C heap, which glibc keeps unless it is
    asked. On other systems this only collects garbage.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
