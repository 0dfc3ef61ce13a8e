import time

import pytest

from orion.domain.schemas.checked import violations
from orion.domain.schemas.modern import NotSupported, modern


def of(a, **more):
    return {"type": "object", "properties": {"a": a}, **more}


def takes(schema, value):
    return violations(modern(schema), value, 1) == []


TREE = {"$defs": {"T": {"type": "object", "properties": {"next": {"$ref": "#/$defs/T"}}, "required": ["v"]}}}


@pytest.mark.parametrize(
    ("schema", "fits", "fits_not"),
    [
        (of({"$ref": "#/$defs/T"}, **TREE), {"a": {"v": 1, "next": {"v": 2}}}, {"a": {"v": 1, "next": {}}}),
        (of({"$ref": "#/definitions/N"}, definitions={"N": {"type": "number"}}), {"a": 1}, {"a": "1"}),
        (
            {"type": "object", "properties": {"a": {"type": "number"}, "b": {"$ref": "#/properties/a"}}},
            {"b": 1},
            {"b": ""},
        ),
        (of({"$ref": "#/$defs/x~1y%20z"}, **{"$defs": {"x/y z": {"type": "null"}}}), {"a": None}, {"a": 1}),
        (
            of({"$ref": "#here"}, **{"$defs": {"N": {"$anchor": "here", "type": "null"}}}),
            {"a": None},
            {"a": 1},
        ),
        (
            of(
                {"$ref": "n.json"},
                **{"$id": "https://x.example/s", "$defs": {"N": {"$id": "n.json", "minimum": 3}}},
            ),
            {"a": 3},
            {"a": 2},
        ),
        (of({"$ref": "#"}), {"a": {"a": {}}}, {"a": {"a": 1}}),
        (
            of({"$dynamicRef": "#n"}, **{"$defs": {"N": {"$dynamicAnchor": "n", "type": "null"}}}),
            {"a": None},
            {"a": 1},
        ),
        (of({"minimum": 1, "exclusiveMinimum": True}), {"a": 2}, {"a": 1}),
        (of({"maximum": 1, "exclusiveMaximum": False}), {"a": 1}, {"a": 2}),
        (of({"exclusiveMinimum": 1}), {"a": 2}, {"a": 1}),
        (of({"items": [{"type": "string"}, {"type": "null"}]}), {"a": ["", None, 1]}, {"a": [None]}),
        (of({"items": [{"type": "string"}], "additionalItems": False}), {"a": [""]}, {"a": ["", 1]}),
        (of({"items": [{}], "additionalItems": {"type": "null"}}), {"a": [1, None]}, {"a": [1, 1]}),
        (of({}, dependencies={"a": ["b"]}), {"a": 1, "b": 2}, {"a": 1}),
        (of({}, dependencies={"a": {"required": ["c"]}}), {"a": 1, "c": 2}, {"a": 1}),
        (of({"patternProperties": {"^x-": {"type": "null"}}}), {"a": {"x-y": None}}, {"a": {"x-y": 1}}),
        (
            of({"patternProperties": {"^x-": {}}, "additionalProperties": False}),
            {"a": {"x-y": 1}},
            {"a": {"y": 1}},
        ),
        (of({"pattern": r"^\p{L}+$"}), {"a": "größe"}, {"a": "42"}),
        (of({"pattern": r"^\u{1F600}$"}), {"a": "😀"}, {"a": "u"}),
        (of({"enum": [1, None, [1, {"b": True}]]}), {"a": [1.0, {"b": True}]}, {"a": [1, {"b": 1}]}),
        (of({"const": True}), {"a": True}, {"a": 1}),
        (of({"uniqueItems": True}), {"a": [1, True, "1", [1], {"x": 1}]}, {"a": [{"x": 1}, {"x": 1.0}]}),
        (of({"enum": [f"Region/City_{n}" for n in range(600)]}), {"a": "Region/City_7"}, {"a": "Region"}),
        ({"properties": {f"p{n}": {"type": "string"} for n in range(300)}}, {"p7": ""}, {"p7": 1}),
        (of({"description": "x" * 30_000, "type": "null"}), {"a": None}, {"a": 1}),
        (
            {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False},
            {"a": 1},
            {"b": 1},
        ),
    ],
)
def test_schemas_of_all_drafts_are_taken_and_mean_what_they_meant(schema, fits, fits_not):
    assert takes(schema, fits)
    assert not takes(schema, fits_not)


def test_beside_a_reference_of_draft_07_nothing_counts_but_it_does_later():
    schema = of({"$ref": "#/definitions/N", "maximum": 1}, definitions={"N": {"type": "number"}})
    assert takes({"$schema": "http://json-schema.org/draft-07/schema#", **schema}, {"a": 5})
    assert not takes({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, {"a": 5})


@pytest.mark.parametrize(
    ("schema", "pointer", "reason"),
    [
        ([], "", "object"),
        (of({"$ref": "https://evil.example/s.json"}), "/properties/a/$ref", "does not hold"),
        (of({"$ref": "file:///etc/passwd"}), "/properties/a/$ref", "does not hold"),
        (of({"$ref": "#/$defs/None"}), "/properties/a/$ref", "does not hold"),
        (of({"$ref": 7}), "/properties/a/$ref", "text"),
        (of({"pattern": "("}), "/properties/a/pattern", "regular expression"),
        (of({"patternProperties": {"(": {}}}), "/properties/a/patternProperties/(", "regular expression"),
        (of({"type": "strin"}), "/properties/a/type", "one of"),
        (of({"minLength": -1}), "/properties/a/minLength", "from 0"),
        (of({"anyOf": []}), "/properties/a/anyOf", "one schema"),
        (of(1), "/properties/a", "object"),
        ({"required": "a"}, "/required", "names"),
        ({"properties": []}, "/properties", "object"),
        ({"description": "x" * 100_001}, "", "characters"),
        (of({"$ref": "#/$defs/A"}, **{"$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}]}}}), "", "itself"),
        ({"properties": {"a": {"default": float("nan")}}}, "", "JSON"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place_and_the_reason(schema, pointer, reason):
    with pytest.raises(NotSupported, match=reason) as refused:
        modern(schema)
    assert refused.value.pointer == pointer


@pytest.mark.parametrize("depth", [50, 900, 100_000])
def test_deep_schemas_are_refused(depth):
    schema: dict[str, object] = {}
    for _ in range(depth):
        schema = {"items": schema}
    with pytest.raises(NotSupported, match=r"deep|at most"):
        modern(schema)


def test_what_grows_without_end_is_refused_soon():
    laughs = {f"L{i}": {"allOf": [{"$ref": f"#/$defs/L{i + 1}"}] * 10} for i in range(20)}
    begun = time.process_time()
    with pytest.raises(NotSupported, match="for one value"):
        modern({"properties": {"a": {"$ref": "#/$defs/L0"}}, "$defs": {**laughs, "L20": {}}})
    assert time.process_time() - begun < 1


def test_a_long_chain_of_references_is_no_depth():
    chain = {f"L{i}": {"properties": {"x": {"$ref": f"#/$defs/L{i + 1}"}}} for i in range(200)}
    made = modern({"properties": {"a": {"$ref": "#/$defs/L0"}}, "$defs": {**chain, "L200": {"type": "null"}}})
    assert len(made["$defs"]) == 201
