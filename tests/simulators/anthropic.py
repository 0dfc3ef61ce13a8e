"""A server that speaks Anthropic's Messages API, streamed and whole.

Reference: https://docs.anthropic.com/en/api/messages-streaming; checked against the SDK's types.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.simulators import schemas
from tests.simulators.faults import Faults
from tests.simulators.pace import Pace
from tests.simulators.wire import Asked, Reply, as_json, serve

KEY = "sk-ant-simulated"


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the model: text, and calls as `(name, input)`."""

    text: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any]]] = ()


@dataclass
class Anthropic:
    """The running server; `answers` come one after the other, the last one stays; `asked` are the bodies.

    `knows` makes the answer out of a body, instead of `answers`. `counts`: what it tells of its tokens,
    wherever it does; None for what is right. `headers`: those of all requests, names in lower case.
    """

    url: str = ""
    answers: list[Told] = field(default_factory=lambda: [Told("Hello there.")])
    knows: Callable[[dict[str, Any]], str] | None = None
    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(default_factory=Pace)
    counts: Any = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, asked: Asked) -> Reply:
        self.headers.append(asked.headers)
        if asked.path.startswith("/v1/models") and asked.headers.get("x-api-key") == KEY:
            about = {"type": "model", "display_name": "Claude", "created_at": "2026-01-01T00:00:00Z"}
            data = [{"id": "claude-sonnet-4-6", **about}]
            return as_json({"data": data, "has_more": False, "first_id": None, "last_id": None})
        fault = self.faults.take()
        if fault and fault.kind == "status":
            retry = {} if fault.retry_after_secs is None else {"retry-after": str(fault.retry_after_secs)}
            return as_json(failure(fault.code), fault.status, **retry)
        if asked.headers.get("x-api-key") != KEY:
            return as_json(failure("authentication_error"), 401)
        body = asked.json()
        self.asked.append(body)
        if refused := schemas.anthropic(body.get("tools", [])):
            return as_json(failure("invalid_request_error", refused), 400)
        if self.knows is not None:
            told = Told(self.knows(body))
        else:
            told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not body.get("stream"):
            return as_json(self._counting(message(told)))
        return Reply(
            [_event(self._counting(event)) for event in stream(told)],
            content_type="text/event-stream",
            fault=fault,
            garbage=b'event: content_block_delta\ndata: {"type": \n\n',
            error=_event(failure(fault.code if fault else "")),
        )

    def _counting(self, told: dict[str, Any]) -> dict[str, Any]:
        """The same, with what is told of the tokens."""
        if self.counts is None:
            return told
        return {
            name: self.counts if name == "usage" else self._counting(part) if isinstance(part, dict) else part
            for name, part in told.items()
        }


def failure(code: str, words: str = "It does not work.") -> dict[str, Any]:
    return {"type": "error", "error": {"type": code, "message": words}, "request_id": "req_1"}


def message(told: Told) -> dict[str, Any]:
    """A Message."""
    content: list[dict[str, Any]] = [{"type": "text", "text": told.text, "citations": None}]
    content += [{"type": "tool_use", "id": f"toolu_{i}", "name": n, "input": a} for i, (n, a) in _calls(told)]
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": content if told.text else content[1:],
        "stop_reason": "tool_use" if told.calls else "end_turn",
        "stop_sequence": None,
        "usage": {**USAGE, "output_tokens": 9},
    }


USAGE = {
    "input_tokens": 20,
    "output_tokens": 1,
    "cache_creation_input_tokens": 4,
    "cache_read_input_tokens": 8,
}


def stream(told: Told) -> Iterator[dict[str, Any]]:
    """The events of a streamed Message."""
    begun = {**message(Told()), "content": [], "stop_reason": None, "usage": USAGE}
    yield {"type": "message_start", "message": begun}
    yield {"type": "ping"}
    index = 0
    if told.text:
        words = [word if not at else f" {word}" for at, word in enumerate(told.text.split(" "))]
        deltas = [{"type": "text_delta", "text": word} for word in words]
        yield from _block(0, {"type": "text", "text": "", "citations": None}, deltas)
        index = 1
    for number, (name, arguments) in _calls(told):
        text = json.dumps(arguments)
        pieces = [text[at : at + 8] for at in range(0, len(text), 8)]
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        block = {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {}}
        yield from _block(index + number, block, deltas)
    ended = {"stop_reason": "tool_use" if told.calls else "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 9}}
    yield {"type": "message_stop"}


def _block(index: int, block: dict[str, Any], deltas: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield {"type": "content_block_start", "index": index, "content_block": block}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _calls(told: Told) -> Iterator[tuple[int, tuple[str, Mapping[str, Any]]]]:
    return iter(enumerate(told.calls))


def _event(content: dict[str, Any]) -> bytes:
    return f"event: {content['type']}\ndata: {json.dumps(content)}\n\n".encode()


@asynccontextmanager
async def anthropic() -> AsyncIterator[Anthropic]:
    """Serve on a free port of loopback while the context is open."""
    simulator = Anthropic()
    async with serve(simulator.answer, lambda: simulator.pace) as url:
        simulator.url = url
        yield simulator
