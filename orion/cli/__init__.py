"""The command `orion`. Heavy imports happen inside the commands, so that `--help` is instant."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from orion import __version__, log
from orion.cli import accounts, agents, dev, doctor, init, models, serving
from orion.errors import OrionError, StartError
from orion.settings import Settings

Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]


def main(argv: list[str] | None = None) -> None:
    """Run a command; errors are one line on stderr and exit code 1."""
    arguments = _parser().parse_args(argv)
    try:
        settings = serving.read_settings(arguments)
        log.configure(settings.log_level)
        code = _run(arguments.command(settings, arguments))
    except KeyboardInterrupt:
        code = 130
    except OrionError as error:
        print(f"orion: {error.detail}", file=sys.stderr)
        code = 1
    if argv is None:
        _leave_threads(code)
    sys.exit(code)


def _leave_threads(code: int) -> None:
    """End the process where a thread of a library still waits for what nobody will tell it any more."""
    main_thread = threading.main_thread()
    if any(thread is not main_thread and not thread.daemon for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(work: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    code: int = uvloop.run(work)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("orion", description="The voice agent server that people own.")
    parser.add_argument("--version", action="version", version=f"orion {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str, *, shown: bool = True) -> argparse.ArgumentParser:
        common = _common(shown=shown)
        sub = commands.add_parser(name, help=text, description=text, parents=[common])
        sub.set_defaults(command=command)
        return sub

    serving.arguments(add("serve", serving.run, "run the server"))
    init.arguments(add("init", init.run, "write a new project: `orion init DIR`", shown=False))
    serving.arguments(add("dev", dev.run, "serve a project, and reload what changes in it"))
    add("doctor", doctor.run, "tell which engine serves what, and what is missing")
    add("migrate", _migrate, "bring the database to this version")
    users = add("users", accounts.run, "accounts: `orion users list|create-admin|link|reset-password`")
    accounts.arguments(users, _common(default=argparse.SUPPRESS))
    workspaces = add("workspaces", _create_workspace, "manage workspaces: `orion workspaces create NAME`")
    workspaces.add_argument("action", choices=["create"])
    workspaces.add_argument("name")
    agents.arguments(add("agents", agents.run, "check the project's files: `orion agents validate`"))
    pulled = add("models", models.run, "speech models: `orion models [list|pull NAME...|remove NAME...]`")
    models.arguments(pulled)
    add("openapi", _openapi, "print the OpenAPI description")
    add("backup", _backup, "write all rows to a file").add_argument("file", type=Path)
    restore = add("restore", _restore, "read all rows from a file")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="replace what the database holds")
    return parser


def _common(default: str | None = None, *, shown: bool = True) -> argparse.ArgumentParser:
    """What every command takes; with SUPPRESS as default, what a command before it was given stays.

    Args:
        shown: False for a command that takes them like all others, and uses neither.
    """
    options = argparse.ArgumentParser(add_help=False)
    folder = "where database, secrets and models live"
    options.add_argument(
        "--data-dir", type=Path, default=default, help=folder if shown else argparse.SUPPRESS
    )
    project = "folder with orion.toml, agents/ and tools/"
    options.add_argument(
        "--project", type=Path, default=default, help=project if shown else argparse.SUPPRESS
    )
    return options


async def _migrate(settings: Settings, _arguments: argparse.Namespace) -> int:
    from orion.store.database import Database

    database = await Database.open(settings)
    await database.close()
    print("The database is at this version.")
    return 0


async def _create_workspace(settings: Settings, arguments: argparse.Namespace) -> int:
    from orion.domain.identity import Principal
    from orion.store.database import Database

    name = arguments.name.strip()
    if not 0 < len(name) <= 100:
        raise StartError("the name of a workspace has one to a hundred characters")
    database = await Database.open(settings)
    try:
        async with database.transaction(Principal.system("log-in")) as store:
            workspace_id = await store.users.create_workspace(name)
    finally:
        await database.close()
    print(f"{name} is a workspace, {workspace_id}.")
    return 0


async def _openapi(settings: Settings, _arguments: argparse.Namespace) -> int:
    from orion.app import create_app

    print(json.dumps(create_app(settings).openapi(), indent=2))
    return 0


async def _backup(settings: Settings, arguments: argparse.Namespace) -> int:
    from orion.store.backup import backup
    from orion.store.database import Database

    database = await Database.open(settings)
    try:
        rows = await backup(database, arguments.file)
    finally:
        await database.close()
    print(f"{rows} rows are in {arguments.file}; it holds personal data, keep it safe.")
    return 0


async def _restore(settings: Settings, arguments: argparse.Namespace) -> int:
    from orion.store.backup import restore
    from orion.store.database import Database

    database = await Database.open(settings)
    try:
        rows = await restore(database, arguments.file, force=arguments.force)
    finally:
        await database.close()
    print(f"{rows} rows are restored.")
    return 0
