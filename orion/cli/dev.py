"""`orion dev`: serves a project and takes up what changes in its files, without dropping a call.

Agents, tools, guardrails and `orion.toml` are read anew while the server runs; sessions that begin from then
on have them, and a running call keeps what it began with. `.env`, providers and transports are parts of the
server itself: they count when no call is live, by building the parts anew in the same process, on the same
socket. What is not valid is told with file and line, and what was good last serves on.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orion import log, registry
from orion.cli import changes, serving
from orion.errors import FaultyFiles, FileFault, OrionError, StartError
from orion.media import memory
from orion.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from orion.api.access import Parts
    from orion.pipelines.files import Files
    from orion.pipelines.tasks import Tasks
    from orion.tools import RunnableTool

_LOOK_SECS = 0.15
_SHUTDOWN_SECS = 1
"""Open event streams would hold a restart up for longer."""


async def run(settings: Settings, given: argparse.Namespace) -> int:
    """Serve until a signal comes; parts are built anew where that is what a change needs."""
    if settings.project is None:
        raise StartError("there is no project here; make one: `orion init DIR`, or name it: --project DIR")
    project = settings.project.resolve()
    settings = settings.changed(project=project)
    listening = serving.bind(settings.host, settings.port)
    print("ORION is starting ...", flush=True)
    memory.collect_later()
    project_ = _Project(project, given, settings, changes.snapshot(project))
    async with _database_held(settings):
        try:
            await _serve(project_, listening)
        finally:
            serving.forget_address(settings)
    return 0


async def _serve(project: _Project, listening: socket.socket) -> None:
    from orion.pipelines.tasks import Tasks

    begun: float | None = None
    while begun is None or project.restarts:
        async with AsyncExitStack() as stack:
            app = await project.build(stack)
            server = serving.server(app, project.settings, _SHUTDOWN_SECS)
            if begun is None:
                await serving.announce(app, project.settings, listening)
                watched = "agents, prompts, tools, guardrails, providers, orion.toml, .env"
                _tell(f"It watches {project.folder}: {watched}")
            else:
                _tell(f"ORION is back after {time.monotonic() - begun:.1f} s")
            tasks = Tasks()
            stack.push_async_callback(tasks.close)
            tasks.spawn(project.watch(app.state.parts, server, tasks), "watching")
            await server.serve(sockets=[listening.dup()])
            begun = time.monotonic()


@asynccontextmanager
async def _database_held(settings: Settings) -> AsyncIterator[None]:
    """The embedded database, if it is that, does not end while the parts are built anew."""
    from orion.store.embedded import EmbeddedPostgres

    database = None if settings.database_url else EmbeddedPostgres(settings.data_dir)
    if database is not None:
        await database.start()
    try:
        yield
    finally:
        if database is not None:
            await database.stop()


@dataclass
class _Project:
    """The project as it was last read.

    Attributes:
        pending: What has changed since the last time that all was good.
        restarts: The server was told to end, to be built anew.
    """

    folder: Path
    given: argparse.Namespace
    settings: Settings
    seen: changes.Snapshot
    pending: set[Path] = field(default_factory=set)
    restarts: bool = False
    _waits: bool = False
    _hearing: asyncio.Task[None] | None = None

    async def build(self, stack: AsyncExitStack) -> FastAPI:
        """The application with its parts; as it was before, where what has changed cannot be used."""
        if not self.restarts:
            return await _entered(stack, self.settings)
        self.restarts, self._waits = False, False
        try:
            with registry.renewed(self.folder, self.pending):
                settings = self._read()
                app = await _entered(stack, settings)
        except OrionError as error:
            self._refused(error)
            return await _entered(stack, self.settings)
        self.settings = settings
        log.configure(settings.log_level)
        self.pending.clear()
        return app

    async def watch(self, parts: Parts, server: uvicorn.Server, tasks: Tasks) -> None:
        """Look at the files until the server ends; a file counts once it has stayed the same for a look."""
        latest, self._hearing = self.seen, None
        while not self.restarts:
            await asyncio.sleep(_LOOK_SECS)
            before, latest = latest, changes.snapshot(self.folder)
            if latest == before and (found := changes.changed(self.seen, latest)):
                self.seen = latest
                self.pending |= found
                await self._take(parts, found, tasks)
            if self._waits and not parts.calls.live:
                self.restarts = True
                server.should_exit = True

    async def _take(self, parts: Parts, found: set[Path], tasks: Tasks) -> None:
        """Take up what has changed, or say why not."""
        begun = time.monotonic()
        restarting = changes.restarting(self.folder, self.pending)
        try:
            files = await asyncio.to_thread(self._load, keep=not restarting)
        except OrionError as error:
            self._waits = False
            self._refused(error)
            return
        if restarting:
            self._waits = True
            when = "when no call is live" if parts.calls.live else "now"
            _tell(f"{_named(self.folder, restarting)}: ORION builds its parts anew {when}")
            return
        self.pending.clear()
        calls, before = parts.calls, _phrases(parts.calls.shared.catalogue.files.tools)
        calls.shared = calls.shared.with_files(files)
        took = time.monotonic() - begun
        kept = _kept(calls.live)
        for path in sorted(found):
            _tell(f"{path.relative_to(self.folder)}: reloaded in {took:.2f} s{kept}")
        if _phrases(files.tools) != before:
            self._hearing = tasks.spawn(_hear(parts, self._hearing), "recogniser")

    def _load(self, *, keep: bool) -> Files:
        """Read what has changed; keep it in the place of what was, or only see whether it is good."""
        from orion.pipelines.files import Files

        self._read()
        with suppress(_Seen), registry.renewed(self.folder, self.pending):
            files = Files.load(self.folder)
            if not keep:
                raise _Seen
        return files

    def _read(self) -> Settings:
        path = self.folder / ".env"
        try:
            return serving.read_settings(self.given).changed(project=self.folder)
        except StartError as error:
            raise _in_env(path, error) from error
        except (OSError, UnicodeDecodeError) as error:
            what, remedy = f"it cannot be read: {type(error).__name__}", "is it yours, and in UTF-8?"
            raise FaultyFiles([FileFault(path, 1, what, remedy)]) from error

    def _refused(self, error: OrionError) -> None:
        faults = error.faults if isinstance(error, FaultyFiles) else [error.detail]
        for fault in faults:
            _tell(str(fault))
        _tell("Still serving the last good version.")


def _kept(live: int) -> str:
    """What a reload leaves as it was."""
    if not live:
        return ""
    return (
        "; 1 running call keeps the old version"
        if live == 1
        else f"; {live} running calls keep the old version"
    )


class _Seen(Exception):
    """What was tried is good, and is to be undone."""


async def _hear(parts: Parts, before: asyncio.Task[None] | None) -> None:
    """Tell the recogniser what people may say now; it takes a second, and no one waits for it."""
    if before is not None:
        await before
    begun = time.monotonic()
    await parts.calls.expect()
    _tell(f"The recogniser listens for the new words after {time.monotonic() - begun:.2f} s")


async def _entered(stack: AsyncExitStack, settings: Settings) -> FastAPI:
    from orion.app import create_app

    app = create_app(settings)
    await stack.enter_async_context(app.router.lifespan_context(app))
    return app


def _in_env(path: Path, error: StartError) -> StartError:
    """The error with the line of `.env` that it is about, where it is about one."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, 1):
        name = line.partition("=")[0].removeprefix("export ").strip()
        if name and name in error.detail:
            what, _, remedy = error.detail.partition("; ")
            return FaultyFiles([FileFault(path, number, what, remedy or "mend it, or take the line out")])
    return error


def _phrases(found: Mapping[str, RunnableTool]) -> list[str]:
    from orion.tools import phrases

    return phrases(runnable.tool for runnable in found.values())


def _named(project: Path, paths: Iterable[Path]) -> str:
    return ", ".join(sorted(os.fspath(path.relative_to(project)) for path in paths))


def _tell(line: str) -> None:
    print(line, flush=True)
