"""A request whose answer is lost is not sent again by itself, unless that is known to do no harm."""

import socket
from contextlib import asynccontextmanager

import pytest

from orion.domain.plan import PlanStatus
from orion.domain.tool import Risk
from orion.net.addresses import AllowedHosts
from orion.net.client import GuardedClient
from orion.net.http_tool import Exchange, run
from tests.agents.plans import Stage, a_tool
from tests.net.origin import answers, redirects, serving


@asynccontextmanager
async def reaching(host):
    """A client that may reach the host."""
    client = GuardedClient(AllowedHosts([host]))
    yield client
    await client.close()


@pytest.fixture
async def stage(database, ben):
    return await Stage(database, ben).open()


def statuses(plan):
    return [step.status.value for step in plan.steps]


def loses(asked, writer):
    """Takes the request, does its work, and says nothing."""
    writer.close()


def half(asked, writer):
    """Breaks off in the middle of its answer."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{")
    writer.close()


def moves(asked, writer):
    """Takes the request, does its work, and sends the client to a page that is not there."""
    found = asked.method == "POST"
    (redirects("/thanks", "303 See Other") if found else answers({}, "404 Not Found"))(asked, writer)


LOST = {
    "nothing": loses,
    "half": half,
    "moved": moves,
    "500": answers({}, "500 Broken"),
    "502": answers({}, "502 Bad Gateway"),
    "503": answers({}, "503 Busy"),
    "504": answers({}, "504 Gateway Timeout"),
}


def posting(client, url, method="POST", **options):
    async def send(arguments, call):
        return await run(client, Exchange(method, url), arguments, call.call_id, 5.0)

    return a_tool("order", send, **{"risk": Risk.WRITE, "untrusted": True, **options})


@pytest.mark.parametrize("how", LOST)
async def test_a_post_whose_answer_is_lost_is_asked_about_and_not_sent_again(stage, how):
    async with serving(LOST[how]) as origin, reaching(origin.host) as client:
        stage.tools["order"] = posting(client, origin.url)
        plan = await stage.run(("order", {}), approval_secs=0.1)
    assert statuses(plan) == ["unknown"]
    assert "may have happened" in plan.steps[0].error
    assert sum(one.method == "POST" for one in origin.asked) == 1


@pytest.mark.parametrize(
    ("method", "options"), [("POST", {"idempotent": True}), ("GET", {"risk": Risk.READ})]
)
async def test_what_does_no_harm_twice_is_sent_again_with_its_key(stage, method, options):
    async with serving(loses) as origin, reaching(origin.host) as client:
        stage.tools["order"] = posting(client, origin.url, method, **options)
        plan = await stage.run(("order", {}))
    assert statuses(plan) == ["failed"]
    assert len(origin.asked) == 3
    keys = {asked.headers.get("idempotency-key") for asked in origin.asked}
    assert keys == ({plan.key(0)} if method == "POST" else {None})


async def test_where_nothing_was_sent_it_is_tried_again(stage):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with reaching(f"127.0.0.1:{port}") as client:
        stage.tools["order"] = posting(client, f"http://127.0.0.1:{port}/")
        plan = await stage.run(("order", {}))
    assert (statuses(plan), plan.steps[0].attempts) == (["failed"], 3)
    assert plan.steps[0].error == "The service cannot be reached."


async def test_a_refusal_is_a_failure_and_nothing_to_ask_about(stage):
    async with serving(answers({}, "422 No")) as origin, reaching(origin.host) as client:
        stage.tools["order"] = posting(client, origin.url)
        plan = await stage.run(("order", {}))
    assert (statuses(plan), len(origin.asked)) == (["failed"], 1)


@pytest.mark.parametrize(("approved", "asked"), [(True, 2), (False, 1)])
async def test_a_yes_sends_it_once_more_with_the_same_key(stage, approved, asked):
    def once(_asked, writer):
        (loses if len(origin.asked) == 1 else answers({"ok": True}))(_asked, writer)

    async with serving(once) as origin, reaching(origin.host) as client:
        stage.tools["order"] = posting(client, origin.url)
        process = await stage.process()
        plan = await stage.begun(process, ("order", {}))
        await stage.answer_soon(plan, 0, approved=approved)
        plan = await stage.walk(process, plan)
    assert plan.status is (PlanStatus.DONE if approved else PlanStatus.FAILED)
    assert len(origin.asked) == asked
    assert {one.headers["idempotency-key"] for one in origin.asked} == {plan.key(0)}


async def test_a_tool_that_breaks_down_in_the_middle_of_a_write_is_asked_about(stage):
    stage.offer("write", error=OSError("the line is dead"), risk=Risk.WRITE)
    plan = await stage.run(("write", {}), approval_secs=0.1)
    assert (statuses(plan), len(stage.calls)) == (["unknown"], 1)


DONE = {
    "text": (answers(b"ok", content_type="text/plain"), "ok"),
    "text that says it is JSON": (answers(b"ok"), "ok"),
    "nothing": (answers(b""), {}),
    "no content": (answers(b"", "204 No Content"), {}),
    "created": (answers({"id": 5}, "201 Created"), {"id": 5}),
    "a page": (answers(b"<html>thank you</html>", content_type="text/html"), "<html>thank you</html>"),
    "XML": (answers(b"<ok/>", content_type="application/xml"), "<ok/>"),
    "lines of JSON": (answers(b'{"a": 1}\n{"b": 2}'), '{"a": 1}\n{"b": 2}'),
    "latin-1": (answers("Stra\u00dfe".encode("latin-1")), "Stra\u00dfe"),
    "an image": (answers(b"\x89PNG\0", content_type="image/png"), {}),
    "NaN": (answers(b'{"x": NaN}'), '{"x": NaN}'),
    "beyond a double": (answers(b'{"x": 1e999}'), {"x": None}),
    "another packing": (answers(b"xx", content_encoding="br"), {}),
    "broken packing": (answers(b"xx", content_encoding="gzip"), {}),
}


@pytest.mark.parametrize("how", DONE)
async def test_a_write_that_succeeded_is_done_whatever_its_answer(stage, how):
    answer, result = DONE[how]
    async with serving(answer) as origin, reaching(origin.host) as client:
        stage.tools["order"] = posting(client, origin.url)
        plan = await stage.run(("order", {}), approval_secs=0.1)
    assert (statuses(plan), plan.steps[0].result) == (["done"], result)
    assert len(origin.asked) == 1


LONG = {
    "JSON": answers({"all": "x" * 20_000}),
    "text": answers(b"x" * 17_000, content_type="text/plain"),
    "more than is read": answers(b"x" * 2_000_000, content_type="text/plain"),
}


@pytest.mark.parametrize("how", LONG)
async def test_the_long_answer_of_a_write_is_cut_and_says_so(stage, how):
    async with serving(LONG[how]) as origin, reaching(origin.host) as client:
        stage.tools["order"] = posting(client, origin.url)
        plan = await stage.run(("order", {}), approval_secs=0.1)
    assert statuses(plan) == ["done"]
    assert "xxx" in plan.steps[0].result
    assert "cut short" in plan.steps[0].result
    assert len(plan.steps[0].result) < 3000


async def test_a_write_without_the_member_that_was_looked_for_is_done(stage):
    async def send(_arguments, call):
        return await run(client, Exchange("POST", origin.url, select="order.id"), {}, call.call_id, 5.0)

    async with serving(answers({"status": "booked"})) as origin, reaching(origin.host) as client:
        stage.tools["order"] = a_tool("order", send, risk=Risk.WRITE)
        plan = await stage.run(("order", {}), approval_secs=0.1)
    assert (statuses(plan), plan.steps[0].result) == (["done"], {})


@pytest.mark.parametrize("returned", [float("nan"), object(), {"at": object()}, "x" * 20_000, {1, 2}])
async def test_whatever_a_projects_tool_returns_it_has_done_its_work(stage, returned):
    stage.offer("write", returned, risk=Risk.WRITE)
    plan = await stage.run(("write", {}), approval_secs=0.1)
    assert (statuses(plan), len(stage.calls)) == (["done"], 1)
