"""The commands that manage workspaces and users, as a person runs them."""

import pytest

from orion.domain.identity import Principal, Role
from tests.api.running import running


@pytest.fixture
def orion(on_database):
    return on_database


async def account(database, email):
    async with database.transaction(Principal.system("log-in")) as store:
        return await store.users.by_email(email)


async def test_a_workspace_is_made_once_and_gets_its_admin(orion, database):
    code, said, _ = orion("workspaces", "create", "north")
    assert (code, said.startswith("north is a workspace")) == (0, True)
    assert orion("workspaces", "create", "north")[0] == 1
    password = "correct horse battery\n"
    new = ("users", "create-admin", "--email", "Cleo@example.org", "--workspace", "north")
    assert orion(*new, given=password)[0] == 0
    assert orion("users", "create-admin", "--email", "ada@example.org", given=password)[0] == 0
    cleo, _ = await account(database, "cleo@example.org")
    ada, _ = await account(database, "ada@example.org")
    assert (cleo.role, ada.role) == (Role.ADMIN, Role.ADMIN)
    assert cleo.workspace_id != ada.workspace_id


async def test_an_unknown_workspace_or_a_common_password_makes_no_admin(orion, database):
    new = ("users", "create-admin", "--email", "ada@example.org")
    code, _, error = orion(*new, "--workspace", "south", given="correct horse battery\n")
    assert (code, "no workspace south" in error) == (1, True)
    code, _, error = orion(*new, given="password123\n")
    assert (code, "commonest" in error, "password123" in error) == (1, True, False)
    assert await account(database, "ada@example.org") is None


async def sign_in(database_url, folder, link):
    """What the server answers to the token of a link."""
    async with running(database_url, folder) as server:
        token = link.partition("token=")[2].strip()
        return await server.call(None, "POST", "/api/v1/auth/sign-in", {"token": token})


async def test_a_new_link_signs_an_admin_in_without_a_restart(orion, database_url, tmp_path):
    orion("users", "create-admin", "--email", "ada@example.org", given="correct horse battery\n")
    async with running(database_url, tmp_path / "server") as server:
        code, link, said = orion("users", "link")
        assert (code, link.startswith("http://127.0.0.1:3000/?token=")) == (0, True)
        assert "ada@example.org" in said
        assert "No server answers at http://127.0.0.1:3000" in said
        token = {"token": link.partition("token=")[2].strip()}
        signed_in = await server.call(None, "POST", "/api/v1/auth/sign-in", token)
        assert signed_in.json()["user"]["email"] == "ada@example.org"
        again = await server.call(None, "POST", "/api/v1/auth/sign-in", token)
        assert again.status_code == 401
        assert "orion users link" in again.json()["detail"]


async def test_a_link_is_for_the_admin_of_the_workspace_that_is_asked_for(orion, database_url, tmp_path):
    given = "correct horse battery\n"
    assert orion("workspaces", "create", "north")[0] == 0
    new = ("users", "create-admin", "--email")
    assert orion(*new, "cleo@example.org", "--workspace", "north", given=given)[0] == 0
    assert orion(*new, "ada@example.org", given=given)[0] == 0
    for asked, email in (
        ((), "ada@example.org"),
        (("--workspace", "north"), "cleo@example.org"),
        (("--email", "Cleo@example.org"), "cleo@example.org"),
    ):
        link = orion("users", "link", *asked)[1]
        signed_in = await sign_in(database_url, tmp_path / "server", link)
        assert signed_in.json()["user"]["email"] == email
    code, _, error = orion("users", "link", "--email", "nobody@example.org")
    assert (code, "no account nobody@example.org" in error) == (1, True)
    assert orion("workspaces", "create", "south")[0] == 0
    code, _, error = orion("users", "link", "--workspace", "south")
    assert (code, "create-admin --workspace south" in error) == (1, True)


async def test_a_forgotten_password_is_replaced_and_ends_the_sign_ins(orion, database_url, tmp_path):
    orion("users", "create-admin", "--email", "ada@example.org", given="correct horse battery\n")
    async with running(database_url, tmp_path / "server") as server:
        account = {"email": "ada@example.org", "password": "correct horse battery"}
        before = (await server.call(None, "POST", "/api/v1/auth/login", account)).json()
        code, said, _ = orion("users", "reset-password", "Ada@example.org", given="a better horse battery\n")
        assert (code, "ada@example.org has the new password" in said) == (0, True)
        profile = await server.call(before["access_token"], "GET", "/api/v1/auth/profile")
        assert profile.status_code == 401
        assert (await server.call(None, "POST", "/api/v1/auth/login", account)).status_code == 401
        account["password"] = "a better horse battery"
        assert (await server.call(None, "POST", "/api/v1/auth/login", account)).is_success
    code, _, error = orion("users", "reset-password", "nobody@example.org", given="a better horse battery\n")
    assert (code, "orion users list" in error) == (1, True)


async def test_accounts_are_listed_with_what_they_may(orion, tmp_path):
    orion("users", "create-admin", "--email", "ada@example.org", given="correct horse battery\n")
    code, said, _ = orion("users", "list", "--data-dir", str(tmp_path / "elsewhere"))
    assert code == 0
    assert [line.split() for line in said.splitlines()] == [
        ["EMAIL", "NAME", "ROLE", "WORKSPACE", "STATE"],
        ["ada@example.org", "ada", "admin", "default", "active"],
    ]
