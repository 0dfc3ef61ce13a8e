"""API keys: made once, shown once, bounded by scopes, agents, origins and a cap."""

import zlib

import pytest
from sqlalchemy import event

from orion.api.credentials.tokens import new_api_key, read_api_key
from orion.domain.identity import Scope
from tests.api.running import running

KEYS = "/api/v1/auth/api-keys"


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


@pytest.fixture
async def ada(server):
    return await server.register("ada")


async def test_a_key_is_made_shown_once_used_listed_and_revoked(server, ada):
    made = await server.key(ada["access_token"])
    body, key = made["api_key"], made["key"]
    assert body["scopes"] == ["memory", "sessions"]
    assert key.startswith(body["prefix"] + "_")
    listed = (await server.call(ada["access_token"], "GET", KEYS)).json()
    assert listed == {"items": [body], "next_cursor": None}
    assert key.split("_")[2] not in str(listed)
    assert (await server.call(key, "GET", "/api/v1/sessions")).is_success
    async with server.client(**{"X-API-Key": key}) as http:
        assert (await http.get("/api/v1/sessions")).is_success
    await server.parts.calls.shared.writer.flush()
    used = (await server.call(ada["access_token"], "GET", KEYS)).json()["items"][0]["last_used_at"]
    assert used is not None
    assert (await server.call(key, "GET", "/api/v1/sessions")).is_success
    await server.parts.calls.shared.writer.flush()
    again = (await server.call(ada["access_token"], "GET", KEYS)).json()["items"][0]
    assert again["last_used_at"] == used, "at most once a minute"
    assert (await server.call(ada["access_token"], "DELETE", f"{KEYS}/{body['id']}")).status_code == 204
    assert (await server.call(key, "GET", "/api/v1/sessions")).status_code == 401
    assert (await server.call(ada["access_token"], "DELETE", f"{KEYS}/{body['id']}")).status_code == 404


async def test_a_key_with_another_secret_is_refused(server, ada):
    key = (await server.key(ada["access_token"]))["key"]
    content = "_".join([*key.split("_")[:2], "A" * 43])
    forged = f"{content}_{zlib.crc32(content.encode()):08x}"
    read_api_key(forged)
    for bad in (forged, new_api_key()[1], key[:-1], key + "0"):
        assert (await server.call(bad, "GET", "/api/v1/sessions")).status_code == 401


async def test_keys_make_no_keys_and_only_an_admin_makes_one_for_admins(server, ada):
    admin = (await server.key(ada["access_token"], *Scope))["key"]
    assert (await server.call(admin, "POST", KEYS, {"name": "child"})).status_code == 403
    assert (await server.call(admin, "GET", KEYS)).status_code == 403
    ben = await server.register("ben")
    wanted = {"name": "more", "scopes": ["admin"]}
    assert (await server.call(ben["access_token"], "POST", KEYS, wanted)).status_code == 403


async def test_an_admin_sees_and_revokes_the_keys_of_its_workspace(server, ada):
    ben = await server.register("ben")
    made = await server.key(ben["access_token"])
    listed = (await server.call(ada["access_token"], "GET", f"{KEYS}?limit=1")).json()
    assert listed["items"] == [made["api_key"]]
    gone = await server.call(ada["access_token"], "DELETE", f"{KEYS}/{made['api_key']['id']}")
    assert gone.status_code == 204
    assert (await server.call(made["key"], "GET", "/api/v1/sessions")).status_code == 401


BAD = [
    ({"name": ""}, "/name"),
    ({"name": "a", "scopes": []}, "/scopes"),
    ({"name": "a", "scopes": ["everything"]}, "/scopes/0"),
    ({"name": "a", "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
    ({"name": "a", "expires_at": "2099-01-01T00:00:00"}, "/expires_at"),
    ({"name": "a", "expires_at": "9999-12-31T23:59:59-14:00"}, "/expires_at"),
    ({"name": "a", "expires_at": "0001-01-01T00:00:00+14:00"}, "/expires_at"),
    ({"name": "a", "origins": ["https://example.org"]}, "/origins"),
    ({"name": "a", "scopes": ["connect"], "origins": ["https://*.example.org"]}, "/origins/0"),
    ({"name": "a", "scopes": ["connect"], "origins": ["https://example.org/"]}, "/origins/0"),
    ({"name": "a", "scopes": ["connect"], "max_sessions": 0}, "/max_sessions"),
]


async def test_the_last_second_of_the_calendar_is_a_time_like_others(server, ada):
    for path, body in [(KEYS, {"name": "a"}), ("/api/v1/auth/invitations", {"role": "user"})]:
        for given in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999+14:00"):
            made = await server.call(ada["access_token"], "POST", path, {**body, "expires_at": given})
            assert made.status_code == 201, made.text
        late = {**body, "expires_at": "9999-12-31T23:59:59-00:01"}
        assert (await server.call(ada["access_token"], "POST", path, late)).status_code == 422
    assert (await server.call(ada["access_token"], "GET", KEYS)).status_code == 200


async def test_a_key_that_cannot_be_meant_is_refused(server, ada):
    for body, pointer in BAD:
        response = await server.call(ada["access_token"], "POST", KEYS, body)
        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_knowing_that_the_caller_still_may_costs_no_further_statement(server, ada):
    session = (await server.call(ada["access_token"], "POST", "/api/v1/sessions", {})).json()
    assert await server.parts.calls.shared.writer.flush()
    statements = []
    engine = server.parts.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert (await server.call(ada["access_token"], "GET", f"/api/v1/sessions/{session['id']}")).is_success
    assert len(statements) == 1, "the session; who acts is asked while the transaction begins"
