"""Calls that no mark announces: the JSON of Llama and others, which is all of an answer, or a line of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Literal

from orion.providers._text.calls import Call, Tools, calls_in, calls_of
from orion.providers._text.names import known

_LEAD = re.compile(r"\s*(?:(`{1,3})(\w*)\s*)?(?=[{\[])")
_MAYBE_LEAD = re.compile(r"\s*(?:`{1,2}|```\w{0,12}\s*)?\Z")
_MAYBE_LEAD_TOLD = re.compile(r"\s*(?:`{1,3}\w{0,8}\s*)?\Z")
_CODE = re.compile(r"\s*```(?:tool_code|tool_call|tool_calls|function_call)\b")
_KEYS = (
    *("name", "tool", "tool_name", "function", "function_name", "recipient_name", "tool_calls"),
    *("type", "id", "index", "tool_call_id", "arguments", "parameters", "args"),
)
_OPENING = re.compile(r"[\[\s]*\{\s*(?:\"(\w*)(\")?)?")
_NAMED = re.compile(r'"(?:name|tool|tool_name|function_name|recipient_name)"\s*:\s*"([^"\\]*)"')
_PYTHON = re.compile(r"\[\s*([A-Za-z_][\w.]*)?(\()?")
_BETWEEN = re.compile(r"(?:\s|[;,]|`+|</?[\w:]*>|<[|｜][^<>|｜]*[|｜]>)*")
_MAYBE_BETWEEN = re.compile(r"(?:\s|[;,]|`+|</?[\w:]*>|<[|｜][^<>|｜]*[|｜]>)*(?:<[/|｜]?[^<>]{0,40})?\Z")
_LONGEST = 20_000


@dataclass(slots=True)
class Found:
    """What a text begins with: words, calls up to `end`, or something that has to go on to be either."""

    kind: Literal["words", "wait", "calls", "marked"]
    calls: list[Call] = field(default_factory=list)
    end: int = 0
    broken: bool = False
    """It looks like a call, and the text ended in it."""


def begins(text: str, tools: Tools, *, told: bool, final: bool) -> Found:
    """What stands at the beginning of an answer, or, where tools were `told`, of a line.

    It is a call only if its tool was offered, and its arguments are there; what users ask for as JSON is
    words. Where tools are the protocol's, calls are the whole of the answer.
    """
    if _CODE.match(text):
        return Found("marked")
    lead = _LEAD.match(text)
    if lead is None or (lead[1] and len(lead[1]) < len("```") and not told):
        maybe = (_MAYBE_LEAD_TOLD if told else _MAYBE_LEAD).match(text)
        return Found("wait" if maybe and not final else "words")
    body = text[lead.end() :]
    if not tools or not _may_be(body, tools):
        return Found("words")
    if body.startswith("[") and _PYTHON.match(body) and not _OPENING.match(body):
        return _python(text, body, tools, final=final)
    return _json(text, lead.end(), tools, told=told, final=final)


def _may_be(body: str, tools: Tools) -> bool:
    """Whether these may be calls, as far as can be seen."""
    opening = _OPENING.match(body)
    if opening is None:
        python = _PYTHON.match(body)
        if python is None or (not python[1] and body.strip() != "["):
            return body.strip() == "["
        if python[2] or python.end() < len(body):
            return bool(python[2]) and known(python[1], tools) is not None
        return python[1] is None or any(name.startswith(python[1].rpartition(".")[2]) for name in tools)
    key, whole = opening[1], opening[2]
    if key is None:
        return not body[opening.end() :].strip()
    if not (key in _KEYS if whole else any(name.startswith(key) for name in _KEYS)):
        return False
    named = _NAMED.search(body[:300])
    return named is None or known(named[1], tools) is not None or '"function"' in body[: named.start()]


def _python(text: str, body: str, tools: Tools, *, final: bool) -> Found:
    if not final:
        return Found("wait" if len(body) < _LONGEST else "words")
    calls = calls_in(body, tools)
    offered = bool(calls) and all(known(call.name, tools) for call in calls)
    return Found("calls", calls, len(text)) if offered else Found("words")


def _json(text: str, at: int, tools: Tools, *, told: bool, final: bool) -> Found:
    calls: list[Call] = []
    while True:
        try:
            value, end = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            if final or len(text) > _LONGEST:
                return Found("words", broken=_is_half(text[at:], tools))
            return Found("wait")
        made = calls_of(value) or []
        calls += made
        between = _BETWEEN.match(text, end)
        at = between.end() if between else end
        if not made or not all(known(call.name, tools) for call in made):
            return Found("words")
        if told or (at == len(text) and final):
            return Found("calls", calls, end if told else at)
        if at == len(text) or text[at] not in "{[":
            return Found("wait" if not final and _MAYBE_BETWEEN.match(text, end) else "words")


def _is_half(body: str, tools: Tools) -> bool:
    named = _NAMED.search(body)
    return named is not None and known(named[1], tools) is not None
