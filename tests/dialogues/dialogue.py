"""The published dialogues: what the user says, what a language model would do, how the world is afterwards.

```yaml
- id: eggs
  title: A timer for the eggs, and goodbye
  exercises: [timer, end of the session]
  lines:
    - say: Could you start a timer for my eggs, seven minutes?
      calls: [{timer: {duration: 7 minutes}}]      # what a language model calls over it
    - say: Make a plan to ...
      plan: [{timer: {...}}, {current_time: {...}}]   # what it plans; it then calls make_plan with the line
    - say: Never mind.
      answers: All right.                          # what it says where it calls nothing
      barge_in: true                               # said while the agent speaks
      once: waiting_approval                       # said once a step of a plan is so: as the page shows it
      hang_up: true                                # said in a new call of the same session
      new_session: true                            # said in a new conversation of the same user
  expect:                                          # how the database and the house are in the end
    status: ended                                  # of the last session; `active` where nothing is given
    agent: scheduler                               # who has the word in it; `concierge`
    hand_offs: [scheduler]                         # to whom, in order
    memories: [locker 42]                          # words that each holds; there are no more of them
    timers: [{secs: 420, about: the eggs}]         # all that were set
    effects: [{book_table: {guests: 6}}]           # all that the house was told; `sometimes: true`: it may
    told: [{current_time: {zone: Asia/Tokyo}}]     # results of tools that were called, in this order
    plans: [{status: done, steps: [timer done]}]   # where given, all plans
    approvals: [{pay_bill: rejected}]              # where given, all that was asked; else nothing dangerous
    confirmed: [call_taxi]                         # tools that ask first: the server does, for a model
  fails: {text: ..., voice: ...}                   # where it does not end so with the offline agent, and why
```
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
PROJECT = FOLDER / "project"
Call = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """What the user says, and how; the rest is for the scripted language model."""

    say: str
    calls: Sequence[Call] = ()
    plan: Sequence[Call] = ()
    answers: str = "All right."
    barge_in: bool = False
    once: str = ""
    hang_up: bool = False
    new_session: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One published dialogue."""

    id: str
    title: str
    exercises: Sequence[str]
    lines: Sequence[Line]
    expect: Mapping[str, Any] = field(default_factory=dict)
    fails: Mapping[str, str] = field(default_factory=dict)


def published() -> list[Dialogue]:
    """All of them, in the order of their files."""
    listed = [
        entry
        for path in sorted((FOLDER / "published").glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text())
    ]
    return [
        Dialogue(**{**entry, "lines": tuple(Line(**line) for line in entry["lines"])}) for entry in listed
    ]


def named(tool_and_arguments: Call) -> tuple[str, Mapping[str, Any]]:
    """`{tool: arguments}` as a pair."""
    ((tool, arguments),) = tool_and_arguments.items()
    return tool, arguments


def script(dialogues: Sequence[Dialogue]) -> dict[str, Any]:
    """What the scripted model plays: to each line its calls, then its words; to each goal its plan."""
    answers: dict[str, list[dict[str, Any]]] = {}
    plans: dict[str, dict[str, Any]] = {}
    for line in (line for dialogue in dialogues for line in dialogue.lines):
        calls = _calls([{"make_plan": {"goal": line.say}}] if line.plan else line.calls)
        answer = [{"to": line.say, "tool_calls": calls}] if calls else []
        answer.append({"to": line.say, "text": line.answers})
        assert answers.setdefault(line.say, answer) == answer, f"two answers to {line.say!r}"
        if line.plan:
            steps = [{"tool": call["name"], "arguments": call["arguments"]} for call in _calls(line.plan)]
            plans[line.say] = {"to": line.say, "text": json.dumps({"steps": steps})}
    return {"llm": [one for answer in answers.values() for one in answer], "inference": [*plans.values()]}


def _calls(listed: Sequence[Call]) -> list[dict[str, Any]]:
    return [{"name": tool, "arguments": dict(given)} for tool, given in map(named, listed)]
