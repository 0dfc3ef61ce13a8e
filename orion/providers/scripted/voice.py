"""A signal that is like a voice: a VAD takes it for speech; the same every time, computed once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from functools import lru_cache
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orion.errors import ProviderError
from orion.providers.scripted.script import STALL, STATUS, Sound

_RATE_HZ = 24000
_SYLLABLE_SECS = 0.22
_HARMONICS = 28
_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (530, 1840, 2480), (300, 870, 2240), (570, 840, 2410))
"""First three formants in Hz (Peterson and Barney 1952, men): [a], [i], [e], [u], [o]."""
_WIDTHS_HZ = (70.0, 100.0, 140.0)
_PEAK = 9000
_CHUNK_BYTES = _RATE_HZ // 5 * 2

Samples = NDArray[np.float64]


class Refused(ProviderError):
    """An error as the script says; Pipecat reads its category from `status_code`."""

    def __init__(self, status_code: int) -> None:
        super().__init__("as the script says")
        self.status_code = status_code


class ScriptedVoice:
    """Every text sounds as the script's next entry says, after the last one as the first."""

    rate_hz = _RATE_HZ

    def __init__(self, sounds: Sequence[Sound]) -> None:
        self._sounds = cycle(sounds)

    async def speak(
        self,
        text: str,
        voice: str,  # noqa: ARG002 - a Voice is asked so
        language: str,  # noqa: ARG002
    ) -> AsyncGenerator[tuple[bytes, bytes], None]:
        """Packets as those of a speech worker: `W` the words, spread evenly, then `A` PCM at 24 kHz."""
        sound = next(self._sounds)
        await asyncio.sleep(sound.delay_ms / 1000)
        words = text.split()
        times = [(word, index * sound.secs / len(words)) for index, word in enumerate(words)]
        pcm = voice_like(sound.secs)
        if sound.fault:
            pcm = pcm[: round(sound.after * _RATE_HZ) * 2]
        if pcm:
            yield b"W", json.dumps(times).encode()
        for start in range(0, len(pcm), _CHUNK_BYTES):
            yield b"A", pcm[start : start + _CHUNK_BYTES]
        if sound.fault == STALL:
            await asyncio.Event().wait()
        if sound.fault == "connectivity":
            raise TimeoutError
        if sound.fault:
            raise Refused(STATUS.get(sound.fault, 0))


@lru_cache(maxsize=4)
def voice_like(secs: float) -> bytes:
    """16-bit mono PCM at 24 kHz: harmonics of a falling pitch under the formants of a row of vowels."""
    times = np.arange(round(secs * _RATE_HZ)) / _RATE_HZ
    pitch_hz = 130 - 25 * (times % 2.5) / 2.5 + 9 * np.sin(2 * np.pi * 0.9 * times)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / _RATE_HZ
    formants = _gliding(times)
    signal = np.zeros_like(times)
    for number in range(1, _HARMONICS + 1):
        signal += _loudness(number * pitch_hz, formants) / number * np.sin(number * phase)
    signal *= np.sin(np.pi * (times % _SYLLABLE_SECS) / _SYLLABLE_SECS) ** 0.5
    breath = np.random.default_rng(1).standard_normal(len(times)) * 0.002
    signal = signal / max(float(np.abs(signal).max(initial=0.0)), 1e-9) + breath
    return np.clip(signal * _PEAK, -32768, 32767).astype("<i2").tobytes()


def _gliding(times: Samples) -> list[Samples]:
    """The three formants over time, in Hz: from vowel to vowel in the middle of each syllable."""
    middles = np.arange(int(times[-1] / _SYLLABLE_SECS) + 2 if len(times) else 1) * _SYLLABLE_SECS
    row: Any = np.array([_VOWELS[index % len(_VOWELS)] for index in range(len(middles))], float)
    return [np.interp(times, middles, row[:, number]) for number in range(3)]


def _loudness(hz: Samples, formants: list[Samples]) -> Samples:
    """The vocal tract as resonances: 1 at a formant, falling off with the distance to it."""
    total = np.zeros_like(hz)
    for formant, width_hz in zip(formants, _WIDTHS_HZ, strict=True):
        total += 1 / (1 + ((hz - formant) / width_hz) ** 2)
    return total
