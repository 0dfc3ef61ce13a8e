"""MCP servers that others have published, from npm and PyPI, at the versions and hashes of their lock files.

They are installed once for each lock into the user's cache.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

_FOLDER = Path(__file__).with_name("mcp_servers")
_NPM_LOCK = _FOLDER / "package-lock.json"
_PYPI_LOCK = _FOLDER / "time.lock"
_INSTALL_SECS = 300


def programs() -> dict[str, tuple[str, ...]]:
    """How each server is started, by its name; skips (or fails) if they cannot be installed."""
    npm = _installed("npm", _NPM_LOCK, _npm) / "node_modules" / ".bin"
    pypi = _installed("pypi", _PYPI_LOCK, _pypi) / "bin"
    node = shutil.which("node") or "node"
    return {
        "everything": (node, str((npm / "mcp-server-everything").resolve())),
        "chart": (node, str((npm / "mcp-server-chart").resolve())),
        "time": (str(pypi / "mcp-server-time"), "--local-timezone", "Europe/Oslo"),
    }


def _installed(kind: str, lock: Path, install: Callable[[Path], None]) -> Path:
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = platformdirs.user_cache_path("orion-tests", appauthor=False) / f"mcp-{kind}-{digest}"
    if not (folder / "complete").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            install(folder)
        except (OSError, subprocess.SubprocessError) as error:
            reason = f"MCP servers of {kind} cannot be installed: {type(error).__name__}"
            if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
                pytest.fail(reason)
            pytest.skip(reason)
        (folder / "complete").touch()
    return folder


def _npm(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_FOLDER / name, folder)
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm")
    # Without their scripts: what is installed runs for the first time as a server.
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=_INSTALL_SECS)


def _pypi(folder: Path) -> None:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.is_file() else shutil.which("uv")
    if uv is None:
        raise FileNotFoundError("uv")
    made = str(folder / "bin" / "python")
    wheels = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(_PYPI_LOCK)]
    for command in (
        ["venv", "--python", sys.executable, str(folder)],
        ["pip", "install", "--python", made, *wheels],
    ):
        subprocess.run([uv, "-q", *command], check=True, timeout=_INSTALL_SECS)
