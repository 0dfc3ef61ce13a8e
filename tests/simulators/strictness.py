"""What vendors refuse of a conversation by 400, in their own words; None where they take it.

Sources: the errors of api.openai.com and api.anthropic.com, as public threads quote them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")
_ID = re.compile(r"[a-zA-Z0-9_-]+\Z")
_LONGEST_ID = 40
_LONGEST_CALL_ID = 64
_ROLES = {"assistant", "developer", "system", "user"}


def chat(messages: Sequence[dict[str, Any]]) -> str | None:
    """OpenAI's chat completions."""
    owed: list[str] = []
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in owed:
                return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
            owed.remove(message["tool_call_id"])
            continue
        if owed:
            return "An assistant message with 'tool_calls' must be followed by tool messages"
        for place, call in enumerate(message.get("tool_calls") or ()):
            where = f"messages[{index}].tool_calls[{place}]"
            if len(call["id"]) > _LONGEST_ID:
                return f"Invalid '{where}.id': string too long. Expected a string with maximum length 40"
            if not _NAME.match(call["function"]["name"]):
                return f"Invalid '{where}.function.name': string does not match pattern"
            owed.append(call["id"])
    return "An assistant message with 'tool_calls' must be followed by tool messages" if owed else None


def responses(items: Sequence[dict[str, Any]]) -> str | None:
    """OpenAI's Responses: the items of an input."""
    owed: set[str] = set()
    for index, item in enumerate(items):
        kind = item.get("type", "message")
        if kind == "function_call":
            if refused := _function_call(item, f"input[{index}]"):
                return refused
            owed.add(item["call_id"])
        elif kind == "function_call_output":
            if item["call_id"] not in owed:
                return f"No tool call found for function call output with call_id {item['call_id']}."
            owed.remove(item["call_id"])
        elif item["role"] not in _ROLES:
            return f"Invalid value: '{item['role']}'. Supported values are: {sorted(_ROLES)}."
    return f"No tool output found for function call {min(owed)}." if owed else None


def _function_call(item: dict[str, Any], where: str) -> str | None:
    if not 0 < len(item["call_id"]) <= _LONGEST_CALL_ID:
        return f"Invalid '{where}.call_id': expected a string of 1 to 64 characters"
    if not _NAME.match(item["name"]):
        return f"Invalid '{where}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'"
    if "id" in item and not item["id"].startswith("fc"):
        return f"Invalid '{where}.id': '{item['id']}'. Expected an ID that begins with 'fc'."
    if not isinstance(item["arguments"], str):
        return f"Invalid type for '{where}.arguments': expected a string"
    return None


def messages(conversation: Sequence[dict[str, Any]]) -> str | None:
    """Anthropic's messages."""
    if not conversation or conversation[0]["role"] != "user":
        return 'messages: first message must use the "user" role'
    if conversation[-1]["role"] != "user":
        return "This model does not support assistant message prefill"
    owed: set[str] = set()
    for index, message in enumerate(conversation):
        blocks = _blocks(message["content"])
        answered = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
        if answered != owed:
            return f"messages.{index}: `tool_use` ids were found without `tool_result` blocks"
        owed = {block["id"] for block in blocks if block["type"] == "tool_use"}
        for block in blocks:
            if refused := _block(block):
                return f"messages.{index}: {refused}"
    return None


def _blocks(content: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _block(block: dict[str, Any]) -> str | None:
    if block["type"] == "text" and not block["text"].strip():
        return "text content blocks must be non-empty and contain non-whitespace text"
    if block["type"] != "tool_use":
        return None
    if not _ID.match(block["id"]):
        return "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
    if not _NAME.match(block["name"]):
        return "tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'"
    json.dumps(block["input"])
    return None if isinstance(block["input"], dict) else "tool_use.input: Input should be a valid dictionary"
