"""What ORION's plain routes cost beside bare FastAPI that does the same one statement.

Both serve from the same embedded database in one run, in turns (ABBA); the figures are the CPU of the
server's process per request and the p95 of the answers, over kept connections.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
from _server import ROOT, Server, head, percentile, serving, table

from orion.store.layout import Layout

REQUESTS = 1000
ROUNDS = 2
CONNECTIONS = 2
MEMORY = b'{"type": "preference", "content": "Likes a window seat."}'


class Wire:
    """A kept connection that costs the machine little: the request's bytes, and no parsing but the length."""

    def __init__(self, url: str, request: bytes) -> None:
        self.host, port = url.removeprefix("http://").split(":")
        self.port, self.request = int(port), request

    async def run(self, requests: int) -> list[float]:
        """Milliseconds of each answer."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        times = []
        for _ in range(requests):
            started = time.perf_counter()
            writer.write(self.request)
            head = await reader.readuntil(b"\r\n\r\n")
            if head[9:10] != b"2":
                raise SystemExit(f"refused: {head.decode()}")
            length = next(
                int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
            )
            await reader.readexactly(length)
            times.append((time.perf_counter() - started) * 1000)
        writer.close()
        return times


async def burst(process: psutil.Process, wire: Wire, requests: int) -> tuple[float, list[float]]:
    """CPU milliseconds per request, and the time of each answer in ms."""
    before = sum(process.cpu_times()[:2])
    each = requests // CONNECTIONS
    found = await asyncio.gather(*(wire.run(each) for _ in range(CONNECTIONS)))
    cpu_ms = (sum(process.cpu_times()[:2]) - before) * 1000 / (each * CONNECTIONS)
    return cpu_ms, [one for times in found for one in times]


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def compare(orion: Server, bare_url: str, bare: psutil.Process, chosen: list[str]) -> dict[str, Any]:
    async with orion.client() as http:
        for _ in range(25):
            made = (await http.post("/api/v1/sessions", json={})).json()
        token = http.headers["authorization"].split()[1]
    routes = {
        "GET /sessions/{id}": ("GET", f"/api/v1/sessions/{made['id']}", b""),
        "GET /sessions": ("GET", "/api/v1/sessions", b""),
        "GET /auth/profile": ("GET", "/api/v1/auth/profile", b""),
        "POST /sessions": ("POST", "/api/v1/sessions", b'{"title": "a trip"}'),
        "POST /sessions/{id}/memory": ("POST", f"/api/v1/sessions/{made['id']}/memory", MEMORY),
    }
    routes = {name: route for name, route in routes.items() if name in (chosen or routes)}
    server = psutil.Process(orion.process.pid)
    figures: dict[str, Any] = {}
    for name, (method, path, body) in routes.items():
        wire = request(method, path, token, body)
        sides = {"orion": (server, Wire(orion.url, wire)), "bare": (bare, Wire(bare_url, wire))}
        found: dict[str, Any] = {side: {"cpu": [], "times": []} for side in sides}
        for side in sides:
            await burst(*sides[side], 200)
        for side in ("orion", "bare", "bare", "orion") * ROUNDS:
            cpu_ms, times = await burst(*sides[side], REQUESTS)
            found[side]["cpu"].append(cpu_ms)
            found[side]["times"] += times
        figures[name] = {
            side: {"cpu_ms": statistics.mean(f["cpu"]), "p95_ms": percentile(f["times"])}
            for side, f in found.items()
        }
        figures[name]["cpu_ratio"] = figures[name]["orion"]["cpu_ms"] / figures[name]["bare"]["cpu_ms"]
        figures[name]["p95_ratio"] = figures[name]["orion"]["p95_ms"] / figures[name]["bare"]["p95_ms"]
    return figures


def bare_server(url: str, driver: str) -> tuple[subprocess.Popen[bytes], str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = Path(__file__).with_name("_bare.py")
    environ = {"PYTHONPATH": str(ROOT), "PATH": ""}
    process = subprocess.Popen([sys.executable, script, url, str(port), driver], env=environ)
    for _ in range(100):
        try:
            httpx.get(f"http://127.0.0.1:{port}/openapi.json")
        except httpx.ConnectError:
            time.sleep(0.1)  # noqa: TID251 - there is nothing to wait for but the port
        else:
            return process, f"http://127.0.0.1:{port}"
    raise SystemExit("the bare server did not start")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--driver", choices=["asyncpg", "sqlalchemy"], nargs="*", default=["sqlalchemy", "asyncpg"]
    )
    parser.add_argument("--route", nargs="*", default=[], help="only these, as they stand in the table")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"head": head()}
    with serving(RATE_LIMIT_MAX="1000000") as server:
        url = f"postgresql+asyncpg://orion@/postgres?host={Layout(server.data_dir).socket_dir}"
        for driver in arguments.driver:
            process, bare_url = bare_server(url, driver)
            try:
                figures[driver] = asyncio.run(
                    compare(server, bare_url, psutil.Process(process.pid), arguments.route)
                )
            finally:
                process.terminate()
                process.wait()
    for driver in arguments.driver:
        rows = [("route", "ORION CPU ms", "bare CPU ms", "ratio", "ORION p95 ms", "bare p95 ms", "ratio")]
        for name, f in figures[driver].items():
            o, b = f["orion"], f["bare"]
            rows.append(
                (
                    name,
                    f"{o['cpu_ms']:.2f}",
                    f"{b['cpu_ms']:.2f}",
                    f"{f['cpu_ratio']:.2f}",
                    f"{o['p95_ms']:.2f}",
                    f"{b['p95_ms']:.2f}",
                    f"{f['p95_ratio']:.2f}",
                )
            )
        table(f"Beside bare FastAPI with {driver} ({figures['head']})", rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
