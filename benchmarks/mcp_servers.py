"""Published MCP servers against ORION: what they offer, what of it is taken, and calls of their tools.

Each server of the list is installed at its version into a folder of its own, started without any account, and
asked as an admin's `allow: ["*"]` asks it. Every tool is then taken or refused with a reason, and what models
see of it is held against the rules of the vendors' simulators.

    python benchmarks/mcp_servers.py [--only NAME ...] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from _server import head, table

from orion.agents import mcp_offers
from orion.agents.prepared import parts
from orion.domain.tool import ToolFailure
from orion.errors import OrionError
from orion.net import mcp_tool
from orion.net.client import GuardedClient
from orion.net.mcp_tool import McpServer
from tests.simulators import schemas

_START_SECS = 60
_INSTALL_SECS = 400


@dataclass(frozen=True)
class Server:
    """A published server.

    Attributes:
        starts: Its program in the folder of its packages, and arguments; `{work}` is a folder for files.
        calls: Tools with arguments that need no account and no network.
    """

    registry: Literal["npm", "pypi"]
    package: str
    version: str
    starts: tuple[str, ...]
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    env: dict[str, str] = field(default_factory=dict)


SERVERS = (
    # By the protocol's makers.
    Server(
        "npm",
        "@modelcontextprotocol/server-everything",
        "2026.8.31",
        ("mcp-server-everything",),
        (("echo", {"message": "hello"}), ("get-sum", {"a": 2, "b": 3})),
    ),
    Server(
        "npm",
        "@modelcontextprotocol/server-filesystem",
        "2026.8.31",
        ("mcp-server-filesystem", "{work}"),
        (("list_directory", {"path": "{work}"}), ("write_file", {"path": "{work}/a.txt", "content": "a"})),
    ),
    Server(
        "npm",
        "@modelcontextprotocol/server-memory",
        "2026.8.31",
        ("mcp-server-memory",),
        (
            (
                "create_entities",
                {"entities": [{"name": "Ada", "entityType": "person", "observations": ["x"]}]},
            ),
        ),
        {"MEMORY_FILE_NAME": "{work}/memory.json"},
    ),
    Server(
        "npm",
        "@modelcontextprotocol/server-sequential-thinking",
        "2026.8.31",
        ("mcp-server-sequential-thinking",),
        (
            (
                "sequentialthinking",
                {"thought": "x", "nextThoughtNeeded": False, "thoughtNumber": 1, "totalThoughts": 1},
            ),
        ),
    ),
    Server(
        "pypi",
        "mcp-server-time",
        "2026.10.19",
        ("mcp-server-time",),
        (("get_current_time", {"timezone": "Europe/Oslo"}),),
    ),
    Server(
        "pypi",
        "mcp-server-git",
        "2026.10.19",
        ("mcp-server-git",),
        (("git_init", {"repo_path": "{work}/repo"}),),
    ),
    Server(
        "pypi",
        "mcp-server-sqlite",
        "2025.4.25",
        ("mcp-server-sqlite", "--db-path", "{work}/a.db"),
        (("create_table", {"query": "CREATE TABLE t (n int)"}), ("list_tables", {})),
    ),
    # By others.
    Server(
        "npm",
        "@softeria/ms-365-mcp-server",
        "0.155.0",
        ("ms-365-mcp-server", "--org-mode"),
        (("verify-login", {}),),
    ),
    Server(
        "npm",
        "@playwright/mcp",
        "0.0.83",
        ("playwright-mcp", "--headless"),
        (("browser_tabs", {"action": "list"}),),
    ),
    Server("npm", "@upstash/context7-mcp", "4.1.1", ("context7-mcp",)),
    Server("npm", "@antv/mcp-server-chart", "0.9.10", ("mcp-server-chart",)),
    Server(
        "npm",
        "@bytebase/dbhub",
        "1.4.0",
        ("dbhub", "--transport", "stdio", "--demo"),
        (("execute_sql", {"sql": "select 1"}), ("execute_sql_employee", {"sql": "select 1"})),
    ),
    Server("npm", "chrome-devtools-mcp", "1.11.0", ("chrome-devtools-mcp", "--headless")),
    Server(
        "npm",
        "@agent-infra/mcp-server-commands",
        "1.2.18",
        ("mcp-server-commands",),
        (("run_command", {"command": "echo hello"}),),
    ),
    Server(
        "npm",
        "@wonderwhy-er/desktop-commander",
        "0.2.52",
        ("desktop-commander", "--no-onboarding"),
        (("list_directory", {"path": "{work}"}),),
    ),
    Server("npm", "mcp-server-kubernetes", "4.1.7", ("mcp-server-kubernetes",)),
    Server("npm", "@notionhq/notion-mcp-server", "2.5.2", ("notion-mcp-server",)),
    Server("npm", "@chakra-ui/react-mcp", "2.1.1", ("react-mcp",)),
    Server("npm", "@ark-ui/mcp", "1.3.0", ("mcp",)),
    Server("npm", "@eslint/mcp", "0.3.13", ("mcp",), (("lint-files", {"filePaths": ["{work}/a.js"]}),)),
    Server(
        "pypi",
        "mcp-server-calculator",
        "0.2.1",
        ("mcp-server-calculator",),
        (("calculate", {"expression": "7*6"}),),
    ),
    Server("pypi", "duckduckgo-mcp-server", "0.7.0", ("duckduckgo-mcp-server",)),
    Server(
        "pypi",
        "excel-mcp-server",
        "2.2.2",
        ("excel-mcp-server", "stdio"),
        (("create_workbook", {"filepath": "{work}/a.xlsx"}),),
    ),
    Server(
        "pypi",
        "office-word-mcp-server",
        "1.1.11",
        ("word_mcp_server",),
        (("create_document", {"filename": "{work}/a.docx"}),),
    ),
    Server("pypi", "wikipedia-mcp", "2.0.1", ("wikipedia-mcp",)),
    Server(
        "pypi", "code-index-mcp", "2.17.1", ("code-index-mcp",), (("set_project_path", {"path": "{work}"}),)
    ),
)


def installed(server: Server, root: Path) -> Path:
    """The folder of a server's programs."""
    folder = root / server.registry / server.package.replace("/", "+")
    if server.registry == "npm":
        bin_folder = folder / "node_modules" / ".bin"
        command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent"]
        command += ["--ignore-scripts", f"{server.package}@{server.version}"]
        commands = [command]
        folder.mkdir(parents=True, exist_ok=True)
    else:
        bin_folder = folder / "bin"
        uv = str(Path(sys.executable).with_name("uv"))
        package = f"{server.package}=={server.version}"
        commands = [
            [uv, "-q", "venv", "--clear", "--python", sys.executable, str(folder)],
            [uv, "-q", "pip", "install", "--python", str(bin_folder / "python"), package],
        ]
    if not (folder / "complete").exists():
        for one in commands:
            subprocess.run(one, check=True, timeout=_INSTALL_SECS, capture_output=True)
        (folder / "complete").touch()
    return bin_folder


@dataclass
class Found:
    """What became of one server."""

    server: Server
    offered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    against_vendors: Counter[str] = field(default_factory=Counter)
    calls: list[str] = field(default_factory=list)
    secs: float = 0.0
    fault: str = ""


async def tried(server: Server, root: Path, work: Path) -> Found:
    """Install it, ask what it offers, take it, and call what can be called."""
    found = Found(server)
    try:
        folder = await asyncio.to_thread(installed, server, root)
    except (OSError, subprocess.SubprocessError) as error:
        found.fault = f"not installed: {type(error).__name__}"
        return found
    program, *rest = [word.replace("{work}", str(work)) for word in server.starts]
    env = {name: value.replace("{work}", str(work)) for name, value in server.env.items()}
    path = f"{folder}{os.pathsep}{os.defpath}{os.pathsep}{os.environ['PATH']}"  # noqa: TID251 - a script
    running = McpServer(program=(str(folder / program), *rest), env={**env, "PATH": path})
    client = GuardedClient()
    begun = time.monotonic()
    try:
        listed = await mcp_tool.offered(client, running, _START_SECS)
    except OrionError as error:
        found.fault = error.detail
        return found
    found.secs = time.monotonic() - begun
    names = [tool.name for tool in listed]
    entries = [one for name in names for one in await mcp_offers.taken("x", [name], listed)]
    for entry in entries:
        if "refused" in entry:
            found.refused[entry["refused"][:60]] += 1
            continue
        found.offered += 1
        parameters, made = parts(entry)
        shown = made.schema if made else parameters
        for vendor, tool in (
            (schemas.openai, {"function": {"name": "x", "parameters": shown}}),
            (schemas.anthropic, {"name": "x", "input_schema": shown}),
        ):
            if problem := vendor([tool]):
                found.against_vendors[problem[:60]] += 1
    for tool, arguments in server.calls:
        if tool in names:
            found.calls.append(await called(client, running, tool, _placed(arguments, work)))
    await client.close()
    return found


async def called(client: GuardedClient, server: McpServer, tool: str, arguments: Any) -> str:
    """What came of a call, in brief."""
    try:
        result = await mcp_tool.call(client, server, tool, arguments, _START_SECS)
    except (ToolFailure, TimeoutError) as failure:
        return f"{tool}: failed ({str(failure)[:60]})"
    return f"{tool}: {str(result)[:40]}"


def _placed(value: Any, work: Path) -> Any:
    if isinstance(value, dict):
        return {name: _placed(one, work) for name, one in value.items()}
    if isinstance(value, list):
        return [_placed(one, work) for one in value]
    return value.replace("{work}", str(work)) if isinstance(value, str) else value


async def main() -> None:
    """Try all of them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "orion-mcp-servers")
    asked = parser.parse_args()
    rows: list[tuple[str, ...]] = [("server", "tools", "taken", "refused", "vendors refuse", "calls", "secs")]
    with tempfile.TemporaryDirectory() as work:
        for server in SERVERS:
            if asked.only and server.package not in asked.only:
                continue
            found = await tried(server, asked.folder, Path(work))
            refused = "; ".join(f"{count}x {reason}" for reason, count in found.refused.items())
            against = "; ".join(f"{count}x {reason}" for reason, count in found.against_vendors.items())
            rows.append(
                (
                    f"{server.package} {server.version}",
                    str(found.offered + found.refused.total()),
                    str(found.offered),
                    refused or found.fault or "-",
                    against or "-",
                    "; ".join(found.calls) or "-",
                    f"{found.secs:.1f}",
                )
            )
            print(rows[-1], file=sys.stderr, flush=True)
    table(f"Published MCP servers. {head()}", rows)


if __name__ == "__main__":
    asyncio.run(main())
