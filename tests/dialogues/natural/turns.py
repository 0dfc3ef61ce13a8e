"""Natural conversations: what somebody says, and what a person would expect of the answer.

The form stands at the head of `benchmarks/natural.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Wanted = str | Mapping[str, Any]
"""A regex, or a macro: `{number: 9}`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what is expected of the answer and of what is kept afterwards."""

    say: str
    ability: str
    must: Sequence[Wanted] = ()
    unwanted: Sequence[Wanted] = ()
    writes: Sequence[Mapping[str, Any]] = ()
    may: Sequence[Mapping[str, Any]] = ()
    timers: int | None = None
    may_ask: bool = False
    may_end: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one person says in one session."""

    about: str
    turns: Sequence[Turn]
    speaker: str = ""


def load(path: Path) -> list[Conversation]:
    """The conversations of a file, in its order."""
    return [
        Conversation(
            about=listed["about"],
            speaker=listed.get("speaker", ""),
            turns=tuple(_turn(entry) for entry in listed["turns"]),
        )
        for listed in yaml.safe_load(path.read_text())["conversations"]
    ]


def _turn(entry: Mapping[str, Any]) -> Turn:
    given = {"unwanted" if name == "not" else name: value for name, value in entry.items()}
    return Turn(**given)
