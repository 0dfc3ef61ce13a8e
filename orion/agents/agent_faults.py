"""What is wrong with an agent's YAML file: each fault with its line and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from orion.domain import language
from orion.domain.agent import voice_with
from orion.errors import FileFault
from orion.media.turn_policy import TurnPolicy
from orion.providers import Kind

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}\Z")
_MOST_NAMES = 12
_TURN_TAKING = {
    *("eager", "ignored_words", "interrupt_words", "interrupt_secs"),
    *(one.name for one in fields(TurnPolicy)),
}
_FORMS = {
    "string_type": "write a text, in quotes where it looks like a number or a date",
    "list_type": "write a list: `[one, two]`, or a line `- one` for each",
    "dict_type": "write a mapping: `key: value` on lines of their own, indented",
    "int_parsing": "write a whole number without quotes",
    "int_type": "write a whole number without quotes",
    "int_from_float": "write a whole number",
    "float_parsing": "write a number without quotes",
    "float_type": "write a number without quotes",
    "value_error": "write a number without quotes",  # JSON_NUMBER's
    "pronunciation": "write `word: spelling`, or `word: /phonemes/` in IPA",
    "string_pattern_mismatch": "names are lower case: letters, digits, `-` and `_`, a letter first",
}
"""The remedy for a value of another form than it must have, by pydantic's name of the fault."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an agent may name.

    Attributes:
        engines: Provider names by kind (`stt`, ...); a kind that is not there is not looked at.
        voices: Voices by provider, for those that tell them.
    """

    tools: Iterable[str]
    agents: Iterable[str]
    engines: Mapping[Kind, Iterable[str]] = field(default_factory=dict)
    voices: Mapping[str, Iterable[str]] = field(default_factory=dict)


def faults(path: Path, model: type[BaseModel], known: Known) -> list[FileFault]:
    """What is wrong with an agent's file, top to bottom; empty where nothing is.

    Args:
        model: What the file may hold.
    """
    if not _NAME.match(path.stem):
        remedy = "rename it: lower case letters, digits, `-` and `_`, a letter first, 60 at most"
        return [FileFault(path, 1, f"the file's name is the agent's, and {path.stem!r} is no name", remedy)]
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except OSError as error:
        return [FileFault(path, 1, _unreadable(error), "check the path")]
    except UnicodeDecodeError:
        return [FileFault(path, 1, "this is not in UTF-8", "save it so")]
    except yaml.YAMLError as error:
        return [_no_yaml(path, error)]
    if not isinstance(content, dict) or not isinstance(root, yaml.MappingNode):
        return [FileFault(path, 1, "an agent is a mapping", "write at least `instructions: ...`")]
    return sorted(_Reader(path, root, known).faults(content, model), key=lambda fault: fault.line)


def near(given: str, known: Iterable[str]) -> str:
    """The name that was probably meant, or those that there are."""
    names = sorted(known)
    near = get_close_matches(given, names, 1, cutoff=0.6)
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    listed = f"there are: {', '.join(names[:_MOST_NAMES])}{more}"
    return f"did you mean {near[0]!r}? {listed}" if near else listed


def _no_yaml(path: Path, error: yaml.YAMLError) -> FileFault:
    mark = getattr(error, "problem_mark", None)
    what = f"this is no YAML: {getattr(error, 'problem', None) or 'unreadable'}"
    remedy = "look at indents, quotes and brackets here and above; a text with `: ` or ` #` needs quotes"
    return FileFault(path, mark.line + 1 if mark else 1, what, remedy, mark.column + 1 if mark else None)


def _unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "file not found"
    return error.strerror or "the file cannot be read"


class _Reader:
    """One file: its YAML nodes by key, for the lines of what is wrong with them."""

    def __init__(self, path: Path, root: yaml.MappingNode, known: Known) -> None:
        self._path = path
        self._known = known
        self._root = root
        self._keys = {key.value: (key, value) for key, value in reversed(root.value)}

    def faults(self, content: dict[str, Any], model: type[BaseModel]) -> Iterator[FileFault]:
        yield from self._doubled(self._root)
        try:
            read = model.model_validate(content)
        except ValidationError as error:
            yield from (self._refused(problem, model) for problem in error.errors())
            return
        if not str(content["instructions"]).strip():
            yield self._fault(["instructions"], "instructions are empty", "say what the agent is to do")
        yield from self._unknown_names(read)
        yield from self._unknown_values(read)

    def _fault(self, place: Iterable[str | int], what: str, remedy: str) -> FileFault:
        return FileFault(self._path, self._line(place), what, remedy)

    def _line(self, place: Iterable[str | int]) -> int:
        """The line of a key, or of the item or key inside its value, counted from 1."""
        key, *inside = place
        if str(key) not in self._keys:
            return 1
        node, value = self._keys[str(key)]
        if inside and isinstance(value, yaml.SequenceNode) and isinstance(inside[0], int):
            node = value.value[inside[0]]
        elif inside and isinstance(value, yaml.MappingNode):
            node = next((one for one, _ in value.value if one.value == inside[0]), node)
        return int(node.start_mark.line) + 1

    def _doubled(self, node: yaml.Node) -> Iterator[FileFault]:
        """YAML takes the last of several equal keys, which is seldom meant."""
        if not isinstance(node, yaml.MappingNode):
            return
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = int(key.start_mark.line) + 1
            if key.value in seen:
                what = f"the key {key.value!r} stands in line {seen[key.value]} already"
                yield FileFault(self._path, line, what, "keep one of the two")
            seen.setdefault(key.value, line)
            yield from self._doubled(value)

    def _refused(self, problem: Any, model: type[BaseModel]) -> FileFault:
        place, kind = problem["loc"], problem["type"]
        name = ".".join(str(part) for part in place if isinstance(part, str) and part != "[key]")
        if kind == "extra_forbidden":
            return self._fault(place, f"unknown key {place[0]!r}", near(str(place[0]), model.model_fields))
        if kind == "missing":
            return self._fault(place, f"`{name}` is missing", f"write `{name}: ...`")
        if kind == "literal_error":
            wanted = re.findall(r"'(\w+)'", problem["ctx"]["expected"])
            return self._fault(
                place, f"unknown key {place[-2]!r} in {place[0]}", near(str(place[-2]), wanted)
            )
        if kind == "string_too_long":
            most, length = problem["ctx"]["max_length"], len(problem["input"])
            remedy = f"take out {length - most} of its {length} characters; {most} are allowed"
            return self._fault(place, f"{name} is too long", remedy)
        if kind == "string_too_short":
            return self._fault(place, f"{name} is empty", "write something, or leave the key out")
        said = problem["msg"].removeprefix("Value error, ")
        remedy = _FORMS.get(kind, f"make it {said.removeprefix('Input should be ')}")
        return self._fault(place, f"{name}: {said}", remedy)

    def _unknown_names(self, read: Any) -> Iterator[FileFault]:
        for key, known in (("tools", self._known.tools), ("hand_offs", self._known.agents)):
            for index, name in enumerate(getattr(read, key) or []):
                if key == "hand_offs" and name == self._path.stem:
                    what = "hand_offs: the agent would hand over to itself"
                    yield self._fault([key, index], what, "name others, or leave it out")
                elif name not in set(known):
                    yield self._fault([key, index], f"{key}: there is no {name!r}", near(name, known))
        for kind, engines in self._known.engines.items():
            for entry in (getattr(read, kind, None) or "").split(","):
                name = entry.strip().partition("/")[0]
                if name not in {"", "auto", *engines}:
                    yield self._fault([kind], f"{kind}: there is no {name!r}", near(name, ["auto", *engines]))

    def _unknown_values(self, read: Any) -> Iterator[FileFault]:
        if not language.known(read.language):
            meant = language.meant(read.language)
            remedy = f"did you mean {meant!r}?" if meant else "write a code like en, de or pt-BR"
            yield self._fault(["language"], f"there is no language {read.language!r}", remedy)
        for key in set(read.turn_taking) - _TURN_TAKING:
            what = f"unknown key {key!r} in turn_taking"
            yield self._fault(["turn_taking", key], what, near(key, _TURN_TAKING))
        speakers = [name.strip().partition("/")[0] for name in (read.tts or "").split(",") if name.strip()]
        voices = {voice for name in speakers for voice in self._known.voices.get(name, ())}
        told = bool(speakers) and all(name in self._known.voices for name in speakers)
        named = {voice_with(read.voice, name) for name in speakers} - {None}
        if named and told and not named & voices:
            has = "has" if len(speakers) == 1 else "have"
            what = f"{' and '.join(speakers)} {has} no voice {read.voice!r}"
            yield self._fault(["voice"], what, near(str(read.voice), voices))
