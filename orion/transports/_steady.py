"""A microphone's track that brings silence where its peer sends nothing.

Opus DTX (RFC 7587, section 3.1.3) sends a packet each 400 ms in silence, and muted clients send none: a VAD
that is given no audio finds no end of speech. aiortc's jitter buffer holds packets back until others have
come, so their timestamps tell of a gap too late: it is seen by the clock.
"""

from __future__ import annotations

import asyncio
from typing import Any

from av import AudioFrame

_GAP_SECS = 0.3
"""A gap that is shorter is the network's."""
_STEP_SECS = 0.1
_MOST_SECS = 3.0
"""So much silence ends any turn; who sends nothing for longer costs nothing."""
_RATE_HZ = 16000


class SteadyTrack:
    """Another track with its gaps filled, from its first frame on; all else is the track's own."""

    def __init__(self, track: Any) -> None:
        self._track = track
        self._filled_secs = _MOST_SECS

    def __getattr__(self, name: str) -> Any:
        return getattr(self._track, name)

    async def recv(self) -> Any:
        """The next frame, or silence. Raises what the track raises."""
        if self._filled_secs < _MOST_SECS:
            secs = _STEP_SECS if self._filled_secs else _GAP_SECS
            try:
                async with asyncio.timeout(secs):
                    return await self._next()
            except TimeoutError:
                self._filled_secs += secs
                return silence(secs)
        return await self._next()

    async def _next(self) -> Any:
        frame = await self._track.recv()
        self._filled_secs = 0.0
        return frame


def silence(secs: float) -> AudioFrame:
    """So many seconds of 16 kHz mono without a sound."""
    frame = AudioFrame(format="s16", layout="mono", samples=round(_RATE_HZ * secs))
    frame.sample_rate = _RATE_HZ
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame
