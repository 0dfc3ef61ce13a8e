"""Large buffers go back to the system when they are freed, and garbage is collected where it pays.

glibc learns from a freed large block to keep such blocks, and keeps an arena per thread: the 30 MB
that one run of smart-turn needs for a moment then stay for good. Fixed thresholds prevent that.
"""

from __future__ import annotations

import ctypes
import gc

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Parameters of mallopt(3)."""


def return_large_buffers() -> None:
    """Fix the thresholds of this process's allocator, once, before anything large; glibc only."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 2)
        libc.mallopt(_M_MMAP_THRESHOLD, 256 * 1024)
        libc.mallopt(_M_TRIM_THRESHOLD, 1024 * 1024)


def collect_later() -> None:
    """Collect no garbage until `give_back(for_good=True)`: what a start makes stays, and is much to see."""
    gc.disable()


def give_back(*, for_good: bool = False) -> None:
    """Collect garbage and return its pages; `for_good`: what lives on now is not looked at again.

    A pipeline is a web of cycles that holds native threads (each resampler of FFmpeg has as many as
    there are cores): left to the collector's own pace, those of some ten ended calls pile up.
    """
    gc.collect()
    if for_good:
        gc.freeze()
        gc.enable()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
