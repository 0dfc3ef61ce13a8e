"""Arguments that refer to results of earlier steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.agents.arguments import refuse_arguments
from orion.domain.references import Dangling, Overlong, fitting, resolved, steps_of

RESULTS = {0: {"time": "nine", "zones": ["UTC", "CET"]}, 1: 12}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("{{1}}", 12),
        ("{{0.time}}", "nine"),
        ("{{ 0.zones.1 }}", "CET"),
        ("it is {{0.time}}, and {{1}}", "it is nine, and 12"),
        ({"a": ["{{1}}", {"b": "{{0.zones}}"}]}, {"a": [12, {"b": ["UTC", "CET"]}]}),
        ("{{name}} and {0}", "{{name}} and {0}"),
    ],
)
def test_what_is_referred_to_takes_the_reference_s_place(value, found):
    assert resolved(value, RESULTS) == found


@pytest.mark.parametrize("value", ["{{2}}", "{{0.date}}", "{{1.x}}", "{{0.zones.7}}"])
def test_a_reference_that_leads_nowhere_is_named(value):
    with pytest.raises(Dangling, match=r"step \d"):
        resolved(value, RESULTS)


def test_the_steps_that_a_value_refers_to_are_known():
    assert steps_of({"a": ["{{1}}", "x {{0.time}} {{3}}"], "b": 7}) == {0, 1, 3}


@given(JSON)
def test_a_result_is_never_read_for_references(result):
    assert resolved("{{0}}", {0: result}) == result
    hostile = {"x": "{{1.secret}}"}
    assert resolved({"a": "{{0}}", "b": "{{0.x}}"}, {0: hostile, 1: {"secret": 7}}) == {
        "a": hostile,
        "b": "{{1.secret}}",
    }


def test_what_would_grow_without_end_is_not_made():
    results = {0: {"text": "x" * 16_000}}
    assert len(resolved("{{0.text}} " * 3, results)) > 48_000
    with pytest.raises(Overlong):
        resolved({"all": ["{{0.text}}"] * 5}, results)
    with pytest.raises(Overlong):
        resolved("{{0}}" * 5000, results)


ORDER = {0: {"id": 5, "paid": True, "total": 2.5, "text": "7", "ids": [1, 2], "name": "tea", "none": None}}
TEXT, NUMBER = {"type": "string"}, {"type": "number"}


def fits(value, schema, results=ORDER):
    """The argument `x`, fitted to its schema, and why it is refused."""
    whole = {"type": "object", "properties": {"x": schema}, "additionalProperties": False}
    found, refused = fitting({"x": value}, results, lambda given: refuse_arguments(whole, given))
    return found["x"], bool(refused)


@pytest.mark.parametrize(
    ("value", "schema", "found"),
    [
        ("{{0.id}}", TEXT, "5"),
        ("{{0.id}}", NUMBER, 5),
        ("{{0.id}}", {"type": ["string", "null"]}, "5"),
        ("{{0.id}}", {"type": ["string", "integer"]}, 5),
        ("{{0.id}}", {"anyOf": [TEXT, {"type": "null"}]}, "5"),
        ("{{0.id}}", {"enum": ["5", "6"]}, "5"),
        ("{{0.id}}", {"type": "string", "pattern": "^[0-9]$"}, "5"),
        ("{{0.paid}}", TEXT, "true"),
        ("{{0.total}}", TEXT, "2.5"),
        ("{{0.text}}", NUMBER, 7),
        ("{{0.text}}", TEXT, "7"),
        ("order {{0.id}}", TEXT, "order 5"),
        (["{{0.id}}", "{{0.name}}"], {"type": "array", "items": TEXT}, ["5", "tea"]),
        ("{{0.ids}}", {"type": "array", "items": TEXT}, ["1", "2"]),
        (["{{0.id}}", "{{0.id}}"], {"type": "array", "prefixItems": [TEXT, NUMBER]}, ["5", 5]),
        ({"a": {"b": "{{0.id}}"}}, {"properties": {"a": {"properties": {"b": TEXT}}}}, {"a": {"b": "5"}}),
        ({"a b": "{{0.id}}"}, {"properties": {"a b": TEXT}}, {"a b": "5"}),
        (
            {"kind": "mail", "to": "{{0.id}}", "n": "{{0.id}}"},
            {
                "oneOf": [
                    {"properties": {"kind": {"const": "mail"}, "to": TEXT, "n": NUMBER}},
                    {"properties": {"kind": {"const": "fax"}, "to": NUMBER, "n": NUMBER}},
                ]
            },
            {"kind": "mail", "to": "5", "n": 5},
        ),
    ],
)
def test_a_number_is_a_text_where_a_text_is_wanted_and_the_other_way_round(value, schema, found):
    assert fits(value, schema) == (found, False)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("{{0.none}}", TEXT),
        ("{{0.name}}", NUMBER),
        ("{{0.ids}}", TEXT),
        ("{{0}}", TEXT),
        (5, TEXT),
        ("7", NUMBER),
    ],
)
def test_what_says_something_else_in_another_type_is_refused(value, schema):
    assert fits(value, schema) == (resolved(value, ORDER), True)


@given(JSON, st.sampled_from([TEXT, NUMBER, {"type": "array", "items": TEXT}, {"type": "object"}]))
def test_whatever_a_result_holds_it_fits_or_is_refused(result, schema):
    found, refused = fits("{{0}}", schema, {0: result})
    assert refused or not refuse_arguments({"properties": {"x": schema}}, {"x": found})
