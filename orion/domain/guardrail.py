"""Guardrails: what a check finds and what becomes of the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """Where the text is on its way."""

    INPUT = "input"
    """From the user to the agent."""
    TOOL_RESULT = "tool_result"
    OUTPUT = "output"
    """From the agent to the user."""
    STORAGE = "storage"


class Action(StrEnum):
    """What a finding asks for, weakest first; a verdict takes the strongest of its findings."""

    ALLOW = "allow"
    FLAG = "flag"
    MASK = "mask"
    BLOCK = "block"

    @property
    def strength(self) -> int:
        """0 for `allow` up to 3 for `block`."""
        return list(Action).index(self)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text that is checked."""

    text: str
    channel: Channel
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: Name of the check, the file's name in `orion/guardrails/`.
        kind: What it found, e.g. `too_long`, `invisible_characters`.
        start, end: Half-open span of characters in the text that the check was given.
        score: Certainty, 0 to 1.
        action: What the check asks for.
        replacement: What stands in for the span if the action is `mask`.
        reply: What the user is told if the action is `block`.
    """

    check: str
    kind: str
    start: int
    end: int
    action: Action
    score: float = 1.0
    replacement: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a text. `text` is as it goes on; `cost_ms` is the CPU time of all checks."""

    action: Action
    text: str
    findings: tuple[Finding, ...] = ()
    cost_ms: float = 0.0

    @property
    def reply(self) -> str:
        """What the user is told of a block: the first reply of a blocking finding."""
        replies = (f.reply for f in self.findings if f.action is Action.BLOCK and f.reply)
        return next(replies, "")
