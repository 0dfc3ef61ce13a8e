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

from orion.domain.storable import MOST_DEPTH, cut_short, is_longer, parsed, storable
from orion.domain.tool import ToolFailure
from orion.net.client import Answer

MOST_CHARS = 16_000
"""Of the selected result as JSON: a longer one would push the conversation out of the model's context."""
_TEXT_CHARS = 2000
_REASON_CHARS = 300
_READ_CHARS = 20_000
"""Of what a refusal says, one character after the other."""
_REASONS = ("error", "message", "detail", "title", "description", "reason", "errors")
"""Where services say what went wrong; `detail` and `title` are those of RFC 9457."""
_MOST_REASONS = 3
_SECRET_CHARS = 6
_TOKEN = re.compile(r"(?=\S*[A-Za-z])(?=\S*\d)[\w.=+~-]{12,}")
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_TEXTUAL = re.compile(r"text/|.*\b(json|ndjson|jsonl|xml|javascript|yaml|csv|x-www-form-urlencoded)\b")


Pick = Callable[[Any], Any]
"""Takes a part out of a JSON value, or raises ToolFailure."""


def told(answer: Answer, pick: Pick | None = None, secrets: Iterable[str] = ()) -> Any:
    """The result of a call that reads: JSON, or the text where the service sends no JSON.

    Args:
        secrets: What was sent along: where the service repeats it, it is left out.

    Raises:
        ToolFailure: There is neither, not what is picked, or it is too long.
    """
    if answer.cut:
        raise ToolFailure("The service's answer is too long for me, or is broken.")
    try:
        found = _json(answer)
        return without(bounded(pick(found) if pick else found), secrets)
    except (ValueError, RecursionError) as error:
        text = "" if pick or _is_json(answer.media_type) else _text(answer)
        if not text:
            raise ToolFailure("The service did not answer with JSON.") from error
        return cut_short(masked(text, tokens(secrets)), _TEXT_CHARS)


def done(answer: Answer, pick: Pick | None = None, secrets: Iterable[str] = ()) -> Any:
    """The result of a call that has changed something, as far as it can be read; else an empty object.

    Args:
        secrets: What was sent along: where the service repeats it, it is left out.
    """
    try:
        found = _json(answer)
    except (ValueError, RecursionError):
        return cut_short(masked(_text(answer), tokens(secrets)), _TEXT_CHARS) or {}
    try:
        found = pick(found) if pick else found
    except ToolFailure:
        return {}
    try:
        return without(bounded(found), secrets)
    except ToolFailure:
        return cut_short(masked(_written(found), tokens(secrets)), _TEXT_CHARS)


def reason(answer: Answer, secrets: Iterable[str] = ()) -> str:
    """What a service says of its refusal, short and on one line; empty where that is nothing to read.

    Args:
        secrets: What was sent along: where the service repeats it, it is left out.
    """
    try:
        text = "; ".join(list(_reasons(_json(answer)))[:_MOST_REASONS])
    except (ValueError, RecursionError):
        text = "" if "html" in answer.media_type else _text(answer)
    seen = "".join(char if char.isprintable() else " " for char in masked(text, secrets)[:_READ_CHARS])
    return cut_short(" ".join(seen.split()), _REASON_CHARS)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets that were sent along: services repeat what they do not like."""
    for secret in secrets:
        for part in sorted({secret, *secret.split()}, key=len, reverse=True):
            if len(part) >= _SECRET_CHARS:
                text = text.replace(part, "***")
    return text


def tokens(secrets: Iterable[str]) -> tuple[str, ...]:
    """The parts of the secrets that look like one: a folder that was sent along may be a result, too."""
    return tuple(part for secret in secrets for part in secret.split() if _TOKEN.fullmatch(part))


def without(value: Any, secrets: Iterable[str]) -> Any:
    """A result that is `bounded`, with its texts and names `masked` where they hold `tokens`."""
    secrets = tokens(secrets)
    if not secrets:
        return value
    if isinstance(value, str):
        return masked(value, secrets)
    if isinstance(value, dict):
        return {masked(name, secrets): without(member, secrets) for name, member in value.items()}
    return [without(item, secrets) for item in value] if isinstance(value, list) else value


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
            yield _written(value)


def _written(value: Any) -> str:
    """A value of any length as JSON; it is to be cut, and may hold what JSON does not know."""
    return json.dumps(
        value if is_longer(value, MOST_CHARS) else storable(value, MOST_DEPTH), ensure_ascii=False
    )


def bounded(result: Any) -> Any:
    """The result as JSON can hold it, if it is short enough. Raises ToolFailure if not."""
    too_long = ToolFailure("The service's answer is too long for me.")
    if is_longer(result, MOST_CHARS):
        raise too_long
    kept = storable(result, MOST_DEPTH)
    if len(json.dumps(kept, ensure_ascii=False)) > MOST_CHARS:
        raise too_long
    return kept


def _json(answer: Answer) -> Any:
    """The value of a body; an empty object where there is none. Raises ValueError, RecursionError."""
    if not answer.body.strip():
        return {}
    try:
        return parsed(answer.body)
    except UnicodeDecodeError:  # JSON is UTF-8 (RFC 8259, 8.1), but for services that say otherwise
        charset = _charset(answer)
        if charset is None:
            raise
        return parsed(_decoded(answer.body, charset))


def _is_json(media_type: str) -> bool:
    """Whether a service says that it sends one JSON value; lines of such are a text."""
    return media_type == "application/json" or media_type.endswith("+json")


def _text(answer: Answer) -> str:
    """The body as text; empty where it is none."""
    if (answer.media_type and not _TEXTUAL.match(answer.media_type)) or b"\0" in answer.body:
        return ""
    return _decoded(answer.body, _charset(answer) or "utf-8").strip().removeprefix("\ufeff")


def _decoded(body: bytes, charset: str) -> str:
    """The body as it says it is written, else as UTF-8 or Latin-1."""
    for one in (charset, "utf-8"):
        try:
            return body.decode(one)
        except (LookupError, ValueError):
            continue
    return body.decode("latin-1")


def _charset(answer: Answer) -> str | None:
    """The charset that a service names; None for codecs that only Python knows, and that take long."""
    content = Message()
    content["content-type"] = answer.content_type.replace("\r", " ").replace("\n", " ")
    charset = content.get_content_charset()
    return None if charset is None or charset.replace("-", "_") in _NO_CHARSETS else charset
