"""What is logged, as lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger


@contextmanager
def lines() -> Iterator[list[str]]:
    """The messages that are logged inside, each with its level."""
    found: list[str] = []
    sink = logger.add(lambda message: found.append(str(message)), format="{level} {message}", level="WARNING")
    yield found
    logger.remove(sink)
