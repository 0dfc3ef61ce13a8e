"""Which tools vendors refuse, and in which words: one of them makes them refuse the whole request.

Collected from the vendors' own error messages, as they stand in public issue trackers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

_TOP = ("oneOf", "anyOf", "allOf", "enum", "not")
_MOST_TOOLS = 128


def openai(tools: Sequence[Mapping[str, Any]]) -> str | None:
    """What OpenAI says; None where it takes them."""
    if len(tools) > _MOST_TOOLS:
        return "Invalid 'tools': array too long. Expected an array with maximum length 128."
    for index, tool in enumerate(tools):
        function = tool.get("function", tool)
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", function["name"]):
            return f"Invalid 'tools[{index}].function.name': string does not match pattern."
        if len(function.get("description", "")) > 1024:
            return f"Invalid 'tools[{index}].function.description': string too long."
        if problem := _of_openai(function.get("parameters", {})):
            return f"Invalid schema for function '{function['name']}': {problem}"
    return None


def _of_openai(schema: Mapping[str, Any]) -> str | None:
    """What OpenAI says of a schema."""
    if schema.get("type") != "object":
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
    if set(_TOP) & schema.keys():
        return "schema must not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
    if not _is_valid(schema):
        return "it is not valid under any of the given schemas."
    for path, node in _nodes(schema):
        if node.get("type") == "array" and not isinstance(node.get("items"), dict):
            return f"In context={path}, array schema missing items."
        if isinstance(node.get("$ref"), str) and not _refers(schema, node["$ref"]):
            return f"reference to component '{node['$ref']}' which was not found."
    return None


def anthropic(tools: Sequence[Mapping[str, Any]]) -> str | None:
    """What Anthropic says; None where it takes them."""
    for index, tool in enumerate(tools):
        at, schema = f"tools.{index}.custom", tool["input_schema"]
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", tool["name"]):
            return f"{at}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
        if schema.get("type") != "object":
            return f"{at}.input_schema.type: Field required"
        if {"oneOf", "allOf", "anyOf"} & schema.keys():
            return f"{at}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
        if not _is_valid(schema) or not all(
            _refers(schema, node["$ref"]) for _, node in _nodes(schema) if isinstance(node.get("$ref"), str)
        ):
            return f"{at}.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12."
        for _, node in _nodes(schema):
            for key in node.get("properties", {}):
                if not re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", key):
                    return (
                        f"{at}.input_schema.properties: Property keys should match pattern "
                        "'^[a-zA-Z0-9_.-]{1,64}$'"
                    )
    return None


def mistral(tools: Sequence[Mapping[str, Any]]) -> str | None:
    """What Mistral says, its message a list as text; None where it takes them."""
    for index, tool in enumerate(tools):
        function = tool["function"]
        schema = function.get("parameters", {})
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", function["name"]):
            return f"[{{'loc': ['body', 'tools', {index}, 'function', 'name'], 'msg': 'Invalid name'}}]"
        if schema.get("type") != "object" or not _is_valid(schema):
            return (
                f"Invalid tool schema: tools[{index}].function.parameters is not a valid JSON schema object"
            )
    return None


def gemini(tools: Sequence[Mapping[str, Any]]) -> str | None:
    """What Google says behind its endpoint for OpenAI's protocol; None where it takes them."""
    for index, tool in enumerate(tools):
        function = tool["function"]
        at = f"GenerateContentRequest.tools[0].function_declarations[{index}]"
        if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}", function["name"]):
            return f"* {at}.name: Invalid function name.\n"
        for path, node in _nodes(function.get("parameters", {})):
            where = f"{at}.parameters{''.join(f'.{step}' for step in path)}"
            kind = node.get("type")
            if "enum" in node and kind != "string":
                return f"* {where}.enum: only allowed for STRING type\n"
            if "" in node.get("enum", []):
                return f"* {where}.enum[0]: cannot be empty\n"
            if kind == "array" and "items" not in node:
                return f"* {where}.items: missing field.\n"
            for name in node.get("required", []):
                if name not in node.get("properties", {}):
                    return f"* {where}.required[0]: property is not defined\n"
    return None


VENDORS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], str | None]] = {
    "openai": openai,
    "mistral": mistral,
    "gemini": gemini,
}
"""Those who speak OpenAI's protocol, by what they take."""


def _is_valid(schema: Mapping[str, Any]) -> bool:
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError:
        return False
    return True


def _refers(schema: Mapping[str, Any], reference: str) -> bool:
    """Whether a reference of a schema is to one of its definitions."""
    return reference.removeprefix("#/$defs/") in schema.get("$defs", {})


def _nodes(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """All schemas in a schema, with their places."""
    if not isinstance(node, dict):
        return
    yield path, node
    for key, value in node.items():
        if key in {"properties", "$defs", "patternProperties"}:
            for name, one in value.items():
                yield from _nodes(one, (*path, key, name))
        elif key in {"anyOf", "oneOf", "allOf", "prefixItems"}:
            for index, one in enumerate(value):
                yield from _nodes(one, (*path, key, str(index)))
        elif key in {"items", "additionalProperties", "not", "if", "then", "else", "contains"}:
            yield from _nodes(value, (*path, key))
