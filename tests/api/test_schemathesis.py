"""The server keeps what its description promises: requests made from it by schemathesis, all checks on.

Its phases: the examples, the edges of every schema (coverage), random ones, right and wrong (fuzzing), and
chains along the links (stateful). What it must not mind stands with its reason in `contract/`.
"""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from orion.settings import ProviderSettings
from tests.api.running import running

CONTRACT = Path(__file__).parent / "contract"
MANY = 1_000_000
VENDORS = ("ANTHROPIC", "DEEPGRAM", "ELEVENLABS", "OPENAI")


async def schemathesis(url, token, origin, folder, *arguments):
    """Run it against a server, in a folder for its own files; its exit code and what it printed."""
    own = {"ORION_TEST_ORIGIN": origin, "SCHEMATHESIS_HOOKS": str(CONTRACT / "checks.py")}
    environ = {**os.environ, **own}  # noqa: TID251 - the tests' own
    program = Path(sys.executable).with_name("schemathesis")
    process = await asyncio.create_subprocess_exec(
        str(program),
        f"--config-file={CONTRACT / 'schemathesis.toml'}",
        "run",
        f"{url}/openapi.json",
        f"--header=Authorization: Bearer {token}",
        "--checks=all",
        "--generation-database=none",
        "--no-color",
        "--continue-on-failure",
        *arguments,
        cwd=folder,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode, printed.decode()


@pytest.mark.parametrize(
    "bounds",
    [
        pytest.param(("--max-examples=3", "--max-time=25", "--seed=1"), id="few"),
        pytest.param(("--max-examples=200", "--max-time=450"), id="many", marks=pytest.mark.soak),
    ],
)
async def test_every_answer_is_one_that_the_description_promises(
    database_url, tmp_path, origin, logs, bounds
):
    settings = {"tool_allowed_hosts": (origin.host,), "rate_limit_max": MANY, "jwt_expires_secs": 7200}
    # A key that is entered is shown to the origin, and leaves this machine for no vendor.
    vendors = {name: ProviderSettings(None, origin.url) for name in VENDORS}
    async with running(database_url, tmp_path, providers=vendors, **settings) as server:
        token = (await server.register("ada"))["access_token"]
        for phases in ("examples,coverage,fuzzing", "stateful"):  # by itself, each has its time
            run = (f"--phases={phases}", *bounds)
            code, printed = await schemathesis(server.url, token, origin.url, tmp_path, *run)
            assert code == 0, printed[-20_000:]
    followed = re.search(r"API Links: +(\d+) covered", printed)
    assert followed, printed[-5000:]
    assert int(followed[1]) > 10
    assert [line for line in logs if " failed" in line and "ERROR" in line] == []
