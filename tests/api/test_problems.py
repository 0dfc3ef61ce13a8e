"""What a request is told that no route understands, over a real socket."""

import pytest

from orion.errors import ProviderError
from tests.api.running import running


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path, rate_limit_max=1000) as started:
        yield started


@pytest.fixture
async def http(server):
    token = (await server.register("ada"))["access_token"]
    async with server.client(token) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/sessions", "GET, POST"),
        ("GET", "/api/v1/auth/login", "POST"),
        ("POST", "/healthz", "GET"),
        ("TRACE", "/api/v1/tools/calculator", "DELETE, GET, PATCH"),
        ("POST", "/", "GET"),
    ],
)
async def test_a_method_that_a_path_does_not_take_is_told_which_it_takes(http, method, path, allowed):
    refused = await http.request(method, path)
    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
    assert refused.json()["type"] == "/problems/method-not-allowed"


async def test_the_console_answers_for_no_path_of_the_api(http):
    missing = await http.get("/api/v1/nothing")
    assert missing.status_code == 404
    assert (await http.get("/")).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/connect"])
async def test_a_body_that_is_no_json_is_an_unsupported_media_type(http, path, media_type):
    refused = await http.post(path, content=b"title=x", headers={"Content-Type": media_type})
    assert refused.status_code == 415, refused.text
    assert refused.json()["type"] == "/problems/unsupported-media-type"


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/api/v1/auth/invitations", {"expires_at": 4102444800}, "/expires_at"),
        ("/api/v1/auth/invitations", {"expires_at": "2100-01-01"}, "/expires_at"),
        ("/api/v1/auth/api-keys", {"name": "x", "scopes": ["connect"], "max_sessions": "5"}, "/max_sessions"),
        (
            "/api/v1/auth/api-keys",
            {"name": "x", "scopes": ["connect"], "max_sessions": True},
            "/max_sessions",
        ),
    ],
)
async def test_json_types_are_not_converted(http, path, body, pointer):
    refused = await http.post(path, json=body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_message_of_which_nothing_can_be_read_is_refused_at_once(http):
    session = (await http.post("/api/v1/sessions", json={})).json()["id"]
    refused = await http.post(f"/api/v1/sessions/{session}/messages", json={"text": "\u200b\u009f"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/text")


def test_a_kind_of_error_without_a_slug_of_its_own_has_its_parents_title():
    class Quiet(ProviderError):
        """The vendor says nothing."""

    assert (Quiet.slug, Quiet.title()) == (ProviderError.slug, ProviderError.title())
