"""Writes that come again, through FastAPI and a real PostgreSQL; the effect is a row of `memories`."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import StreamingResponse
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import text

from orion.api import problems
from orion.api.access import CallerDep, Parts, PartsDep, StoreDep, needs
from orion.api.credentials.room_tokens import RoomTokens
from orion.api.credentials.tokens import AccessTokens, new_api_key, read_api_key
from orion.api.idempotency import KeyedRoute
from orion.api.requests.limits import Limits
from orion.api.requests.shield import Shield
from orion.domain.identity import ApiKey, Principal, Role, Scope, new_id
from orion.domain.memory import Memory, MemoryType
from orion.errors import Conflict
from orion.store.idempotency import Answer
from tests.conftest import make_user

router = APIRouter(route_class=KeyedRoute)


class Thing(BaseModel):
    name: str


async def remember(store, caller, name):
    memory = Memory(new_id(), caller.user_id, None, MemoryType.FACT, name, datetime.now(UTC))
    await store.memories.add(memory)
    return {"id": str(memory.id), "name": name}


@router.post("/things", status_code=201)
async def make(body: Thing, caller: CallerDep, store: StoreDep) -> Any:
    return await remember(store, caller, body.name)


@router.post("/slow")
async def slow(body: Thing, caller: CallerDep, parts: PartsDep) -> Any:
    async with parts.database.transaction(caller) as store:
        made = await remember(store, caller, body.name)
    await asyncio.sleep(0.3)
    return made


@router.post("/fails")
async def fails(body: Thing, caller: CallerDep, store: StoreDep) -> Any:
    await remember(store, caller, body.name)
    raise Conflict("not now")


@router.post("/noted", dependencies=[Depends(needs(Scope.MEMORY))])
async def noted(body: Thing, caller: CallerDep, store: StoreDep) -> Any:
    return await remember(store, caller, body.name)


HELD, BEGUN = asyncio.Event(), asyncio.Event()


@router.post("/held")
async def hold(_body: Thing, _caller: CallerDep) -> dict[str, str]:
    BEGUN.set()
    await HELD.wait()
    return {}


@router.post("/breaks")
async def breaks(_body: Thing, _caller: CallerDep) -> None:
    raise Conflict("not now")


@router.delete("/things", status_code=204)
async def clear(caller: CallerDep, store: StoreDep) -> Response:
    await remember(store, caller, "cleared")
    return Response(status_code=204)


@router.post("/stream")
async def stream(body: Thing, caller: CallerDep, store: StoreDep) -> StreamingResponse:
    await remember(store, caller, body.name)
    return StreamingResponse(iter([b"a", b"b"]))


@pytest.fixture
async def signed_in(database, settings):
    """A client maker: a user's name in, a client that is signed in as her out."""
    tokens = AccessTokens((b"k" * 32,), 900)
    app = FastAPI()
    app.add_middleware(Shield)
    app.include_router(router)
    problems.install(app)
    limits = Limits(database, replace(settings, rate_limit_max=100_000))
    nothing = cast(Any, None)
    app.state.parts = Parts(settings, database, nothing, tokens, RoomTokens(tokens.keys), limits, nothing)
    clients = []

    async def sign_in(name):
        user = await make_user(database, f"{name}@example.org")
        headers = {"Authorization": f"Bearer {tokens.issue(user)}"}
        transport = httpx.ASGITransport(app=app)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers))
        return clients[-1]

    yield sign_in
    for client in clients:
        await client.aclose()


@pytest.fixture
async def ada(signed_in):
    return await signed_in("ada")


async def rows(database):
    """How many things were made, as the owner of the tables counts them."""
    engine = database.engine
    async with engine.connect() as connection:
        await connection.execute(text("reset role"))
        count = (await connection.execute(text("select count(*) from orion.memories"))).scalar_one()
        await connection.execute(text("set role orion_app"))
    return count


async def api_key(database, scope):
    """A key of Ada's; its use is noted by nobody."""
    me, now = await database_principal(database), datetime.now(UTC)
    public_id, key = new_api_key()
    made = ApiKey(
        new_id(), me.workspace_id, me.user_id, public_id, "a", frozenset([scope]), now, last_used_at=now
    )
    async with database.transaction(me) as store:
        await store.api_keys.add(made, read_api_key(key)[1])
        await store.api_keys.used(made.id, now)
    return key


def keyed(key):
    return {"Idempotency-Key": key}


def slug(response):
    return response.status_code, response.json()["type"].removeprefix("/problems/")


async def test_the_same_key_and_body_give_the_same_answer_once_made(ada, database):
    first = await ada.post("/things", json={"name": "a"}, headers=keyed("k"))
    again = await ada.post("/things", json={"name": "a"}, headers=keyed("k"))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["content-type"] == again.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await rows(database) == 1


async def test_another_body_or_path_or_method_with_the_key_is_a_conflict(ada, database):
    await ada.post("/things", json={"name": "a"}, headers=keyed("k"))
    for response in (
        await ada.post("/things", json={"name": "b"}, headers=keyed("k")),
        await ada.post("/things?x=1", json={"name": "a"}, headers=keyed("k")),
        await ada.post("/slow", json={"name": "a"}, headers=keyed("k")),
        await ada.delete("/things", headers=keyed("k")),
    ):
        assert slug(response) == (409, "idempotency-conflict")
    assert await rows(database) == 1


async def test_keys_belong_to_their_user(ada, signed_in, database):
    ben = await signed_in("ben")
    made = [await client.post("/things", json={"name": "a"}, headers=keyed("k")) for client in (ada, ben)]
    assert made[0].json()["id"] != made[1].json()["id"]
    assert await rows(database) == 2


async def test_keys_belong_to_the_api_key_that_sent_them(ada, database):
    await ada.post("/things", json={"name": "a"}, headers=keyed("k"))
    by_key = {**keyed("k"), "Authorization": f"Bearer {await api_key(database, Scope.SESSIONS)}"}
    again = await ada.post("/things", json={"name": "a"}, headers=by_key)
    assert (again.status_code, await rows(database)) == (201, 2)
    assert "idempotency-replayed" not in again.headers


async def test_what_was_answered_to_an_admin_is_not_repeated_to_a_user(ada, signed_in, database):
    await signed_in("ben")  # Ada is the first, and so an admin
    await ada.post("/things", json={"name": "a"}, headers=keyed("k"))
    async with database.transaction(Principal.system("log-in")) as store:
        user, _ = await store.users.by_email("ada@example.org")
        await store.users.change(user.id, role=Role.USER)
    assert slug(await ada.post("/things", json={"name": "a"}, headers=keyed("k"))) == (
        409,
        "idempotency-conflict",
    )


async def test_a_key_without_the_scope_gets_no_kept_answer(ada, database):
    by_key = {**keyed("k"), "Authorization": f"Bearer {await api_key(database, Scope.SESSIONS)}"}
    assert (await ada.post("/noted", json={"name": "a"}, headers=by_key)).status_code == 403
    async with database.transaction(Principal.system("limits")) as store:
        kept = await store.connection.execute(text("select count(*) from orion.idempotency_keys"))
    assert kept.scalar_one() == 0


async def test_the_long_writes_of_one_user_hold_up_nobody_else(ada, signed_in):
    ben = await signed_in("ben")
    HELD.clear()
    held = [
        asyncio.get_running_loop().create_task(
            ada.post("/held", json={"name": "a"}, headers=keyed(f"k{number}"))
        )
        for number in range(12)
    ]
    async with asyncio.timeout(4):
        await BEGUN.wait()
        assert (await ben.post("/things", json={"name": "b"}, headers=keyed("k"))).status_code == 201
    HELD.set()
    assert {answer.status_code for answer in await asyncio.gather(*held)} == {200}


async def test_an_answer_without_a_body_is_kept_too(ada, database):
    answers = [await ada.delete("/things", headers=keyed("k")) for _ in range(2)]
    assert [a.status_code for a in answers] == [204, 204]
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert await rows(database) == 1


@pytest.mark.parametrize("path", ["/things", "/slow"])
async def test_at_the_same_time_it_is_made_once(ada, database, path):
    answers = await asyncio.gather(
        *(ada.post(path, json={"name": "a"}, headers=keyed("k")) for _ in range(6))
    )
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 5
    assert await rows(database) == 1


async def test_whoever_waits_too_long_is_told_that_the_first_one_runs(ada, database):
    me = await database_principal(database)
    async with database.transaction(me) as store:
        await store.idempotency_keys.claim("k", b"another node")
        waited = await ada.post("/things", json={"name": "a"}, headers=keyed("k"), timeout=20)
    assert slug(waited) == (409, "in-progress")


async def test_a_crash_before_the_answer_is_kept_leaves_neither_work_nor_key(ada, database):
    me = await database_principal(database)
    with pytest.raises(RuntimeError):
        await crash(database, me)
    assert await rows(database) == 0
    assert (await ada.post("/things", json={"name": "a"}, headers=keyed("k"))).status_code == 201


async def crash(database, me):
    async with database.transaction(me) as store:
        await store.idempotency_keys.claim("k", b"")
        await remember(store, me, "lost")
        raise RuntimeError


async def database_principal(database):
    """Ada, as the database knows her."""
    async with database.transaction(Principal.system("log-in")) as store:
        user, _ = await store.users.by_email("ada@example.org")
    return Principal.of(user)


async def test_what_failed_is_not_kept_and_made_nothing(ada, database):
    wrong = await ada.post("/things", json={"nome": "a"}, headers=keyed("k"))
    assert slug(wrong) == (422, "invalid")
    assert slug(await ada.post("/fails", json={"name": "a"}, headers=keyed("k"))) == (409, "conflict")
    assert await rows(database) == 0
    right = await ada.post("/things", json={"name": "a"}, headers=keyed("k"))
    assert right.status_code == 201
    assert "idempotency-replayed" not in right.headers


async def test_a_stream_is_not_kept(ada, database):
    for _ in range(2):
        answer = await ada.post("/stream", json={"name": "a"}, headers=keyed("k"))
        assert answer.content == b"ab"
        assert "idempotency-replayed" not in answer.headers
    assert await rows(database) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ä".encode()])
async def test_a_key_that_is_no_key_is_refused(ada, database, key):
    answer = await ada.post("/things", json={"name": "a"}, headers=keyed(key))
    assert slug(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["pointer"].lower().replace("_", "-") == "header/idempotency-key"
    assert await rows(database) == 0


async def test_a_key_of_yesterday_is_free_again(ada, database):
    await ada.post("/things", json={"name": "a"}, headers=keyed("k"))
    async with database.engine.connect() as connection:
        await connection.execute(text("reset role"))
        await connection.execute(
            text("update orion.idempotency_keys set created_at = now() - interval '24 hours 1 second'")
        )
        await connection.execute(text("set role orion_app"))
    assert (await ada.post("/things", json={"name": "b"}, headers=keyed("k"))).status_code == 201
    assert await rows(database) == 2


@given(st.lists(st.tuples(st.sampled_from("kl"), st.sampled_from("ab"), st.booleans()), max_size=12))
@runs(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_comes_again_the_first_answer_of_a_key_stands(ada, database, requests):
    run = new_id().hex
    known: dict[str, tuple[str, bytes]] = {}
    before, made = await rows(database), 0
    for key, name, good in requests:
        body = {"name": name} if good else {"nome": name}
        answer = await ada.post("/things", json=body, headers=keyed(run + key))
        if key not in known:
            assert answer.status_code == (201 if good else 422)
            if good:
                known[key] = name, answer.content
                made += 1
        elif not good:
            assert answer.status_code in {409, 422}
        elif known[key][0] == name:
            assert (answer.status_code, answer.content) == (201, known[key][1])
        else:
            assert slug(answer) == (409, "idempotency-conflict")
    assert await rows(database) - before == made


async def test_writes_that_wait_for_others_hold_neither_places_nor_transactions(
    ada, signed_in, database, monkeypatch
):
    ben = await signed_in("ben")
    for name in ("HELD", "BEGUN"):
        monkeypatch.setattr(f"{__name__}.{name}", asyncio.Event())
    loop = asyncio.get_running_loop()
    held = [
        loop.create_task(client.post("/held", json={"name": "a"}, headers=keyed(f"k{number}")))
        for client in (ada, ben)
        for number in range(15)
    ]
    async with asyncio.timeout(10):
        await BEGUN.wait()
        for number in range(8):
            made = await ada.post("/things", json={"name": "b"}, headers=keyed(f"t{number}"))
            assert made.status_code == 201
    assert database.engine.pool.checkedout() == 0
    HELD.set()
    assert {answer.status_code for answer in await asyncio.gather(*held)} == {200}


async def test_a_write_whose_process_died_leaves_its_key_free_once_its_claim_is_over(ada, database):
    me = await database_principal(database)
    holder = new_id()
    body = {"name": "a"}
    first = await ada.post("/slow", json=body, headers=keyed("k"))
    async with database.transaction(me) as store:
        of_it = "update orion.idempotency_keys set status = null, held_by = :holder, held_until = {}"
        later = text(of_it.format("clock_timestamp() + interval '1 hour'"))
        await store.connection.execute(later, {"holder": holder})
    assert slug(await ada.post("/slow", json=body, headers=keyed("k"))) == (409, "in-progress")
    async with database.transaction(me) as store:
        over = text(of_it.format("clock_timestamp() - interval '1 second'"))
        await store.connection.execute(over, {"holder": holder})
    again = await ada.post("/slow", json=body, headers=keyed("k"))
    assert again.is_success
    assert again.json() != first.json()
    async with database.transaction(me) as store:
        await store.idempotency_keys.keep("k", Answer(b"", 200, None, b"of the dead"), holder)
    assert (await ada.post("/slow", json=body, headers=keyed("k"))).json() == again.json()


async def test_a_write_that_failed_while_it_held_its_key_frees_it_at_once(ada, database):
    for _ in range(2):
        assert (await ada.post("/breaks", json={"name": "a"}, headers=keyed("k"))).status_code == 409
