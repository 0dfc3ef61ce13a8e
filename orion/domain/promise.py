"""What an agent has promised to say later, read from the record of a session. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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


def promises(turns: Sequence[Turn], now: datetime, tools: Collection[str]) -> Iterator[Promise]:
    """What these tools have promised and no turn holds yet: results with `announces` (words) and `secs`.

    Each turn that says the words keeps one promise, the oldest that was due by then.
    """
    said: set[int] = set()
    for turn in turns:
        for call in turn.tool_calls:
            if call.tool not in tools:
                continue
            result = call.result if isinstance(call.result, dict) else {}
            words, secs = result.get("announces"), result.get("secs")
            if call.status is not ToolCallStatus.DONE or call.started_at is None:
                continue
            if not isinstance(words, str) or not isinstance(secs, int | float):
                continue
            due = call.started_at + timedelta(seconds=secs)
            kept = _kept(turns, words, due, said)
            if kept is not None:
                said.add(kept)
            elif now - due < _KEPT:
                yield Promise(words, (due - now).total_seconds())


def _kept(turns: Sequence[Turn], words: str, due: datetime, said: Collection[int]) -> int | None:
    """The turn, by its place, in which the agent has said the words since they were due; None for none.

    Args:
        said: Turns that have kept other promises.
    """
    return next(
        (
            place
            for place, turn in enumerate(turns)
            if place not in said and turn.ended_at >= due - _EARLY and _says(turn, _plain(words))
        ),
        None,
    )


def _says(turn: Turn, words: str) -> bool:
    """Whether the agent says them in it; one who cut it off knows enough. A voice leaves out markup."""
    text = _plain(turn.text)
    begun = turn.interrupted and bool(text) and words.startswith(text)
    return turn.speaker is Speaker.AGENT and (words in text or begun)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
