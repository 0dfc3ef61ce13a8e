"""The servers of this process that speak OpenAI's protocol: one client each, and what is known of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

from orion.providers._pool import Pool

_CONNECT_SECS = 3.0
_ANSWER_SECS = 60.0
_LONGEST_REFUSAL = 2000
_REFUSED = (
    r"\b{name}['\"`]*(?: (?:param|parameter|field|option|mode))?(?: is| are)? not (?:yet )?{taken}\b",
    r"(?:not|n't|cannot) (?:support|accept|allow|take)(?: the)? ['\"`]*{name}\b",
    r"\b{strange}(?: request| keyword)? {part}s?[a-z ]{{0,30}}[:( ]{{1,3}}['\"`]*{field}\b",
    r"\b{field}\b.{{0,24}}\bextra (?:inputs|fields) (?:are )?not permitted",
)
"""The whole phrases in which servers refuse something. `name`: how they call it; `field`: the request's."""
_WORDS = {
    "taken": r"(?:supported|enabled|available|allowed|permitted|implemented)",
    "strange": r"(?:unknown|unrecogni[sz]ed|unexpected|unsupported|extra)",
    "part": r"(?:parameter|argument|field|key|property|value|input)",
}
_BY_ABILITY = {
    "usage": (r"(?:stream_options|include_usage)",) * 2,
    "streams": (r"stream(?:ing)?(?: responses?)?", r"stream"),
    "tools": (r"(?:tools?|functions?)(?:[ _-](?:calls?|calling|use|choice))?", r"(?:tools|tool_choice)"),
}
_ALSO = {
    "usage": (),
    "streams": (r"\bstream must be false\b",),
    "tools": (
        r"\btools param requires --jinja",  # llama.cpp
        r"\btool choice requires --enable-auto-tool-choice",  # vLLM
        r"\bno endpoints found that support tool use",  # OpenRouter
    ),
}
_PATTERNS = {
    ability: re.compile(
        "|".join([*(form.format(name=name, field=sent, **_WORDS) for form in _REFUSED), *_ALSO[ability]])
    )
    for ability, (name, sent) in _BY_ABILITY.items()
}
_PATTERNS["free"] = re.compile(
    r"\broles must alternate\b"  # the templates of Llama, Gemma and Mistral
    r"|\btool call ids? (?:was|must|should)\b"  # Mistral, and vLLM with its tokenizer
    r"|\bunexpected role\b.{0,40}\bafter role\b|\bexpected last role\b"
    r"|\b(?:first|initial) message (?:must|should)\b.{0,30}\buser\b"
)


@dataclass(slots=True)
class Abilities:
    """What a model on a server is able to; assumed until it refuses.

    Attributes:
        tools: It takes tools; else they are described in the instructions.
        streams: It answers piece by piece.
        usage: It takes `stream_options`, by which it tells the tokens of a streamed answer.
        free: It takes messages in any order, and ids of calls in any form.
    """

    tools: bool = True
    streams: bool = True
    usage: bool = True
    free: bool = True

    def learn(self, refusal: str) -> bool:
        """Take note of what a server says it does not take; whether that is something new.

        Only whole phrases count: an error of any kind may name tools or streams (`upstream connect error`,
        `invalid schema for function`).
        """
        told = refusal[:_LONGEST_REFUSAL].lower()
        for ability, pattern in _PATTERNS.items():
            if getattr(self, ability) and pattern.search(told):
                setattr(self, ability, False)
                return True
        return False

    def keep(self, learned: Abilities) -> None:
        """What was learned has proved right: the request was answered without it."""
        for ability in _PATTERNS:
            setattr(self, ability, getattr(self, ability) and getattr(learned, ability))


@dataclass(slots=True)
class Server:
    """One server, shared by all calls. `official`: OpenAI's own, which is able to all of it."""

    client: AsyncOpenAI
    http: httpx2.AsyncClient
    official: bool
    models: dict[str, Abilities] = field(default_factory=dict)

    def abilities(self, model: str) -> Abilities:
        """What is known of a model there."""
        return self.models.setdefault(model, Abilities())


class _ForStrangers(AsyncOpenAI):
    """Without the headers that the SDK itself takes from the environment, like OPENAI_CUSTOM_HEADERS."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._custom_headers = {}
        self.organization = self.project = None


def _made(key: str | None, base_url: str | None, http: httpx2.AsyncClient, stranger: bool) -> Server:
    client = (_ForStrangers if stranger else AsyncOpenAI)(
        api_key=key or "none",
        base_url=base_url or "https://api.openai.com/v1",
        timeout=Timeout(_ANSWER_SECS, connect=_CONNECT_SECS),
        max_retries=0,
        http_client=http,
    )
    return Server(client, http, official=base_url is None)


_POOL = Pool(DefaultAsyncHttpxClient, _made)


def server(key: str | None, base_url: str | None, allowed: tuple[str, ...] | None = None) -> Server:
    """The server at an address (None for OpenAI's), used with a key (None where it wants none).

    A failed request is not tried again here: the SDK waits up to a minute before it does, and a user who
    talks cannot.

    Args:
        allowed: The guard of tools holds for the address, but for these hosts; None for no guard.
    """
    return _POOL.client(key, base_url, allowed)


async def close() -> None:
    """Close all connections, and forget what was learned."""
    await _POOL.close()
