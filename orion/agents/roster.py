"""The roster: the agents of this server, from YAML files built in and in the user's project."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from loguru import logger
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from orion import registry
from orion.agents import agent_faults
from orion.agents.agent_faults import Known
from orion.agents.json_types import JSON_NUMBER
from orion.domain.agent import Agent, AgentRow
from orion.domain.text.lexicon import MOST_ENTRIES, MOST_SAID_CHARS, MOST_WORD_CHARS, problem
from orion.errors import FaultyFiles, FileFault, NotFound
from orion.providers import KINDS, _pronunciations

_BUILT_IN = Path(str(files("orion"))) / "agents" / "builtin"
_KEYS = ("default_agent",)
"""What `orion.toml` may hold."""
_DEFAULT = "concierge"
_FORMERLY = {"orion": "concierge"}
"""Former names of built-in agents, in sessions and rows; they count where nobody else has them."""
_NONE: Mapping[str, Iterable[str]] = {}
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
_Speech = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(/[A-Za-z0-9._:-]+)?$", max_length=200)]
_Written = Annotated[str, StringConstraints(max_length=MOST_WORD_CHARS)]
_Said = Annotated[str, StringConstraints(max_length=MOST_SAID_CHARS)]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=50)]
_Deadline = Literal[
    "first_token_secs",
    "next_token_secs",
    "filler_secs",
    "transcript_secs",
    "first_audio_secs",
    "hedge_percentile",
    "sentence_secs",
]


def _sayable(entries: dict[str, str]) -> dict[str, str]:
    for word, said in entries.items():
        if what := problem(word, said):
            raise PydanticCustomError("pronunciation", "{what}", {"what": what})
    return entries


EXAMPLE_AGENT: dict[str, Any] = {
    "instructions": "You are the host of a harbour restaurant. Be brief, and ask for one thing at a time.",
    "title": "Host",
    "greeting": "Good evening, {{name}}. A table for how many?",
    "language": "en",
    "tools": ["current_time"],
    "hand_offs": ["concierge"],
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
    pronunciations: Annotated[
        dict[_Written, _Said], Field(max_length=MOST_ENTRIES), AfterValidator(_sayable)
    ] = {}
    tools: list[_Name] | None = None
    hand_offs: list[_Name] = []
    guardrails: dict[str, Any] = {}
    turn_taking: dict[str, Annotated[float, JSON_NUMBER] | list[_Word]] = {}
    fail_over: dict[_Deadline, Annotated[float, Field(gt=0, lt=100), JSON_NUMBER]] = {}
    plans: dict[Literal["steps", "secs", "tokens"], Annotated[int, Field(ge=1, le=10**9), JSON_NUMBER]] = {}
    max_call_secs: Annotated[int, Field(ge=1, le=86_400), JSON_NUMBER] | None = None
    budget_usd: Annotated[float, Field(gt=0, le=1_000_000), JSON_NUMBER] | None = None
    context_tokens: Annotated[int, Field(ge=2_000, le=2_000_000), JSON_NUMBER] | None = None


class Roster:
    """The agents by name, and the one that a session begins with."""

    def __init__(self, agents: dict[str, Agent], default: str) -> None:
        titles = {name: agent.title for name, agent in agents.items() if agent.title}
        self._agents = {name: replace(agent, titles=_titles(agent, titles)) for name, agent in agents.items()}
        self.default = default

    @classmethod
    def load(cls, project: Path | None = None) -> Roster:
        """Read the built-in agents and the project's, whose names win.

        Raises:
            FaultyFiles: Files are not valid; all faults are told, with line and remedy.
        """
        found = faults(project)
        if found:
            raise FaultyFiles(found)
        paths = _paths(project)
        agents = {name: _read(path) for name, path in paths.items()}
        own = [path for path in paths.values() if path.parent != _BUILT_IN]
        return cls(agents, _default(project, agents, own))

    def get(self, name: str) -> Agent:
        """The agent of that name. Raises NotFound, naming those that there are."""
        found = self._agents.get(_current(name, self._agents))
        if found is None:
            raise NotFound(f"no agent {name!r}; there are: {', '.join(self.names())}")
        return found

    def names(self) -> list[str]:
        """The names of all agents, sorted."""
        return sorted(self._agents)

    def __contains__(self, name: object) -> bool:
        return _current(str(name), self._agents) in self._agents

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
            name: replace(agent, hand_offs=tuple(to for to in _all_current(agent, agents) if to in agents))
            for name, agent in agents.items()
        }
        return Roster(known, self.default)


def _titles(agent: Agent, titles: Mapping[str, str]) -> dict[str, str]:
    """What those call themselves to whom the agent hands over."""
    return {to: titles[now] for to in agent.hand_offs if (now := _current(to, titles)) in titles}


def _current(name: str, agents: Collection[str]) -> str:
    """The name that counts today: a former one where no agent has it."""
    return name if name in agents else _FORMERLY.get(name, name)


def _all_current(agent: Agent, agents: Collection[str]) -> list[str]:
    return [_current(to, agents) for to in agent.hand_offs]


def names(project: Path | None = None) -> list[str]:
    """The names of the agent files that there are, built in and of the project; none is read."""
    return sorted(_paths(project))


def faults(project: Path | None = None, voices: Mapping[str, Iterable[str]] = _NONE) -> list[FileFault]:
    """What is wrong with the agent files that there are, and with the project's pronunciations.

    Args:
        voices: The voices of those providers that tell them.

    Raises:
        FaultyFiles: A provider's file of the project cannot be imported.
    """
    paths = _paths(project)
    found = [fault for path in paths.values() for fault in validate(path, project, paths, voices)]
    if project is not None:
        try:
            _pronunciations.read(project)
        except FaultyFiles as error:
            found += error.faults
    return found


def validate(
    path: Path,
    project: Path | None = None,
    agents: Iterable[str] = (),
    voices: Mapping[str, Iterable[str]] = _NONE,
) -> list[FileFault]:
    """What is wrong with one agent's file; `agents` are the names of those that there are.

    Raises:
        FaultyFiles: A provider's file of the project cannot be imported.
    """
    listed = registry.names("providers", project)
    engines = {
        kind: [name for name in listed if hasattr(registry.load("providers", name, project), kind)]
        for kind in KINDS
    }
    known = Known(registry.names("tools", project), set(agents), engines, voices)
    return agent_faults.faults(path, AgentFile, known)


def _paths(project: Path | None) -> dict[str, Path]:
    own = sorted((project / "agents").glob("*.yaml")) if project else []
    return {path.stem: path for path in (*sorted(_BUILT_IN.glob("*.yaml")), *own)}


def _read(path: Path) -> Agent:
    return as_agent(path.stem, AgentFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))


def as_agent(name: str, content: AgentFile) -> Agent:
    """The agent that a file or a row describes."""
    values = content.model_dump()
    values = {field.name: values[field.name] for field in fields(Agent) if field.name in values}
    tools = values.pop("tools")
    hand_offs = tuple(values.pop("hand_offs"))
    return Agent(name=name, tools=None if tools is None else tuple(tools), hand_offs=hand_offs, **values)


def _refuse_unknown(path: Path, text: str, content: Mapping[str, object]) -> None:
    for key in content:
        if key not in _KEYS:
            lines = enumerate(text.splitlines(), 1)
            line = next((number for number, one in lines if re.match(rf"\s*\[*{re.escape(key)}\b", one)), 1)
            raise FaultyFiles([FileFault(path, line, f"there is no {key!r}", agent_faults.near(key, _KEYS))])


def _default(project: Path | None, agents: dict[str, Agent], own: list[Path]) -> str:
    """`default_agent` of orion.toml; else the project's only agent; else the built-in one."""
    if project is None:
        return _DEFAULT
    path = project / "orion.toml"
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    except UnicodeDecodeError as error:
        raise FaultyFiles([FileFault(path, 1, "this is not in UTF-8", "save it so")]) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, None)
        raise FaultyFiles(
            [FileFault(path, line, "this is no TOML", 'write `key = "value"`', column)]
        ) from error
    _refuse_unknown(path, text, content)
    name = content.get("default_agent")
    if name is not None and name not in agents:
        lines = enumerate(text.splitlines(), 1)
        line = next((number for number, one in lines if one.strip().startswith("default_agent")), 1)
        what = f"default_agent: there is no {name!r}"
        raise FaultyFiles([FileFault(path, line, what, agent_faults.near(str(name), agents))])
    if name is not None:
        return str(name)
    return own[0].stem if len(own) == 1 else _DEFAULT
