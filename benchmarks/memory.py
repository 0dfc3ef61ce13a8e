"""What ORION weighs: each process idle, a call after three turns, and what fifty calls leave behind."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

import psutil
from _server import Server, machine, mb, serving, table

from tests.journeys.phone import calling, spoken


def processes(server: Server) -> dict[str, float]:
    """PSS of every process in MB, by what it is; RSS of the server itself beside it."""
    pid = server.process.pid
    found = {"server (RSS)": mb(pid, "rss"), "server (PSS)": mb(pid)}
    for child in psutil.Process(pid).children():
        line = " ".join(child.cmdline())
        if "moonshine_worker" in line:
            found["recogniser (PSS)"] = mb(child.pid)
        elif "pocketsphinx" in line:
            found["recogniser, loaded model (PSS)"] = mb(child.pid)
            for listener in child.children():
                found["recogniser, one call (USS)"] = mb(listener.pid, "uss")
        elif "_speech" in line:
            found["voice (PSS)"] = mb(child.pid)
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if str(server.data_dir) in line and "supervisor" in line:
            found["database supervisor (PSS)"] = mb(process.pid)
        elif str(server.data_dir) in line and "postgres" in line:
            family = [process, *process.children(recursive=True)]
            found["PostgreSQL, all its processes (PSS)"] = sum(mb(member.pid) for member in family)
    return found


async def measure(server: Server) -> dict[str, float]:
    """Idle, in a call after three turns, after it, and after fifty short calls."""
    server_process = psutil.Process(server.process.pid)
    figures = processes(server)
    async with server.client() as http:
        with tempfile.TemporaryDirectory() as folder:
            question = spoken("twelve times nine", Path(folder))
        session = (await http.post("/api/v1/sessions", json={})).json()["id"]
        before = mb(server.process.pid, "rss")
        async with calling(http, session) as phone:
            await phone.event("turn.ended", role="agent")
            for _ in range(3):
                await phone.answer_to(question)
            figures["a call on top, after three turns (RSS)"] = mb(server.process.pid, "rss") - before
            figures |= {k: v for k, v in processes(server).items() if "one call" in k}
        await short_calls(http, 5)
        figures["server after warm-up (RSS)"] = mb(server.process.pid, "rss")
        figures["file descriptors after warm-up"] = server_process.num_fds()
        await short_calls(http, 50)
        figures["server after 50 more calls (RSS)"] = mb(server.process.pid, "rss")
        figures["file descriptors after 50 more calls"] = server_process.num_fds()
        figures["threads after 50 more calls"] = server_process.num_threads()
    return figures


async def short_calls(http: object, number: int) -> None:
    """Join, hear the greeting begin, hang up."""
    for _ in range(number):
        session = (await http.post("/api/v1/sessions", json={})).json()["id"]  # type: ignore[attr-defined]
        async with calling(http, session) as phone:  # type: ignore[arg-type]
            await phone.event("session.state", state="speaking")
    await asyncio.sleep(3)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with serving() as server:
        figures = asyncio.run(measure(server))
    table(f"Memory in MB ({machine()})", [(name, f"{value:.1f}") for name, value in figures.items()])
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
