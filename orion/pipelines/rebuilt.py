"""What a model's context holds of the turns of before: a call begins where the last one ended."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from orion.domain.context import valid
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Speaker, Turn

_NO_END = "It still runs, or was cut off: nobody knows whether it has happened."


def recent(turns: Iterable[Turn], noted: int) -> list[Turn]:
    """The turns behind the first `noted` of the user's, with what answered them."""
    found = list(turns)
    begins = [index for index, turn in enumerate(found) if turn.speaker is Speaker.USER]
    if not noted:
        return found
    return found[begins[noted] :] if noted < len(begins) else []


def is_owed(turns: Iterable[Turn]) -> bool:
    """Whether the agent has told, since the user's last words, what others wrote: nobody has answered yet."""
    found = False
    for turn in turns:
        found = turn.speaker is Speaker.AGENT and (found or turn.untrusted)
    return found


def messages(turns: Iterable[Turn]) -> list[Any]:
    """The turns as a model's context holds them: what was heard, and what the tools answered.

    Sessions of before may hold ids and names that only the vendor takes who made them up.
    """
    found: list[Any] = []
    for turn in turns:
        if turn.speaker is Speaker.USER:
            found.append({"role": "user", "content": turn.text})
            continue
        for call in turn.tool_calls:
            function = {"name": call.tool, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
            asked = {"id": call.id, "type": "function", "function": function}
            answer = json.dumps(_told(call), ensure_ascii=False)
            found.append({"role": "assistant", "tool_calls": [asked]})
            found.append({"role": "tool", "tool_call_id": call.id, "content": answer})
        if turn.text:
            found.append({"role": "assistant", "content": turn.text})
    return valid(found)


def _told(call: ToolCall) -> Any:
    """What a model reads of a call of before; of one without an end, nobody knows whether it has happened."""
    if call.error is not None:
        return {"error": call.error, "status": call.status.value}
    return {"error": _NO_END} if call.status is ToolCallStatus.RUNNING else call.result
