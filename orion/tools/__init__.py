"""The folder of tools, and its one doorway: one file is one tool.

A tool's module has a docstring (what the model reads), `Args` (a pydantic model: the schema of the
arguments) and `async def run(args: Args, call: ToolContext)`, which returns something JSON can hold
or raises ToolFailure with a sentence. It may also set

- `EXAMPLES`: phrases with which people ask for it (the offline agent routes by them);
- `SAID`: what people say in the places of the examples, `{"place": ["tokyo", "new york"]}`;
- `SAY`: a template of the spoken answer over the keys of the result, e.g. `"It is {time}."`;
- `CONFIRM` (ask first), `SIDE_EFFECTS` (barge-in does not cancel it), `RISK`, `TIMEOUT_SECS`;
- `IDEMPOTENT`: a call that comes again with the same `call.call_id` counts once, because whatever the
  tool reaches takes that id as its idempotency key. Without it, a plan asks before it repeats a call
  of a tool of `RISK` `write` or `danger` of which nobody knows whether it has happened;
- `UNTRUSTED`: others than the user wrote what it returns; after it, what changes something waits for the
  user's yes.

`json_schema_extra={"x-ask": "For which city?"}` on a field is the question when it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from orion import registry
from orion.domain.tool import Risk, Tool, ToolContext
from orion.errors import StartError

_PLACE = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[a-z']+")
_PLAIN_WEIGHT = 20
"""A phrase without places counts as often as one whose place has twenty values."""


@dataclass(frozen=True, slots=True)
class RunnableTool:
    """A tool with what runs it: `run(arguments, call)`, arguments already valid by the schema."""

    tool: Tool
    run: Callable[[dict[str, Any], ToolContext], Awaitable[Any]]


def load_all(project: Path | None = None) -> dict[str, RunnableTool]:
    """All tools, built in and of the project, by name.

    Raises:
        StartError: An entry lacks its docstring, `Args` or `run`; the detail names the file.
    """
    return {
        name: _read(name, registry.load("tools", name, project)) for name in registry.names("tools", project)
    }


def phrases(tools: Iterable[Tool]) -> list[str]:
    """What people may say to the tools: their examples, with the examples of values in their places.

    A phrase whose places have no examples is left out, for nothing is known of what stands there.
    """
    return [
        phrase for tool in tools for example in tool.examples for phrase in _filled(tool, example.lower())
    ]


def _filled(tool: Tool, example: str) -> Iterator[str]:
    names = _PLACE.findall(example)
    values = [tool.said.get(name, ()) for name in names]
    if not names:
        yield from [_words(example)] * _PLAIN_WEIGHT
        return
    longest = max(map(len, values))
    for index in range(longest if all(values) else 0):
        phrase = example
        for name, options in zip(names, values, strict=True):
            phrase = phrase.replace(f"{{{name}}}", options[index % len(options)])
        yield _words(phrase)


def _words(phrase: str) -> str:
    return " ".join(_WORD.findall(phrase))


def _read(name: str, module: ModuleType) -> RunnableTool:
    args = getattr(module, "Args", None)
    run = getattr(module, "run", None)
    if not (isinstance(args, type) and issubclass(args, BaseModel) and callable(run)):
        raise StartError(
            f"{module.__file__}: a tool needs `class Args(BaseModel)` and `async def run(args, call)`"
        )
    if not module.__doc__:
        raise StartError(f"{module.__file__}: a tool needs a docstring, the model reads it")
    schema = args.model_json_schema()
    schema.pop("title", None)
    schema.pop("description", None)
    tool = Tool(
        name=name,
        description=cleandoc(module.__doc__),
        parameters={"additionalProperties": False, **schema},
        examples=tuple(getattr(module, "EXAMPLES", ())),
        said=getattr(module, "SAID", {}),
        say=getattr(module, "SAY", ""),
        confirm=getattr(module, "CONFIRM", False),
        side_effects=getattr(module, "SIDE_EFFECTS", False),
        risk=Risk(getattr(module, "RISK", Risk.READ)),
        idempotent=bool(getattr(module, "IDEMPOTENT", False)),
        timeout_secs=float(getattr(module, "TIMEOUT_SECS", 10.0)),
        untrusted=getattr(module, "UNTRUSTED", False),
    )

    async def run_validated(arguments: dict[str, Any], call: ToolContext) -> Any:
        return await run(args.model_validate(arguments), call)

    return RunnableTool(tool, run_validated)
