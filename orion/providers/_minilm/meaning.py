"""How alike texts are in meaning: what the offline agent's router asks beside the words."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from loguru import logger

from orion.errors import OrionError
from orion.providers import _minilm
from orion.providers._minilm.client import Vectors, shared
from orion.settings import Settings

_WITHIN_SECS = 0.25
_MOST_KEPT = 5000
"""Vectors of examples that are kept: 384 numbers each, 8 MB in all."""


class Meaning:
    """Cosines of a text with examples whose vectors are kept, and made in the background where they are not.

    It blocks for 10 to 30 ms of a text that was not asked before, and twice a quarter of a second at most.
    """

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._kept: dict[str, list[float]] = {}
        self._learning: set[str] = set()
        self._thread = ThreadPoolExecutor(1, "examples")
        self._last: tuple[str, list[float]] = ("", [])

    def __call__(self, text: str, examples: Sequence[str]) -> Sequence[float]:
        """The cosine of the text with each example, -1 to 1; empty where it is not known, or not yet."""
        missing = {example for example in examples if example not in self._kept}
        if missing or not self._vectors.is_running:
            self._learn(missing - self._learning)
            return ()
        vector = self._of(text)
        if not vector:
            return ()
        return [sum(a * b for a, b in zip(vector, self._kept[example], strict=True)) for example in examples]

    def learn(self, examples: Sequence[str]) -> None:
        """Make the vectors of examples now; blocks. Raises ProviderError, ProviderTimeout."""
        for example in examples:
            if example not in self._kept:
                while len(self._kept) >= _MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[example] = self._vectors.of(example)

    def settle(self) -> None:
        """Wait for what is made in the background; blocks."""
        self._thread.submit(lambda: None).result()

    def _of(self, text: str) -> list[float]:
        """The vector of a text, empty where it does not come in time; the router asks once per tool."""
        if self._last[0] != text:
            try:
                self._last = text, self._vectors.of(text, _WITHIN_SECS)
            except OrionError as error:
                logger.warning("the words alone choose the tool: {}", error)
                self._last = text, []
        return self._last[1]

    def _learn(self, examples: set[str]) -> None:
        self._learning |= examples

        def work() -> None:
            try:
                self._vectors.start()
                self.learn(sorted(examples))
            except OrionError as error:
                logger.warning("the words alone choose the tool: {}", error)
            finally:
                self._learning -= examples

        self._thread.submit(work)


def meaning(settings: Settings) -> Meaning | None:
    """What knows meanings on this server; None without the model's wheel, or by `ORION_EMBEDDINGS=off`."""
    if settings.embeddings not in {"auto", "minilm"} or _minilm.folder() is None:
        return None
    return _shared()


@lru_cache(maxsize=1)
def _shared() -> Meaning:
    return Meaning(shared())
