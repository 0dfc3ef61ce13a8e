"""Changes of tools and passwords at the same time: none is lost."""

import asyncio
from typing import Any

import pytest

from tests.api.routers.test_tools import made, tide
from tests.api.running import PASSWORD

HARBOUR = {
    "name": "harbour",
    "description": "The harbour.",
    "kind": "mcp",
    "timeout_secs": 30,
    "config": {"transport": "stdio", "command": "harbour", "allow": ["tide"]},
}


async def test_of_two_changes_at_once_none_is_lost(admin, origin):
    tool = await made(admin, origin)
    path = f"/tools/{tool['id']}"
    for _ in range(10):
        calm = {"risk": "read", "enabled": True, "timeout_secs": 10, "description": "Tells the tide."}
        assert (await admin.patch(path, json=calm)).is_success
        changes: list[dict[str, Any]] = [
            {"risk": "danger"},
            {"enabled": False},
            {"timeout_secs": 3},
            {"description": "Tells."},
        ]
        answers = await asyncio.gather(*(admin.patch(path, json=change) for change in changes))
        assert [answer.status_code for answer in answers] == [200] * 4
        now = (await admin.get(path)).json()
        assert {key: now[key] for change in changes for key in change} == {
            key: value for change in changes for key, value in change.items()
        }


async def test_a_tool_that_is_disabled_while_its_server_is_asked_stays_disabled(admin):
    tool = (await admin.post("/tools", json=HARBOUR)).json()
    path = f"/tools/{tool['id']}"
    for _ in range(3):
        assert (await admin.patch(path, json={"enabled": True, "risk": "read"})).is_success
        looking = asyncio.gather(admin.post(f"{path}/test", json={}))
        await asyncio.sleep(0)
        stopped = await admin.patch(path, json={"enabled": False, "risk": "danger"})
        assert stopped.is_success
        (looked,) = await looking
        assert looked.status_code in {200, 409}
        now = (await admin.get(path)).json()
        assert (now["enabled"], now["risk"]) == (False, "danger")


async def test_of_two_tools_that_are_made_at_once_under_one_name_one_is_made(admin, origin):
    answers = await asyncio.gather(
        *(admin.post("/tools", json=tide(origin, name=f"tide{n}")) for n in (1, 1, 2))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409]


@pytest.mark.parametrize("times", [3])
async def test_of_two_changes_of_the_password_at_once_one_counts_and_the_other_is_told(admin, times):
    current = PASSWORD
    for number in range(times):
        wanted = [f"the horse battery {number} {name}" for name in "ab"]
        answers = await asyncio.gather(
            *(
                admin.post("/auth/password", json={"current_password": current, "new_password": new})
                for new in wanted
            )
        )
        codes = [answer.status_code for answer in answers]
        assert sorted(codes) in ([204, 403], [204, 409])
        current = wanted[codes.index(204)]
    login = {"email": "ada@example.org", "password": current}
    assert (await admin.post("/auth/login", json=login)).is_success
