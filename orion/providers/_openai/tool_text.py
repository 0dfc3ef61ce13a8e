"""Tools for models that know none: described in the instructions, called by a line of JSON in the answer.

The calls are read where those of all answers are: `orion/providers/_text`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

_INSTRUCTIONS = """You can use tools. To use one, answer with nothing but one line of JSON:
{"tool": "<its name>", "arguments": {<its arguments>}}
You are then told its result, and answer the user. Use a tool only where it is needed. The tools:"""


def by_text(
    messages: Iterable[Mapping[str, Any]], tools: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Messages that need no tools of the protocol: the tools described, calls and results as text."""
    told = [_INSTRUCTIONS, *(_described(tool["function"]) for tool in tools)]
    found = [_plain(message) for message in messages]
    if found and found[0]["role"] == "system":
        told.insert(0, f"{found.pop(0)['content']}\n")
    return [{"role": "system", "content": "\n".join(told)}, *found]


def _described(function: Mapping[str, Any]) -> str:
    schema = json.dumps(function.get("parameters", {}), ensure_ascii=False)
    return f"- {function['name']}: {function.get('description', '')} Arguments: {schema}"


def _plain(message: Mapping[str, Any]) -> dict[str, Any]:
    if message["role"] == "tool":
        return {"role": "user", "content": f"(The tool's result: {message['content']})"}
    if not message.get("tool_calls"):
        return dict(message)
    calls = [
        f'{{"tool": {json.dumps(call["function"]["name"])}, "arguments": {call["function"]["arguments"]}}}'
        for call in message["tool_calls"]
    ]
    return {"role": "assistant", "content": "\n".join([*filter(None, [message.get("content")]), *calls])}
