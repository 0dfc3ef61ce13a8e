"""The process that owns the embedded PostgreSQL: `python -m orion.store.supervisor DATA_DIR`.

It holds `<data>/lock`, starts the server, starts it again when it dies, and shuts it down when no
process holds `<data>/users.lock` any more: the kernel drops the locks of a killed process, so nothing
is left behind. Standard library only, to stay small. Its own death takes the server along
(PR_SET_PDEATHSIG, tied to the main thread, which forks the server).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from orion.store.layout import Layout

_POLL_SECS = 0.5
_GRACE_SECS = 2.0
_PR_SET_PDEATHSIG = 1
_RESTART_SECS = 0.5


def main() -> int:
    """Own the server until nobody uses it; 0 also if another supervisor already does."""
    layout = Layout(Path(sys.argv[1]))
    if os.fork():
        return 0  # who started it waits for this one only, and keeps no zombie
    os.setsid()
    owner = os.open(layout.owner_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for its users
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    users = os.open(layout.users_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    server = _start(layout)
    unused_since: float | None = None
    while not stopping:
        _pause(server)
        if server.poll() is not None:
            server = _start(layout)
        if not _unused(users):
            unused_since = None
            continue
        unused_since = unused_since or time.monotonic()
        if time.monotonic() - unused_since >= _GRACE_SECS:
            break
    server.send_signal(signal.SIGINT)  # fast shutdown
    server.wait()
    return 0


def _unused(users: int) -> bool:
    """Whether no process holds the users' lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(users, fcntl.LOCK_UN)
    return True


def _pause(server: subprocess.Popen[bytes]) -> None:
    try:
        server.wait(_POLL_SECS)
    except subprocess.TimeoutExpired:
        return
    signal.sigtimedwait([], _RESTART_SECS)  # it died: do not spin where it dies at once


def _start(layout: Layout) -> subprocess.Popen[bytes]:
    """Start the server, after whatever a killed predecessor left behind is gone."""
    _end_survivor(layout)
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def before_exec() -> None:
        os.setsid()
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    uid = layout.server_uid
    with layout.log.open("ab") as log:
        return subprocess.Popen(
            [
                *(layout.binary("postgres"), "-D", layout.cluster, "-k", layout.socket_dir, "-h", ""),
                *("-c", "shared_buffers=32MB", "-c", "max_connections=60", "-c", "log_timezone=UTC"),
                *_rules(layout),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            preexec_fn=before_exec,
            user=uid,
            group=layout.server_gid if uid is not None else None,
            extra_groups=[] if uid is not None else None,
        )


def _rules(layout: Layout) -> list[str]:
    """Options that name who may connect, where the cluster's own file does not say it."""
    if layout.server_uid is None or not layout.rules.exists():
        return []
    return ["-c", f"hba_file={layout.rules}", "-c", f"ident_file={layout.names}"]


def _end_survivor(layout: Layout) -> None:
    """Stop a server that outlived its supervisor, and remove the file of one that is dead."""
    pid = layout.postmaster_pid()
    if pid is None:
        return
    deadline = time.monotonic() + 10
    if layout.is_server(pid):
        os.kill(pid, signal.SIGINT)
        while layout.is_server(pid) and time.monotonic() < deadline:
            signal.sigtimedwait([], 0.1)
    if not layout.is_server(pid):
        layout.pid_file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
