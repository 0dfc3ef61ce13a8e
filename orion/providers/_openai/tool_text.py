"""Tools for models that know none: described in the instructions, called by a line of JSON in the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from orion.providers._vendor import MalformedAnswer

_INSTRUCTIONS = """You can use tools. To use one, answer with nothing but one line of JSON:
{"tool": "<its name>", "arguments": {<its arguments>}}
You are then told its result, and answer the user. Use a tool only where it is needed. The tools:"""
_LEAD = re.compile(r"[ \t]*(?:`{1,3}\w*|<\w+>)?\s*(?=\{)")
"""What may stand before a call, from the beginning of a line: a fence of code, or a tag like <tool_call>."""
_MAYBE_LEAD = re.compile(r"[ \t]*(?:(?:`{1,3}\w{0,8})?|<\w{0,20}>?)\s*\Z")
_CALL = re.compile(r"\{\s*(?:[\"}]|\Z)")
_TRAIL = re.compile(r"\s*(?:`{1,3}|</\w*>)?\s*")
_MAYBE_TRAIL = re.compile(r"\s*(?:`{0,2}|</?\w*)\Z")
_LONGEST = 8000

Call = tuple[str, dict[str, Any]]


class ToolText:
    """Takes an answer piece by piece and tells text from calls; one per answer.

    A call stands at the beginning of a line. What may become one is held back.

    Attributes:
        calls: The calls found so far: the tool's name and its arguments.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.calls: list[Call] = []
        self._names = set(names)
        self._held = ""
        self._in_line = self._behind_call = False

    def take(self, piece: str) -> str:
        """The text that can be said now."""
        self._held += piece
        said = ""
        while self._held:
            if self._behind_call:
                if _MAYBE_TRAIL.match(self._held):
                    break
                self._drop(_TRAIL)
                self._behind_call = False
            elif self._in_line or not (decided := self._decide()):
                said += self._line()
            elif decided == "wait":
                break
        return said

    def rest(self) -> str:
        """The text that is left at the end of the answer. Raises MalformedAnswer for half a call."""
        if self._behind_call:
            return ""
        if '"tool"' in self._held or '"arguments"' in self._held:
            raise MalformedAnswer("a tool call broke off")
        said, self._held = self._held, ""
        return said

    def _decide(self) -> str:
        """At the beginning of a line: `call` where one was taken, `wait`, or nothing for text."""
        lead = _LEAD.match(self._held)
        if lead is None:
            return "wait" if _MAYBE_LEAD.match(self._held) else ""
        if not _CALL.match(self._held, lead.end()):
            return ""
        try:
            found, end = json.JSONDecoder().raw_decode(self._held, lead.end())
        except json.JSONDecodeError:
            return "wait" if len(self._held) < _LONGEST else ""
        call = self._call(found)
        if call is None:
            return ""
        self.calls.append(call)
        self._held = self._held[end:]
        self._behind_call = True
        return "call"

    def _call(self, found: dict[str, Any]) -> Call | None:
        name = found.get("tool", found.get("name"))
        arguments = found.get("arguments", found.get("parameters", {}))
        if not isinstance(name, str) or name not in self._names or not isinstance(arguments, dict):
            return None
        return name, arguments

    def _line(self) -> str:
        """The text up to the end of its line."""
        said, newline, rest = self._held.partition("\n")
        self._held, self._in_line = rest, not newline
        return said + newline

    def _drop(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._held)
        self._held = self._held[match.end() :] if match else self._held


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
