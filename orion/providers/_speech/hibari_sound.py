"""The sound of hibari's voice: its level, and the silence around it. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np

Samples = np.ndarray[Any, np.dtype[np.float32]]

_BEFORE_SECS, _BEHIND_SECS = 0.04, 0.2
"""What is kept of the silence around a clause: the model makes 0.3 s before it and 0.5 s behind it."""
_SILENT = 0.002
_GAIN = 1.7
"""hibari speaks at -25 dBFS; other voices at -15 to -20."""
_PEAK = 0.98


def heard(samples: Samples, rate_hz: int) -> tuple[Samples, float]:
    """A clause as it is played, and the seconds that were cut off before it.

    Empty if it holds no sound.
    """
    loud = np.flatnonzero(np.abs(samples) > _SILENT)
    if not len(loud):
        return samples[:0], 0.0
    begin = max(0, int(loud[0]) - round(_BEFORE_SECS * rate_hz))
    end = int(loud[-1]) + round(_BEHIND_SECS * rate_hz)
    part = samples[begin:end]
    gain = min(_GAIN, _PEAK / float(np.abs(part).max()))
    return part * np.float32(gain), begin / rate_hz
