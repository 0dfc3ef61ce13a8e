"""The description of the REST API says what the routes do."""

import jsonschema
import pytest

from orion.api.glossary import FIELDS
from orion.api.problems import slugs
from orion.app import create_app
from orion.settings import Settings

WITHOUT_EXAMPLE = {"application/zip"}
"""Bytes that no text shows."""


@pytest.fixture(scope="module")
def description(tmp_path_factory):
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data"))).openapi()


def operations(description):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def bodies(description):
    """Where, media type and media of each request body and each answer of success."""
    for route, operation in operations(description):
        places = [(route, operation.get("requestBody", {}))]
        places += [(f"{route} -> {s}", r) for s, r in operation["responses"].items() if s.startswith("2")]
        for place, holder in places:
            for media_type, media in holder.get("content", {}).items():
                yield place, media_type, media


def shown(description, media):
    """The examples of a body: its own, else those of its schema."""
    if "example" in media:
        return [media["example"]]
    schema = media.get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return description["components"]["schemas"].get(name, schema).get("examples", [])


def test_every_operation_has_a_known_tag_a_text_and_a_name_of_its_own(description):
    known = {tag["name"] for tag in description["tags"]}
    names = [operation["operationId"] for _, operation in operations(description)]
    summaries = [(operation["tags"][0], operation["summary"]) for _, operation in operations(description)]
    assert len(names) == len(set(names))
    assert len(summaries) == len(set(summaries))
    for route, operation in operations(description):
        assert set(operation["tags"]) <= known, route
        assert operation["description"].startswith(operation["summary"].split(",")[0][:10]), route


def test_every_problem_of_a_response_is_a_problem_type_of_the_same_status(description):
    kinds = slugs()
    for route, operation in operations(description):
        for status, response in operation["responses"].items():
            if int(status) >= 400 and route != "GET /readyz":  # which is no problem, but a state
                examples = response["content"]["application/problem+json"]["examples"]
                assert examples, route
                assert all(kinds[slug].status == int(status) for slug in examples), (route, status)
                assert set(examples) <= set(description["components"]["examples"])


def test_guarded_routes_name_what_a_missing_token_and_a_missing_scope_are_answered_with(description):
    for route, operation in operations(description):
        if operation.get("security"):
            assert {"401", "403"} <= set(operation["responses"]), route
            assert "429" in operation["responses"] or "/api/" not in route, route


def test_no_route_is_described_with_another_shape_of_errors(description):
    assert "HTTPValidationError" not in description["components"]["schemas"]


def test_every_body_has_an_example_that_fits_its_schema(description):
    checked = 0
    for place, media_type, media in bodies(description):
        if media_type in WITHOUT_EXAMPLE:
            continue
        examples = shown(description, media)
        assert examples, (place, media_type)
        schema = {**media["schema"], "components": description["components"]}
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        for example in examples:
            assert not [error.message for error in validator.iter_errors(example)], (place, media_type)
            checked += 1
    assert checked > 60


def test_writes_with_a_key_say_what_becomes_of_a_key_that_is_used_twice(description):
    keyed = [
        (route, operation)
        for route, operation in operations(description)
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
    ]
    assert "POST /api/v1/sessions" in dict(keyed)
    for route, operation in keyed:
        conflicts = operation["responses"]["409"]["content"]["application/problem+json"]["examples"]
        assert {"idempotency-conflict", "in-progress"} <= set(conflicts), route


def test_every_response_names_the_headers_that_it_carries(description):
    known = set(description["components"]["headers"])
    for route, operation in operations(description):
        for status, response in operation["responses"].items():
            assert "X-Request-ID" in response["headers"], route
            assert set(response["headers"]) <= known
            assert ("Retry-After" in response["headers"]) == (status in {"429", "503"}), (route, status)


def test_every_link_leads_to_an_operation_and_fills_its_path(description):
    named = {operation["operationId"]: route for route, operation in operations(description)}
    links = [
        link
        for _, operation in operations(description)
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) > 30
    for link in links:
        assert link["operationId"] in named
        assert all(f"{{{name}}}" in named[link["operationId"]] for name in link["parameters"])


def test_every_property_of_every_body_is_described(description):
    bare = [
        f"{name}.{field}"
        for name, schema in description["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]
    assert bare == []


def test_the_glossary_describes_only_what_there_is(description):
    schemas = description["components"]["schemas"]
    there = {field for schema in schemas.values() for field in schema.get("properties", {})}
    there |= {f"{name}.{field}" for name, schema in schemas.items() for field in schema.get("properties", {})}
    assert set(FIELDS) - there == set()
