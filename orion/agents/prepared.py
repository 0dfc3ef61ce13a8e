"""A tool from outside as a row keeps it: text that models may read, its schema, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orion.agents.parameters import of_arguments
from orion.domain.guardrail import Channel, Utterance
from orion.domain.schemas import closed
from orion.domain.schemas.modern import NotSupported
from orion.domain.schemas.shown import Shown, shown
from orion.guardrails import invisible_characters

NO_ARGUMENTS: dict[str, Any] = {"type": "object", "properties": {}}
MAX_SHOWN_CHARS = 1000
"""Of a description, as models get it: OpenAI takes 1,024."""
_MAX_KEPT_CHARS = 10_000
_DESCRIBES = frozenset({"description", "title"})


def ready(name: str, description: str, schema: Any) -> dict[str, Any]:
    """A tool ready to be shown and checked, as JSON. Run it by `apart`. Raises NotSupported."""
    parameters = closed(_described(of_arguments(schema)))
    made = shown(parameters)
    entry = {"name": name, "description": visible(description, _MAX_KEPT_CHARS), "parameters": parameters}
    if made == Shown(parameters):
        return entry
    return {**entry, "shown": {"schema": made.schema, "renamed": dict(made.renamed), "hint": made.hint}}


def parts(entry: Mapping[str, Any]) -> tuple[dict[str, Any], Shown | None]:
    """The schema of an entry that `ready` has made, and what is shown of it."""
    kept = entry.get("shown")
    return entry["parameters"], Shown(**kept) if kept else None


def parts_of(schema: dict[str, Any]) -> tuple[dict[str, Any], Shown | None]:
    """The same of a schema that was kept before there was `ready`."""
    try:
        return parts(ready("", "", schema))
    except NotSupported:
        return schema, None


def told(description: str, made: Shown | None) -> str:
    """A description as models get it: which arguments go together, and as much else as there is room for."""
    hint = made.hint if made else ""
    room = MAX_SHOWN_CHARS - len(hint) - 1
    if len(description) > room:
        description = f"{description[: room - 1].rsplit(maxsplit=1)[0]}…"
    return f"{description} {hint}".strip()


def visible(text: str, most_chars: int = MAX_SHOWN_CHARS) -> str:
    """Text from outside as a model may read it: nothing invisible, and not too long."""
    text = text[: 2 * most_chars]
    for finding in reversed(invisible_characters.check(Utterance(text, Channel.TOOL_RESULT), {})):
        text = text[: finding.start] + text[finding.end :]
    return text.strip()[:most_chars]


def _described(schema: Any) -> Any:
    """The schema with its descriptions visible."""
    if isinstance(schema, list):
        return [_described(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: visible(value) if key in _DESCRIBES and isinstance(value, str) else _described(value)
        for key, value in schema.items()
    }
