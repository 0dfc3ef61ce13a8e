"""What OpenAI's Responses API sends: the events of a streamed answer, whole or cut, with text and calls.

Reference: https://platform.openai.com/docs/api-reference/responses-streaming; checked by the SDK's types.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from tests.simulators import strictness

MODEL = "gpt-4.1-2025-04-14"
_USAGE = {
    "input_tokens": 20,
    "input_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 3},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 25,
}
Call = tuple[str, Mapping[str, Any] | str]


def response(status: str, output: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """A Response."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1.0,
        "status": status,
        "model": MODEL,
        "output": list(output),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": None if status == "in_progress" else _USAGE,
        **more,
    }


def events(
    text: str, calls: Sequence[Call] = (), ends: str = "completed", *, refuses: bool = False
) -> Iterator[dict[str, Any]]:
    """ResponseStreamEvents: the beginning, the text word by word, calls in pieces, and how it ends.

    Args:
        ends: `completed`, `incomplete` (the longest length was reached) or `failed`.
        refuses: The text is a refusal.
    """
    number = count()

    def event(kind: str, **content: Any) -> dict[str, Any]:
        return {"type": f"response.{kind}", "sequence_number": next(number), **content}

    yield event("created", response=response("in_progress"))
    yield event("in_progress", response=response("in_progress"))
    output: list[dict[str, Any]] = []
    if text:
        output.append(_message(text, refuses=refuses))
        yield from _said(event, text, refuses=refuses)
    for index, call in enumerate(calls, len(output)):
        output.append(_call(index, call))
        yield from _called(event, index, output[-1])
    more: dict[str, Any] = {}
    if ends == "incomplete":
        more = {"incomplete_details": {"reason": "max_output_tokens"}}
    elif ends == "failed":
        more = {"error": {"code": "rate_limit_exceeded", "message": "It does not work."}}
    yield event(ends, response=response(ends, output, **more))


def whole(text: str, calls: Sequence[Call] = ()) -> dict[str, Any]:
    """The Response to a request that wants no stream."""
    said = [_message(text, refuses=False)] if text else []
    return response(
        "completed", [*said, *(_call(index, call) for index, call in enumerate(calls, len(said)))]
    )


def problem(asked: Mapping[str, Any]) -> str | None:
    """What is wrong with a request; None for nothing."""
    items = asked["input"] if isinstance(asked["input"], list) else []
    if refused := strictness.responses(items):
        return refused
    if "messages" in asked or asked.get("stream_options", {}).get("include_usage") is not None:
        return "Unsupported parameter."
    return None


def _said(event: Any, text: str, *, refuses: bool) -> Iterator[dict[str, Any]]:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    yield event(
        "output_item.added",
        output_index=0,
        item={**_message("", refuses=False), "status": "in_progress", "content": []},
    )
    yield event("content_part.added", part=_part("", refuses=refuses), **place)
    more: dict[str, Any]
    kind, more = ("refusal", {}) if refuses else ("output_text", {"logprobs": []})
    for index, word in enumerate(text.split(" ")):
        yield event(f"{kind}.delta", delta=f" {word}" if index else word, **place, **more)
    yield event(f"{kind}.done", **{"refusal" if refuses else "text": text}, **place, **more)
    yield event("content_part.done", part=_part(text, refuses=refuses), **place)
    yield event("output_item.done", output_index=0, item=_message(text, refuses=refuses))


def _called(event: Any, index: int, call: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    place = {"item_id": call["id"], "output_index": index}
    begun = {**call, "arguments": "", "status": "in_progress"}
    yield event("output_item.added", output_index=index, item=begun)
    for at in range(0, len(call["arguments"]), 8):
        yield event("function_call_arguments.delta", delta=call["arguments"][at : at + 8], **place)
    yield event("function_call_arguments.done", arguments=call["arguments"], **place)
    yield event("output_item.done", output_index=index, item=call)


def _message(text: str, *, refuses: bool) -> dict[str, Any]:
    about = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    return {**about, "content": [_part(text, refuses=refuses)]}


def _part(text: str, *, refuses: bool) -> dict[str, Any]:
    if refuses:
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _call(index: int, call: Call) -> dict[str, Any]:
    name, arguments = call
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    about = {"id": f"fc_{index}", "type": "function_call", "status": "completed"}
    return {**about, "call_id": f"call_{index}{name}", "name": name, "arguments": text}
