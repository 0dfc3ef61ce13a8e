"""The description of the REST API says what the routes do."""

import pytest

from orion.api.problems import slugs
from orion.app import create_app
from orion.settings import Settings


@pytest.fixture(scope="module")
def description(tmp_path_factory):
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data"))).openapi()


def operations(description):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_has_a_known_tag_a_text_and_a_name_of_its_own(description):
    known = {tag["name"] for tag in description["tags"]}
    names = [operation["operationId"] for _, operation in operations(description)]
    assert len(names) == len(set(names))
    for route, operation in operations(description):
        assert set(operation["tags"]) <= known, route
        assert operation["description"], route


def test_every_problem_of_a_response_is_a_problem_type_of_the_same_status(description):
    kinds = slugs()
    for route, operation in operations(description):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                examples = response["content"]["application/problem+json"]["examples"]
                assert examples, route
                assert all(kinds[slug].status == int(status) for slug in examples), (route, status)


def test_guarded_routes_name_what_a_missing_token_and_a_missing_scope_are_answered_with(description):
    for route, operation in operations(description):
        if operation.get("security"):
            assert {"401", "403"} <= set(operation["responses"]), route
            assert "429" in operation["responses"] or "/api/" not in route, route


def test_no_route_is_described_with_another_shape_of_errors(description):
    assert "HTTPValidationError" not in description["components"]["schemas"]
