"""Tool calls that a model writes as text, in the forms of its chat template.

Sources: the tool parsers of vLLM (hermes, llama3_json, llama4_pythonic, mistral, deepseek_v3, kimi_k2, glm45,
qwen3_coder, granite, phi4mini, jamba, minimax) and the templates that they are for.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from orion.providers._text.arguments import arguments
from orion.providers._text.faults import MalformedAnswer

Tools = Mapping[str, Mapping[str, Any]]
"""The JSON Schema of each offered tool's arguments, by its name."""

_MARK = r"(?:[\w.-]{1,16}:|[|｜]DSML[|｜])?"
_NAMED = r"\s+name\s*=\s*[\"']?([^\"'<>\s]+)[\"']?[^<>]*"
_INVOKE = re.compile(
    rf"<{_MARK}(?:invoke|function|tool){_NAMED}>(.*?)(?=</{_MARK}(?:invoke|function|tool)>|<{_MARK}invoke\s|\Z)",
    re.DOTALL,
)
_FUNCTION = re.compile(r"<function[=(]\s*([\w.:-]+)\s*\)?>(.*?)(?=</function>|<function[=(]|\Z)", re.DOTALL)
_PARAMETER = re.compile(
    rf"<{_MARK}(?:parameter|arg)(?:{_NAMED}|=\s*([^<>\s]+)\s*)>\n?(.*?)\n?</{_MARK}(?:parameter|arg)>",
    re.DOTALL,
)
_NOT_TEXT = re.compile(r"string\s*=\s*[\"']false")
_KEYED = re.compile(
    r"<tool_call>\s*([\w.:-]+)\s*((?:<arg_key>.*?</arg_value>\s*)*)(?=</tool_call>|<tool_call>|\Z)", re.DOTALL
)
_KEY = re.compile(r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)</arg_value>", re.DOTALL)
_TOKENED = re.compile(
    r"<[|｜]tool[_▁]call[_▁]begin[|｜]>(.*?)(?=<[|｜]tool[_▁]call[_▁](?:end|begin)[|｜]>|\Z)", re.DOTALL
)
_PARTED = re.compile(r"<[|｜](?:tool[_▁]sep|tool_call_argument_begin)[|｜]>|\n")
_CHANNEL = re.compile(r"\bto=([\w.:-]+)[^{]*?<\|message\|>(.*?)(?=<\|(?:call|end|start)\|>|\Z)", re.DOTALL)
_BRACKETED = re.compile(
    r"(?:\[TOOL_CALLS\]|\A)\s*([\w.:-]+)(?:\[CALL_ID\][\w-]*)?(?:\[ARGS\]|(?=\s*\{))(.*?)(?=\[TOOL_CALLS\]|</s>|\Z)",
    re.DOTALL,
)
_NAMES = ("name", "tool", "tool_name", "function_name", "recipient_name")
_ARGUMENTS = ("arguments", "parameters", "args", "input", "tool_input", "kwargs")
_VALUE = re.compile(r"[\[{]\s*[\[{\"'\]}]")
_PYTHON = re.compile(r"<\|?/?\w+\|?>|</?\w+>|```\w*")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that stands in a text: a tool's name, as it was written, and its arguments."""

    name: str
    arguments: dict[str, Any]


def calls_in(text: str, tools: Tools) -> list[Call]:
    """The calls of a text that a mark has announced as calls; none where none can be read for sure."""
    for form in (_in_tags, _in_tokens, _in_channel, _in_brackets, _in_json, _in_python):
        with suppress(MalformedAnswer):
            if found := form(text, tools):
                return found
    return []


def calls_of(value: object) -> list[Call] | None:
    """The calls that a JSON value is: one, or a list of them; None where it is something else."""
    if isinstance(value, dict) and isinstance(value.get("tool_calls"), list):
        value = value["tool_calls"]
    found = [_call_of(one) for one in (value if isinstance(value, list) else [value])]
    return [call for call in found if call] if found and all(found) else None


def _call_of(value: object) -> Call | None:
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    if isinstance(inner, dict):
        return _call_of(inner)
    named = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), inner)
    key = next((key for key in _ARGUMENTS if key in value), None)
    if not isinstance(named, str) or not named or key is None:
        return None
    with suppress(MalformedAnswer):
        return Call(named, arguments(value[key]))
    return None


def _in_tags(text: str, tools: Tools) -> list[Call]:
    found = [_tagged(m[1], m[2], tools) for m in (*_INVOKE.finditer(text), *_FUNCTION.finditer(text))]
    if found or "<arg_key>" not in text:
        return found
    return [_keyed(m[1], m[2], tools) for m in _KEYED.finditer(text)]


def _tagged(name: str, body: str, tools: Tools) -> Call:
    parameters = list(_PARAMETER.finditer(body))
    if not parameters:
        return Call(name, arguments(body))
    told = {
        m[1] or m[2]: _typed(name, m[1] or m[2], m[3], tools, text=not _NOT_TEXT.search(m[0]))
        for m in parameters
    }
    return Call(name, told)


def _keyed(name: str, body: str, tools: Tools) -> Call:
    return Call(name, {m[1].strip(): _typed(name, m[1].strip(), m[2], tools) for m in _KEY.finditer(body)})


def _typed(name: str, parameter: str, told: str, tools: Tools, *, text: bool = True) -> Any:
    """The value of an argument that was written between tags, as its schema has it."""
    schema = tools.get(name.rpartition(".")[2], {}).get("properties", {}).get(parameter, {})
    if text and isinstance(schema, dict) and schema.get("type", "string") == "string":
        return told
    with suppress(ValueError, RecursionError):
        return json.loads(told)
    return told


def _in_tokens(text: str, _tools: Tools) -> list[Call]:
    found = []
    for match in _TOKENED.finditer(text):
        name, _, rest = _split(match[1].strip())
        if name == "function":
            name, _, rest = _split(rest)
        found.append(Call(name, arguments(rest)))
    return found


def _split(text: str) -> tuple[str, str, str]:
    parted = _PARTED.search(text)
    if parted is None:
        return text, "", ""
    return text[: parted.start()].strip(), parted[0], text[parted.end() :].strip()


def _in_channel(text: str, _tools: Tools) -> list[Call]:
    return [Call(m[1], arguments(m[2])) for m in _CHANNEL.finditer(text)]


def _in_brackets(text: str, _tools: Tools) -> list[Call]:
    if "[TOOL_CALLS]" not in text.upper():
        return []
    return [Call(m[1], arguments(m[2])) for m in _BRACKETED.finditer(text)]


def _in_json(text: str, _tools: Tools) -> list[Call]:
    found: list[Call] = []
    for value in values(text):
        calls = calls_of(value)
        if calls is None:
            raise MalformedAnswer("what should be a call is none")
        found += calls
    return found


def values(text: str) -> Iterator[Any]:
    """The JSON objects and lists of a text, in order. Raises MalformedAnswer for one that breaks off."""
    at, decoder = 0, json.JSONDecoder()
    while begin := _VALUE.search(text, at):
        try:
            value, at = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError) as error:
            value = _lenient(text[begin.start() :])
            at = len(text)
            if value is None:
                raise MalformedAnswer("a tool call broke off") from error
        yield value


def _lenient(text: str) -> Any:
    """An object with Python's quotes, or one that was not closed; None where it is neither."""
    with suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return json.loads(json.dumps(ast.literal_eval(text[: text.rfind("}") + 1])))
    return None


def _in_python(text: str, tools: Tools) -> list[Call]:
    """Calls as Python writes them: `[order(item="tea"), stock()]`, `order.call(item="tea")`."""
    try:
        tree = ast.parse(_PYTHON.sub(" ", text).strip(), mode="eval").body
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    made: Sequence[ast.expr] = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
    found = [_python_call(one, tools) for one in made]
    return [call for call in found if call] if all(found) else []


def _python_call(made: ast.expr, tools: Tools) -> Call | None:
    if not isinstance(made, ast.Call):
        return None
    name = ast.unparse(made.func).removesuffix(".call")
    order = list(tools.get(name.rpartition(".")[2], {}).get("properties", {}))
    named = [(keyword.arg or "", keyword.value) for keyword in made.keywords]
    try:
        told = {key: ast.literal_eval(value) for key, value in (*zip(order, made.args, strict=False), *named)}
        return Call(name, json.loads(json.dumps(told)))
    except (ValueError, TypeError, RecursionError):
        return None
