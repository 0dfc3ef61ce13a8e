"""What the offline agent says: answers over a tool's result, and its fixed sentences."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Any

from orion.domain.draft import CONVERSATIONAL
from orion.domain.tool import MAY_HAVE_HAPPENED, Tool

SORRY = "Sorry, that did not work."
TOO_LONG = "Sorry, that took too long."
REFUSED = "Sorry, I cannot do that with what you said."
STANDS = "What I did before stays."
TOO_MUCH = "Sorry, that was too much at once. Please say it in fewer words."
NOT_CAUGHT = "Sorry, I did not catch that."
_TITLES = {
    "current_time": "tell the time anywhere",
    "calculator": "calculate",
    "timer": "set a timer",
    "remember": "remember something for you",
    "recall": "tell you what you asked me to remember",
    "ask_agent": "ask another agent",
    "hand_over": "hand you over to another agent",
    "make_plan": "make a plan",
    "plan_status": "tell how far the plan is",
    "cancel_plan": "cancel the plan",
    "end_call": "end the call",
}


def answer(tool: Tool, result: Any) -> str:
    """The answer over a result: an error in its words, else the tool's template, else its values."""
    if isinstance(result, dict) and "error" in result:
        return _refusal(tool, result)
    if tool.say and isinstance(result, dict):
        try:
            return tool.say.format_map(result)
        except (KeyError, ValueError, IndexError, AttributeError):
            pass
    return _sentence(_told(result)) or "Done."


def ability(tool: Tool) -> str:
    """What the tool lets the agent do, as it would say it: `set a timer`."""
    known = _TITLES.get(tool.name)
    if known:
        return known
    first = tool.description.split(".")[0].strip().rstrip(string.punctuation)
    words = first.split()
    if words and words[0].endswith("s") and not words[0].endswith("ss"):
        words[0] = words[0].removesuffix("s")
    return " ".join(words).lower() or tool.name.replace("_", " ")


def abilities(tools: Iterable[Tool]) -> str:
    """A sentence that lists what can be done."""
    found = [ability(tool) for tool in tools if tool.name not in CONVERSATIONAL][:5]
    if not found:
        return "I can only listen for now."
    listed = found[0] if len(found) == 1 else f"{', '.join(found[:-1])}, or {found[-1]}"
    return f"I can {listed}."


def _refusal(tool: Tool, result: dict[str, Any]) -> str:
    """The tool's own sentence where it failed with one; what only a program reads is put into words."""
    status, error = result.get("status"), str(result["error"] or "")
    doubt = f" {MAY_HAVE_HAPPENED}" if error.endswith(MAY_HAVE_HAPPENED) else ""
    if status == "timed_out":
        return TOO_LONG + doubt
    if status == "refused":
        return REFUSED
    if status == "cancelled" or error.removesuffix(f".{doubt}") == f"{tool.name} failed":
        return SORRY + doubt
    return _sentence(error) or SORRY


def _told(value: Any) -> str:
    if isinstance(value, dict):
        if set(value) == {"result"}:
            return _told(value["result"])
        return ", ".join(
            f"{key.replace('_', ' ')}: {_told(v)}" for key, v in list(value.items())[:5] if v is not None
        )
    if isinstance(value, list):
        return ", ".join(_told(item) for item in value[:5]) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
