"""A model's answer as chunks that Pipecat takes, whatever the server made of it: whole, pieces, or half."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from openai import AsyncStream
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from orion.domain.context import safe_name
from orion.providers._text.faults import HalfAnswer, MalformedAnswer
from orion.providers._text.reader import Reader
from orion.providers._text.stream import Stream

Chunks = AsyncGenerator[ChatCompletionChunk, None]
Answer = AsyncStream[ChatCompletionChunk] | ChatCompletion | str


@dataclass(slots=True)
class Besides:
    """What a server says of an answer besides its words: it tells thoughts apart, or had to cut it."""

    parts_thoughts: bool = False
    calls: bool = False
    """It has begun a tool call: its words, if any, are over."""
    cut: bool = False


async def chunks(answer: Answer, names: Collection[str], besides: Besides) -> Chunks:
    """The chunks of an answer: its words as they come, then each of its calls by itself.

    Closing it closes the connection.

    Args:
        names: The tools that were offered.
        besides: Is told what the server says besides.

    Raises:
        HalfAnswer: The stream ended before the server said that the answer is complete.
        FailedAnswer: The server says that it has failed.
        MalformedAnswer: It is neither a stream nor an answer, or the arguments of a call are no object.
    """
    reader, stream = Reader(names), Stream()
    async with aclosing(_values(answer, stream)) as values:
        async for value in values:
            words = reader.take(value)
            besides.parts_thoughts = reader.parts_thoughts
            besides.calls = reader.has_calls
            yield _made(reader, words)
    words = reader.over(done=stream.done, whole=stream.whole)
    besides.cut = reader.cut
    if not reader.began:
        raise MalformedAnswer("the answer is none of the protocol")
    if not reader.finished:
        raise HalfAnswer
    calls = reader.calls()
    yield _made(reader, words)
    for index, (name, arguments) in enumerate(calls):
        function = {"name": name or safe_name(name), "arguments": json.dumps(arguments)}
        yield _made(reader, "", {"index": index, "id": f"call_{index}", "function": function})


def whole(answer: Any) -> Reader:
    """An answer that was to come whole. Raises FailedAnswer, MalformedAnswer."""
    reader, stream = Reader(), Stream()
    if isinstance(answer, ChatCompletion):
        reader.take(answer.model_dump(warnings=False))
    else:
        for value in (*stream.take(str(answer).encode()), *stream.end()):
            reader.take(value)
    reader.over(done=True, whole=True)
    if not reader.began:
        raise MalformedAnswer("the answer is none of the protocol")
    return reader


async def _values(answer: Answer, stream: Stream) -> AsyncGenerator[Any, None]:
    """What the body of the answer holds, whose end closes the connection."""
    if isinstance(answer, ChatCompletion):
        stream.whole = True
        yield answer.model_dump(warnings=False)
        return
    if isinstance(answer, str):  # one that was to come whole, whose server does not say that it is JSON
        for value in stream.take(answer.encode()):
            yield value
    else:
        try:
            async for piece in answer.response.aiter_bytes():
                for value in stream.take(piece):
                    yield value
        finally:
            await answer.close()
    for value in stream.end():
        yield value


def _made(reader: Reader, words: str, call: dict[str, Any] | None = None) -> ChatCompletionChunk:
    usage = CompletionUsage.construct(**reader.usage) if reader.usage else None
    delta = ChoiceDelta.construct(content=words, tool_calls=[call] if call else None)
    choice = Choice.model_construct(index=0, delta=delta, finish_reason=None)
    about: dict[str, Any] = {"id": "", "created": 0, "object": "chat.completion.chunk", "model": reader.model}
    return ChatCompletionChunk.model_construct(choices=[choice], usage=usage, **about)
