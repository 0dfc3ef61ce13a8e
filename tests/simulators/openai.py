"""A server that speaks OpenAI's API: chat, Responses, transcriptions, speech, models; and Ollama's list.

Reference: https://platform.openai.com/docs/api-reference; what it sends is checked against the SDK's types.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Literal

from tests.simulators import responses, schemas
from tests.simulators.faults import Fault, Faults
from tests.simulators.pace import Pace
from tests.simulators.wire import Asked, Reply, as_json, serve

MODEL = "gpt-4.1-2025-04-14"
KEY = "sk-simulated"
_WAV_HEADER_BYTES = 44
_MODELS = {"/v1/chat/completions", "/v1/responses"}


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the model: text, and calls as `(name, arguments)`; arguments may be text, no JSON.

    Of the Responses API alone: how it `ends`, and whether it `refuses` with that text.
    """

    text: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any] | str]] = ()
    ends: Literal["completed", "incomplete", "failed"] = "completed"
    refuses: bool = False


@dataclass
class OpenAI:
    """The running server.

    Attributes:
        url: Its address, with `/v1`.
        answers: What the model says, one after the other; the last one stays.
        knows: Makes the answer out of the body of a request, instead of `answers`; `reads` finds the words in
            the PCM of an upload, instead of `heard`; `sounds` makes the sound of a text, instead of `sound`.
        heard: What transcriptions hear. `sound`: each speech, PCM of 24 kHz; `sound_type`: its type.
        key: Requests without it are refused; None takes any.
        counts: What it tells of its tokens; None for what is right.
        takes: Whose rules hold for the schemas of tools.
        tools, developer_role, usage: Whether requests may have them; else 400.
        unable_for_good: What it refuses for its tools it refuses without them, too.
        streams: `yes`, `refuses` by 400, or `ignores` and answers whole.
        sloppy: Calls come whole, several in a chunk, under one index, as some servers send them.
        notes: Answers to requests that want no stream (notes of a conversation), the last one stays; None:
            they are answered like others. `taking`: while it is not set, they wait.
        asked: The bodies of the chat and Responses requests, in order. `noted`: those that wanted no stream.
        spoken: The bodies of those of speech.
        paths, headers: Those of all requests; names of headers in lower case.
    """

    url: str = ""
    answers: list[Told] = field(default_factory=lambda: [Told("Hello there.")])
    heard: list[str] = field(default_factory=lambda: ["what is seven plus five"])
    sound: bytes = bytes(24000)
    sound_type: str = "audio/pcm"
    knows: Callable[[dict[str, Any]], str] | None = None
    reads: Callable[[bytes], list[str]] | None = None
    sounds: Callable[[str], bytes] | None = None
    key: str | None = None
    takes: Literal["openai", "mistral", "gemini"] = "openai"
    tools: bool = True
    developer_role: bool = True
    usage: bool = True
    counts: Any = None
    unable_for_good: bool = False
    streams: Literal["yes", "refuses", "ignores"] = "yes"
    sloppy: bool = False
    models: Sequence[str] = (MODEL,)
    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(default_factory=Pace)
    notes: list[str] | None = None
    taking: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)
    noted: list[dict[str, Any]] = field(default_factory=list)
    spoken: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[dict[str, bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, asked: Asked) -> Reply:
        self.headers.append(asked.headers)
        self.paths.append(asked.path)
        if asked.path in {"/v1/models", "/api/tags"}:
            return self._list(asked)
        if self.notes is not None and asked.path in _MODELS and not asked.json().get("stream"):
            self.noted.append(asked.json())
            await self.taking.wait()
            told = self.notes.pop(0) if len(self.notes) > 1 else self.notes[0]
            chat = asked.path == "/v1/chat/completions"
            return as_json(completion(Told(told)) if chat else responses.whole(told))
        fault = self.faults.take()
        if fault and fault.kind == "status":
            retry = {} if fault.retry_after_secs is None else {"retry-after": str(fault.retry_after_secs)}
            return refusal(fault.status, "It does not work.", fault.code, **retry)
        if self.key is not None and asked.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, "Incorrect API key provided.", "invalid_api_key")
        return {
            "/v1/chat/completions": self._chat,
            "/v1/responses": self._responses,
            "/v1/audio/transcriptions": self._transcription,
            "/v1/audio/speech": self._speech,
        }[asked.path](asked, fault)

    def _list(self, asked: Asked) -> Reply:
        if self.key is not None and asked.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, "Incorrect API key provided.", "invalid_api_key")
        if asked.path == "/api/tags":
            return as_json({"models": [{"name": name, "model": name} for name in self.models]})
        known = [{"id": m, "object": "model", "created": 1, "owned_by": "x"} for m in self.models]
        return as_json({"object": "list", "data": known})

    def _chat(self, asked: Asked, fault: Fault | None) -> Reply:
        body = asked.json()
        self.asked.append(body)
        if refused := self._unable(body):
            return refusal(400, refused, None)
        told = self._told(body)
        if not body.get("stream") or self.streams == "ignores":
            return Reply([json.dumps(self._counting(completion(told))).encode()], fault=fault)
        with_usage = bool(body.get("stream_options", {}).get("include_usage"))
        events = [*stream(told, with_usage, self.sloppy, self.counts), "[DONE]"]
        return Reply(
            [_event(event) for event in events],
            content_type="text/event-stream",
            fault=fault,
            garbage=b'data: {"id": \n\n',
            error=_event({"error": {"message": "m", "type": "server_error", "code": fault and fault.code}}),
        )

    def _responses(self, asked: Asked, fault: Fault | None) -> Reply:
        body = asked.json()
        self.asked.append(body)
        if refused := responses.problem(body) or schemas.openai(body.get("tools", [])):
            return refusal(400, refused, None)
        told = self._told(body)
        if not body.get("stream"):
            whole = responses.whole(told.text, told.calls)
            return Reply([json.dumps(self._counting(whole)).encode()], fault=fault)
        events = list(responses.events(told.text, told.calls, told.ends, refuses=told.refuses))
        for event in events:
            self._counting(event.get("response", {}))
        code = fault.code if fault else ""
        error = {"type": "error", "code": code, "message": "m", "param": None, "sequence_number": 9}
        return Reply(
            [_named(event) for event in events],
            content_type="text/event-stream",
            fault=fault,
            garbage=b'event: response.output_text.delta\ndata: {"type": \n\n',
            error=_named(error),
        )

    def _told(self, body: dict[str, Any]) -> Told:
        if self.knows is not None:
            return Told(self.knows(body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _counting(self, response: dict[str, Any]) -> dict[str, Any]:
        """A Response or ChatCompletion, with what is told of its tokens."""
        if response.get("usage") is not None and self.counts is not None:
            response["usage"] = self.counts
        return response

    def _unable(self, body: dict[str, Any]) -> str | None:
        if (body.get("tools") or self.unable_for_good) and not self.tools:
            return "this model does not support tools"
        if not self.developer_role and any(m["role"] == "developer" for m in body["messages"]):
            return "Unexpected message role."
        if refused := schemas.VENDORS[self.takes](body.get("tools", [])):
            return refused
        if body.get("stream_options") and not self.usage:
            return "Extra inputs are not permitted: stream_options"
        return "stream is not supported" if body.get("stream") and self.streams == "refuses" else None

    def _transcription(self, asked: Asked, fault: Fault | None) -> Reply:
        self.uploads.append(_form(asked))
        if self.reads is not None:
            text = " ".join(self.reads(self.uploads[-1]["file"][_WAV_HEADER_BYTES:]))
        else:
            text = self.heard.pop(0) if len(self.heard) > 1 else self.heard[0]
        return Reply([json.dumps({"text": text}).encode()], fault=fault)

    def _speech(self, asked: Asked, fault: Fault | None) -> Reply:
        self.spoken.append(asked.json())
        if fault and fault.kind == "malformed":
            return Reply([b'{"audio": '])
        sound = self.sound if self.sounds is None else self.sounds(self.spoken[-1]["input"])
        pieces = [sound[at : at + 4800] for at in range(0, len(sound), 4800)]
        return Reply(pieces, content_type=self.sound_type, fault=fault, stream=True)


def refusal(status: int, message: str, code: str | None, **headers: str) -> Reply:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return as_json({"error": error}, status, **headers)


def completion(told: Told) -> dict[str, Any]:
    """A ChatCompletion."""
    message: dict[str, Any] = {"role": "assistant", "content": told.text or None, "refusal": None}
    if told.calls:
        message["tool_calls"] = [_call(index, call) for index, call in enumerate(told.calls)]
    ended = "tool_calls" if told.calls else "stop"
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": ended}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [choice],
        "usage": USAGE,
    }


USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 5,
    "total_tokens": 25,
    "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 2, "audio_tokens": 0},
}


def stream(told: Told, usage: bool, sloppy: bool, counts: Any = None) -> Iterator[dict[str, Any]]:
    """ChatCompletionChunks: the role, a word each, calls in pieces, the end, and the usage."""
    yield _chunk({"role": "assistant", "content": "", "refusal": None})
    for index, word in enumerate(told.text.split(" ") if told.text else []):
        yield _chunk({"content": f" {word}" if index else word})
    calls = [_call(index, call) for index, call in enumerate(told.calls)]
    if sloppy and calls:
        yield _chunk({"tool_calls": [{**call, "index": 0} for call in calls]})
    for index, call in enumerate([] if sloppy else calls):
        arguments = call["function"]["arguments"]
        begun = {**call, "index": index, "function": {"name": call["function"]["name"], "arguments": ""}}
        yield _chunk({"tool_calls": [begun]})
        for at in range(0, len(arguments), 8):
            piece = {"index": index, "function": {"arguments": arguments[at : at + 8]}}
            yield _chunk({"tool_calls": [piece]})
    yield _chunk({}, "tool_calls" if told.calls else "stop")
    if usage:
        yield {**_chunk({}), "choices": [], "usage": USAGE if counts is None else counts}


def _chunk(delta: dict[str, Any], ended: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": ended}
    about = {"object": "chat.completion.chunk", "created": 1, "model": MODEL, "service_tier": "default"}
    return {"id": "chatcmpl-1", **about, "system_fingerprint": "fp_1", "choices": [choice]}


def _call(index: int, call: tuple[str, Mapping[str, Any] | str]) -> dict[str, Any]:
    name, arguments = call
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": f"call_{index}{name}", "type": "function", "function": {"name": name, "arguments": text}}


def _event(content: Any) -> bytes:
    return f"data: {content if isinstance(content, str) else json.dumps(content)}\n\n".encode()


def _named(content: dict[str, Any]) -> bytes:
    return f"event: {content['type']}\n".encode() + _event(content)


def _form(asked: Asked) -> dict[str, bytes]:
    """The fields of a multipart body (RFC 7578)."""
    head = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + asked.body)
    fields: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        fields[name] = content if isinstance(content, bytes) else b""
    return fields


@asynccontextmanager
async def openai() -> AsyncIterator[OpenAI]:
    """Serve on a free port of loopback while the context is open."""
    simulator = OpenAI()
    async with serve(simulator.answer, lambda: simulator.pace) as url:
        simulator.url = f"{url}/v1"
        yield simulator
