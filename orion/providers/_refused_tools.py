"""Tools that a vendor does not take: they are left out, so that the others stay.

For one schema a vendor refuses the whole request, and with it every tool and every turn of an agent.
Schemas are shown in a form that is meant to suit all (`orion/domain/schemas/shown.py`); where a vendor
refuses one all the same, its answer says which. It is left out of the request, and of those to come.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from loguru import logger
from pipecat.utils.errors import extract_http_status_code

MOST_TOOLS = 128
"""OpenAI, Mistral and Google take no more in a request."""
MOST_AT_ONCE = 16
"""So many are left out of one request; where a vendor refuses more of them, it means something else."""
_STATUSES = {400, 422}
_MOST_CHARS = 4000
_MOST_KEPT = 2000
_BY_PLACE = (
    re.compile(r"function_?declarations\W{1,3}(\d{1,4})\b", re.IGNORECASE),
    re.compile(r"\btools['\"\]]*[\[.,\s]+(\d{1,4})\b"),
)
"""`tools[0].function_declarations[3]`, `tools[3].function.parameters`, `tools.3.custom`, `"tools", 3`."""
_BY_NAME = r"\b(?:[Ff]unctions?|[Tt]ools?)(?: named| with name)?[ :]{{1,2}}['\"`]?{name}['\"`]?(?![\w-])"
_Answer = TypeVar("_Answer")

_KNOWN: OrderedDict[str, None] = OrderedDict()
"""What was refused, by vendor, model and the tool as it was sent."""


def without_refused(place: str, tools: Sequence[Any], most: int = MOST_TOOLS) -> list[Any]:
    """The tools of a request, as they are sent, but for those that this place has refused before."""
    left = [tool for tool in tools if _key(place, tool) not in _KNOWN]
    if len(left) > most:
        logger.warning("{} tools are left out: a model takes {} at most", len(left) - most, most)
    return left[:most]


def learn(place: str, error: Exception, tools: Sequence[Any]) -> bool:
    """Take note of the tool for which a vendor has refused a request; whether it has named one.

    Args:
        place: The vendor's address and its model.
        tools: Those of the request, as they were sent.
    """
    if extract_http_status_code(error) not in _STATUSES:
        return False
    refused = _named(str(error)[:_MOST_CHARS], tools)
    if refused is None:
        return False
    logger.warning("the vendor refuses the tool {}: it is left out", _name(refused))
    _KNOWN[_key(place, refused)] = None
    while len(_KNOWN) > _MOST_KEPT:
        _KNOWN.popitem(last=False)
    return True


async def asked_without_refused(
    place: str,
    params: dict[str, Any],
    ask: Callable[[dict[str, Any]], Awaitable[_Answer]],
    errors: type[Exception],
    most: int = MOST_TOOLS,
) -> _Answer:
    """The answer to a request, without the tools that the vendor refuses. Raises what `ask` raises."""
    for _ in range(MOST_AT_ONCE):
        params = with_tools(params, place, most)
        try:
            return await ask(params)
        except errors as error:
            if not learn(place, error, _tools(params)):
                raise
    return await ask(with_tools(params, place, most))


def with_tools(params: dict[str, Any], place: str, most: int = MOST_TOOLS) -> dict[str, Any]:
    """A request without the tools that its place is known to refuse."""
    if not (tools := _tools(params)):
        return params
    if left := without_refused(place, tools, most):
        return {**params, "tools": left}
    return {key: value for key, value in params.items() if key not in {"tools", "tool_choice"}}


def _tools(params: dict[str, Any]) -> list[Any]:
    tools = params.get("tools")
    return tools if isinstance(tools, list) else []


def _named(told: str, tools: Sequence[Any]) -> Any:
    """The tool that an error is about, by its place in the request or by its name; None for none."""
    for pattern in _BY_PLACE:
        found = pattern.search(told)
        if found and int(found[1]) < len(tools):
            return tools[int(found[1])]
    for form in (_BY_NAME, r"['\"`]{name}['\"`]"):
        for tool in tools:
            if re.search(form.format(name=re.escape(_name(tool))), told):
                return tool
    return None


def _name(tool: Any) -> str:
    """In OpenAI's chat, in its Responses API, and at Anthropic's."""
    return str(tool.get("function", tool).get("name", ""))


def _key(place: str, tool: Any) -> str:
    sent = {key: value for key, value in tool.items() if key != "cache_control"}
    text = json.dumps([place, sent], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
