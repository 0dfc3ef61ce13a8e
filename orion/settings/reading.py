"""How values of settings are read. A reader takes a text and its setting's name, and raises StartError."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from orion.errors import StartError

_DURATION = re.compile(r"(\d+)([smhd]?)\Z")
_PORT_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})\Z", re.ASCII)
_TURN_URL = re.compile(r"turns?:[^\s/?@]+(\?transport=(udp|tcp))?\Z")  # RFC 7065
_COMMAND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
_NEXT_COMMAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*=")
_UNIT_SECS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def text(value: str, _name: str) -> str:
    """As it stands."""
    return value


def names(value: str, name: str) -> tuple[str, ...]:
    """Names between commas, at least one."""
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    if not found:
        raise StartError(f"{name} is empty")
    return found


def flag(value: str, name: str) -> bool:
    """True or false, 1 or 0, yes or no."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if value.lower() not in known:
        raise StartError(f"{name}={value} is neither true nor false")
    return known[value.lower()]


def number(value: str, name: str) -> int:
    """A whole number from 0 on."""
    if not value.isascii() or not value.isdigit():
        raise StartError(f"{name}={value} is no whole number")
    return int(value)


def positive(value: str, name: str) -> int:
    """A whole number from 1 on."""
    if not (found := number(value, name)):
        raise StartError(f"{name}=0 would let nothing through; leave it out for the default")
    return found


def dollars(value: str, name: str) -> float:
    """An amount of dollars above nothing."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", value) or not float(value):
        raise StartError(f"{name}={value} is no amount of dollars like 0.50 or 2")
    return float(value)


def port(value: str, name: str) -> int:
    """A port, 0 for any that is free."""
    if not (found := number(value, name)) < 65536:
        raise StartError(f"{name}={value} is no port")
    return found


def duration(value: str, name: str) -> int:
    """`7d`, `12h`, `15m`, or seconds; in seconds."""
    match = _DURATION.match(value.strip())
    if not match or not int(match[1]):
        raise StartError(f"{name}={value} is no duration like 7d, 12h, 15m or 900")
    return int(match[1]) * _UNIT_SECS[match[2]]


def one_of(*known: str) -> Callable[[str, str], str]:
    """A reader of one of these words."""

    def read(value: str, name: str) -> str:
        if value not in known:
            raise StartError(f"{name}={value} is none of {', '.join(known)}")
        return value

    return read


def http_url(value: str, name: str) -> str:
    """The address of a web server, without a slash at its end."""
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise StartError(f"{name} is no address like http://127.0.0.1:8000/v1")
    return value.strip().rstrip("/")


def origin(value: str, name: str) -> str:
    """An origin as browsers send it (RFC 6454): lower case, without a default port."""
    parts = urlsplit(value.strip().lower())
    port = _url_port(value, name)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise StartError(f"{name}={value} is no origin like https://voice.example.org")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise StartError(f"{name}={value} has more than an origin: no path, no query")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    known = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in {None, known} else f":{port}")


def _url_port(value: str, name: str) -> int | None:
    try:
        return urlsplit(value.strip()).port
    except ValueError as error:
        raise StartError(f"{name}={value} names no port") from error


def origins(value: str, name: str) -> tuple[str, ...]:
    """Exact origins between commas."""
    return tuple(origin(part, name) for part in names(value, name))


def networks(value: str, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks between commas, `10.0.0.0/8`."""
    try:
        return tuple(ip_network(part) for part in names(value, name))
    except ValueError as error:
        raise StartError(f"{name}: {error}; networks look like 10.0.0.0/8 or 192.0.2.7") from error


def address(value: str, name: str) -> str:
    """An IP address."""
    try:
        return str(ip_address(value.strip()))
    except ValueError as error:
        raise StartError(f"{name}={value} is no IP address") from error


def port_range(value: str, name: str) -> range:
    """A range of ports, both ends included: `40000-40999`."""
    match = _PORT_RANGE.match(value.strip())
    if not match or not 0 < (low := int(match[1])) <= (high := int(match[2])) < 65536:
        raise StartError(f"{name}={value} is no range of ports like 40000-40100")
    return range(low, high + 1)


def turn_urls(value: str, name: str) -> tuple[str, ...]:
    """TURN URLs between commas (RFC 7065)."""
    urls = names(value, name)
    if not all(_TURN_URL.match(url) for url in urls):
        raise StartError(f"{name} must be like turn:turn.example.org:3478 or turns:..., comma-separated")
    return urls


def production(value: str, _name: str) -> bool:
    """Whether it says so."""
    return value == "production"


def ice_servers(value: str, name: str) -> tuple[dict[str, Any], ...]:
    """STUN and TURN servers as JSON, as browsers take them."""
    try:
        servers = json.loads(value)
    except ValueError as error:
        raise StartError(f"{name} is no JSON: {error}") from error
    if not isinstance(servers, list) or not all(isinstance(s, dict) and "urls" in s for s in servers):
        raise StartError(f'{name} must be a JSON list like [{{"urls": "stun:stun.example.org"}}]')
    return tuple(servers)


def commands(value: str, name: str) -> dict[str, tuple[str, ...]]:
    """Programs by their names, `name=program argument ...`, separated by commas, or as JSON.

    Words are separated by spaces and quoted as in a shell, which is not asked: nothing is expanded. A comma
    ends a command where a space or `name=` comes after it, or where the command is one word; any other
    belongs to the argument in which it is, and so does each in quotes. As JSON: an object of names and
    commands, or a list of commands; a command is a text or the list of its words.

    Raises:
        StartError: It is none of this, or a name stands there twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    for label, words in _listed(value.strip(), name):
        if not words or not words[0]:
            raise StartError(f"{name}: the command {label!r} has no program")
        known = label or words[0]
        if known in found:
            raise StartError(f"{name}: there are two commands {known!r}; name them apart: name=program ...")
        found[known] = words
    if not found:
        raise StartError(f"{name} is empty")
    return found


def _listed(value: str, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each command's name, empty where it has none, and its words."""
    if value[:1] not in {"[", "{"}:
        for entry in _entries(value, name):
            yield _named(entry, name)
        return
    try:
        told = json.loads(value)
    except ValueError as error:
        raise StartError(f"{name} is no JSON: {error}") from error
    for label, command in told.items() if isinstance(told, dict) else (("", one) for one in told):
        if isinstance(command, str):
            first, words = _named(command, name) if not label else (label, _words(command, name))
            yield first, words
        elif isinstance(command, list) and all(isinstance(word, str) for word in command):
            yield label, tuple(command)
        else:
            raise StartError(f"{name}: a command is a text or a list of words")


def _named(entry: str, name: str) -> tuple[str, tuple[str, ...]]:
    label, equals, line = entry.partition("=")
    if equals and _COMMAND_NAME.match(label):
        return label, _words(line, name)
    return "", _words(entry, name)


def _words(line: str, name: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line))
    except ValueError as error:
        raise StartError(f"{name}: the command {line.split(maxsplit=1)[0]!r}: {error}") from error


def _entries(value: str, name: str) -> Iterator[str]:
    """The commands of a text, separated by those commas that separate."""
    begun = 0
    quote = ""
    escaped = False
    for at, char in enumerate(value):
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in {"'", '"'}:
            quote = char
        elif char == "," and _separates(value[begun:at], value[at + 1 :]):
            yield from _not_empty(value[begun:at])
            begun = at + 1
    if quote or escaped:
        raise StartError(f"{name}: a quotation is not closed in the command {value[begun:].split()[:1]}")
    yield from _not_empty(value[begun:])


def _separates(before: str, after: str) -> bool:
    """Whether a comma between these ends a command."""
    return (
        not after.strip()
        or after[0].isspace()
        or _NEXT_COMMAND.match(after) is not None
        or len(before.split()) < 2
    )


def _not_empty(entry: str) -> Iterator[str]:
    if entry.strip():
        yield entry.strip()
