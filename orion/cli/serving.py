"""What `orion serve` and `orion dev` share: settings with the options over them, a socket, a server."""

from __future__ import annotations

import argparse
import shlex
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orion.errors import StartError
from orion.media import memory
from orion.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

SHUTDOWN_SECS = 5
_PARTS_OF_PROJECTS = (".env", "agents", "tools", "guardrails", "providers")
_ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104 - compared with


def arguments(parser: argparse.ArgumentParser) -> None:
    """What both commands take."""
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 3000)")
    parser.add_argument("--tls-cert", type=Path, help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, help="private key, PEM")


def read_settings(given: argparse.Namespace) -> Settings:
    """Environment and `.env`, and over them the options of the command. Raises StartError."""
    if given.project is not None:
        _check_project(given.project)
    settings = Settings.read(project=given.project, data_dir=given.data_dir)
    options = {name: getattr(given, name, None) for name in ("host", "port", "tls_cert", "tls_key")}
    return settings.changed(**options).checked()


def _check_project(folder: Path) -> None:
    """Raise StartError if the folder of `--project` is no project: the built-in agents would serve."""
    remedy = (
        f"name the folder that holds orion.toml, or make a project: orion init {shlex.quote(str(folder))}"
    )
    if not folder.is_dir():
        raise StartError(f"there is no folder {folder}; {remedy}")
    if (folder / "orion.toml").is_file():
        return
    if not any((folder / part).exists() for part in _PARTS_OF_PROJECTS):
        raise StartError(f"{folder} is no project, it has no orion.toml; {remedy}")
    print(f"{folder} has no orion.toml; it is read as a project all the same.", file=sys.stderr)


async def run(settings: Settings, _given: argparse.Namespace) -> int:
    """`orion serve`: until a signal comes."""
    listening = bind(settings.host, settings.port)
    print("ORION is starting ...", flush=True)
    memory.collect_later()

    from orion.app import create_app

    app = create_app(settings)
    async with app.router.lifespan_context(app):
        running = server(app, settings)
        # The kernel queues connections from here on, so the line is true before the loop accepts.
        await announce(app, settings, listening)
        try:
            await running.serve(sockets=[listening])
        finally:
            forget_address(settings)
    return 0


def server(app: FastAPI, settings: Settings, shutdown_secs: int = SHUTDOWN_SECS) -> uvicorn.Server:
    """The HTTP server, not running yet; when it ends it waits for requests so long."""
    import uvicorn

    from orion.api.requests import deadlines

    limits = deadlines.ReceiveLimits()
    limits = replace(limits, exempt=(*limits.exempt, *settings.trusted_proxies))
    config = uvicorn.Config(
        app,
        http=deadlines.protocol(limits),
        log_config=None,
        access_log=False,
        lifespan="off",  # entered by the caller, so that an error at start reaches the user as one line
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=shutdown_secs,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )
    running = uvicorn.Server(config)
    # uvicorn sends itself the signal again when it has stopped; what is open has to be closed then.
    signal.signal(signal.SIGTERM, lambda _number, _frame: setattr(running, "should_exit", True))
    return running


async def announce(app: FastAPI, settings: Settings, listening: socket.socket) -> None:
    """Print the line that tells users and programs that the server can take calls, and where.

    A server on all addresses prints one link for each; what `orion users link` prints is the first.
    """
    from orion.app import sign_in_link

    bases = _bases(settings, listening.getsockname()[1])
    _note_address(settings, bases[0])
    link = await sign_in_link(app, bases[0])
    print(f"ORION ready: {link}", flush=True)
    for base in bases[1:]:
        print(f"    or here: {link.replace(bases[0], base, 1)}", flush=True)


def _note_address(settings: Settings, base: str) -> None:
    """Leave the address where `orion users link` looks for it.

    With a database elsewhere nothing else may need the data directory: where it cannot be written, the
    server does without.
    """
    with suppress(OSError):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _address_file(settings).write_text(base, encoding="utf-8")


def forget_address(settings: Settings) -> None:
    """The server ends: `orion users link` names its address no more."""
    with suppress(OSError):
        _address_file(settings).unlink(missing_ok=True)


def address(settings: Settings) -> str:
    """Where the server of this data directory is, or would be if it were started: a URL without a path."""
    with suppress(OSError):
        return _address_file(settings).read_text(encoding="utf-8")
    return _bases(settings, settings.port)[0]


def _address_file(settings: Settings) -> Path:
    return settings.data_dir / "address"


def _bases(settings: Settings, port: int) -> list[str]:
    """The URLs under which people reach the server: one, unless it listens on all addresses."""
    if settings.public_url:
        return [settings.public_url]
    scheme = "https" if settings.tls_cert else "http"
    hosts = [settings.host]
    if settings.host in _ALL_ADDRESSES:
        from orion.media.ice_sockets import own_addresses

        hosts = [*own_addresses(ipv6=settings.host == "::"), "127.0.0.1"]
    return [f"{scheme}://{_in_url(host)}:{port}" for host in hosts]


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def bind(host: str, port: int) -> socket.socket:
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
