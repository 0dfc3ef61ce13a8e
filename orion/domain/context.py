"""A model's context as every vendor takes it: what one refuses would be refused at each later turn.

Messages are as Pipecat's contexts hold them, in OpenAI's form. OpenAI wants every call answered behind it,
ids of 40 characters, names of `[a-zA-Z0-9_-]{1,64}`; Anthropic ids of `[a-zA-Z0-9_-]+`, and no empty text;
Mistral, and templates of Llama and Gemma, ids of nine letters and digits, users and assistants in turn.
Sources: platform.openai.com/docs/api-reference/chat, docs.anthropic.com/en/api/messages, docs.mistral.ai/api
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from orion.domain.storable import parsed

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,40}\Z")
_MISFIT = re.compile(r"[^a-zA-Z0-9_-]+")
_NAMELESS = "unknown_tool"
_UNANSWERED = json.dumps({"error": "there is no result: the call was cut off"})
_BEGINS = "(The conversation begins.)"
_GOES_ON = "(The conversation goes on.)"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SHORT = 9


def safe_name(name: str) -> str:
    """A name that every vendor takes: the name itself, or one as like it as may be."""
    return name if NAME.match(name) else _MISFIT.sub("_", name).strip("_")[:64] or _NAMELESS


class _Group:
    """An assistant's message with calls, and what answers them."""

    def __init__(self, message: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        self.message = message
        self.calls = calls
        self.answers: dict[str, dict[str, Any]] = {}

    def messages(self) -> Iterable[dict[str, Any]]:
        """The call, then its answers."""
        told = {key: value for key, value in self.message.items() if key != "content"}
        content = _filled(self.message.get("content"))
        yield {**told, **({"content": content} if content else {}), "tool_calls": list(self.calls)}
        for call in self.calls:
            answer = self.answers.get(call["id"], {"role": "tool", "content": _UNANSWERED})
            yield {**answer, "tool_call_id": call["id"], "content": _filled(answer.get("content")) or "null"}


def valid(messages: Iterable[Any]) -> list[Any]:
    """The messages with each call answered once and at once, with ids and names that fit, and no empty text.

    Messages of one vendor's own form, which are no mappings, stay as they are.
    """
    found: list[Any] = []
    calling: dict[str, tuple[_Group, str]] = {}
    used: set[str] = set()
    for message in messages:
        if not isinstance(message, dict):
            found.append(message)
        elif message.get("tool_calls"):
            group = _group(message, used, calling)
            found.append(group)
        elif message.get("role") == "tool":
            asked = calling.get(str(message.get("tool_call_id")))
            if asked is not None:
                asked[0].answers.setdefault(asked[1], message)
        elif content := _filled(message.get("content")):
            if message.get("role") == "assistant" and isinstance(content, str):
                content = content.rstrip()
            found.append(message if content == message["content"] else {**message, "content": content})
    return [one for part in found for one in (part.messages() if isinstance(part, _Group) else [part])]


def _group(message: dict[str, Any], used: set[str], calling: dict[str, tuple[_Group, str]]) -> _Group:
    calls: list[dict[str, Any]] = []
    group = _Group(message, calls)
    for call in message["tool_calls"]:
        function, told = call.get("function") or {}, str(call.get("id"))
        own = _own_id(told, used)
        name = safe_name(str(function.get("name") or ""))
        asked = {**function, "name": name, "arguments": _object(function.get("arguments"))}
        calls.append({**call, "id": own, "type": "function", "function": asked})
        calling[told] = group, own
    return group


def _own_id(told: str, used: set[str]) -> str:
    own, number = told, 0
    while not _ID.match(own) or own in used:
        own, number = f"call_{sha256(f'{number}:{told}'.encode()).hexdigest()[:24]}", number + 1
    used.add(own)
    return own


def _object(arguments: object) -> str:
    """The arguments as the JSON of an object."""
    try:
        value = parsed(arguments) if isinstance(arguments, str) else arguments
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return arguments if isinstance(arguments, str) else json.dumps(value, ensure_ascii=False)
    return "{}"


def _filled(content: Any) -> Any:
    """A content without its empty texts; None where nothing is left."""
    if isinstance(content, list):
        return [part for part in content if not _is_blank(part)] or None
    return content if isinstance(content, str) and content.strip() else None


def _is_blank(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and not str(part.get("text") or "").strip()


def user_first(messages: Sequence[Any]) -> list[Any]:
    """The messages, of which behind the instructions a user's is the first."""
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages]
    at = next((index for index, role in enumerate(roles) if role not in {"system", "developer"}), None)
    if at is None or roles[at] == "user":
        return list(messages)
    return [*messages[:at], {"role": "user", "content": _BEGINS}, *messages[at:]]


def in_turn(messages: Sequence[Any]) -> list[Any]:
    """The messages as the strictest templates want them: users and assistants in turn, and short ids."""
    found: list[Any] = []
    for message in user_first(messages):
        before = found[-1] if found else {}
        role = message.get("role")
        if role == before.get("role") == "user" or (role == before.get("role") == "assistant"):
            found[-1] = _together(before, message)
        elif role == "user" and before.get("role") == "tool":
            found += [{"role": "assistant", "content": _GOES_ON}, message]
        else:
            found.append(message)
    return [_short_ids(message) for message in found]


def _together(before: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    told = [one["content"] for one in (before, message) if one.get("content")]
    if all(isinstance(content, str) for content in told):
        content: Any = "\n\n".join(told)
    else:
        parted = [[{"type": "text", "text": one}] if isinstance(one, str) else one for one in told]
        content = [part for parts in parted for part in parts]
    calls = [*before.get("tool_calls", ()), *message.get("tool_calls", ())]
    joined = {**before, **message, **({"tool_calls": calls} if calls else {})}
    return {**joined, "content": content} if content else joined


def _short_ids(message: dict[str, Any]) -> dict[str, Any]:
    if message.get("tool_calls"):
        calls = [{**call, "id": _short(call["id"])} for call in message["tool_calls"]]
        return {**message, "tool_calls": calls}
    if message.get("role") == "tool":
        return {**message, "tool_call_id": _short(message["tool_call_id"])}
    return message


def _short(call_id: str) -> str:
    number = int.from_bytes(sha256(call_id.encode()).digest()[:8])
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_SHORT))
