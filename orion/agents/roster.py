"""The roster: the agents of this server, from YAML files built in and in the user's project."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from loguru import logger
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from orion import registry
from orion.agents.json_types import JSON_NUMBER
from orion.domain.agent import Agent, AgentRow
from orion.errors import NotFound, StartError

_BUILT_IN = Path(str(files("orion"))) / "agents" / "builtin"
_DEFAULT = "orion"
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
_Speech = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(/[A-Za-z0-9._:-]+)?$", max_length=200)]
_Deadline = Literal[
    "first_token_secs",
    "next_token_secs",
    "filler_secs",
    "transcript_secs",
    "first_audio_secs",
    "hedge_percentile",
]


EXAMPLE_AGENT: dict[str, Any] = {
    "instructions": "You are the host of a harbour restaurant. Be brief, and ask for one thing at a time.",
    "title": "Host",
    "greeting": "Good evening, {{name}}. A table for how many?",
    "language": "en",
    "tools": ["current_time"],
    "hand_offs": ["orion"],
    "max_call_secs": 900,
    "budget_usd": 0.5,
}


class AgentFile(BaseModel):
    """What an agent's YAML file may hold; the file's name is the agent's."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_AGENT]})

    instructions: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    title: Annotated[str, StringConstraints(max_length=100)] = ""
    greeting: Annotated[str, StringConstraints(max_length=1000)] = ""
    language: Annotated[str, StringConstraints(max_length=20)] = "en"
    voice: str | None = None
    stt: str | None = None
    llm: str | None = None
    tts: str | None = None
    speech: _Speech | None = None
    tools: list[_Name] | None = None
    hand_offs: list[_Name] = []
    guardrails: dict[str, Any] = {}
    turn_taking: dict[str, Annotated[float, JSON_NUMBER]] = {}
    fail_over: dict[_Deadline, Annotated[float, Field(gt=0, lt=100), JSON_NUMBER]] = {}
    max_call_secs: Annotated[int, Field(ge=1, le=86_400), JSON_NUMBER] | None = None
    budget_usd: Annotated[float, Field(gt=0, le=1_000_000), JSON_NUMBER] | None = None
    context_tokens: Annotated[int, Field(ge=2_000, le=2_000_000), JSON_NUMBER] | None = None


class Roster:
    """The agents by name, and the one that a session begins with."""

    def __init__(self, agents: dict[str, Agent], default: str) -> None:
        self._agents = agents
        self.default = default

    @classmethod
    def load(cls, project: Path | None = None) -> Roster:
        """Read the built-in agents and the project's, whose names win.

        Raises:
            StartError: A file is not valid; the detail names file, line and remedy.
        """
        own = sorted((project / "agents").glob("*.yaml")) if project else []
        paths = {path.stem: path for path in (*sorted(_BUILT_IN.glob("*.yaml")), *own)}
        tools = set(registry.names("tools", project))
        complaints = [line for path in paths.values() for line in validate(path, tools, set(paths))]
        if complaints:
            raise StartError("; ".join(complaints))
        agents = {name: _read(path) for name, path in paths.items()}
        return cls(agents, _default(project, agents, own))

    def get(self, name: str) -> Agent:
        """The agent of that name. Raises NotFound, naming those that there are."""
        if name not in self._agents:
            raise NotFound(f"no agent {name!r}; there are: {', '.join(self.names())}")
        return self._agents[name]

    def names(self) -> list[str]:
        """The names of all agents, sorted."""
        return sorted(self._agents)

    def __contains__(self, name: object) -> bool:
        return name in self._agents

    def covered(self, rows: Iterable[AgentRow]) -> Roster:
        """This roster with a workspace's own agents, whose names win; hand-offs to nobody are left out.

        A row that this version cannot read is left out and logged.
        """
        agents = dict(self._agents)
        for row in rows:
            try:
                agents[row.name] = as_agent(row.name, AgentFile.model_validate(row.body))
            except ValidationError:
                logger.warning("the agent {} of a workspace is not valid in this version", row.name)
        known = {
            name: replace(agent, hand_offs=tuple(to for to in agent.hand_offs if to in agents))
            for name, agent in agents.items()
        }
        return Roster(known, self.default)


def validate(path: Path, tools: set[str], agents: set[str]) -> list[str]:
    """What is wrong with an agent's file, one line each: `file:line: what, remedy`; empty if nothing.

    Args:
        tools: Names of the tools that there are.
        agents: Names of the agents that there are.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except OSError as error:
        return [f"{path}: {error.strerror}"]
    except UnicodeDecodeError:
        return [f"{path}: not in UTF-8; save it so"]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        return [f"{path}:{line}: this is no YAML: {getattr(error, 'problem', None) or 'unreadable'}"]
    if not isinstance(content, dict):
        return [f"{path}:1: an agent is a mapping; it needs at least `instructions: ...`"]
    try:
        read = AgentFile.model_validate(content)
    except ValidationError as error:
        return [_complaint(path, text, problem) for problem in error.errors()]
    return [
        *_unknown(path, text, "tools", read.tools or [], tools),
        *_unknown(path, text, "hand_offs", read.hand_offs, agents),
    ]


def _unknown(path: Path, text: str, key: str, given: list[str], known: set[str]) -> list[str]:
    return [
        f"{path}:{_line(text, key, name)}: {key}: there is no {name!r}; there are: {', '.join(sorted(known))}"
        for name in given
        if name not in known
    ]


def _complaint(path: Path, text: str, problem: Any) -> str:
    key = str(problem["loc"][0])
    line = _line(text, key)
    if problem["type"] == "extra_forbidden":
        known = ", ".join(AgentFile.model_fields)
        return f"{path}:{line}: unknown key {key!r}; known are: {known}"
    if problem["type"] == "missing":
        return f"{path}:1: `{key}` is missing"
    return f"{path}:{line}: {key}: {problem['msg']}"


def _line(text: str, key: str, item: str | None = None) -> int:
    """The line of a key, or of the item in its list, counted from 1."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for key_node, value_node in root.value if root is not None else ():
        if key_node.value == key:
            items = value_node.value if isinstance(value_node, yaml.SequenceNode) else []
            found = next((node for node in items if item is not None and node.value == item), key_node)
            return int(found.start_mark.line) + 1
    return 1


def _read(path: Path) -> Agent:
    return as_agent(path.stem, AgentFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))


def as_agent(name: str, content: AgentFile) -> Agent:
    """The agent that a file or a row describes."""
    values = content.model_dump()
    values = {field.name: values[field.name] for field in fields(Agent) if field.name in values}
    tools = values.pop("tools")
    hand_offs = tuple(values.pop("hand_offs"))
    return Agent(name=name, tools=None if tools is None else tuple(tools), hand_offs=hand_offs, **values)


def _default(project: Path | None, agents: dict[str, Agent], own: list[Path]) -> str:
    """`default_agent` of orion.toml; else the project's only agent; else the built-in one."""
    if project is None:
        return _DEFAULT
    path = project / "orion.toml"
    try:
        content = tomllib.loads(path.read_text()) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise StartError(f"{path}: {error}") from error
    name = content.get("default_agent")
    if name is not None and name not in agents:
        raise StartError(
            f"{path}: default_agent: there is no {name!r}; there are: {', '.join(sorted(agents))}"
        )
    if name is not None:
        return str(name)
    return own[0].stem if len(own) == 1 else _DEFAULT
