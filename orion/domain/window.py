"""A conversation within a model's window: what it weighs, and where it may be cut. Pure.

Messages are as Pipecat's contexts hold them, in OpenAI's form: the instructions first, then notes where
there are any, then turns. A turn begins with the user's message; all that answers it belongs to it, tool
calls with their results.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

_CHARS_PER_TOKEN = 3
"""English text has four and more, JSON and digits down to two."""
_MESSAGE_TOKENS = 10
_LEFT_OUT = "(left out: it is too long for the model)"


class Notes(dict[str, Any]):
    """The message that stands for the first turns: of the user's rank, but no turn, and never left out."""


class Shortened(dict[str, Any]):
    """A message without its content, which was too long; `whole` is the message with it."""

    def __init__(self, whole: dict[str, Any]) -> None:
        super().__init__({**whole, "content": _LEFT_OUT})
        self.whole = whole


def whole(message: Any) -> Any:
    """The message itself, of which this may be what was left when it was shortened."""
    while isinstance(message, Shortened):
        message = message.whole
    return message


def without(messages: Sequence[Any], gone: Sequence[Any]) -> list[Any]:
    """The messages but for those that are gone, shortened meanwhile or not.

    Two messages that read the same are two: each is known by itself.
    """
    known = {id(whole(message)) for message in gone}
    return [message for message in messages if id(whole(message)) not in known]


def head(messages: Sequence[Any]) -> int:
    """How many messages stand before the turns: the instructions, and notes where there are any."""
    return 2 if len(messages) > 1 and isinstance(messages[1], Notes) else 1


def text_tokens(text: str) -> int:
    """About how many tokens a text has, rather more than fewer; beyond ASCII each character is one."""
    ascii_chars = len(text.encode("ascii", "ignore"))
    return ascii_chars // _CHARS_PER_TOKEN + len(text) - ascii_chars


def message_tokens(message: Any) -> int:
    """About how many tokens a message has, with its tool calls."""
    if not isinstance(message, dict):
        return text_tokens(str(message)) + _MESSAGE_TOKENS
    content, calls = message.get("content"), message.get("tool_calls")
    told = content if isinstance(content, str) else json.dumps(content, default=str) if content else ""
    return text_tokens(told) + (text_tokens(json.dumps(calls, default=str)) if calls else 0) + _MESSAGE_TOKENS


def tokens(messages: Sequence[Any]) -> int:
    """About how many tokens the messages have."""
    return sum(message_tokens(message) for message in messages)


def cut(messages: Sequence[Any], keep_tokens: int) -> int:
    """Where the part begins that may stay: as many of the last whole turns as fit, but at least the last.

    The head stays by itself: its length means that all stays.
    """
    first = head(messages)
    if tokens(messages[first:]) <= keep_tokens:
        return first
    begin, weight = first, 0
    for index in range(len(messages) - 1, first - 1, -1):
        weight += message_tokens(messages[index])
        if _begins(messages[index]):
            if weight > keep_tokens and begin > first:
                break
            begin = index
    return begin


def shortened(messages: Sequence[Any], limit: int) -> list[Any]:
    """The messages with contents left out until they fit: tools' results, then all, longest first."""
    found, weight = list(messages), tokens(messages)
    turns = enumerate(found[head(found) :], head(found))
    texts = [i for i, message in turns if isinstance(message, dict) and message.get("content")]
    for index in sorted(texts, key=lambda i: (found[i]["role"] != "tool", -message_tokens(found[i]))):
        if weight <= limit:
            break
        weight -= message_tokens(found[index])
        found[index] = Shortened(found[index])
        weight += message_tokens(found[index])
    return found


def user_turns(messages: Sequence[Any]) -> int:
    """How many turns begin in the messages."""
    return sum(_begins(message) for message in messages)


def transcript(messages: Sequence[Any]) -> str:
    """The messages for one who shall not take part: who said what, what tools answered.

    One JSON object a line, with `role` and `text`, so that no text can pass for another's.
    """
    lines: list[str] = []
    for message in messages:
        if not isinstance(message, dict):
            continue
        calls = (call["function"] for call in message.get("tool_calls") or ())
        lines += [line("agent calls", f"{call['name']} {call['arguments']}") for call in calls]
        if content := message.get("content"):
            who = {"user": "user", "assistant": "agent", "tool": "result"}.get(
                str(message.get("role")), "note"
            )
            lines.append(line(who, content if isinstance(content, str) else json.dumps(content, default=str)))
    return "\n".join(lines)


def line(role: str, text: str) -> str:
    """A line of a transcript."""
    return json.dumps({"role": role, "text": text}, ensure_ascii=False)


def _begins(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "user" and not isinstance(message, Notes)
