"""Sign-ins, registration, invitations, passwords, users."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from orion.api.credentials.tokens import digest, new_token
from orion.domain.identity import Principal, Role
from orion.store.log_in_failures import delay_secs
from orion.store.tables import refresh_tokens
from orion.store.tokens import GRACE_SECS
from tests.api.running import PASSWORD, SECRET, running

AUTH = "/api/v1/auth"
LOG_IN = Principal.system("log-in")


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path, registration="invite") as serving:
        yield serving


@pytest.fixture
async def ada(server):
    return await server.register("ada")


async def invite(server, token, **body):
    response = await server.call(token, "POST", f"{AUTH}/invitations", body)
    assert response.status_code == 201, response.text
    return response.json()["token"]


async def register(server, name, **more):
    account = {"email": f"{name}@example.org", "password": PASSWORD, **more}
    return await server.call(None, "POST", f"{AUTH}/register", account)


async def log_in(server, name, password=PASSWORD):
    account = {"email": f"{name}@example.org", "password": password}
    return await server.call(None, "POST", f"{AUTH}/login", account)


async def test_an_invitation_lets_one_person_in(server, ada):
    assert (await register(server, "ben")).status_code == 403
    token = await invite(server, ada["access_token"])
    assert (await register(server, "ben", invitation=token)).json()["user"]["role"] == "user"
    assert (await register(server, "cleo", invitation=token)).status_code == 403


async def test_an_invitation_is_for_its_address_its_role_and_its_time(server, ada):
    token = await invite(server, ada["access_token"], email="Ben@Example.org", role="admin")
    assert (await register(server, "cleo", invitation=token)).status_code == 403
    assert (await register(server, "ben", invitation=token)).json()["user"]["role"] == "admin"
    past = {"expires_at": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
    assert (await server.call(ada["access_token"], "POST", f"{AUTH}/invitations", past)).status_code == 422


async def test_an_address_that_has_an_account_does_not_use_an_invitation_up(server, ada):
    token = await invite(server, ada["access_token"])
    assert (await register(server, "ada", invitation=token)).status_code == 409
    assert (await register(server, "ben", invitation=token)).status_code == 201


async def test_who_is_invited_joins_the_workspace_of_who_invited(server, ada):
    async with server.parts.database.transaction(LOG_IN) as store:
        north = await store.users.create_workspace("north")
        user = await store.users.create(
            email="north@example.org", name="North", password_hash="-", role=Role.ADMIN, workspace_id=north
        )
    token = await invite(server, server.parts.tokens.issue(user))
    ben = (await register(server, "ben", invitation=token)).json()
    listed = await server.call(ada["access_token"], "GET", "/api/v1/users")
    assert [user["email"] for user in listed.json()["items"]] == ["ada@example.org"]
    async with server.parts.database.transaction(LOG_IN) as store:
        assert (await store.users.by_email("ben@example.org"))[0].workspace_id == north
    assert ben["user"]["role"] == "user"


async def test_where_registration_is_closed_no_invitation_helps(server, ada, database_url, tmp_path):
    token = await invite(server, ada["access_token"])
    async with running(database_url, tmp_path / "closed", registration="closed") as closed:
        assert (await register(closed, "ben", invitation=token)).status_code == 403
        response = await closed.call(ada["access_token"], "POST", f"{AUTH}/invitations", {})
        assert response.status_code == 409


async def test_a_new_password_ends_the_other_sign_ins_at_once_but_neither_this_one_nor_keys(server, ada):
    other = (await log_in(server, "ada")).json()
    key = (await server.key(ada["access_token"]))["key"]
    body = {"current_password": PASSWORD, "new_password": "a better horse battery"}
    wrong = {**body, "current_password": "not the password"}
    assert (await server.call(ada["access_token"], "POST", f"{AUTH}/password", wrong)).status_code == 403
    common = {**body, "new_password": "password123"}
    assert (await server.call(ada["access_token"], "POST", f"{AUTH}/password", common)).status_code == 422
    assert (await server.call(ada["access_token"], "POST", f"{AUTH}/password", body)).status_code == 204
    assert (await server.call(other["access_token"], "GET", f"{AUTH}/profile")).status_code == 401
    spent = {"refresh_token": other["refresh_token"]}
    assert (await server.call(None, "POST", f"{AUTH}/refresh", spent)).status_code == 401
    for credential in (ada["access_token"], key):
        assert (await server.call(credential, "GET", f"{AUTH}/profile")).is_success
    mine = {"refresh_token": ada["refresh_token"]}
    assert (await server.call(None, "POST", f"{AUTH}/refresh", mine)).is_success
    assert (await log_in(server, "ada")).status_code == 401
    assert (await log_in(server, "ada", "a better horse battery")).is_success


async def linked(server, user_id=None):
    """The answer to a sign-in link, of the first admin unless it is of a user."""
    later = datetime.now(UTC) + timedelta(minutes=5)
    async with server.parts.database.transaction(LOG_IN) as store:
        await store.tokens.add_sign_in(digest(token := new_token()), later, user_id)
    response = await server.call(None, "POST", f"{AUTH}/sign-in", {"token": token})
    assert response.is_success, response.text
    return response.json()


async def test_who_signs_in_by_the_link_on_an_empty_server_sets_email_and_password_and_is_never_locked_out(
    server,
):
    admin = await linked(server)
    assert (admin["user"]["email"], admin["user"]["has_password"]) == ("admin@localhost", False)
    for guess in ("", "nobody has this password"):
        empty = {"email": "admin@localhost", "password": guess}
        assert (await server.call(None, "POST", f"{AUTH}/login", empty)).status_code == 401
    body = {"email": "Ada@example.org", "new_password": "a better horse battery"}
    common = {**body, "new_password": "ada@example.org"}
    refused = await server.call(admin["access_token"], "POST", f"{AUTH}/password", common)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/new_password"]
    assert (await server.call(admin["access_token"], "POST", f"{AUTH}/password", body)).status_code == 204
    profile = (await server.call(admin["access_token"], "GET", f"{AUTH}/profile")).json()
    assert (profile["email"], profile["has_password"], profile["role"]) == ("ada@example.org", True, "admin")
    assert (await log_in(server, "ada", "a better horse battery")).is_success
    again = await server.call(admin["access_token"], "POST", f"{AUTH}/password", body)
    assert [one["pointer"] for one in again.json()["errors"]] == ["/current_password"]
    moved = {**body, "current_password": "a better horse battery"}
    refused = await server.call(admin["access_token"], "POST", f"{AUTH}/password", moved)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/email"]
    assert (await linked(server))["user"]["id"] == admin["user"]["id"]


async def test_the_first_password_does_not_take_the_address_of_another_account(server, ada):
    async with server.parts.database.transaction(LOG_IN) as store:
        user = await store.users.create(email="new@localhost", name="New", password_hash="", role=Role.USER)
    new = await linked(server, user.id)
    body = {"email": "ada@example.org", "new_password": "a better horse battery"}
    refused = await server.call(new["access_token"], "POST", f"{AUTH}/password", body)
    assert refused.status_code == 409
    assert (await log_in(server, "ada")).is_success
    assert (await linked(server, user.id))["user"]["has_password"] is False


async def test_two_who_set_the_first_password_at_once_leave_one(server):
    admin = await linked(server)
    bodies = [{"email": f"{name}@example.org", "new_password": f"{name} horse battery"} for name in "ab"]
    answers = await asyncio.gather(
        *(server.call(admin["access_token"], "POST", f"{AUTH}/password", body) for body in bodies)
    )
    assert sorted(answer.status_code for answer in answers) in ([204, 409], [204, 422])


async def test_the_link_signs_the_default_workspaces_admin_in_whoever_came_first(server):
    async with server.parts.database.transaction(LOG_IN) as store:
        north = await store.users.create_workspace("north")
        await store.users.create(
            email="cleo@example.org", name="Cleo", password_hash="-", role=Role.ADMIN, workspace_id=north
        )
    assert (await linked(server))["user"]["email"] == "cleo@example.org"
    async with server.parts.database.transaction(LOG_IN) as store:
        await store.users.create(email="admin@localhost", name="Ben", password_hash="-", role=Role.USER)
    made = (await linked(server))["user"]
    assert (made["email"], made["role"]) == ("admin-2@localhost", "admin")
    async with server.parts.database.transaction(LOG_IN) as store:
        assert (await store.users.get(UUID(made["id"]))).workspace_id != north


async def test_an_invitation_comes_with_the_address_of_the_page_that_takes_it(server, ada):
    made = (await server.call(ada["access_token"], "POST", f"{AUTH}/invitations", {})).json()
    assert made["url"] == f"{server.url}/?invitation={made['token']}"


async def test_a_common_password_or_the_address_itself_is_no_password(server, ada):
    token = await invite(server, ada["access_token"])
    for password in ("password123", "ben@example.org"):
        response = await register(server, "ben", invitation=token, password=password)
        assert [error["pointer"] for error in response.json()["errors"]] == ["/password"]


async def test_failed_log_ins_delay_the_next_whether_the_account_exists_or_not(server, ada):
    for name in ("ada", "nobody"):
        for _ in range(5):
            assert (await log_in(server, name, "a wrong password")).status_code == 401
        while (response := await log_in(server, name, "a wrong password")).status_code == 401:
            pass  # the first delays are short: on a slow machine one may be over by now
        assert response.json()["type"] == "/problems/limited"
        assert int(response.headers["retry-after"]) >= 1
    async with server.parts.database.transaction(LOG_IN) as store:
        await store.log_in_failures.clear("ada@example.org")
    assert (await log_in(server, "ada")).is_success
    async with server.parts.database.transaction(LOG_IN) as store:
        assert await store.log_in_failures.wait_secs("ada@example.org") == 0
        assert await store.log_in_failures.wait_secs("nobody@example.org") > 0


def test_the_delay_grows_and_has_an_end():
    assert [delay_secs(n) for n in (0, 4, 5, 6, 7, 13, 14, 1000)] == [0, 0, 1, 2, 4, 256, 300, 300]


async def test_users_are_listed_in_pages_and_changed(server, ada):
    for name in ("ben", "cleo"):
        await register(server, name, invitation=await invite(server, ada["access_token"]))
    first = (await server.call(ada["access_token"], "GET", "/api/v1/users?limit=2")).json()
    rest = f"/api/v1/users?limit=2&cursor={first['next_cursor']}"
    second = (await server.call(ada["access_token"], "GET", rest)).json()
    found = [user["email"].split("@")[0] for user in (*first["items"], *second["items"])]
    assert (found, second["next_cursor"]) == (["cleo", "ben", "ada"], None)
    path = f"/api/v1/users/{first['items'][0]['id']}"
    changed = (await server.call(ada["access_token"], "PATCH", path, {"name": "Cleopatra"})).json()
    assert (changed["name"], changed["role"], changed["disabled"]) == ("Cleopatra", "user", False)
    assert (await server.call(ada["access_token"], "PATCH", path, {})).json() == changed
    assert (await server.call(ada["access_token"], "PATCH", path, {"email": "x"})).status_code == 422


async def test_the_last_admin_can_neither_be_demoted_nor_disabled(server, ada):
    path = f"/api/v1/users/{ada['user']['id']}"
    for body in ({"role": "user"}, {"disabled": True}):
        response = await server.call(ada["access_token"], "PATCH", path, body)
        assert response.json()["type"] == "/problems/conflict"
    token = await invite(server, ada["access_token"], role="admin")
    await register(server, "ben", invitation=token)
    assert (await server.call(ada["access_token"], "PATCH", path, {"role": "user"})).is_success


async def test_two_admins_who_demote_each_other_leave_one(server, ada):
    token = await invite(server, ada["access_token"], role="admin")
    ben = (await register(server, "ben", invitation=token)).json()
    pairs = [(ada, ben), (ben, ada)]
    answers = await asyncio.gather(
        *(
            server.call(by["access_token"], "PATCH", f"/api/v1/users/{whom['user']['id']}", {"role": "user"})
            for by, whom in pairs
        )
    )
    assert sorted(answer.is_success for answer in answers) == [False, True]
    async with server.parts.database.transaction(LOG_IN) as store:
        assert await store.users.first_admin() is not None


async def test_a_token_signed_by_the_key_before_is_good_until_that_key_is_taken_away(
    server, ada, database_url, tmp_path
):
    both = f"{'n' * 32},{SECRET}"
    async with running(database_url, tmp_path / "both", jwt_secret=both) as rotated:
        assert (await rotated.call(ada["access_token"], "GET", f"{AUTH}/profile")).is_success
        refreshed = await rotated.call(
            None, "POST", f"{AUTH}/refresh", {"refresh_token": ada["refresh_token"]}
        )
    async with running(database_url, tmp_path / "new", jwt_secret="n" * 32) as new:
        assert (await new.call(ada["access_token"], "GET", f"{AUTH}/profile")).status_code == 401
        fresh = refreshed.json()["access_token"]
        assert (await new.call(fresh, "GET", f"{AUTH}/profile")).is_success


async def test_two_tabs_that_refresh_at_once_both_stay_signed_in_and_a_late_reuse_signs_both_out(server, ada):
    async def refreshed(token):
        return await server.call(None, "POST", f"{AUTH}/refresh", {"refresh_token": token})

    answers = await asyncio.gather(*(refreshed(ada["refresh_token"]) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    tabs = [answer.json() for answer in answers]
    assert len({tab["refresh_token"] for tab in tabs}) == 8
    for tab in tabs:
        assert (await server.call(tab["access_token"], "GET", f"{AUTH}/profile")).is_success
    async with server.parts.database.transaction(LOG_IN) as store:
        earlier = datetime.now(UTC) - timedelta(seconds=GRACE_SECS + 1)
        spent = refresh_tokens.c.spent_at.is_not(None)
        await store.connection.execute(update(refresh_tokens).where(spent).values(spent_at=earlier))
    assert (await refreshed(ada["refresh_token"])).status_code == 401
    assert (await refreshed(tabs[0]["refresh_token"])).status_code == 401
    assert (await server.call(tabs[1]["access_token"], "GET", f"{AUTH}/profile")).status_code == 401
