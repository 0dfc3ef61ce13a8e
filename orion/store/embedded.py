"""The embedded PostgreSQL as its users see it: make it, see that it runs, let it go.

The server belongs to a supervisor process (`orion.store.supervisor`), so that it outlives whoever
started it while others use it, and ends with its last user.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from orion.errors import StartError
from orion.store.layout import MAJOR, Layout, lets_others_pass

_START_SECS = 30.0
_POLL_SECS = 0.02
_SUPERVISE_SECS = 2.0


class EmbeddedPostgres:
    """The PostgreSQL of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._layout = Layout(data_dir)
        self._lock: int | None = None

    @property
    def url(self) -> str:
        """SQLAlchemy's URL of the database, over the Unix socket."""
        return f"postgresql+asyncpg://orion@/postgres?host={quote(str(self._layout.socket_dir))}"

    @property
    def socket_dir(self) -> Path:
        """The folder of the Unix socket."""
        return self._layout.socket_dir

    async def start(self) -> str:
        """See that the server runs, and hold it until `stop`; returns its URL.

        Raises:
            StartError: It cannot run here; the detail says what to do.
        """
        layout = self._layout
        try:
            await asyncio.to_thread(self._prepare)
        except PermissionError as error:
            raise StartError(
                f"{error.filename or layout.data_dir} is not accessible: run ORION as its owner, "
                "or name another directory with ORION_DATA_DIR"
            ) from error
        except OSError as error:
            raise StartError(f"the data directory {layout.data_dir} cannot be used: {error}") from error
        await self.ensure()
        return self.url

    async def ensure(self) -> None:
        """Wait until the server takes connections; start a supervisor where there is none."""
        layout = self._layout
        deadline = time.monotonic() + _START_SECS
        supervise_at = 0.0
        while not layout.is_ready():
            now = time.monotonic()
            if now > deadline:
                raise StartError(f"PostgreSQL did not start; its log is {layout.log}")
            if now >= supervise_at:
                # Where one runs already, another one ends at once.
                await asyncio.to_thread(self._supervise)
                supervise_at = now + _SUPERVISE_SECS
            await asyncio.sleep(_POLL_SECS)

    async def stop(self) -> None:
        """Let the server go; its supervisor ends it when nobody holds it any more."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _supervise(self) -> None:
        """Start a supervisor; it detaches itself."""
        with self._layout.log.open("ab") as log:
            subprocess.run(
                [sys.executable, "-m", "orion.store.supervisor", str(self._layout.data_dir)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )

    def _prepare(self) -> None:
        """Make folders and cluster; one process at a time."""
        layout = self._layout
        _make_folder(layout.data_dir, 0o711 if layout.server_uid is not None else 0o700)
        self._lock = os.open(layout.users_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        making = os.open(layout.data_dir / "making.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(making, fcntl.LOCK_EX)
            self._refuse_other_versions()
            if layout.home != layout.data_dir:
                _make_folder(layout.home, 0o711)
            self._make_socket_dir()
            self._make_binaries_readable()
            if layout.link.is_symlink() and not layout.cluster.exists():
                raise StartError(f"{layout.link} points to {layout.cluster}, which is gone; restore a backup")
            if not layout.cluster.exists():
                self._make_cluster()
            if layout.server_uid is not None:
                self._let_in_this_user_alone()
        finally:
            os.close(making)

    def _refuse_other_versions(self) -> None:
        layout = self._layout
        for version in layout.data_dir.glob("pg*/PG_VERSION"):
            major = version.read_text().strip()
            if major != str(MAJOR):
                raise StartError(
                    f"{version.parent} holds the data of PostgreSQL {major}, this ORION brings {MAJOR}: "
                    "take a backup with the ORION that made it (`orion backup FILE`), then restore it "
                    "into a new directory with this one (`orion restore FILE`)"
                )

    def _make_socket_dir(self) -> None:
        folder = self._layout.socket_dir
        _make_folder(folder, 0o700)
        if folder.stat().st_uid not in {os.getuid(), self._layout.server_uid}:
            raise StartError(f"{folder} belongs to somebody else; name a shorter ORION_DATA_DIR")
        self._give(folder)

    def _make_binaries_readable(self) -> None:
        """Root's virtual environment may lie where `nobody` cannot read: copy what the server needs."""
        layout = self._layout
        if layout.wheel_binaries is None:
            raise StartError(
                "no PostgreSQL is installed for this platform; name one with DATABASE_URL=postgresql://..."
            )
        if layout.server_uid is None or layout.copied_binaries.is_dir() or self._runs():
            return
        part = layout.copied_binaries.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        name, package = layout.wheel_binaries.name, layout.wheel_binaries.parent
        shutil.copytree(package / name, part / name, ignore=shutil.ignore_patterns("include"))
        # The binaries find their libraries beside the package (a relative RPATH).
        shutil.copytree(
            package.with_name(f"{package.name}.libs"),
            part.parent / f"{package.name}.libs",
            dirs_exist_ok=True,
        )
        part.rename(layout.copied_binaries)

    def _runs(self) -> bool:
        """Whether the server's user can run the binaries where they are."""
        program = self._layout.binary("postgres").resolve()
        if not lets_others_pass(program.parent):
            return False
        version = subprocess.run(
            [program, "--version"],
            user=self._layout.server_uid,
            group=self._layout.server_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
        return version.returncode == 0

    def _make_cluster(self) -> None:
        """Make the cluster beside, then rename it: a half-made one is never taken for a whole one."""
        layout = self._layout
        part = layout.cluster.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        _make_folder(part, 0o700)
        self._give(part)
        made = subprocess.run(
            [
                *(layout.binary("initdb"), "-D", part, "-U", "orion", "-A", "trust", "-E", "UTF8"),
                *("--locale=C.UTF-8", "--no-sync", "--no-instructions", "-c", "listen_addresses="),
            ],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            user=layout.server_uid,
            group=layout.server_gid,
            extra_groups=[] if layout.server_uid is not None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            reason = (made.stderr.strip().splitlines() or ["unknown"])[-1]
            raise StartError(f"the database could not be made in {layout.data_dir}: {reason}")
        part.rename(layout.cluster)
        if layout.link != layout.cluster:
            layout.link.symlink_to(layout.cluster)

    def _let_in_this_user_alone(self) -> None:
        """The kernel tells the server whose process connects; the server's own user is that of others, too.

        The files are not in the cluster, which that user could write.
        """
        layout = self._layout
        user = pwd.getpwuid(os.getuid()).pw_name
        for file, line in (
            (layout.rules, "local all all peer map=orion"),
            (layout.names, f'orion "{user}" orion'),
        ):
            part = file.with_suffix(".part")
            part.write_text(line + "\n")
            part.chmod(0o644)
            part.replace(file)

    def _give(self, folder: Path) -> None:
        if self._layout.server_uid is not None:
            os.chown(folder, self._layout.server_uid, self._layout.server_gid or 0)


def _make_folder(folder: Path, mode: int) -> None:
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    if folder.stat().st_uid == os.getuid():
        folder.chmod(mode)
