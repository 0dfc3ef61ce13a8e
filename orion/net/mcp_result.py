"""What a tool of an MCP server answers, as a model can read it: text, links, and words for the rest.

It is read from the raw answer: the SDK refuses an answer as a whole for one part that it does not know.
Specification: https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orion.domain.storable import is_longer, parsed, storable
from orion.net.answers import MOST_CHARS, bounded

_MAX_ERROR_CHARS = 300
_MAX_JSON_CHARS = 16 * MOST_CHARS
"""A longer text is not read as JSON: its value would be too long, however much white space it has."""


def content(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The structured content, and beside it the text that says something else; without any, empty.

    Raises:
        ToolFailure: It is too long.
    """
    told = texts(raw)
    text = "\n".join(told)
    structured = bounded(raw.get("structuredContent"))
    if structured is None:
        return {"result": value(text)} if told else {}
    found = structured if isinstance(structured, dict) else {"result": structured}
    if not told or _repeats(found, told):
        return found
    return {**found, ("content" if "text" in found else "text"): text}


def texts(raw: Mapping[str, Any]) -> list[str]:
    """Each part of an answer in words."""
    parts = raw.get("content")
    return [_words(part) for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def complaint(raw: Mapping[str, Any]) -> str:
    """What a tool says that failed, cut short."""
    return " ".join(texts(raw))[:_MAX_ERROR_CHARS] or "The service could not do that."


def refusal(message: str, more: Any) -> str:
    """What a server says that refused a call, cut short."""
    detail = more if isinstance(more, str) else json.dumps(more)[:_MAX_ERROR_CHARS] if more else ""
    told = f"The service refused: {message}" + (f" ({detail})" if detail and detail not in message else "")
    return str(storable(told))[:_MAX_ERROR_CHARS]


def value(text: str) -> Any:
    """JSON where the text is an object or a list, else the text."""
    if text[:1] in {"{", "["} and len(text) <= _MAX_JSON_CHARS:
        try:
            found = parsed(text)
            json.dumps(found, allow_nan=False)  # 1e999 is read as an infinity
        except (ValueError, RecursionError):
            return text
        return found
    return text


def _words(part: Mapping[str, Any]) -> str:
    kind = part.get("type")
    if kind == "resource" and isinstance(part.get("resource"), dict):
        return _resource(part["resource"])
    if isinstance(part.get("text"), str):
        return str(part["text"])
    if kind == "resource_link":
        about = [str(part[key]) for key in ("title", "name", "description") if part.get(key)]
        return f"[link: {part.get('uri', '')}{''.join(f', {one}' for one in dict.fromkeys(about))}]"
    if kind in {"image", "audio"}:
        return f"[{kind}{_about(part)}]"
    return f"[a part of the kind {str(kind)[:50]!r}, which cannot be shown]"


def _resource(resource: Mapping[str, Any]) -> str:
    if isinstance(resource.get("text"), str):
        return str(resource["text"])
    return f"[file: {resource.get('uri', '')}{_about(resource)}]"


def _about(part: Mapping[str, Any]) -> str:
    """Of which type and how large what cannot be shown is."""
    sealed = part.get("data", part.get("blob"))
    size = f", {len(sealed) * 3 // 4} bytes" if isinstance(sealed, str) else ""
    return f" of type {str(part.get('mimeType', 'unknown'))[:100]}{size}, which cannot be shown"


def _repeats(structured: dict[str, Any], told: list[str]) -> bool:
    """Whether the texts say what the structured content says, as servers do for clients that are old."""
    inner = structured["result"] if list(structured) == ["result"] else structured
    if "\n".join(told) in ("", *(one for one in structured.values() if isinstance(one, str))):
        return True
    for known in (structured, inner):
        if len(told) == 1 and known in (told[0], _read(told[0])):
            return True
        if isinstance(known, list) and known in (told, [_read(one) for one in told]):
            return True
    return False


def _read(text: str) -> Any:
    if len(text) > _MAX_JSON_CHARS:
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if is_longer(found, MOST_CHARS) else storable(found)
