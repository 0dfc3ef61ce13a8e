"""Servers of the system: Debian's PostgreSQL 15, and its PgBouncer before any server."""

import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

_BINARIES = Path("/usr/lib/postgresql/15/bin")
_PGBOUNCER = Path("/usr/sbin/pgbouncer")
LOGINS = ("orion", "super", "ordinary", "passing")
"""Whom poolers know."""


@contextmanager
def debian_cluster(folder: Path) -> Iterator["Cluster"]:
    """A new server of Debian's PostgreSQL 15; skips the test where it is not installed."""
    if not (_BINARIES / "initdb").is_file():
        missing("postgresql-15")
    with Cluster(_BINARIES, own_folder(folder, "pg15-")) as cluster:
        yield cluster


def missing(package: str) -> None:
    """Skip the test, unless nothing may be missing."""
    if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
        pytest.fail(f"{package} is not installed")
    pytest.skip(f"{package} is not installed")


def own_folder(parent: Path, prefix: str) -> Path:
    """A new folder of the user as whom the servers run."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    if os.getuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    return folder


def unprivileged() -> dict[str, Any]:
    """For `subprocess`: servers refuse to run as root."""
    root = os.getuid() == 0
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if root else {}


class Cluster:
    """A server of the system's PostgreSQL on a socket in `folder`, as an unprivileged user."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self.folder = binaries, folder

    def url(self, user: str, database: str) -> str:
        """The URL of a database."""
        return f"postgresql+asyncpg://{user}@/{database}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._binaries / program, *arguments],
            check=True,
            capture_output=True,
            cwd="/",
            **unprivileged(),
        )

    def __enter__(self) -> Self:
        self._run("initdb", "-D", f"{self.folder}/data", "-U", "super", "-A", "trust", "--no-sync")
        options = f"-k {self.folder} -h ''"
        self._run(
            "pg_ctl", "-D", f"{self.folder}/data", "-w", "-o", options, "-l", f"{self.folder}/log", "start"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-m", "fast", "stop")

    def sql(self, statements: str) -> None:
        """Run statements as a superuser, each in a transaction of its own."""
        for statement in statements.split(";"):
            self._run("psql", "-h", str(self.folder), "-U", "super", "-d", "postgres", "-c", statement)


class Pooler:
    """Debian's PgBouncer before a server on a Unix socket; it takes anybody at their word.

    Args:
        behind: The folder of the server's socket.
        mode: `transaction`, `session` or `statement`.
    """

    def __init__(self, folder: Path, behind: Path, mode: str = "transaction", size: int = 6) -> None:
        self.folder = folder
        users = folder / "users.txt"
        users.write_text("".join(f'"{name}" ""\n' for name in LOGINS))
        self._settings = folder / "pgbouncer.ini"
        self._settings.write_text(
            f"""[databases]
            * = host={behind}
            [pgbouncer]
            unix_socket_dir = {folder}
            listen_port = 6432
            auth_type = trust
            auth_file = {users}
            pool_mode = {mode}
            default_pool_size = {size}
            max_client_conn = 500
            logfile = {folder}/log
            pidfile = {folder}/pid
            """.replace("\n            ", "\n")
        )
        for file in (users, self._settings):
            file.chmod(0o644)

    def url(self, user: str, database: str) -> str:
        """The URL of a database through the pooler."""
        return f"postgresql+asyncpg://{user}@/{database}?host={self.folder}&port=6432"

    def __enter__(self) -> Self:
        if not _PGBOUNCER.is_file():
            missing("pgbouncer")
        self._process = subprocess.Popen([_PGBOUNCER, "-q", self._settings], cwd="/", **unprivileged())
        deadline = time.monotonic() + 10
        while not (self.folder / ".s.PGSQL.6432").exists():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            self._process.poll()
            select.select([], [], [], 0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
