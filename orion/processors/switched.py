"""What is wrong with an engine of an order, and the frame that tells that another one goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipecat.frames.frames import ErrorFrame, SystemFrame
from pipecat.utils.errors import ErrorCategory

from orion.providers import Kind

_LASTING = frozenset({ErrorCategory.AUTHENTICATION, ErrorCategory.AUTHORIZATION, ErrorCategory.QUOTA})


@dataclass
class SwitchedFrame(SystemFrame):
    """An engine failed, and another one goes on; it passes downstream for those who watch.

    Parameters:
        kind: `stt`, `llm` or `tts`.
        failed: The provider that failed.
        reason: In a few words, never the vendor's: an ErrorCategory, or which deadline passed.
        taken: The provider that goes on; None where none is left.
    """

    kind: Kind
    failed: str
    reason: str
    taken: str | None


@dataclass
class UnheardFrame(SystemFrame):
    """The user spoke, and no recogniser could be asked for the words; it passes downstream.

    Parameters:
        lasting: It will be so for a while: the key was refused.
    """

    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an engine.

    Attributes:
        index: Its place in the order.
        reason: In a few words, never the vendor's.
        lasting: It will be so for a while: its key was refused.
        silent: It did not complain, it just did not answer.
        refused: It did not take this request; others' it may.
    """

    index: int
    reason: str
    lasting: bool = False
    silent: bool = False
    refused: bool = False

    @property
    def hopeless(self) -> bool:
        """It would answer the same if it was asked the same again."""
        return self.lasting or self.refused


def fault(index: int, error: ErrorFrame) -> Fault:
    """What an ErrorFrame says of an engine."""
    category: Any = error.category or ErrorCategory.UNKNOWN
    refused = category is ErrorCategory.INVALID_REQUEST
    return Fault(index, category.value, lasting=category in _LASTING, refused=refused)
