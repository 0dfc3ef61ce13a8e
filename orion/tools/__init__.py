"""The folder of tools, and its one doorway: one file is one tool.

A tool's module has a docstring (what the model reads), `Args` (a pydantic model: the schema of the
arguments) and `async def run(args: Args, call: ToolContext)`, which returns something JSON can hold
or raises ToolFailure with a sentence. It may also set

- `EXAMPLES`: phrases with which people ask for it (the offline agent routes by them);
- `SAID`: what people say in the places of the examples, `{"place": ["tokyo", "new york"]}`;
- `understand(said)`: the arguments if a whole sentence surely asks for this tool, else None; so the offline
  agent need not guess them by the examples;
- `SAY`: a template of the spoken answer over the keys of the result, e.g. `"It is {time}."`;
- `CONFIRM` (each call waits for the user's yes), `SIDE_EFFECTS` (barge-in does not cancel it; nor what has a
  `RISK` of `write` or `danger`), `RISK`, `TIMEOUT_SECS`;
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
from inspect import cleandoc, iscoroutinefunction
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, PydanticUserError

from orion import registry
from orion.domain.schemas import closed
from orion.domain.schemas.modern import NotSupported, modern
from orion.domain.schemas.shown import Shown, shown
from orion.domain.tool import Risk, Tool, ToolContext
from orion.errors import FaultyFiles, FileFault

_PLACE = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[a-z']+")
_PLAIN_WEIGHT = 20
"""An example counts about as often as one whose place has twenty values, however few it has."""


@dataclass(frozen=True, slots=True)
class RunnableTool:
    """A tool with what runs it: `run(arguments, call)`, arguments already valid by the schema."""

    tool: Tool
    run: Callable[[dict[str, Any], ToolContext], Awaitable[Any]]


def load_all(project: Path | None = None) -> dict[str, RunnableTool]:
    """All tools, built in and of the project, by name.

    Raises:
        FaultyFiles: Entries cannot be imported, or lack something; all of them are told.
    """
    found: dict[str, RunnableTool] = {}
    faults: list[FileFault] = []
    for name in registry.names("tools", project):
        try:
            found[name] = load(name, project)
        except FaultyFiles as error:
            faults += error.faults
    if faults:
        raise FaultyFiles(faults)
    return found


def load(name: str, project: Path | None = None) -> RunnableTool:
    """One tool. Raises NotFound; FaultyFiles where its file is at fault."""
    module = registry.load("tools", name, project)
    faults = list(_faults(module))
    if faults:
        raise FaultyFiles(faults)
    return _read(name, module)


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
        yield from [_words(phrase)] * max(1, _PLAIN_WEIGHT // longest)


def _words(phrase: str) -> str:
    return " ".join(_WORD.findall(phrase))


def _faults(module: ModuleType) -> Iterator[FileFault]:
    """What a tool's module lacks, or has in another form than it must."""
    path = Path(str(module.__file__))
    for name, what, remedy in (*_lacking(module), *_misshapen(module)):
        yield FileFault(path, _line(path, name), what, remedy)


def _lacking(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Of what every tool must have: the name, what is wrong, the remedy."""
    if not module.__doc__:
        yield "", "the docstring is missing", "say in a sentence what it does; the model reads it"
    args = getattr(module, "Args", None)
    if not (isinstance(args, type) and issubclass(args, BaseModel)):
        yield "Args", "the arguments are missing", "write `class Args(BaseModel): ...`"
    elif problem := _no_schema(args):
        yield "Args", f"the arguments have no JSON Schema: {problem}", "take types that JSON can hold"
    if not iscoroutinefunction(getattr(module, "run", None)):
        yield "run", "what runs is missing", "write `async def run(args, call): ...`"


def _misshapen(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Of what a tool may have: the name, what is wrong, the remedy."""
    if not _are_texts(getattr(module, "EXAMPLES", ())):
        yield "EXAMPLES", "EXAMPLES are no texts", 'write `EXAMPLES = ("...",)`, the comma for a single one'
    said = getattr(module, "SAID", {})
    if not isinstance(said, dict) or not all(map(_are_texts, said.values())):
        yield "SAID", "SAID is no mapping of texts", 'write `SAID = {"place": ["...", "..."]}`'
    if not isinstance(getattr(module, "SAY", ""), str):
        yield "SAY", "SAY is no text", 'write `SAY = "It is {time}."`, over the keys of the result'
    if (risk := getattr(module, "RISK", Risk.READ)) not in set(Risk):
        yield "RISK", f"there is no risk {risk!r}", f"choose of {', '.join(Risk)}"
    if not callable(getattr(module, "understand", _nothing)):
        yield "understand", "understand is no function", "write `def understand(said): ...`"
    timeout = getattr(module, "TIMEOUT_SECS", 10.0)
    if not isinstance(timeout, int | float) or not timeout > 0:
        yield "TIMEOUT_SECS", "TIMEOUT_SECS is no time", "write a number of seconds above 0"


def _nothing(_said: str) -> None:
    """What a tool without a reading of its own understands."""


def _shown(schema: dict[str, Any]) -> Shown | None:
    try:
        return shown(modern(schema))
    except NotSupported:  # of a file of the project, which is trusted: models get it as it is
        return None


def _no_schema(args: type[BaseModel]) -> str | None:
    try:
        args.model_json_schema()
    except PydanticUserError as error:
        return error.message.splitlines()[0]
    return None


def _are_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _line(path: Path, name: str) -> int:
    """The line that begins a module's name; 1 where it has none."""
    begins = re.compile(rf"(class |async def |def )?{name}\b" if name else r"(?!)")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if begins.match(line)), 1)


def _read(name: str, module: ModuleType) -> RunnableTool:
    args: type[BaseModel] = module.Args
    run: Callable[[BaseModel, ToolContext], Awaitable[Any]] = module.run
    schema = args.model_json_schema()
    schema.pop("title", None)
    schema.pop("description", None)
    tool = Tool(
        name=name,
        description=cleandoc(module.__doc__ or ""),
        parameters=closed(schema),
        shown=_shown(closed(schema)),
        examples=tuple(getattr(module, "EXAMPLES", ())),
        said=getattr(module, "SAID", {}),
        say=getattr(module, "SAY", ""),
        confirm=getattr(module, "CONFIRM", False),
        side_effects=getattr(module, "SIDE_EFFECTS", False),
        risk=Risk(getattr(module, "RISK", Risk.READ)),
        idempotent=bool(getattr(module, "IDEMPOTENT", False)),
        timeout_secs=float(getattr(module, "TIMEOUT_SECS", 10.0)),
        untrusted=getattr(module, "UNTRUSTED", False),
        understand=getattr(module, "understand", None),
    )

    async def run_validated(arguments: dict[str, Any], call: ToolContext) -> Any:
        return await run(args.model_validate(arguments), call)

    return RunnableTool(tool, run_validated)
