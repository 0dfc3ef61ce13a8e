import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from orion.store.layout import Layout
from tests.api.running import PLAIN
from tests.journeys.browser import Tab, chromium, signed_in

PASSWORD = "correct horse battery"
ADA = {"email": "ada@example.org", "password": PASSWORD}


def need(program: str) -> None:
    """Skip where a real program is missing, or fail where all of them are required."""
    if shutil.which(program) is None:
        reason = f"{program} is not installed"
        if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
            pytest.fail(reason)
        pytest.skip(reason)


@dataclass
class Server:
    """A server in a process of its own, as a user runs it."""

    process: subprocess.Popen[str]
    url: str
    link: str
    data_dir: Path

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def end(self) -> None:
        """Stop for good: its database has left the data directory, too."""
        pid = Layout(self.data_dir).postmaster_pid()
        assert pid
        postgres = psutil.Process(pid)
        self.stop()
        postgres.wait(20)


def start_server(data_dir: Path, *arguments: str, inside: Sequence[str] = (), **environ: str) -> Server:
    """Run `orion serve` and wait for its ready line; `inside` is a command that runs another."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ORION_") and k != "PORT"}  # noqa: TID251
    process = subprocess.Popen(
        [
            *inside,
            sys.executable,
            "-m",
            "orion",
            "serve",
            "--port",
            "0",
            "--data-dir",
            str(data_dir),
            *arguments,
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**env, "RATE_LIMIT_MAX": "100000", "JWT_EXPIRES_IN": "1d", **environ},
    )
    assert process.stdout is not None
    for line in process.stdout:
        if match := re.match(r"ORION ready: (https?://\S+?)/\?token=(\S+)", line):
            return Server(process, match[1], f"{match[1]}/?token={match[2]}", data_dir)
    raise AssertionError(f"the server ended with {process.wait()} before it was ready")


@pytest.fixture(scope="session")
def server(open_dir) -> Iterator[Server]:
    need("flite")
    running = start_server(open_dir / "data", ORION_TOOL_ALLOWED_HOSTS="127.0.0.1")
    yield running
    running.end()


@pytest.fixture(scope="session")
def token(server) -> str:
    """The access token of a user of the running server."""
    response = httpx.post(f"{server.url}/api/v1/auth/register", json=ADA)
    response.raise_for_status()
    return str(response.json()["access_token"])


@pytest.fixture
async def http(server, token):
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, verify=PLAIN, timeout=30) as client:
        yield client


@pytest.fixture
def agent() -> str | None:
    """Whom a session is with; the calls of a module whose matter is no greeting may be with `brief`."""
    return None


@pytest.fixture
async def brief(http) -> str:
    """An agent like Orion, whose greeting takes half a second instead of three."""
    body = {
        "instructions": "You are brief.",
        "greeting": "Yes?",
        "hand_offs": ["scheduler", "researcher"],
    }
    (await http.put("/api/v1/agents/brief", json=body)).raise_for_status()
    return "brief"


@pytest.fixture
async def session_id(http, agent) -> str:
    response = await http.post("/api/v1/sessions", json={"agent": agent} if agent else {})
    response.raise_for_status()
    return str(response.json()["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for a module, whose tests must run in the module's event loop."""
    need("chromium")
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def tab(browser, server, token) -> AsyncIterator[Tab]:
    """A page with a commanded microphone, signed in."""
    async with signed_in(browser, server.url, ADA) as page:
        yield page
