"""A plan without a model: the clauses of what was asked for, each routed to a tool, its slots filled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from orion.domain.draft import Draft, Missing
from orion.domain.plan import MOST_STEPS
from orion.domain.tool import Tool
from orion.providers.offline import slots, speech
from orion.providers.offline.router import ACCEPT, ASK, Match, rivals
from orion.providers.offline.schema import properties
from orion.providers.offline.values import is_free

_LEAD = re.compile(
    r"\W*(?:(?:please|okay|so|now|first|plan|make a plan|can you|could you|i want you to|to)\W+)*",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\W*(?:(?:please|can you|could you|now)\s+)*(?:(?:make|draw up) (?:me )?a plan|plan)\b"
    r"\W*(?:(?:to|and|for)\b)?\s*",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*[,;.]\s+(?:then |and then |after that |afterwards |finally |and )?", re.IGNORECASE)
_PLACE = re.compile(r"\{(\w+)\}")
_BACK = re.compile(r"\b(?:it|that|this|the (?:result|answer|outcome|sum))\W*\Z", re.IGNORECASE)
"""What stands for the result of the clause before, at the end of a clause."""


class Routes(Protocol):
    """What knows which tool is meant."""

    def clauses(self, text: str, most: int) -> list[str]:
        """What is asked for one after the other."""

    def rank(self, text: str) -> list[Match]:
        """The tools that may be meant, best first."""

    def surely(self, text: str) -> str | None:
        """The name of the tool that surely is meant."""


def plan(routes: Routes, tools: Iterable[Tool], goal: str) -> list[Draft] | Missing:
    """The calls that the clauses of `goal` ask for, or the question over what is missing."""
    known = list(tools)
    drafts: list[Draft] = []
    for clause in _clauses(routes, goal):
        found = _draft(routes, clause, known_before=[_tool(known, draft.tool) for draft in drafts])
        if isinstance(found, Missing):
            return found
        drafts.append(found)
    if not drafts:
        return Missing("What shall I do?")
    return drafts if len(drafts) <= MOST_STEPS else Missing(speech.TOO_MUCH)


def wished(text: str) -> str | None:
    """What follows `plan to ...`; None where no plan is wished for."""
    match = _WISH.match(text)
    return text[match.end() :].strip() or None if match else None


def points_back(text: str) -> bool:
    """Whether it ends with what stands for the result before: `remember that`."""
    return _BACK.search(text) is not None


def _clauses(routes: Routes, goal: str) -> list[str]:
    """The clauses; a comma parts two only where both halves are asked of a tool for sure."""
    found: list[str] = []
    for clause in routes.clauses(_LEAD.sub("", goal, count=1), MOST_STEPS + 1):
        found += _at_commas(routes, clause)
    return [_LEAD.sub("", clause, count=1) for clause in found]


def _at_commas(routes: Routes, clause: str) -> list[str]:
    for match in list(_COMMA.finditer(clause))[:MOST_STEPS]:
        before, after = clause[: match.start()].strip(), clause[match.end() :].strip()
        if after and routes.surely(before) and routes.surely(after):
            return [before, *_at_commas(routes, after)]
    return [clause]


def _draft(routes: Routes, clause: str, known_before: list[Tool]) -> Draft | Missing:
    ranked = routes.rank(clause)
    if not ranked or ranked[0].score < ASK:
        return Missing(f"I cannot {clause.strip(' .?!')}. What shall I do instead?")
    close = rivals(ranked)
    if ranked[0].score < ACCEPT or (close and ranked[0].score < 0.9):
        offered = [speech.reading(match.tool, match.arguments) for match in ranked[: 2 if close else 1]]
        return Missing(speech.do_you_mean(offered))
    tool = ranked[0].tool
    known = properties(tool.parameters)
    arguments = dict(ranked[0].arguments)
    name = slots.missing(tool, arguments)
    if name is not None and known_before and is_free(known.get(name, {})) and _BACK.search(clause):
        arguments[name] = _last_result(known_before)
        name = slots.missing(tool, arguments)
    if name is not None:
        return Missing(f"To {speech.ability(tool)}: {slots.question(tool, name)}")
    return Draft(tool.name, {name: value for name, value in arguments.items() if name in known})


def _last_result(before: list[Tool]) -> str:
    """A reference to what the step before brings: the first key that it would say."""
    told = _PLACE.findall(before[-1].say)
    return f"{{{{{len(before) - 1}{'.' + told[0] if told else ''}}}}}"


def _tool(tools: list[Tool], name: str) -> Tool:
    return next(tool for tool in tools if tool.name == name)
