"""Every route, held to who may call it: roles, scopes, other people's things, revoked credentials."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from orion.domain.identity import Principal, Role, Scope
from orion.store.tables import api_keys, users
from tests.api.routes import ADMIN, ANYONE, ROUTES, TOOL
from tests.api.running import PASSWORD, a_waiting_call, draft, running

CLOSED = {place: route for place, route in ROUTES.items() if route.who != ANYONE}


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


@pytest.fixture
async def ada(server):
    """The tokens of the first user, an admin."""
    return await server.register("ada")


@pytest.fixture
async def ben(server, ada):
    """The tokens of a user of the same workspace."""
    return await server.register("ben")


async def of_another_workspace(server, name, role):
    """The access token of a user of another workspace."""
    async with server.parts.database.transaction(Principal.system("log-in")) as store:
        workspace_id = await store.users.create_workspace(name)
        user = await store.users.create(
            email=f"{name}@example.org", name=name, password_hash="-", role=role, workspace_id=workspace_id
        )
    return server.parts.tokens.issue(user)


def routes_of(app):
    """All routes that the OpenAPI description names."""
    return {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}


def at(path, ids):
    """The path with its ids filled in."""
    return path.format_map(ids)


class Anything(dict[str, str]):
    """Ids of things that do not exist."""

    def __missing__(self, name: str) -> str:
        return {"kind": "fact", "index": "0"}.get(name) or str(uuid4())


async def test_every_route_stands_in_the_table(server):
    assert routes_of(server.app) == set(ROUTES)


async def test_without_credentials_every_closed_route_is_401(server, ada):
    for (method, path), route in CLOSED.items():
        response = await server.call(None, method, at(path, Anything()), route.body)
        assert response.status_code == 401, (method, path)


def reaches(scope, who):
    """Whether an admin's key with that one scope reaches the route."""
    if isinstance(who, str):
        return who == ADMIN and scope is Scope.ADMIN
    return scope in who


async def test_a_key_reaches_what_its_scopes_say_and_no_more(server, ada):
    for scope in Scope:
        key = (await server.key(ada["access_token"], scope))["key"]
        for (method, path), route in CLOSED.items():
            allowed = reaches(scope, route.who)
            response = await server.call(key, method, at(path, Anything()), route.body)
            place = (scope, method, path, response.status_code)
            assert response.status_code != 401, place
            assert (response.status_code == 403) is not allowed, place


async def test_a_key_for_public_pages_can_join_and_nothing_else(server, ada):
    for scopes in (["connect"],):
        key = (await server.key(ada["access_token"], *scopes, agents=["concierge"]))["key"]
        for (method, path), route in CLOSED.items():
            response = await server.call(key, method, at(path, Anything()), route.body)
            joins = path == "/api/v1/connect"
            assert response.status_code == (201 if joins else 403), (method, path)
            assert "Keep" not in response.text
            assert "ada@example.org" not in response.text


async def test_what_an_admin_may_is_refused_to_a_user_and_to_an_admins_key_without_the_scope(
    server, ada, ben
):
    key = (await server.key(ada["access_token"], *(set(Scope) - {Scope.ADMIN})))["key"]
    for (method, path), route in CLOSED.items():
        if route.who == ADMIN:
            for credential in (ben["access_token"], key):
                response = await server.call(credential, method, at(path, Anything()), route.body)
                assert response.status_code == 403, (method, path)


async def test_other_peoples_things_do_not_exist(server, ada, ben):
    """Ben's things, asked for by a user of his workspace, and by user and admin of another one."""
    session = await server.call(ben["access_token"], "POST", "/api/v1/sessions", {})
    memory = await server.call(
        ben["access_token"],
        "POST",
        f"/api/v1/sessions/{session.json()['id']}/memory",
        {"type": "fact", "content": "a secret"},
    )
    hook = ROUTES["POST", "/api/v1/webhooks"].body
    ids = {
        "webhook_id": (await server.call(ada["access_token"], "POST", "/api/v1/webhooks", hook)).json()["id"],
        "tool_id": (await server.call(ada["access_token"], "POST", "/api/v1/tools", TOOL)).json()["id"],
        "name": "keeper",
        "memory_id": memory.json()["id"],
        "kind": "fact",
        "session_id": session.json()["id"],
        "plan_id": str((await draft(server.parts.database, session.json()["id"])).id),
        "index": "0",
        "call_id": await a_waiting_call(server.parts.database, session.json()["id"]),
        "key_id": (await server.key(ben["access_token"]))["api_key"]["id"],
        "user_id": ben["user"]["id"],
    }
    keeper = {"instructions": "Keep the lighthouse."}
    assert (await server.call(ada["access_token"], "PUT", "/api/v1/agents/keeper", keeper)).is_success
    others = [
        (await server.register("cleo"))["access_token"],
        await of_another_workspace(server, "north", Role.USER),
        await of_another_workspace(server, "south", Role.ADMIN),
    ]
    for (method, path), route in CLOSED.items():
        if "{" in path and method != "PUT":  # a PUT would make a thing of the caller's own
            for nth, other in enumerate(others):
                if route.shared and nth == 0:
                    continue
                response = await server.call(other, method, at(path, ids), route.body)
                assert response.status_code in {403, 404}, (nth, method, path)
                if route.who != ADMIN or nth == 2:
                    assert response.status_code == 404, (nth, method, path)
    for path in ("/api/v1/sessions", "/api/v1/auth/api-keys"):
        for other in others:
            assert (await server.call(other, "GET", path)).json()["items"] == []
    listed = (await server.call(others[2], "GET", "/api/v1/users")).json()["items"]
    assert [user["email"] for user in listed] == ["south@example.org"]
    assert (await server.call(ben["access_token"], "GET", f"/api/v1/sessions/{ids['session_id']}")).is_success


async def refused_everywhere(server, *credentials):
    for (method, path), route in CLOSED.items():
        for credential in credentials:
            response = await server.call(credential, method, at(path, Anything()), route.body)
            assert response.status_code == 401, (method, path, response.status_code)


async def test_a_disabled_user_is_refused_on_every_route_by_token_and_by_key(server, ada, ben):
    token, key = ben["access_token"], (await server.key(ben["access_token"], "sessions", "memory"))["key"]
    admin = (await server.key(ada["access_token"], *Scope))["key"]
    assert (await server.call(key, "GET", "/api/v1/sessions")).is_success
    path = f"/api/v1/users/{ben['user']['id']}"
    assert (await server.call(admin, "PATCH", path, {"disabled": True})).json()["disabled"]
    await refused_everywhere(server, token, key)
    login = {"email": "ben@example.org", "password": PASSWORD}
    assert (await server.call(None, "POST", "/api/v1/auth/login", login)).status_code == 401
    again = {"refresh_token": ben["refresh_token"]}
    assert (await server.call(None, "POST", "/api/v1/auth/refresh", again)).status_code == 401
    assert (await server.call(admin, "PATCH", path, {"disabled": False})).is_success
    assert (await server.call(key, "GET", "/api/v1/sessions")).is_success
    assert (await server.call(token, "GET", "/api/v1/sessions")).status_code == 401


async def test_a_revoked_key_and_a_sign_in_that_was_ended_are_refused_on_every_route(server, ada):
    made = await server.key(ada["access_token"], *Scope)
    gone = await server.call(ada["access_token"], "DELETE", f"/api/v1/auth/api-keys/{made['api_key']['id']}")
    assert gone.status_code == 204
    leave = {"refresh_token": ada["refresh_token"]}
    assert (await server.call(None, "POST", "/api/v1/auth/logout", leave)).status_code == 204
    await refused_everywhere(server, made["key"], ada["access_token"])


async def test_a_changed_role_counts_with_the_next_request(server, ada, ben):
    token, path = ben["access_token"], f"/api/v1/users/{ben['user']['id']}"
    key_of_ada = (await server.key(ada["access_token"], *Scope))["key"]
    assert (await server.call(token, "GET", "/api/v1/users")).status_code == 403
    assert (await server.call(ada["access_token"], "PATCH", path, {"role": "admin"})).is_success
    assert (await server.call(token, "GET", "/api/v1/users")).is_success
    demote = f"/api/v1/users/{ada['user']['id']}"
    assert (await server.call(token, "PATCH", demote, {"role": "user"})).is_success
    for credential in (ada["access_token"], key_of_ada):
        assert (await server.call(credential, "GET", "/api/v1/users")).status_code == 403
    sessions = f"/api/v1/sessions/{(await server.call(token, 'POST', '/api/v1/sessions', {})).json()['id']}"
    assert (await server.call(ada["access_token"], "GET", sessions)).status_code == 404
    last = await server.call(token, "PATCH", path, {"role": "user"})
    assert last.json()["type"] == "/problems/conflict"


async def test_an_expired_key_is_refused(server, ada, database):
    made = await server.key(ada["access_token"], expires_at="2099-01-01T00:00:00Z")
    assert (await server.call(made["key"], "GET", "/api/v1/sessions")).is_success
    async with database.transaction(Principal.system("log-in")) as store:
        await store.connection.execute(update(api_keys).values(expires_at=api_keys.c.created_at))
    assert (await server.call(made["key"], "GET", "/api/v1/sessions")).status_code == 401


async def test_a_user_who_is_gone_is_refused(server, ada, ben, database):
    async with database.transaction(Principal.system("log-in")) as store:
        await store.connection.execute(delete(users).where(users.c.email == "ben@example.org"))
    await refused_everywhere(server, ben["access_token"])
