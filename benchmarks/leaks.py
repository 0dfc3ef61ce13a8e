"""Whether calls leave anything behind: the server before any call, after five, and after fifty more."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import httpx
import numpy as np
import psutil
from _server import Server, head, serving, table

from tests.journeys.phone import calling, spoken

WARM_UP = 5
CALLS = 50
POOLED = 8
"""Threads that the pools which all calls share may still start after the warm-up."""
REST_SECS = 8
"""Sockets linger and tasks end behind a call; figures count when nothing has changed for a second."""


@dataclass(frozen=True)
class Left:
    """What a server holds at rest; memory in MB, the others counted."""

    tasks: int
    fds: int
    threads: int
    children: int
    rss_mb: float


async def held(server: Server) -> Left:
    """What the server holds now."""
    process = psutil.Process(server.process.pid)
    async with httpx.AsyncClient() as http:
        text = (await http.get(f"{server.url}/metrics")).text
    tasks = re.search(r"^orion_asyncio_tasks (\d+)$", text, re.MULTILINE)
    assert tasks
    children = len(process.children(recursive=True))
    rss_mb = process.memory_info().rss / 2**20
    return Left(int(tasks[1]), process.num_fds(), process.num_threads(), children, rss_mb)


async def at_rest(server: Server) -> Left:
    """What the server holds once it has come to rest."""
    seen: list[Left] = []
    for _ in range(REST_SECS * 5):
        seen.append(await held(server))
        lately = {(one.tasks, one.fds, one.threads, one.children) for one in seen[-5:]}
        if len(seen) >= 10 and len(lately) == 1:
            break
        await asyncio.sleep(0.2)
    return seen[-1]


async def call(http: httpx.AsyncClient, question: np.ndarray) -> None:
    """A whole call: greeted, one question answered aloud, hung up; then the session is over."""
    session = (await http.post("/api/v1/sessions", json={})).json()["id"]
    async with calling(http, session) as phone:
        await phone.event("turn.ended", role="agent")
        await phone.answer_to(question)
    await http.patch(f"/api/v1/sessions/{session}/status", json={"status": "ended"})


async def measure(server: Server, calls: int) -> dict[str, Left]:
    with tempfile.TemporaryDirectory() as folder:
        question = spoken("twelve times nine", Path(folder))
    found = {"before": await at_rest(server)}
    async with server.client() as http:
        for number in range(1, WARM_UP + calls + 1):
            await call(http, question)
            if number == WARM_UP:
                found[f"after {WARM_UP} calls"] = await at_rest(server)
    found[f"after {calls} more"] = await at_rest(server)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    print(head())
    with serving() as server:
        found = asyncio.run(measure(server, arguments.calls))
    names = [field.name for field in fields(Left)]
    rows = [(when, *(f"{getattr(left, name):.0f}" for name in names)) for when, left in found.items()]
    table("What calls leave behind", [("", *names), *rows])
    if arguments.json:
        arguments.json.write_text(json.dumps({when: asdict(left) for when, left in found.items()}, indent=1))
    *_, warm, end = found.values()
    for name in ("tasks", "fds", "threads", "children"):
        spare = POOLED if name == "threads" else 0
        if getattr(end, name) > getattr(warm, name) + spare:
            raise SystemExit(f"{name} grew from {getattr(warm, name)} to {getattr(end, name)}")


if __name__ == "__main__":
    main()
