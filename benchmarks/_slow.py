"""The attack of `punctuality.py`, in a process of its own that takes only what the others leave.

Run as `python _slow.py URL SECS`; prints how often the server threw a slow client out, and what it
answered to 100 MB.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from contextlib import suppress

CONNECTIONS = 1000
BODY_BYTES = 100 * 2**20


async def slow(host: str, port: int, until: float) -> int:
    """One slow client, that comes back when it is thrown out; how often it was."""
    thrown_out = 0
    await asyncio.sleep(random.random() * 2)
    while time.monotonic() < until:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET /api/v1/sessions HTTP/1.1\r\nX-A: ")
            while time.monotonic() < until and not (reader.at_eof() or writer.is_closing()):
                writer.write(b"a")
                await asyncio.sleep(1)
            thrown_out += reader.at_eof() or writer.is_closing()
            writer.close()
        await asyncio.sleep(0.5)
    return thrown_out


async def large(host: str, port: int) -> bytes:
    """One body of 100 MB; the status line that the server answered."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(
        f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_BYTES}\r\n\r\n".encode()
    )
    with suppress(OSError):
        for _ in range(BODY_BYTES // 2**20):
            writer.write(b"x" * 2**20)
            await writer.drain()
    line = b""
    with suppress(OSError):
        line = await reader.readline()
    writer.close()
    return line


async def attack(url: str, secs: float) -> None:
    host, port = url.removeprefix("http://").split(":")
    until = time.monotonic() + secs
    clients = [slow(host, int(port), until) for _ in range(CONNECTIONS)]
    *thrown_out, answer = await asyncio.gather(*clients, large(host, int(port)))
    print(json.dumps({"thrown_out": sum(map(int, thrown_out)), "answer": answer.decode().strip()}))


if __name__ == "__main__":
    os.nice(19)  # a real one would not share the machine
    asyncio.run(attack(sys.argv[1], float(sys.argv[2])))
