"""Calls leave nothing behind. The long proof is `make soak`."""

import asyncio
import re
import shutil

import httpx
import psutil
import pytest

from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import calling

WARM_UP, CALLS = 5, 8


@pytest.fixture
def server(open_dir):
    need("flite")
    folder = open_dir / "leaks"
    running = start_server(folder)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def token(server):
    account = {"email": "ada@example.org", "password": PASSWORD}
    return httpx.post(f"{server.url}/api/v1/auth/register", json=account).json()["access_token"]


async def short_calls(http, number):
    """That many callers, one after the other, who hang up as soon as they are greeted."""
    for _ in range(number):
        session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
        async with calling(http, session_id) as phone:
            await phone.event("session.state", state="speaking")


async def held(server, http):
    """Tasks, file descriptors, threads and child processes of the server."""
    process = psutil.Process(server.process.pid)
    text = (await http.get("/metrics")).text
    tasks = re.search(r"^orion_asyncio_tasks (\d+)$", text, re.MULTILINE)
    assert tasks
    children = len(process.children(recursive=True))
    return int(tasks[1]), process.num_fds(), process.num_threads(), children


async def at_rest(server, http, most=(10_000,) * 4):
    """What the server holds once it no longer changes and is no more than `most`, or after eight seconds."""
    seen = []
    for _ in range(40):
        seen.append(await held(server, http))
        if len(seen) > 8 and len(set(seen[-8:])) == 1 and all(map(int.__le__, seen[-1], most)):
            break
        await asyncio.sleep(0.2)
    return seen[-1]


async def test_eight_calls_after_five_leave_no_task_descriptor_thread_or_process(server, http):
    await short_calls(http, WARM_UP)
    tasks, fds, threads, children = await at_rest(server, http)
    await short_calls(http, CALLS)
    # The pools that all calls share fill as they are needed: a few threads and connections, not one a call.
    most = (tasks, fds + CALLS // 2, threads + CALLS // 2, children)
    end = await at_rest(server, http, most=most)
    assert all(map(int.__le__, end, most)), (end, most)
