"""What a server sends as speech: PCM of 24 kHz as OpenAI does, or of the rate that it tells, or a WAV.

Servers of the protocol differ: some answer a request for `pcm` with a WAV, or at the rate of their model.
Source: RFC 2586 (the rate in the media type), RFC 2361 and Microsoft's RIFF (the WAV).
"""

from __future__ import annotations

import re
import struct
from collections.abc import AsyncIterator

from orion.providers._text.faults import MalformedAnswer

_RATE_HZ = 24000
_RATES_HZ = range(8000, 48001)
_TOLD = re.compile(r"\brate=(\d{4,6})\b")
_NO_SAMPLES = ("mpeg", "mp3", "ogg", "opus", "aac", "flac", "mp4", "webm", "json", "text/")
_HEAD_BYTES = 4096
"""The samples of a WAV begin within so many bytes."""


async def samples(pieces: AsyncIterator[bytes], content_type: str) -> tuple[int, AsyncIterator[bytes]]:
    """The sample rate in Hz, and the samples: 16-bit little-endian mono.

    Raises:
        MalformedAnswer: It is no sound, or compressed, not mono or not 16-bit, or of no usual rate.
    """
    if any(word in content_type for word in _NO_SAMPLES):
        raise MalformedAnswer(f"speech as {content_type.partition(';')[0]}")
    head = b""
    async for piece in pieces:
        head += piece
        if len(head) >= 12:
            break
    told = _TOLD.search(content_type)
    rate_hz = int(told[1]) if told else _RATE_HZ
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        while (found := _wav(head)) is None and len(head) < _HEAD_BYTES:
            piece = await anext(pieces, b"")
            if not piece:
                break
            head += piece
        if found is None:
            raise MalformedAnswer("a WAV without samples")
        rate_hz, begin = found
        head = head[begin:]
    if rate_hz not in _RATES_HZ:
        raise MalformedAnswer(f"speech at {rate_hz} Hz")
    return rate_hz, _joined(head, pieces)


def _wav(head: bytes) -> tuple[int, int] | None:
    """The rate, and where the samples begin; None where that is further on."""
    at, rate_hz = 12, 0
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        at += 8
        if name == b"data":
            return (rate_hz, at) if rate_hz else None
        if name == b"fmt " and at + 16 <= len(head):
            kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", head, at)
            if (kind, channels, bits) not in {(1, 1, 16), (0xFFFE, 1, 16)}:
                raise MalformedAnswer("a WAV that is not 16-bit mono")
        at += size + size % 2
    return None


async def _joined(head: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in pieces:
        yield piece
