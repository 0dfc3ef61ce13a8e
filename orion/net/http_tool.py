"""HTTP tools: arguments fill the places of a URL, the rest is sent along, JSON comes back.

Arguments are hostile: each stands percent-encoded in one path segment or one query value, so that it
can change neither where the request goes nor how its path is built (RFC 3986, 2.1 and 3.3).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx2

from orion.domain.tool import ToolFailure
from orion.errors import ProviderError, ProviderTimeout
from orion.net import answers
from orion.net.client import Answer, GuardedClient, NotSent, UnreachableTarget

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_IN_QUERY = frozenset({"GET", "DELETE"})
_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")
_QUERY_PAIR = re.compile(r"[^={}]+=[^{}]*(?:\{\w+\}[^{}]*)*\Z")
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What an HTTP tool does: `headers` are ready to be sent, secrets among them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    select: str = ""


def places(url: str) -> list[str]:
    """The names of the arguments that a URL takes in."""
    return _PLACE.findall(url)


def place_free(url: str) -> str:
    """The URL with something in its places, so that it can be looked at."""
    return _PLACE.sub("x", url)


def refuse_template(url: str) -> str:
    """Why a URL with places is no such one; empty if it is. Its host is not looked at."""
    if any(ord(char) < 0x21 or ord(char) == 0x7F for char in url) or "\\" in url:
        return "spaces, control characters and backslashes are not allowed"
    try:
        parts = urlsplit(url)
        httpx2.URL(place_free(url))
    except (ValueError, httpx2.InvalidURL):
        return "this is no URL"
    pairs = [pair for pair in parts.query.split("&") if pair]
    rules = {
        "the URL must begin with https:// or http://": parts.scheme in {"http", "https"} and parts.netloc,
        "a fragment is never sent": "#" not in url,
        "the host takes no places and no credentials; put secrets into headers": not set(parts.netloc)
        & set("{}@"),
        "places are written {name}": not set(_PLACE.sub("", parts.path)) & set("{}"),
        "in the query, places stand for values: ?name={place}": all(map(_QUERY_PAIR.match, pairs)),
    }
    return next((complaint for complaint, kept in rules.items() if not kept), "")


def refuse_select(select: str) -> str:
    """Why a selection is none; empty if it is."""
    if len(select) > 200:
        return "at most 200 characters"
    if select and not select.startswith("/") and "" in select.split("."):
        return "a path like items.0.name, or a JSON pointer like /items/0/name"
    return ""


async def run(
    client: GuardedClient,
    exchange: Exchange,
    arguments: Mapping[str, Any],
    key: str,
    deadline_secs: float,
    *,
    changes: bool | None = None,
) -> Any:
    """One call.

    Args:
        key: Of this call, unique: sent as `Idempotency-Key` with all methods but GET.
        changes: Whether it may change something; None: as its method says. The service's yes (2xx) is then
            all that counts: an answer that cannot be read, or is too long, is no failure.

    Raises:
        ToolFailure: With a sentence that says what went wrong, and what the service says of it; unclear
            where the request had gone out, and nothing that can be relied on came back.
        TimeoutError: The deadline passed.
    """
    changes = exchange.method != "GET" if changes is None else changes
    url, rest = build(exchange.url, arguments)
    headers = {"Accept": "application/json", **exchange.headers}
    if exchange.method != "GET":
        headers["Idempotency-Key"] = idempotency_key(key)
    body = None
    if exchange.method in _IN_QUERY:
        url = _with_query(url, rest)
    else:
        body = rest
    try:
        answer = await client.request(
            exchange.method, url, headers=headers, json=body, deadline_secs=deadline_secs, cut=True
        )
    except UnreachableTarget as error:
        if error.redirected and changes:
            raise _lost() from error
        raise ToolFailure("I may not reach that service.") from error
    except ProviderTimeout as error:
        raise TimeoutError from error
    except NotSent as error:
        raise ToolFailure("The service cannot be reached.", retryable=True) from error
    except ProviderError as error:
        raise _lost() from error
    if not 200 <= answer.status < 300:
        raise _refused(answer, exchange.headers.values())
    pick = partial(select, path=exchange.select) if exchange.select else None
    read = answers.done if changes else answers.told
    return read(answer, pick, exchange.headers.values())


def _lost() -> ToolFailure:
    return ToolFailure("The service's answer was lost, or is broken.", retryable=True, unclear=True)


def _refused(answer: Answer, secrets: Iterable[str]) -> ToolFailure:
    """The failure that a status tells of, with what the service says."""
    # A 5xx may be of something between here and the service, to which the service had answered.
    failed = answer.status >= 500
    reason = answers.reason(answer, secrets)
    return ToolFailure(
        f"The service refused with status {answer.status}{': ' + reason if reason else '.'}",
        retryable=failed or answer.status == 429,
        unclear=failed or answer.moved or answer.status < 400,
    )


def build(template: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The URL with its places filled, and the arguments that found no place.

    Raises:
        ToolFailure: A value is missing, or would change the path.
    """
    head, question, query = template.partition("?")
    origin, path = _split_path(head)
    segments = [_filled_segment(segment, arguments) for segment in path.split("/")]
    url = origin + "/".join(segments)
    if question:
        url += "?" + _PLACE.sub(lambda place: _encoded(arguments.get(place[1])), query)
    used = set(places(template))
    return url, {name: value for name, value in arguments.items() if name not in used}


def _split_path(head: str) -> tuple[str, str]:
    start = head.find("/", head.index("://") + 3)
    return (head, "") if start < 0 else (head[:start], head[start:])


def _filled_segment(segment: str, arguments: Mapping[str, Any]) -> str:
    if not _PLACE.search(segment):
        return segment
    for name in places(segment):
        value = arguments.get(name)
        if not isinstance(value, str | int | float) or value == "":
            raise ToolFailure(f"I need a {name.replace('_', ' ')} for that.")
    filled = _PLACE.sub(lambda place: _encoded(arguments[place[1]]), segment)
    # Services decode %2F before they split, and clients drop dot segments: neither may find any.
    parts = re.split(r"[/\\]", unquote(filled))
    if any(part.strip() in {"", ".", ".."} for part in parts):
        raise ToolFailure("That cannot be part of an address.")
    return filled


def _encoded(value: Any) -> str:
    try:
        return quote(_text(value), safe="")
    except UnicodeEncodeError as error:  # a lone surrogate
        raise ToolFailure("That cannot be part of an address.") from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _with_query(url: str, rest: Mapping[str, Any]) -> str:
    """The URL with the rest of the arguments in its query; the items of a list one by one."""
    pairs = [
        f"{_encoded(name)}={_encoded(item)}"
        for name, value in rest.items()
        if value is not None
        for item in (value if isinstance(value, list) else [value])
    ]
    if not pairs:
        return url
    return url + ("&" if "?" in url else "?") + "&".join(pairs)


def idempotency_key(key: str) -> str:
    """The key as a header can carry it: itself, or its hash."""
    return key if _KEY.match(key) else hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def select(value: Any, path: str) -> Any:
    """The part of a JSON value at a pointer (RFC 6901) or a path with dots.

    Raises:
        ToolFailure: There is none.
    """
    if path.startswith("/"):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]
    else:
        steps = path.split(".") if path else []
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise ToolFailure("The service's answer does not hold what I looked for.")
    return value
