"""`orion dev` in a process of its own, as somebody who builds an agent runs it; what it prints is kept."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.conftest import PASSWORD, Server

_READY = re.compile(r"ORION ready: (https?://\S+?)/\?token=(\S+)")


def environ(**more: str) -> dict[str, str]:
    """The environment without ORION's settings, and with budgets that no test exhausts."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ORION_")}  # noqa: TID251 - the tests' own
    return {**kept, "PORT": "0", "RATE_LIMIT_MAX": "100000", **more}


class Development:
    """A running `orion dev` in a project's folder."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        command = [sys.executable, "-m", "orion", "dev", "--data-dir", str(data_dir)]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environ(PYTHONPATH=str(Path(__file__).parents[2])),
        )
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        ready = self.printed(_READY.pattern, timeout_secs=60)
        found = _READY.match(ready)
        assert found
        self.server = Server(self._process, found[1], f"{found[1]}/?token={found[2]}", data_dir)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()

    def printed(self, pattern: str, since: int = 0, timeout_secs: float = 15) -> str:
        """The first line from `since` on that has the pattern, as soon as it is there."""

        def found() -> str | None:
            return next((line for line in self.lines[since:] if re.search(pattern, line)), None)

        with self._news:
            assert self._news.wait_for(lambda: found() is not None, timeout_secs), (pattern, self.lines)
            line = found()
        assert line is not None
        return line

    def client(self) -> httpx.AsyncClient:
        """A client of a user of the server."""
        account = {"email": "ada@example.org", "password": PASSWORD}
        answer = httpx.post(f"{self.server.url}/api/v1/auth/login", json=account)
        if answer.status_code == 401:
            answer = httpx.post(f"{self.server.url}/api/v1/auth/register", json=account)
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx.AsyncClient(base_url=self.server.url, headers=headers, timeout=30)

    def end(self) -> None:
        """Stop it, and wait until its database has left, too."""
        self.server.end()
        self._reader.join()


async def new_session(http: httpx.AsyncClient) -> str:
    """The id of a session that has just been made."""
    answer = await http.post("/api/v1/sessions", json={})
    answer.raise_for_status()
    return str(answer.json()["id"])


async def asked(http: httpx.AsyncClient, text: str, session_id: str | None = None) -> str:
    """What the agent answers to a typed sentence, by default in a session of its own."""
    url = f"/api/v1/sessions/{session_id or await new_session(http)}/messages"
    answer: dict[str, Any] = (await http.post(url, json={"text": text})).json()
    return str(answer.get("text", answer))


async def answered(http: httpx.AsyncClient, text: str, answer: str, within_secs: float = 20) -> float:
    """Seconds until a session that begins then answers so: what was saved just now counts in a moment."""
    begun = time.monotonic()
    while (told := await asked(http, text)) != answer:
        assert time.monotonic() - begun < within_secs, told
        await asyncio.sleep(0.02)
    return time.monotonic() - begun
