from __future__ import annotations

import json
from typing import Any

import pytest

from orion.domain.schemas.modern import modern
from orion.domain.schemas.shown import own_names, shown
from tests.simulators import schemas as vendors


def sent(schema):
    """What models get of a schema; every vendor takes it."""
    made = shown(modern(schema))
    assert vendors.openai([{"function": {"name": "x", "parameters": made.schema}}]) is None
    assert vendors.mistral([{"function": {"name": "x", "parameters": made.schema}}]) is None
    assert vendors.anthropic([{"name": "x", "input_schema": made.schema}]) is None
    return made


TEXT = {"type": "string"}
MAIL = {"type": "object", "properties": {"email": TEXT, "name": TEXT}, "required": ["email", "name"]}
PHONE = {"type": "object", "properties": {"phone": TEXT, "name": TEXT}, "required": ["phone", "name"]}


@pytest.mark.parametrize("key", ["anyOf", "oneOf"])
def test_branches_at_the_top_are_one_object_whose_common_names_are_required(key):
    made = sent({key: [MAIL, PHONE]})
    assert set(made.schema["properties"]) == {"email", "phone", "name"}
    assert made.schema["required"] == ["name"]
    assert made.hint == "Give one of these sets of arguments: email, name; or name, phone."


def test_what_holds_together_is_required_together():
    made = sent({"allOf": [MAIL, {"$ref": "#/$defs/P"}], "$defs": {"P": PHONE}})
    assert set(made.schema["required"]) == {"email", "phone", "name"}
    assert "$defs" not in made.schema


@pytest.mark.parametrize(
    ("schema", "properties", "required"),
    [
        ({"$ref": "#/$defs/M", "$defs": {"M": MAIL}}, {"email", "name"}, ["email", "name"]),
        ({"enum": [{"a": 1, "b": 2}, {"a": 2}]}, {"a", "b"}, ["a"]),
        ({"const": {"a": 1}}, {"a"}, ["a"]),
        ({"not": {"required": ["a"]}, "properties": {"b": {}}}, {"b"}, None),
        ({"properties": {"a": {}}, "if": {"required": ["a"]}, "then": PHONE}, {"a", "phone", "name"}, None),
        ({"properties": {"a": {}}, "dependentSchemas": {"a": PHONE}}, {"a", "phone", "name"}, None),
        (
            {"properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"a", "b"},
            None,
        ),
        ({"type": "object"}, set(), None),
        ({"required": ["a"]}, {"a"}, ["a"]),
        ({"properties": {"a": True, "b": False}}, {"a"}, None),
    ],
)
def test_an_object_in_any_way_is_one_at_the_top(schema, properties, required):
    made = sent(schema)
    assert set(made.schema["properties"]) == properties
    assert made.schema.get("required") == required


@pytest.mark.parametrize("name", ["größe", "a b", "$x", "", "x" * 200, "日本", "a/b", "{", "😀", "a\nb"])
def test_names_that_vendors_refuse_are_others_there_and_back(name):
    inner: dict[str, Any] = {
        "type": "object",
        "properties": {name: {"type": "object", "properties": {name: TEXT}}},
    }
    made = sent({**inner, "required": [name], "properties": {**inner["properties"], "x": TEXT, "a_b": TEXT}})
    (shown_as,) = made.renamed
    assert made.schema["required"] == [shown_as]
    assert shown_as not in {"x", "a_b"}
    assert own_names({shown_as: {shown_as: "1"}, "x": "2"}, made.renamed) == {name: {name: "1"}, "x": "2"}


def test_names_stay_apart():
    made = sent({"properties": {"a b": TEXT, "a_b": TEXT, "a  b": TEXT, "ä b": TEXT}})
    assert len(made.schema["properties"]) == 4


def test_arrays_have_items_and_tuples_too():
    made = sent({"properties": {"a": {"type": "array"}, "b": {"type": "array", "prefixItems": [TEXT]}}})
    assert made.schema["properties"]["a"]["items"] == {}
    assert made.schema["properties"]["b"]["items"] == {}


def test_a_tree_stays_a_tree():
    made = sent(
        {"properties": {"tree": {"$ref": "#/$defs/T"}}, "$defs": {"T": {"items": {"$ref": "#/$defs/T"}}}}
    )
    assert made.schema["$defs"] == {"T": {"items": {"$ref": "#/$defs/T"}}}


def test_a_huge_schema_is_shown_in_brief_and_what_is_required_stays():
    level: dict[str, Any] = {"type": "string", "description": "y" * 100}
    for _ in range(5):
        level = {"type": "object", "properties": {f"p{n}": level for n in range(3)}, "description": "x" * 300}
    made = sent({"properties": {"a": level}, "required": ["a"]})
    assert len(json.dumps(made.schema)) <= 24_000
    assert made.schema["required"] == ["a"]


def test_a_plain_schema_is_shown_as_it_is():
    plain = {"type": "object", "properties": {"a": TEXT}, "required": ["a"], "additionalProperties": False}
    made = sent(plain)
    assert (made.schema, made.renamed, made.hint) == (plain, {}, "")
