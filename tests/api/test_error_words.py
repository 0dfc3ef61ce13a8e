"""What a client is told that makes a mistake: one register, with the way out."""

import pytest

from orion.api.problems import slugs
from tests.api.running import PASSWORD, running

V1 = "/api/v1"


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


async def problems(server, token, method, path, body):
    response = await server.call(token, method, f"{V1}{path}", body)
    assert response.status_code == 422, response.text
    return {one["pointer"]: one["detail"] for one in response.json()["errors"]}


async def test_a_field_is_told_in_words_and_with_a_json_pointer(server):
    token = (await server.register("ada"))["access_token"]
    account = {"email": "ada", "password": PASSWORD, "invite": "x"}
    found = await problems(server, None, "POST", "/auth/register", account)
    assert found["/email"] == "this is no email address; it is written like ada@example.org"
    assert "there is no field 'invite'; did you mean 'invitation'?" in found["/invite"]
    for path, pointer in (
        ("/sessions/nonsense", "/path/session_id"),
        ("/sessions?limit=0", "/query/limit"),
        ("/sessions?cursor=x", "/query/cursor"),
    ):
        assert list(await problems(server, token, "GET", path, None)) == [pointer]
    found = await problems(server, token, "POST", "/sessions", {"titel": "x"})
    assert "did you mean 'title'?" in found["/titel"]
    agent = {"instructions": "x", "fail_over": {"a/b~c": 1}}
    found = await problems(server, token, "PUT", "/agents/host", agent)
    assert any(pointer.startswith("/fail_over/a~1b~0c") for pointer in found)
    tool = {"name": "x", "description": "x", "kind": "http", "parameters": {}, "config": {"urll": "x"}}
    found = await problems(server, token, "POST", "/tools", tool)
    assert "did you mean 'url'?" in found["/config/urll"]


async def test_a_password_that_is_refused_is_told_once(server):
    account = {"email": "ada@example.org", "password": "password123"}
    body = (await server.call(None, "POST", f"{V1}/auth/register", account)).json()
    assert body["detail"] == "the password cannot be used"
    told = [one["detail"] for one in body["errors"]]
    assert told == ["this password is one of the commonest; choose another"]


async def test_a_key_that_is_none_is_called_a_key(server):
    ada = await server.register("ada")
    async with server.client() as http:
        nonsense = await http.get(f"{V1}/sessions", headers={"X-API-Key": "nonsense"})
        assert (nonsense.status_code, nonsense.json()["detail"]) == (401, "the API key is not valid")
        by_header = await http.get(f"{V1}/sessions", headers={"X-API-Key": ada["access_token"]})
        assert by_header.is_success


async def test_a_wrong_path_and_a_wrong_method_are_told_as_such(server):
    wrong = await server.call(None, "GET", f"{V1}/sesions")
    assert (wrong.status_code, wrong.json()["type"]) == (404, "/problems/not-found")
    assert wrong.json()["detail"] == "there is no route /api/v1/sesions; all routes are listed at /docs"
    method = await server.call(None, "PUT", f"{V1}/sessions")
    assert "does not take PUT" in method.json()["detail"]
    assert method.headers["allow"] == "GET, POST"


async def test_every_problem_type_says_what_to_do(server):
    for slug, kind in slugs().items():
        told = (await server.call(None, "GET", f"/problems/{slug}")).json()
        assert told["title"] == kind.title()
        assert len(told["detail"]) > 20, slug


async def test_of_very_many_wrong_fields_the_first_are_told(server):
    token = (await server.register("ada"))["access_token"]
    body = {f"titel_{n}": 0 for n in range(10_000)}
    found = await problems(server, token, "POST", "/sessions", body)
    assert list(found) == [f"/titel_{n}" for n in range(50)]
    long = await problems(server, token, "POST", "/sessions", {"x" * 10_000: 0})
    assert all(len(detail) < 500 for detail in long.values())
