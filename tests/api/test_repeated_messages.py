"""Messages that come again with their Idempotency-Key after a lost answer: nothing is done twice."""

import asyncio
import json

import pytest

from tests.pipelines.test_vendor_answers import ORDER, STOCK, TEA, talking
from tests.simulators.faults import Fault
from tests.simulators.openai import Told

STREAM = {"Accept": "text/event-stream"}
KEY = {"Idempotency-Key": "one"}


@pytest.fixture
def project(tmp_path):
    tools = tmp_path / "project" / "tools"
    tools.mkdir(parents=True)
    (tools / "order.py").write_text(ORDER)
    (tools / "stock.py").write_text(STOCK)
    return tmp_path / "project"


@pytest.fixture
async def talk(database_url, tmp_path, project):
    async with talking(database_url, tmp_path, project) as found:
        yield found


def ordering(talk):
    """The model orders tea twice, if it is asked twice."""
    told = "Your tea is ordered. It comes soon, as they say in the shop, in the afternoon."
    talk.tells(*[Told("", [TEA]), Told(told)] * 2)


async def said_by_user(talk):
    return [turn["text"] for turn in await talk.turns() if turn["role"] == "user"]


@pytest.mark.parametrize("more", [{}, STREAM])
async def test_an_answer_that_broke_off_after_its_tool_ran_is_kept(talk, more):
    ordering(talk)
    talk.gpt.faults.add(None)
    talk.gpt.faults.always = Fault("drop", after=10)
    first = await talk.post("tea please", **KEY, **more)
    assert talk.ordered() == ["tea"]
    talk.gpt.faults.always = None
    again = await talk.post("tea please", **KEY, **more)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.status_code == first.status_code
    assert again.headers["content-type"] == first.headers["content-type"]
    assert first.text.endswith(again.text)
    assert "/problems/provider-error" in again.text
    assert talk.ordered() == ["tea"]
    assert await said_by_user(talk) == ["tea please"]


async def test_an_answer_that_was_lost_with_its_session_paused_is_kept(talk):
    ordering(talk)
    talk.gpt.faults.add(None, Fault("stall", after=3))
    first = asyncio.get_running_loop().create_task(talk.post("tea please", **KEY))
    async with asyncio.timeout(10):
        while not (talk.ordered() and len(talk.gpt.asked) == 2):
            await asyncio.sleep(0.02)
    for status in ("paused", "active"):
        changed = await talk.http.patch(f"{talk.url}/status", json={"status": status})
        assert changed.status_code == 200, changed.text
    assert (await first).status_code == 409
    again = await talk.post("tea please", **KEY)
    assert (again.status_code, again.headers.get("idempotency-replayed")) == (409, "true")
    assert talk.ordered() == ["tea"]


async def test_a_message_that_was_not_taken_up_frees_its_key(talk):
    ordering(talk)
    await talk.http.patch(f"{talk.url}/status", json={"status": "active"})
    await talk.http.patch(f"{talk.url}/status", json={"status": "paused"})
    assert (await talk.post("tea please", **KEY)).status_code == 409
    await talk.http.patch(f"{talk.url}/status", json={"status": "active"})
    assert (await talk.post("tea please", **KEY)).status_code == 200
    assert talk.ordered() == ["tea"]


async def test_a_streamed_message_holds_its_key_until_it_is_answered_and_then_its_last_event_is_kept(talk):
    ordering(talk)
    url, loop = f"{talk.url}/messages", asyncio.get_running_loop()
    both = [
        loop.create_task(talk.http.post(url, json={"text": "tea please"}, headers={**KEY, **STREAM}))
        for _ in range(2)
    ]
    first, second = await asyncio.gather(*both)
    replayed = [answer for answer in (first, second) if "idempotency-replayed" in answer.headers]
    assert len(replayed) == 1
    (name, data) = replayed[0].text.strip().split("\n")
    assert (name, json.loads(data.removeprefix("data: "))["text"][:20]) == (
        "event: done",
        "Your tea is ordered.",
    )
    assert talk.ordered() == ["tea"]
    assert await said_by_user(talk) == ["tea please"]
