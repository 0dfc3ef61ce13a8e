"""A server that speaks OpenAI's Realtime protocol (GA): a model that hears by energy and answers with a tone.

Reference: https://platform.openai.com/docs/api-reference/realtime; what it sends is checked against the SDK's
types.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from tests.simulators.faults import Faults
from tests.simulators.sockets import Socket, listen

KEY = "sk-simulated"
RATE_HZ = 24000
TONE_HZ = 440
LOUD = 300
CHARACTERS_PER_SEC = 15.0
_PIECE_SECS = 0.2
_LEAST_SECS = 0.1
_SILENCE_SECS = 0.5
_OWN_TURNS = {"server_vad", "semantic_vad"}


@dataclass(frozen=True, slots=True)
class Says:
    """One answer of the model: what it says, and the calls of tools as `(name, arguments)`.

    Attributes:
        failed: The code with which it fails instead.
        wait_secs: Before it begins.
    """

    text: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any] | str]] = ()
    failed: str | None = None
    wait_secs: float = 0.0


@dataclass
class Realtime:
    """The running server.

    Attributes:
        url: Its address, as `OPENAI_BASE_URL` has it.
        heard: What is said, an utterance each; the last one stays. None: it cannot be transcribed.
        answers: What the model says, one after the other; the last one stays. A text that it is told to say
            word for word it says.
        late_secs: From the end of an utterance to its transcript.
        pace_secs: Between two pieces of 200 ms of an answer.
        got: The client's events but audio, in order. `sessions`: the properties as last set, by connection.
    """

    url: str = ""
    heard: list[str | None] = field(default_factory=lambda: ["what is seven plus five"])
    answers: list[Says] = field(default_factory=lambda: [Says("That is 12.")])
    late_secs: float = 0.05
    pace_secs: float = 0.01
    faults: Faults = field(default_factory=Faults)
    got: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    joined: asyncio.Queue[Socket] = field(default_factory=asyncio.Queue)

    async def talk(self, socket: Socket) -> None:
        self.queries.append(socket.query)
        self.joined.put_nowait(socket)
        session = _Session(self, socket)
        try:
            await session.open()
            async for event in socket.messages():
                await session.take(event)
        finally:
            await session.close()

    def kinds(self) -> list[str]:
        """The types of the client's events, in order."""
        return [event["type"] for event in self.got]

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.got if event["type"] == kind]


class _Session:
    def __init__(self, server: Realtime, socket: Socket) -> None:
        self._server = server
        self._socket = socket
        self._number = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        turns = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500}
        self._session: dict[str, Any] = {
            "type": "realtime",
            "model": socket.query["model"][0],
            "audio": {"input": {"turn_detection": turns}},
        }
        self._buffer = bytearray()
        self._answering: asyncio.Task[None] | None = None
        self._response = ""
        self._item: dict[str, Any] | None = None
        self._sounds: dict[str, float] = {}
        self._speaking = False
        self._silent_secs = 0.0
        self._secs = 0.0
        server.sessions.append(self._session)

    async def open(self) -> None:
        await self._send("session.created", session=self._session)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def take(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind == "input_audio_buffer.append":
            await self._hear(base64.b64decode(event["audio"]))
            return
        self._server.got.append(event)
        event_id = event.get("event_id", "")
        match kind:
            case "session.update":
                _merge(self._session, event["session"])
                await self._send("session.updated", session=self._session)
            case "input_audio_buffer.clear":
                self._buffer.clear()
                await self._send("input_audio_buffer.cleared")
            case "input_audio_buffer.commit":
                await self._commit(event_id)
            case "conversation.item.create":
                about = {"id": self._id("item"), "object": "realtime.item", "status": "completed"}
                await self._added({**about, **event["item"]})
            case "conversation.item.truncate":
                await self._truncate(event)
            case "conversation.item.delete":
                await self._send("conversation.item.deleted", item_id=event["item_id"])
            case "response.create":
                await self._answer(event.get("response") or {}, event_id)
            case "response.cancel":
                await self._cancel("client_cancelled", event_id)

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._number)}"

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send(self, kind: str, **body: Any) -> None:
        event = {"event_id": self._id("event"), "type": kind, **body}
        error = {"event_id": self._id("event"), **_error("server_error", "It does not work.")}
        self._server.sent.append(event)
        await self._socket.send(event, error)

    async def _refuse(self, code: str, event_id: str) -> None:
        error = _error(code, "It cannot be done.", event_id)["error"]
        await self._send("error", error={**error, "type": "invalid_request_error"})

    # what is heard

    async def _hear(self, pcm: bytes) -> None:
        self._buffer += pcm
        secs = len(pcm) / 2 / RATE_HZ
        self._secs += secs
        turns = self._session["audio"]["input"].get("turn_detection") or {}
        if turns.get("type") not in _OWN_TURNS:
            return
        loud = float(np.abs(np.frombuffer(pcm, "<i2").astype(float)).mean()) > LOUD
        self._silent_secs = 0.0 if loud else self._silent_secs + secs
        if loud and not self._speaking:
            self._speaking = True
            await self._send(
                "input_audio_buffer.speech_started",
                audio_start_ms=round(self._secs * 1000),
                item_id=self._id("item"),
            )
            await self._cancel("turn_detected", None)
        elif self._speaking and self._silent_secs >= _SILENCE_SECS:
            self._speaking = False
            await self._send(
                "input_audio_buffer.speech_stopped",
                audio_end_ms=round(self._secs * 1000),
                item_id=self._id("item"),
            )
            await self._commit("")
            await self._answer({}, "")

    async def _commit(self, event_id: str) -> None:
        if len(self._buffer) < _LEAST_SECS * RATE_HZ * 2:
            await self._refuse("input_audio_buffer_commit_empty", event_id)
            return
        self._buffer.clear()
        item = _item(self._id("item"), "user", [{"type": "input_audio", "transcript": None}])
        await self._send("input_audio_buffer.committed", item_id=item["id"], previous_item_id=None)
        await self._added(item)
        if self._session["audio"]["input"].get("transcription"):
            heard = self._server.heard
            self._spawn(self._transcribe(item["id"], heard.pop(0) if len(heard) > 1 else heard[0]))

    async def _transcribe(self, item_id: str, text: str | None) -> None:
        await asyncio.sleep(self._server.late_secs)
        about = {"item_id": item_id, "content_index": 0}
        kind = "conversation.item.input_audio_transcription"
        if text is None:
            error = {"type": "transcription_error", "code": "audio_unintelligible", "message": "m"}
            await self._send(f"{kind}.failed", **about, error=error)
            return
        for index, word in enumerate(text.split(" ")):
            await self._send(f"{kind}.delta", **about, delta=f" {word}" if index else word)
        usage = {"type": "duration", "seconds": 1.0}
        await self._send(f"{kind}.completed", **about, transcript=text, usage=usage)

    async def _added(self, item: dict[str, Any]) -> None:
        await self._send("conversation.item.added", item=item, previous_item_id=None)
        await self._send("conversation.item.done", item=item, previous_item_id=None)

    async def _truncate(self, event: dict[str, Any]) -> None:
        length_ms = self._sounds.get(event["item_id"])
        if length_ms is None or event["audio_end_ms"] > length_ms:
            await self._refuse("invalid_value", event.get("event_id", ""))
            return
        about = {name: event[name] for name in ("item_id", "content_index", "audio_end_ms")}
        await self._send("conversation.item.truncated", **about)

    # what is said

    async def _answer(self, asked: dict[str, Any], event_id: str) -> None:
        if self._answering is not None:
            await self._refuse("conversation_already_has_active_response", event_id)
            return
        answers = self._server.answers
        told = asked.get("instructions", "").split("\n---\n")
        if len(told) > 1:
            says = Says(told[1].removesuffix("\n---"))
        else:
            says = answers.pop(0) if len(answers) > 1 else answers[0]
        self._response = self._id("resp")
        await self._send("response.created", response=_response(self._response, "in_progress"))
        self._answering = self._spawn(self._say(says))

    async def _cancel(self, reason: str, event_id: str | None) -> None:
        if self._answering is None:
            if event_id is not None:
                await self._refuse("response_cancel_not_active", event_id)
            return
        answering, self._answering = self._answering, None
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        await self._send("response.done", response=_response(self._response, "cancelled", reason))

    async def _say(self, says: Says) -> None:
        await asyncio.sleep(says.wait_secs)
        if says.failed is not None:
            self._answering = None
            failed = _response(self._response, "failed", None, says.failed)
            await self._send("response.done", response=failed)
            return
        output = []
        if says.text:
            output.append(await self._speak(says.text))
        for index, (name, arguments) in enumerate(says.calls, len(output)):
            output.append(await self._call(index, name, arguments))
        self._answering = None
        done = {**_response(self._response, "completed"), "output": output}
        await self._send("response.done", response=done)

    async def _speak(self, text: str) -> dict[str, Any]:
        item = _item(self._id("item"), "assistant", [])
        about = {"response_id": self._response, "output_index": 0}
        await self._send("response.output_item.added", **about, item=item)
        await self._send("conversation.item.added", item=item, previous_item_id=None)
        part = {**about, "item_id": item["id"], "content_index": 0}
        await self._send("response.content_part.added", **part, part={"type": "audio", "transcript": ""})
        said = ""
        for piece, pcm in _pieces(text):
            if piece:
                said += piece
                await self._send("response.output_audio_transcript.delta", **part, delta=piece)
            self._sounds[item["id"]] = self._sounds.get(item["id"], 0.0) + len(pcm) / 2 / RATE_HZ * 1000
            delta = base64.b64encode(pcm).decode()
            await self._send("response.output_audio.delta", **part, delta=delta)
            await asyncio.sleep(self._server.pace_secs)
        await self._send("response.output_audio.done", **part)
        await self._send("response.output_audio_transcript.done", **part, transcript=said)
        await self._send("response.content_part.done", **part, part={"type": "audio", "transcript": said})
        item = _item(item["id"], "assistant", [{"type": "output_audio", "transcript": said}])
        await self._send("conversation.item.done", item=item, previous_item_id=None)
        await self._send("response.output_item.done", **about, item=item)
        return item

    async def _call(self, index: int, name: str, arguments: Mapping[str, Any] | str) -> dict[str, Any]:
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        item = {
            "id": self._id("item"),
            "object": "realtime.item",
            "type": "function_call",
            "status": "in_progress",
            "name": name,
            "call_id": self._id("call"),
            "arguments": "",
        }
        about = {"response_id": self._response, "output_index": index}
        await self._send("response.output_item.added", **about, item=item)
        await self._send("conversation.item.added", item=item, previous_item_id=None)
        part = {**about, "item_id": item["id"], "call_id": item["call_id"]}
        for at in range(0, len(text), 8):
            await self._send("response.function_call_arguments.delta", **part, delta=text[at : at + 8])
        await self._send("response.function_call_arguments.done", **part, name=name, arguments=text)
        item = {**item, "status": "completed", "arguments": text}
        await self._send("conversation.item.done", item=item, previous_item_id=None)
        await self._send("response.output_item.done", **about, item=item)
        return item


def _merge(into: dict[str, Any], update: Mapping[str, Any]) -> None:
    """Set what an update holds, and leave the rest."""
    for name, value in update.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _pieces(text: str) -> list[tuple[str, bytes]]:
    """The text in words, each a little before its sound, and a tone in pieces of 200 ms."""
    samples = round(len(text) / CHARACTERS_PER_SEC * RATE_HZ)
    wave = np.sin(2 * np.pi * TONE_HZ * np.arange(samples) / RATE_HZ) * 8000
    pcm = wave.astype("<i2").tobytes()
    step = round(_PIECE_SECS * RATE_HZ) * 2
    sounds = [pcm[at : at + step] for at in range(0, len(pcm), step)]
    words = text.split(" ")
    pieces, told = [], 0
    for index, sound in enumerate(sounds, 1):
        due = -(-len(words) * index // len(sounds))  # rounded up
        piece = " ".join(words[told:due])
        pieces.append((f" {piece}" if told and piece else piece, sound))
        told = due
    return pieces


def _item(item_id: str, role: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": "completed" if content else "in_progress",
        "role": role,
        "content": content,
    }


def _response(
    response_id: str, status: str, reason: str | None = None, code: str | None = None
) -> dict[str, Any]:
    details: dict[str, Any] | None = None
    if reason is not None:
        details = {"type": status, "reason": reason}
    elif code is not None:
        details = {"type": status, "error": {"type": "server_error", "code": code, "message": "m"}}
    usage = None if status == "in_progress" else USAGE
    return {
        "object": "realtime.response",
        "id": response_id,
        "status": status,
        "status_details": details,
        "output": [],
        "output_modalities": ["audio"],
        "usage": usage,
    }


USAGE: dict[str, Any] = {
    "total_tokens": 253,
    "input_tokens": 132,
    "output_tokens": 121,
    "input_token_details": {
        "text_tokens": 119,
        "audio_tokens": 13,
        "cached_tokens": 64,
        "cached_tokens_details": {"text_tokens": 64, "audio_tokens": 0},
    },
    "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
}


def _error(code: str, message: str, event_id: str | None = None) -> dict[str, Any]:
    about = {"type": "server_error", "code": code, "message": message, "param": None}
    return {"type": "error", "error": {**about, "event_id": event_id}}


@asynccontextmanager
async def realtime() -> AsyncIterator[Realtime]:
    """Serve on a free port of loopback while the context is open."""
    simulator = Realtime()

    def allowed(request: Any) -> bool:
        return bool(request.headers.get("Authorization") == f"Bearer {KEY}")

    async with listen(simulator.talk, simulator.faults, allowed, {}) as url:
        simulator.url = f"{url.replace('ws', 'http', 1)}/v1"
        yield simulator
