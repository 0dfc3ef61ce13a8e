"""A server in a process of its own, and what its processes weigh."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import numpy as np
import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


@dataclass
class Server:
    """A running `orion serve` on loopback."""

    process: subprocess.Popen[str]
    url: str
    data_dir: Path

    def client(self) -> httpx.AsyncClient:
        """A client signed in as the first user."""
        account = {"email": "bench@example.org", "password": "a password of a benchmark"}
        reply = httpx.post(f"{self.url}/api/v1/auth/login", json=account)
        if reply.status_code != 200:
            reply = httpx.post(f"{self.url}/api/v1/auth/register", json=account)
        headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60)


@contextlib.contextmanager
def serving(**environ: str) -> Iterator[Server]:
    """Run a server with an empty data directory and these settings, and stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="orion-bench-") as folder:
        Path(folder).chmod(0o711)
        process = subprocess.Popen(
            [sys.executable, "-m", "orion", "serve", "--port", "0", "--data-dir", f"{folder}/data"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environ},  # noqa: TID251 - a server of one's own
        )
        assert process.stdout
        for line in process.stdout:
            if found := re.match(r"ORION ready: (http://\S+?)/\?", line):
                break
        else:
            raise SystemExit("the server did not start")
        try:
            yield Server(process, found[1], Path(folder) / "data")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            process.stdout.close()


def mb(pid: int, kind: str = "pss") -> float:
    """Memory of a process in MB: `rss`, `pss` (shared pages divided) or `uss` (its own)."""
    return float(getattr(psutil.Process(pid).memory_full_info(), kind)) / 2**20


def machine() -> str:
    """Cores and processor, for the head of a table."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{psutil.cpu_count()} cores, {model[1] if model else 'unknown'}, Python {sys.version.split()[0]}"


def head() -> str:
    """Machine, date, commit and load, for the first line of a run."""
    git = ("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    load = psutil.getloadavg()[0]
    return f"{machine()}, {date.today().isoformat()}, commit {commit}, load {load:.2f}"  # noqa: DTZ011


def percentile(values: list[float], of: int = 95) -> float:
    """The value below which so many of a hundred lie."""
    return float(np.percentile(values, of))


def table(title: str, rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns."""
    print(f"\n{title}")
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
