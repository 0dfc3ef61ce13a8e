"""The commands that manage workspaces and users, as a person runs them."""

import pytest

from orion.domain.identity import Principal, Role


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
