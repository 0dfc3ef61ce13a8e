"""A microphone's track that brings silence where its peer sends nothing.

Opus DTX (RFC 7587, section 3.1.3) sends a packet each 400 ms in silence, and muted clients send none: a VAD
that is given no audio finds no end of speech. aiortc's jitter buffer holds packets back until others have
come, so their timestamps tell of a gap too late: it is seen by the clock. A busy machine or network is late,
too, and then brings all at once: silence in the middle of a word would cost it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from av import AudioFrame

_GAP_SECS = 0.3
"""A gap that is shorter is the network's; one of this length is silence, if the peer is known to pause."""
_STALL_SECS = 0.8
"""So long may the others be late."""
_STEP_SECS = 0.1
_MOST_SECS = 3.0
"""So much silence ends any turn; who sends nothing for longer costs nothing."""
_RATE_HZ = 16000


class SteadyTrack:
    """Another track with its gaps filled, from its first frame on; all else is the track's own."""

    def __init__(self, track: Any) -> None:
        self._track = track
        self._filled_secs = _MOST_SECS
        self._came_at: float | None = None
        self._late = self._pauses = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._track, name)

    async def recv(self) -> Any:
        """The next frame, or silence. Raises what the track raises."""
        if self._filled_secs < _MOST_SECS:
            first_secs = _GAP_SECS if self._pauses or self._late else _STALL_SECS
            secs = _STEP_SECS if self._filled_secs else first_secs
            try:
                async with asyncio.timeout(secs):
                    return await self._next()
            except TimeoutError:
                self._filled_secs += secs
                return silence(secs)
        return await self._next()

    async def _next(self) -> Any:
        frame = await self._track.recv()
        now = asyncio.get_running_loop().time()
        late = self._came_at is not None and now - self._came_at >= _GAP_SECS
        # A packet that was held up has the others right behind it; one of DTX stands alone.
        self._pauses = self._pauses or (late and self._late)
        self._late, self._came_at = late, now
        self._filled_secs = 0.0
        return frame


def silence(secs: float) -> AudioFrame:
    """So many seconds of 16 kHz mono without a sound."""
    frame = AudioFrame(format="s16", layout="mono", samples=round(_RATE_HZ * secs))
    frame.sample_rate = _RATE_HZ
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame
