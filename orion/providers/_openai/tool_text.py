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
_BEGINNING = re.compile(r"(?:^|(?<=\n))[ \t]*(?=[{`<])")
"""Where a line may begin a call: with its brace, a fence of code, or a tag like <tool_call>."""
_ENDING = re.compile(r"\s*(?:`{1,3}|</\w+>)?\s*")
_LEAD = 20
"""Characters of a fence or tag before the brace, at most."""
_LONGEST = 20000

Call = tuple[str, dict[str, Any]]


class ToolText:
    """Takes an answer piece by piece and tells text from calls; one per answer.

    Attributes:
        calls: The calls found so far: the tool's name and its arguments.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.calls: list[Call] = []
        self._names = set(names)
        self._held = ""
        self._after_newline = True

    def take(self, piece: str) -> str:
        """The text that can be said now; what may be a call is held back."""
        self._held += piece
        said = ""
        while self._held:
            begin = self._begin()
            said += self._release(begin)
            if not self._held or not self._decided():
                break
            said += self._release(self._end())
        return said

    def rest(self) -> str:
        """The text that is left at the end of the answer. Raises MalformedAnswer for half a call."""
        if '"tool"' in self._held or '"arguments"' in self._held:
            raise MalformedAnswer("a tool call broke off")
        return self._release(len(self._held))

    def _begin(self) -> int:
        for match in _BEGINNING.finditer(self._held):
            if match.start() or self._after_newline:
                return match.start()
        return len(self._held)

    def _decided(self) -> bool:
        """Whether what is held, which begins like a call, is one or is none."""
        brace = self._held.find("{")
        if not 0 <= brace <= _LEAD:
            return brace > 0 or len(self._held) > _LEAD
        try:
            self._found, end = json.JSONDecoder().raw_decode(self._held, brace)
        except json.JSONDecodeError:
            return len(self._held) > _LONGEST
        if (call := self._call(self._found)) is None:
            return True
        self.calls.append(call)
        self._held = self._held[_ENDING.match(self._held, end).end() :]  # type: ignore[union-attr]
        return True

    def _end(self) -> int:
        """How much of what is no call goes on: one line of it."""
        if not self._held or self._begin():
            return 0
        newline = self._held.find("\n")
        return newline + 1 if newline >= 0 else len(self._held)

    def _call(self, found: object) -> Call | None:
        if not isinstance(found, dict):
            return None
        name = found.get("tool", found.get("name"))
        arguments = found.get("arguments", found.get("parameters", {}))
        if name not in self._names or not isinstance(arguments, dict):
            return None
        return str(name), arguments

    def _release(self, length: int) -> str:
        said, self._held = self._held[:length], self._held[length:]
        if said:
            self._after_newline = said.endswith("\n")
        return said


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
