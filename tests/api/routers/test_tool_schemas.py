"""Tools with the schemas that people write: they can be called, and what cannot be used is refused aloud."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orion.agents.prepared import parts, ready
from orion.domain.schemas.modern import NotSupported
from tests.agents.hostile_schemas import schemas
from tests.journeys.test_rest import problem
from tests.simulators import schemas as vendors

TEXT = {"type": "string"}
CONTACT = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"email": TEXT},
            "required": ["email"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"phone": TEXT},
            "required": ["phone"],
            "additionalProperties": False,
        },
    ]
}


def a_tool(origin, schema, **changes):
    config = {"method": "POST", "url": f"{origin.url}/x"}
    fields = {"name": "odd", "description": "Does.", "parameters": schema, "kind": "http", "config": config}
    return {**fields, **changes}


@pytest.mark.parametrize(
    ("schema", "fits", "fits_not"),
    [
        (CONTACT, {"email": "a"}, {"email": "a", "phone": "b"}),
        ({"allOf": [{"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}]}, {"a": "", "b": ""}, {"a": 1}),
        (
            {"anyOf": [{"properties": {"a": TEXT}, "required": ["a"]}, {"required": ["b"]}]},
            {"b": 1},
            {"c": 1},
        ),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": TEXT}}}}, {"a": "x"}, {"a": 1}),
        (
            {"properties": {"a": TEXT}, "if": {"required": ["a"]}, "then": {"required": ["b"]}},
            {"a": "", "b": 1},
            {"a": ""},
        ),
        ({"type": "object"}, {"anything": [1, {"at": "all"}]}, None),
        ({"type": "object", "additionalProperties": TEXT}, {"x": "y"}, {"x": 1}),
        ({"patternProperties": {"^x-": {}}, "additionalProperties": False}, {"x-a": 1}, {"y": 1}),
        ({"enum": [{"a": 1}, {"a": 2}]}, {"a": 2}, {"a": 3}),
        ({"properties": {"größe": {"type": "number"}}}, {"größe": 1}, {"größe": "x"}),
        ({"properties": {"a": TEXT}}, {"a": ""}, {"a": "", "b": 1}),
        ({}, {}, {"a": 1}),
    ],
)
async def test_a_tool_can_be_called_as_its_schema_says_and_not_otherwise(
    admin, origin, schema, fits, fits_not
):
    made = (await admin.post("/tools", json=a_tool(origin, schema))).json()
    url = f"/tools/{made['id']}/test"
    assert (await admin.post(url, json={"arguments": fits})).json()["status"] == "done"
    assert [asked.json for asked in origin.asked] == [fits]
    if fits_not is not None:
        assert (await admin.post(url, json={"arguments": fits_not})).json()["status"] == "refused"
    assert len(origin.asked) == 1


async def test_all_that_a_server_offers_is_allowed_by_one_word(admin):
    config = {"transport": "stdio", "command": "harbour", "allow": ["*"]}
    body = {"name": "h", "description": "x", "kind": "mcp", "config": config, "timeout_secs": 30}
    made = (await admin.post("/tools", json=body)).json()
    assert {"h_tide", "h_greet", "h_wait"} <= set(made["tools"])
    assert made["refused"] == []
    listed = (await admin.post(f"/tools/{made['id']}/test", json={})).json()["result"]
    assert len(listed["offered"]) == len(made["tools"])


async def test_variables_of_a_program_are_kept_sealed_and_never_shown(admin):
    config = {
        "transport": "stdio",
        "command": "harbour",
        "allow": ["secrets"],
        "env": {"SERVICE_KEY": "canary-8"},
    }
    body = {"name": "h", "description": "x", "kind": "mcp", "config": config, "timeout_secs": 30}
    made = (await admin.post("/tools", json=body)).json()
    assert made["config"]["env"] == {"SERVICE_KEY": "***"}
    url = f"/tools/{made['id']}"
    told = (await admin.post(f"{url}/test", json={"tool": "secrets"})).json()
    assert told["result"] == {"result": "SERVICE_KEY"}, "it has it, by its name"
    kept = {**config, "env": {"SERVICE_KEY": "***"}}
    assert (await admin.patch(url, json={"config": kept})).status_code == 200
    assert (await admin.post(f"{url}/test", json={"tool": "secrets"})).json()["result"] == {
        "result": "SERVICE_KEY"
    }
    assert "canary" not in (await admin.get("/tools")).text


_names = st.sampled_from(["a", "größe", "a b", "$x", "", "x" * 200, "日本"])
_objects = st.builds(
    lambda names, inner, required, more: {
        "type": "object",
        "properties": dict(zip(names, inner, strict=False)),
        "required": required,
        **more,
    },
    st.lists(_names, max_size=4, unique=True),
    st.lists(schemas, min_size=4, max_size=4),
    st.lists(_names, max_size=2, unique=True),
    st.sampled_from([{}, {"additionalProperties": False}, {"$defs": {"A": {"type": "string"}}}]),
)
_any = st.one_of(
    _objects,
    schemas,
    st.dictionaries(
        st.sampled_from(["type", "properties", "items", "enum", "$ref", "required", "anyOf", "pattern"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=5)
        | st.lists(st.text(max_size=3), max_size=3)
        | schemas,
        max_size=4,
    ),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schema=_any)
async def test_any_schema_is_taken_in_a_form_that_vendors_take_or_refused_with_a_reason(
    admin, origin, schema: dict[str, Any]
):
    answer = await admin.post("/tools", json=a_tool(origin, schema))
    if answer.status_code != 201:
        assert problem(answer, 422, "invalid")["errors"][0]["detail"]
        return
    await admin.delete(f"/tools/{answer.json()['id']}")


def test_what_vendors_see_of_any_schema_is_what_they_take():

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(schema=_any)
    def holds(schema: dict[str, Any]) -> None:
        try:
            parameters, made = parts(ready("x", "", schema))
        except NotSupported:
            return
        shown = made.schema if made else parameters
        assert vendors.openai([{"function": {"name": "x", "parameters": shown}}]) is None
        assert vendors.anthropic([{"name": "x", "input_schema": shown}]) is None

    holds()
