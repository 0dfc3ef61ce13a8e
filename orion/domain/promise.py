"""What an agent has promised to say later, read from the record of a session. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orion.domain.tool import ToolCallStatus
from orion.domain.turn import Speaker, Turn

_KEPT = timedelta(days=2)
_EARLY = timedelta(seconds=5)
"""A clock may differ by so much."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Words that are due in `left_secs` seconds, less than none where they are overdue."""

    words: str
    left_secs: float


def promises(turns: Sequence[Turn], now: datetime) -> Iterator[Promise]:
    """What tools have promised and no turn holds yet: results with `announces` (words) and `secs`."""
    for turn in turns:
        for call in turn.tool_calls:
            result = call.result if isinstance(call.result, dict) else {}
            words, secs = result.get("announces"), result.get("secs")
            if call.status is not ToolCallStatus.DONE or call.started_at is None:
                continue
            if not isinstance(words, str) or not isinstance(secs, int | float):
                continue
            due = call.started_at + timedelta(seconds=secs)
            if now - due < _KEPT and not _kept(turns, words, due):
                yield Promise(words, (due - now).total_seconds())


def _kept(turns: Sequence[Turn], words: str, due: datetime) -> bool:
    """Whether the agent has said the words since they were due."""
    return any(
        turn.speaker is Speaker.AGENT and words in turn.text and turn.ended_at >= due - _EARLY
        for turn in turns
    )
