"""What a web service's answer comes to as a tool's result: JSON, a text, or what it says of a refusal.

Of a call that changes something the status alone tells whether it has happened: services answer such
with `ok`, a page, nothing, or anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from email.message import Message
from typing import Any

from orion.domain.storable import MOST_DEPTH, cut_short, parsed, storable
from orion.domain.tool import ToolFailure
from orion.net.client import Answer

MOST_CHARS = 16_000
"""Of the selected result as JSON: a longer one would push the conversation out of the model's context."""
_TEXT_CHARS = 2000
_REASON_CHARS = 300
_REASONS = ("error", "message", "detail", "title", "description", "reason", "errors")
"""Where services say what went wrong; `detail` and `title` are those of RFC 9457."""
_MOST_REASONS = 3
_SECRET_CHARS = 6
_TEXTUAL = re.compile(r"text/|.*\b(json|xml|javascript|yaml|csv|x-www-form-urlencoded)\b")


Pick = Callable[[Any], Any]
"""Takes a part out of a JSON value, or raises ToolFailure."""


def told(answer: Answer, pick: Pick | None = None) -> Any:
    """The result of a call that reads: JSON, or the text where the service sends no JSON.

    Raises:
        ToolFailure: There is neither, not what is picked, or it is too long.
    """
    if answer.cut:
        raise ToolFailure("The service's answer is too long for me, or is broken.")
    try:
        found = _json(answer.body)
        return bounded(pick(found) if pick else found)
    except (ValueError, RecursionError) as error:
        text = "" if pick or "json" in answer.media_type else _text(answer)
        if not text:
            raise ToolFailure("The service did not answer with JSON.") from error
        return cut_short(text, _TEXT_CHARS)


def done(answer: Answer, pick: Pick | None = None) -> Any:
    """The result of a call that has changed something, as far as it can be read; else an empty object."""
    try:
        found = _json(answer.body)
    except (ValueError, RecursionError):
        return cut_short(_text(answer), _TEXT_CHARS) or {}
    try:
        found = pick(found) if pick else found
    except ToolFailure:
        return {}
    try:
        return bounded(found)
    except ToolFailure:
        return cut_short(json.dumps(storable(found, MOST_DEPTH), ensure_ascii=False), _TEXT_CHARS)


def reason(answer: Answer, secrets: Iterable[str] = ()) -> str:
    """What a service says of its refusal, short and on one line; empty where that is nothing to read.

    Args:
        secrets: What was sent along: where the service repeats it, it is left out.
    """
    try:
        text = "; ".join(list(_reasons(_json(answer.body)))[:_MOST_REASONS])
    except (ValueError, RecursionError):
        text = "" if "html" in answer.media_type else _text(answer)
    for secret in secrets:
        for part in sorted({secret, *secret.split()}, key=len, reverse=True):
            if len(part) >= _SECRET_CHARS:
                text = text.replace(part, "***")
    seen = "".join(char if char.isprintable() else " " for char in text)
    return cut_short(" ".join(seen.split()), _REASON_CHARS)


def _reasons(value: Any, depth: int = 4) -> Iterator[str]:
    """The texts that say what went wrong; of an object without any, all of it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth:
        for item in value[:_MOST_REASONS]:
            yield from _reasons(item, depth - 1)
    elif isinstance(value, dict) and depth:
        known = [value[name] for name in _REASONS if value.get(name)]
        for member in known:
            yield from _reasons(member, depth - 1)
        if value and not known:
            yield json.dumps(storable(value, MOST_DEPTH), ensure_ascii=False)


def bounded(result: Any) -> Any:
    """The result as JSON can hold it, if it is short enough. Raises ToolFailure if not."""
    kept = storable(result, MOST_DEPTH)
    if len(json.dumps(kept, ensure_ascii=False)) > MOST_CHARS:
        raise ToolFailure("The service's answer is too long for me.")
    return kept


def _json(body: bytes) -> Any:
    """The value of a body; an empty object where there is none. Raises ValueError, RecursionError."""
    return parsed(body) if body.strip() else {}


def _text(answer: Answer) -> str:
    """The body as text; empty where it is none."""
    body = answer.body
    if (answer.media_type and not _TEXTUAL.match(answer.media_type)) or b"\0" in body:
        return ""
    content = Message()
    content["content-type"] = answer.content_type
    for charset in (content.get_content_charset() or "utf-8", "utf-8", "latin-1"):
        try:
            return body.decode(charset).strip().removeprefix("\ufeff")
        except (LookupError, ValueError):
            continue
    return ""
