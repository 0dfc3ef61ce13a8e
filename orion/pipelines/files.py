"""What the files of the server and of its project hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orion import guardrails, registry, tools
from orion.agents import prompts
from orion.agents.prompts import Prompt
from orion.agents.roster import Roster
from orion.errors import FaultyFiles, FileFault
from orion.tools import RunnableTool


@dataclass(frozen=True, slots=True)
class Files:
    """Agents, tools, checks and prompts, built in and of the project."""

    roster: Roster
    tools: Mapping[str, RunnableTool]
    checks: Mapping[str, guardrails.Check]
    prompts: Mapping[str, Prompt]

    @classmethod
    def load(cls, project: Path | None) -> Files:
        """Read them all. Raises FaultyFiles with the faults of all that are not valid."""
        found = faults(project)
        if found:
            raise FaultyFiles(found)
        checks = guardrails.load_all(project)
        return cls(Roster.load(project), tools.load_all(project), checks, prompts.load(project))


def faults(project: Path | None) -> list[FileFault]:
    """What is wrong with the files, by file and line."""
    reading: tuple[Callable[[Path | None], object], ...] = (
        tools.load_all,
        guardrails.load_all,
        _load_providers,
        Roster.load,
    )
    found: dict[FileFault, None] = {}
    for read in reading:
        try:
            read(project)
        except FaultyFiles as error:
            found |= dict.fromkeys(error.faults)
    return list(found)


def _load_providers(project: Path | None) -> None:
    for name in registry.names("providers", project):
        registry.load("providers", name, project)
