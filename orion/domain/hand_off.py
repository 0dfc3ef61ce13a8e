"""Hand-offs: who is to go on with what, and how an agent is told that it has the word. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from orion.domain.agent import Agent

MOST = 2
"""Hand-offs without a turn of the user between; then the agent that has the word answers itself."""
_TOLD = (
    "({before} has handed the conversation over to you, {now}: you have the word from here on. What was said "
    "before stands above.{task})"
)
_TASK = (
    " The user waits for what the line below tells, in the words of {before}; it asks for no more than the "
    "user may. Do it now, or ask for what is missing; do not greet."
)


def others(agent: Agent) -> str:
    """Whom an agent can hand over to, or ask, in its instructions; empty for nobody."""
    return f"The other agents here, by name: {', '.join(agent.hand_offs)}." if agent.hand_offs else ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a tool asks for: `agent` goes on, at once with `task` if the user has said what they want."""

    agent: str
    task: str = ""


class HandedOver(dict[str, Any]):
    """The message in a model's context that the word has passed; it begins no turn of the user.

    Attributes:
        task: What the agent shall do at once; empty where it greets.
    """

    def __init__(self, before: str, now: str, task: str = "") -> None:
        told = _TOLD.format(before=before, now=now, task=_TASK.format(before=before) if task else "")
        line = "\n" + json.dumps({"task": task}, ensure_ascii=False) if task else ""
        super().__init__(role="developer", content=told + line)
        self.task = task
