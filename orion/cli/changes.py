"""Which files of a project have changed: a look at their times and sizes, a few times a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

CODE = ("tools", "guardrails", "providers", "transports")
_RESTART = (".env", "prices.yaml", "models.yaml", "providers", "transports")

Snapshot = dict[Path, tuple[int, int]]
"""Time of the last change in nanoseconds, and size in bytes, by file."""


def snapshot(project: Path) -> Snapshot:
    """The files that count in a project as they are now."""
    found: Snapshot = {}
    for path in _files(project):
        with suppress(OSError):  # gone since it was listed
            status = path.stat()
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def changed(before: Snapshot, after: Snapshot) -> set[Path]:
    """The files that are new, gone or different."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def restarting(project: Path, paths: Iterable[Path]) -> list[Path]:
    """Those of the files that are read when the parts of the server are built."""
    return sorted(path for path in paths if path.relative_to(project).parts[0] in _RESTART)


def _files(project: Path) -> Iterator[Path]:
    yield from (project / name for name in ("orion.toml", ".env", "prices.yaml", "models.yaml"))
    yield from (project / "agents").glob("*.yaml")
    yield from (project / "prompts").glob("*.md")
    for folder in CODE:
        yield from (project / folder).rglob("*.py")
