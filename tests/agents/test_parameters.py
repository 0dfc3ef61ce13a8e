import time

import pytest

from orion.agents.parameters import problems
from orion.domain import pattern
from orion.processors.tool_call import refuse_arguments

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}},
    "required": ["city"],
}


def nested(depth):
    schema: dict[str, object] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return {"type": "object", "properties": {"a": schema}}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        CITY,
        nested(5),
        {
            "properties": {"a": {"$ref": "#/$defs/A"}},
            "$defs": {"A": {"enum": [{"$ref": "x", "pattern": "("}]}},
        },
        {"properties": {"pattern": {"type": "string"}, "$id": {"type": "string"}}},
        {"properties": {"a": {"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 1}]}}},
    ],
)
def test_good_schemas(schema):
    assert problems(schema) == []


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"type": "array"}, "/parameters/type"),
        ({"type": ["array", "null"]}, "/parameters/type"),
        ({"properties": {"a": {"type": "strin"}}}, "/parameters/properties/a/type"),
        ({"properties": {"a": 1}}, "/parameters/properties/a"),
        ({"required": "a"}, "/parameters/required"),
        ({"properties": {"a": {"$ref": "https://evil.example/s.json"}}}, "/parameters/properties/a/$ref"),
        ({"properties": {"a": {"$ref": "#/$defs/A"}}}, "/parameters/properties/a/$ref"),
        ({"properties": {"a": {"pattern": "("}}}, "/parameters/properties/a/pattern"),
        ({"properties": {"a": {"pattern": "x" * 2001}}}, "/parameters/properties/a/pattern"),
        ({"patternProperties": {"(": {}}}, "/parameters/patternProperties/("),
        ({"description": "x" * 100_001}, "/parameters"),
    ],
)
def test_bad_schemas_are_told_where_they_are_bad(schema, pointer):
    assert problems(schema)[0].pointer == pointer


@pytest.mark.parametrize("depth", [50, 900, 100_000])
def test_deep_schemas_are_refused(depth):
    assert problems(nested(depth))


def test_a_pattern_that_would_take_for_ever_is_given_up():
    begun = time.monotonic()
    evil = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a|aa)+$"}}}
    assert problems(evil) == []
    assert refuse_arguments(evil, {"a": "a" * 5000 + "b"})
    assert pattern.search("(a*)*(a*)*(a*)*b$", "a" * 3000) is None
    assert time.monotonic() - begun < 1


def test_patterns_are_still_patterns():
    assert refuse_arguments(CITY, {"city": "Oslo"}) == ""
    assert "match" in refuse_arguments(CITY, {"city": "oslo"})
    assert pattern.search("[0-9]+", "room 12 a") == "12"
    assert pattern.search("[0-9]+", "none") is None


def test_many_texts_for_an_evil_pattern_take_hardly_longer_than_one():
    evil = {"properties": {"a": {"type": "array", "items": {"type": "string", "pattern": r"^(a+)+$"}}}}
    started = time.monotonic()
    assert refuse_arguments(evil, {"a": ["a" * 40 + "b"] * 300})
    assert time.monotonic() - started < 1
    assert "longer" in refuse_arguments(evil, {"a": ["a" * 40] * 1000})
