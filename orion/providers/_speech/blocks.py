"""Synthesized speech in whole blocks of 20 ms at the transport's rate."""

from __future__ import annotations

import numpy as np
import soxr


class Blocks:
    """Resamples one sentence as it streams in; `rest` also brings what the filter still holds.

    Pipecat's stream resampler has no end: each sentence would lose its last 33 to 75 ms.
    """

    def __init__(self, in_rate_hz: int, out_rate_hz: int) -> None:
        self._stream = soxr.ResampleStream(in_rate_hz, out_rate_hz, 1, dtype="int16", quality="HQ")
        self._block_bytes = out_rate_hz // 50 * 2
        self._kept = b""

    def take(self, pcm: bytes) -> bytes:
        """Give 16-bit mono PCM, get as many whole blocks as there are."""
        self._kept += self._resample(pcm, last=False)
        whole = len(self._kept) - len(self._kept) % self._block_bytes
        blocks, self._kept = self._kept[:whole], self._kept[whole:]
        return blocks

    def rest(self) -> bytes:
        """The end of the sentence, filled up with silence to whole blocks."""
        pcm = self._kept + self._resample(b"", last=True)
        self._kept = b""
        return pcm + bytes(-len(pcm) % self._block_bytes)

    def _resample(self, pcm: bytes, *, last: bool) -> bytes:
        samples = self._stream.resample_chunk(np.frombuffer(pcm, np.int16), last=last)
        return bytes(samples.tobytes())
