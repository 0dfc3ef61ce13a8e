"""LiteLLM's proxy, in a venv of its own: an OpenAI-compatible server that nobody of ORION wrote.

`litellm.lock` names its packages with their hashes; they are installed once per lock into the user's cache.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import platformdirs
import pytest

KEY = "sk-" + "carried" * 6
MODEL = "carried"
_LOCK = Path(__file__).with_name("litellm.lock")
_INSTALL_SECS = 300
_START_SECS = 90


def python() -> Path:
    """The interpreter of its venv; skips where it cannot be made, or fails where all is required."""
    name = f"litellm-{hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:16]}-{sys.version_info.minor}"
    folder = platformdirs.user_cache_path("orion-tests", appauthor=False) / name
    if not (folder / "complete").is_file():
        try:
            _install(folder)
        except (OSError, subprocess.SubprocessError) as error:
            reason = f"LiteLLM cannot be installed: {type(error).__name__}"
            if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
                pytest.fail(reason)
            pytest.skip(reason)
    return folder / "bin" / "python"


def _install(folder: Path) -> None:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.is_file() else shutil.which("uv")
    if uv is None:
        raise FileNotFoundError("uv")
    shutil.rmtree(folder, ignore_errors=True)
    made = folder / "bin" / "python"
    wheels = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(_LOCK)]
    for command in (
        ["venv", "--python", sys.executable, str(folder)],
        ["pip", "install", "--python", str(made), *wheels],
    ):
        subprocess.run([uv, "-q", *command], check=True, timeout=_INSTALL_SECS)
    (folder / "complete").touch()


@asynccontextmanager
async def litellm(behind: str, folder: Path) -> AsyncIterator[str]:
    """Run the proxy in front of the server at `behind`; its own address, with `/v1`.

    It asks once, and asks again however often that failed before: what a failure leads to is seen, not cured.
    """
    config = folder / "litellm.yaml"
    served = {"model": "openai/gpt-4.1", "api_base": behind, "api_key": "none"}
    told = {
        "model_list": [{"model_name": MODEL, "litellm_params": served}],
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
    }
    config.write_text(json.dumps(told))  # JSON is YAML
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    begin = "from litellm import run_server; run_server()"
    with (folder / "litellm.log").open("w") as log:
        process = subprocess.Popen(
            [python(), "-c", begin, "--config", config, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            stdout=log,
            stderr=log,
            env={
                "PATH": os.defpath,
                "HOME": str(folder),
                "LITELLM_MASTER_KEY": KEY,
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the Internet for prices
            },
        )
    try:
        await _ready(url, process, folder / "litellm.log")
        yield f"{url}/v1"
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


async def _ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    async with httpx.AsyncClient() as http, asyncio.timeout(_START_SECS):
        while process.poll() is None:
            try:
                if (await http.get(f"{url}/health/liveliness")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise AssertionError(f"LiteLLM ended before it was ready: {log.read_text()[-2000:]}")
