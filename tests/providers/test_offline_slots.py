from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.text.said import plain
from orion.domain.tool import Tool
from orion.providers.offline import slots
from orion.providers.offline.schema import resolve
from orion.tools import load_all


def tool(*examples: str, defs=None, **properties) -> Tool:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "$defs": defs or {},
    }
    return Tool("acme", "Does it.", parameters, examples=examples)


@pytest.mark.parametrize(
    ("prop", "text", "value"),
    [
        ({"type": "integer"}, "a table for four", 4),
        ({"type": "integer"}, "minus five degrees", -5),
        ({"type": "integer"}, "two point five", None),
        ({"type": "integer"}, "order 12345678901234567890", 12345678901234567890),
        ({"type": "integer", "minimum": 5, "maximum": 30}, "forty degrees", None),
        ({"type": "number"}, "two point five", 2.5),
        ({"type": "number"}, "9" * 400, None),
        ({"type": ["number", "null"]}, "seven", 7),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "seven", 7),
        ({"oneOf": [{"type": "integer"}, {"type": "null"}]}, "seven", 7),
        ({"type": "boolean"}, "yes", True),
        ({"type": "boolean"}, "switch it off", False),
        ({"enum": ["kitchen", "living room"]}, "the living room please", "living room"),
        ({"enum": ["kitchen", "living room"]}, "in the kitchn", "kitchen"),
        ({"enum": ["kitchen", "living room"]}, "in the garden", None),
        ({"enum": ["dollars", "euros"]}, "ten dollars to euros", "euros"),
        ({"enum": [1, 2, 3]}, "number two", 2),
        ({"const": "red"}, "a red one", "red"),
        ({"type": "string", "pattern": "^[0-9]{4}$"}, "order 4711 please", "4711"),
        ({"type": "string", "pattern": "^([0-9"}, "order 4711 please", None),
        ({"type": "string", "x-kind": "duration"}, "in ten minutes please", "10 minutes"),
        ({"type": "string", "x-kind": "duration"}, "an hour and a half", "1.5 hours"),
        ({"type": "string", "x-kind": "duration"}, "thirty seconds", "30 seconds"),
        ({"type": "string", "x-kind": "arithmetic"}, "how much is four times two", "4 times 2"),
        ({"type": "string", "x-kind": "arithmetic"}, "for times to", "four times two"),
        ({"type": "string", "x-kind": "arithmetic"}, "four people", None),
        ({"type": "object"}, "anything", None),
        ({"type": "array", "items": {"type": "string"}}, "anything", None),
    ],
)
def test_a_value_is_read_by_the_form_of_its_property(prop, text, value):
    found = slots.fill(tool(x=prop), text).get("x")
    if prop.get("x-kind") == "arithmetic" and value:
        found, value = plain(str(found)), plain(str(value))
    assert found == value
    assert type(found) is type(value)


def test_a_date_is_read_as_it_is_said_and_lies_ahead():
    day = {"type": "string", "format": "date"}
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - as the user means it
    assert slots.fill(tool(day=day), "an appointment for tomorrow") == {"day": tomorrow}
    moment = slots.fill(tool(at={"type": "string", "format": "date-time"}), "tomorrow at nine thirty")["at"]
    assert (datetime.fromisoformat(moment).hour, datetime.fromisoformat(moment).minute) == (9, 30)
    assert slots.fill(tool(day=day), "no day at all") == {}


@pytest.mark.parametrize(
    ("example", "text", "value"),
    [
        ("weather in {place}", "what's the weather in New York please", "New York"),
        ("weather in {place}", "weather in paris today", "paris"),
        ("play {music}", "could you play some jazz for me", "jazz"),
        ("note that {fact}", "note that my car is in the garage", "my car is in the garage"),
    ],
)
def test_free_text_stands_where_an_examples_place_stands(example, text, value):
    name = example.partition("{")[2].rstrip("}")
    assert slots.fill(tool(example, **{name: {"type": "string"}}), text) == {name: value}


def test_two_places_are_read_apart():
    message = tool("text {name} that {text}", name={"type": "string"}, text={"type": "string"})
    assert slots.fill(message, "text maria that i am late") == {"name": "maria", "text": "i am late"}


def test_what_was_asked_for_may_be_the_whole_text():
    anything = tool(topic={"type": "string"})
    assert slots.fill(anything, "the moon") == {}
    assert slots.fill(anything, "the moon", asked="topic") == {"topic": "the moon"}
    assert slots.fill(tool(count={"type": "integer"}), "to", asked="count") == {"count": 2}
    assert slots.fill(tool(count={"type": "integer"}), "the moon", asked="count") == {}


@pytest.mark.parametrize(
    ("prop", "question"),
    [
        ({"type": "string", "x-ask": "For which city?"}, "For which city?"),
        ({"enum": ["on", "off"]}, "Which room state: on or off?"),
        ({"enum": ["a", "b", None, "c"]}, "Which room state: a, b or c?"),
        ({"enum": ["kitchen"]}, "Which room state: kitchen?"),
        ({"type": "string"}, "What is the room state?"),
        ({"enum": []}, "What is the room state?"),
    ],
)
def test_a_missing_property_is_asked_for_in_words(prop, question):
    asking = tool(room_state=prop)
    assert slots.missing(asking, {}) == "room_state"
    assert slots.question(asking, "room_state") == question
    assert slots.missing(asking, {"room_state": "on"}) is None


def test_a_reference_is_looked_up_and_one_in_a_circle_ends():
    schema = {"$defs": {"Size": {"enum": ["small", "large"]}, "Node": {"anyOf": [{"$ref": "#/$defs/Node"}]}}}
    assert resolve({"$ref": "#/$defs/Size"}, schema) == {"enum": ["small", "large"]}
    assert resolve({"allOf": [{"$ref": "#/$defs/Size"}], "title": "S"}, schema)["enum"] == ["small", "large"]
    assert resolve({"$ref": "#/$defs/Node"}, schema) == {}
    assert resolve({"$ref": "#/$defs/None"}, schema) == {}
    assert resolve(True, schema) == {}


KINDS = ["string", "integer", "number", "boolean", "object", "array", "null", "nonsense"]
leaves = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(KINDS) | st.lists(st.sampled_from(KINDS), max_size=2),
        "enum": st.lists(st.none() | st.integers() | st.text(max_size=5) | st.booleans(), max_size=3),
        "pattern": st.sampled_from(["^[a-z]+$", "[", "(?<x>a)", "\\p{L}"]) | st.text(max_size=5),
        "format": st.sampled_from(["email", "uuid", "nonsense"]),
        "x-kind": st.sampled_from(["duration", "arithmetic"]),
        "minimum": st.integers() | st.text(max_size=2),
        "maximum": st.none() | st.floats(allow_nan=False),
    },
)
props = st.booleans() | st.recursive(
    leaves | st.just({"$ref": "#/$defs/Self"}),
    lambda inner: st.builds(dict, anyOf=st.lists(inner, max_size=2)) | st.builds(dict, allOf=st.lists(inner)),
    max_leaves=4,
)


@given(props, st.text(max_size=60) | st.text("0123456789.- ", max_size=60))
def test_no_schema_and_no_text_break_the_reading_and_the_values_are_json(prop, text):
    any_tool = tool(
        "do {x} now", defs={"Self": {"anyOf": [{"$ref": "#/$defs/Self"}, {"type": "null"}]}}, x=prop
    )
    found = slots.fill(any_tool, text, asked="x")
    json.dumps(found, allow_nan=False)
    assert slots.question(any_tool, "x")
    assert 0 <= slots.evidence(any_tool, text) <= 1


def test_names_keep_the_capitals_that_the_user_wrote():
    remember = load_all()["remember"].tool
    assert slots.fill(remember, "Remember that my canary is called Caruso") == {
        "content": "my canary is called Caruso"
    }


@pytest.mark.parametrize("text", ["send 5 euros to Bob", "send 1 euros to Bob", "send one euro to Bob"])
def test_arguments_stand_in_the_order_of_the_example_whether_one_or_several(text):
    pay = tool("send {amount} euros to {to}", to={"type": "string"}, amount={"type": "integer"})
    found = slots.fill(pay, text)
    assert list(found) == ["amount", "to"]
    assert found["to"] == "Bob"
