"""The command `orion`. Heavy imports happen inside the commands, so that `--help` is instant."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from orion import __version__, log
from orion.errors import OrionError, StartError
from orion.settings import Settings

Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]

_SHUTDOWN_SECS = 5


def main(argv: list[str] | None = None) -> None:
    """Run a command; errors are one line on stderr and exit code 1."""
    arguments = _parser().parse_args(argv)
    try:
        settings = _settings(arguments)
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

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--data-dir", type=Path, help="where database, secrets and models live")
        sub.add_argument("--project", type=Path, help="folder with orion.toml, agents/ and tools/")
        sub.set_defaults(command=command)
        return sub

    serve = add("serve", _serve, "run the server")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default 3000)")
    serve.add_argument("--tls-cert", type=Path, help="certificate chain, PEM")
    serve.add_argument("--tls-key", type=Path, help="private key, PEM")
    add("doctor", _doctor, "tell which engine serves what, and what is missing")
    add("migrate", _migrate, "bring the database to this version")
    users = add("users", _create_admin, "manage users: `orion users create-admin`")
    users.add_argument("action", choices=["create-admin"])
    users.add_argument("--email", required=True)
    users.add_argument("--name", default="")
    users.add_argument("--workspace", help="name of the workspace (default: the one of a fresh server)")
    workspaces = add("workspaces", _create_workspace, "manage workspaces: `orion workspaces create NAME`")
    workspaces.add_argument("action", choices=["create"])
    workspaces.add_argument("name")
    agents = add("agents", _validate_agents, "check agent files: `orion agents validate FILE...`")
    agents.add_argument("action", choices=["validate"])
    agents.add_argument("files", nargs="+", type=Path)
    add("openapi", _openapi, "print the OpenAPI description")
    add("backup", _backup, "write all rows to a file").add_argument("file", type=Path)
    restore = add("restore", _restore, "read all rows from a file")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="replace what the database holds")
    return parser


def _settings(arguments: argparse.Namespace) -> Settings:
    settings = Settings.read(project=arguments.project, data_dir=arguments.data_dir)
    given = {name: getattr(arguments, name, None) for name in ("host", "port", "tls_cert", "tls_key")}
    return settings.changed(**given).checked()


async def _serve(settings: Settings, _arguments: argparse.Namespace) -> int:
    import uvicorn

    listening = _bind(settings.host, settings.port)
    print("ORION is starting ...", flush=True)

    from orion.api.requests import deadlines
    from orion.app import create_app, sign_in_link

    app = create_app(settings)
    limits = deadlines.ReceiveLimits()
    limits = replace(limits, exempt=(*limits.exempt, *settings.trusted_proxies))
    config = uvicorn.Config(
        app,
        http=deadlines.protocol(limits),
        log_config=None,
        access_log=False,
        lifespan="off",  # entered below, so that an error at start reaches the user as one line
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECS,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )
    async with app.router.lifespan_context(app):
        server = uvicorn.Server(config)
        # uvicorn sends itself the signal again when it has stopped; what is open has to be closed then.
        signal.signal(signal.SIGTERM, lambda _number, _frame: setattr(server, "should_exit", True))
        scheme = "https" if settings.tls_cert else "http"
        port = listening.getsockname()[1]
        link = await sign_in_link(app, settings.public_url or f"{scheme}://{_in_url(settings.host)}:{port}")
        # The kernel queues connections from here on, so the line is true before the loop accepts.
        print(f"ORION ready: {link}", flush=True)
        await server.serve(sockets=[listening])
    return 0


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bind(host: str, port: int) -> socket.socket:
    """The listening socket, made first: a port in use is told before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except (OSError, OverflowError) as error:  # the latter for a port beyond 65535
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartError(f"cannot listen on {host}:{port}: {reason}; choose another with PORT=...") from error
    return listening


async def _doctor(settings: Settings, _arguments: argparse.Namespace) -> int:
    """Tell which engine serves what and why; 1 if a voice session could not run."""
    from orion import providers
    from orion.media import models
    from orion.providers import _listing as listing
    from orion.store import database

    names = {"stt": "speech to text", "llm": "agent", "tts": "text to speech"}
    rows: list[tuple[str, str | None, str]] = []
    engines = {(engine.kind, engine.provider): engine for engine in await listing.engines(settings)}
    await listing.close(settings)
    for kind in providers.KINDS:
        choice = providers.choose(settings, kind)
        engine = engines.get((kind, choice.provider or ""))
        if engine and engine.problem:
            rows.append((names[kind], None, f"{choice.provider} is chosen, but: {engine.problem}"))
        else:
            rows.append((names[kind], choice.provider, choice.reason))
        if choice.provider:
            behind = providers.order(settings, kind)[1:]
            rows += [(f"  fail-over {n}", c.provider, c.reason) for n, c in enumerate(behind, 1)]
    rows += [(part, name, reason) for part, name, reason in (*models.report(), database.report(settings))]
    for part, name, reason in rows:
        print(f"{'ok ' if name else 'NO '} {part:<16} {name or '-':<14} {reason}")
    return 0 if all(name for _, name, _ in rows) else 1


async def _migrate(settings: Settings, _arguments: argparse.Namespace) -> int:
    from orion.store.database import Database

    database = await Database.open(settings)
    await database.close()
    print("The database is at this version.")
    return 0


async def _create_admin(settings: Settings, arguments: argparse.Namespace) -> int:
    from orion.api.credentials.passwords import check_password, hash_password
    from orion.domain.identity import Principal, Role
    from orion.store.database import Database

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    email = arguments.email.strip().lower()
    check_password(password, email, "password")
    hashed = await hash_password(password)
    database = await Database.open(settings)
    try:
        async with database.transaction(Principal.system("log-in")) as store:
            wanted = arguments.workspace
            workspace_id = await store.users.workspace(wanted) if wanted else None
            user = await store.users.create(
                email=email,
                name=arguments.name or email.split("@")[0],
                password_hash=hashed,
                role=Role.ADMIN,
                workspace_id=workspace_id,
            )
    finally:
        await database.close()
    print(f"{user.email} is an admin.")
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


async def _validate_agents(settings: Settings, arguments: argparse.Namespace) -> int:
    from orion import tools
    from orion.agents import roster

    known_tools = set(tools.load_all(settings.project))
    known_agents = set(roster.Roster.load(settings.project).names()) | {path.stem for path in arguments.files}
    complaints = [
        line for path in arguments.files for line in roster.validate(path, known_tools, known_agents)
    ]
    print("\n".join(complaints) or f"{len(arguments.files)} files are valid.")
    return 1 if complaints else 0


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
