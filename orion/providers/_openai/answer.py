"""A model's answer as a stream of chunks, whatever the server made of it: whole, piecewise, or half."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from openai import AsyncStream
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from pydantic import ValidationError

from orion.providers._openai.tool_text import ToolText
from orion.providers._vendor import HalfAnswer, MalformedAnswer, arguments

Chunks = AsyncGenerator[ChatCompletionChunk, None]
Answer = AsyncStream[ChatCompletionChunk] | ChatCompletion


@dataclass(slots=True)
class _Call:
    id: str
    name: str = ""
    arguments: str = ""


async def chunks(answer: Answer) -> Chunks:
    """The chunks of an answer; one that was not streamed is one chunk. Closing it closes the connection.

    Raises:
        MalformedAnswer: It is neither a stream nor an answer.
    """
    if isinstance(answer, ChatCompletion):
        yield _as_chunk(answer.model_dump())
        return
    try:
        if "event-stream" in answer.response.headers.get("content-type", ""):
            async for chunk in answer:
                yield chunk
        else:  # a server that does not know how to stream
            yield _as_chunk(_parsed(await answer.response.aread()))
    except json.JSONDecodeError as error:
        raise MalformedAnswer("a piece of the answer is no JSON") from error
    finally:
        await answer.close()


async def from_text(pieces: Chunks, names: Iterable[str]) -> Chunks:
    """The chunks, with the calls that stand in their text as tool calls."""
    text = ToolText(names)
    async with aclosing(pieces):
        async for chunk in pieces:
            for choice in (chunk.choices or [])[:1]:
                said = text.take(choice.delta.content or "")
                choice.delta.content = said + (text.rest() if choice.finish_reason else "")
                choice.delta.tool_calls = [
                    _call(index, _Call(_new_id(), name, json.dumps(arguments)))
                    for index, (name, arguments) in enumerate(text.calls)
                ]
                text.calls.clear()
            yield chunk


async def complete(pieces: Chunks) -> Chunks:
    """The chunks, each tool call whole and on its own, after the text.

    Servers send calls in pieces or whole, several in a chunk, all under one index, without an id; Pipecat
    takes the first of a chunk, by its index, and drops one that is no JSON without a word.

    Raises:
        HalfAnswer: The stream ended before the server said that the answer is complete.
        MalformedAnswer: The arguments of a call are no JSON object.
    """
    calls: dict[object, _Call] = {}
    finished, last = False, None
    async with aclosing(pieces):
        async for chunk in pieces:
            for choice in (chunk.choices or [])[:1]:
                finished = finished or choice.finish_reason is not None
                if choice.delta and choice.delta.tool_calls:
                    _gather(calls, choice.delta.tool_calls)
                    choice.delta.tool_calls = None
                last = chunk
            yield chunk
    if not finished or last is None:
        raise HalfAnswer
    for index, call in enumerate(calls.values()):
        call.arguments = json.dumps(arguments(call.arguments))
        last.choices[0].delta.content, last.usage = None, None
        last.choices[0].delta.tool_calls = [_call(index, call)]
        yield last.model_copy(deep=True)


def _gather(calls: dict[object, _Call], pieces: Iterable[ChoiceDeltaToolCall]) -> None:
    for piece in pieces:
        key: object = piece.index
        known = calls.get(key)
        if piece.id and known and known.id != piece.id:
            key = next((k for k, call in calls.items() if call.id == piece.id), piece.id)
        call = calls.setdefault(key, _Call(piece.id or _new_id()))
        if piece.function:
            call.name += piece.function.name or ""
            call.arguments += piece.function.arguments or ""


def _call(index: int, call: _Call) -> ChoiceDeltaToolCall:
    function = {"name": call.name, "arguments": call.arguments}
    return ChoiceDeltaToolCall.model_validate(
        {"index": index, "id": call.id, "type": "function", "function": function}
    )


def _as_chunk(answer: dict[str, Any]) -> ChatCompletionChunk:
    try:
        choice = answer["choices"][0]
        message = choice["message"]
        calls = [{"index": index, **call} for index, call in enumerate(message.get("tool_calls") or [])]
        delta = {"role": "assistant", "content": message.get("content"), "tool_calls": calls or None}
        ended = choice.get("finish_reason") or "stop"
        chunk = ChatCompletionChunk.model_validate(
            {
                "id": str(answer.get("id", "")),
                "object": "chat.completion.chunk",
                "created": answer.get("created") or 0,
                "model": answer.get("model") or "",
                "choices": [{"index": 0, "delta": delta, "finish_reason": ended}],
            }
        )
    except (KeyError, IndexError, TypeError, ValidationError) as error:
        raise MalformedAnswer("the answer is none of the protocol") from error
    with suppress(ValidationError):  # an answer is one without its tokens, too
        chunk.usage = CompletionUsage.model_validate(answer.get("usage"))
    return chunk


def _parsed(body: bytes) -> dict[str, Any]:
    found = json.loads(body)
    if not isinstance(found, dict):
        raise MalformedAnswer("the answer is none of the protocol")
    return found


def _new_id() -> str:
    return f"call_{uuid4().hex}"
