"""The embedded PostgreSQL through everything that happens to a server's process."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from orion.errors import StartError
from orion.store.embedded import EmbeddedPostgres
from orion.store.layout import Layout

USER = """
import asyncio, sys
from pathlib import Path
from typing import Any
from orion.store.embedded import EmbeddedPostgres
async def main():
    server = EmbeddedPostgres(Path(sys.argv[1]))
    await server.start()
    print("ready", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
PYTHON = "/usr/bin/python3"
"""An interpreter that any user may run; the one of the tests may lie below /root."""
ORDINARY: dict[str, Any] = {
    "user": 65534,
    "group": 65534,
    "extra_groups": [],
    "cwd": "/",
    "env": {"PYTHONPATH": f"{Path(__file__).parents[2]}:{Path(asyncpg.__file__).parents[1]}"},
}


INTRUDER = """
import socket, struct, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
hello = struct.pack("!I", 196608) + b"user\\0orion\\0database\\0postgres\\0\\0"
link.sendall(struct.pack("!I", len(hello) + 4) + hello)
print(link.recv(1).decode())
"""
"""Says hello by the protocol (PostgreSQL 18, 54.2.1), prints the kind of the answer: R, or E for an error."""


@pytest.fixture(scope="module")
def used():
    """Folders whose servers have been let go: in the end all are gone, a grace after their last user."""
    folders: list[Path] = []
    yield folders
    asyncio.run(all_gone(folders))


@pytest.fixture
def data_dir(open_dir, used, request):
    used.append(open_dir / f"embedded-{abs(hash(request.node.name)) % 10**8}")
    return used[-1]


async def until(condition, secs=20.0):
    """Wait until the condition holds; the server's own files tell, so a poll is all there is."""
    async with asyncio.timeout(secs):
        while not condition():
            await asyncio.sleep(0.02)


async def gone(layout):
    await until(lambda: layout.postmaster_pid() is None)


async def all_gone(folders):
    for folder in folders:
        await gone(Layout(folder))


def supervisor_pid(layout):
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"orion.store.supervisor" in words and os.fsencode(layout.data_dir) in words:
                return int(folder.name)
    return None


async def ask(server, query="select 1"):
    connection = await asyncpg.connect(user="orion", database="postgres", host=str(server.socket_dir))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_the_server_starts_answers_and_ends_with_its_last_user(data_dir):
    first, second = EmbeddedPostgres(data_dir), EmbeddedPostgres(data_dir)
    await first.start()
    await second.start()
    await first.stop()
    await asyncio.sleep(3)  # longer than the supervisor's grace: the second still holds it
    assert await ask(second) == 1
    await second.stop()
    await gone(Layout(data_dir))
    await until(lambda: supervisor_pid(Layout(data_dir)) is None)


async def test_the_database_outlives_the_process_that_started_it(data_dir):
    starter = subprocess.Popen([sys.executable, "-c", USER, str(data_dir)], stdout=subprocess.PIPE)
    assert starter.stdout
    await asyncio.to_thread(starter.stdout.readline)
    server = EmbeddedPostgres(data_dir)
    await server.start()
    starter.kill()
    starter.wait()
    starter.stdout.close()
    await asyncio.sleep(3)
    assert await ask(server) == 1
    await server.stop()


async def test_a_killed_user_leaves_nothing_behind(data_dir):
    user = subprocess.Popen([sys.executable, "-c", USER, str(data_dir)], stdout=subprocess.PIPE)
    assert user.stdout
    await asyncio.to_thread(user.stdout.readline)
    user.kill()
    user.wait()
    user.stdout.close()
    started = time.monotonic()
    await gone(Layout(data_dir))
    assert time.monotonic() - started < 10


async def test_a_killed_server_is_started_again_with_what_was_committed(data_dir):
    server, layout = EmbeddedPostgres(data_dir), Layout(data_dir)
    await server.start()
    await ask(server, "create table kept as select 7 as n")
    before = layout.postmaster_pid()
    assert before
    os.kill(before, signal.SIGKILL)
    await until(lambda: layout.is_ready() and layout.postmaster_pid() != before)
    assert await ask(server, "select n from kept") == 7
    await server.stop()


async def test_a_killed_supervisor_is_replaced(data_dir):
    server, layout = EmbeddedPostgres(data_dir), Layout(data_dir)
    await server.start()
    supervisor = supervisor_pid(layout)
    assert supervisor
    os.kill(supervisor, signal.SIGKILL)
    await until(lambda: not layout.is_ready())
    await server.ensure()
    assert await ask(server) == 1
    assert supervisor_pid(layout) != supervisor
    await server.stop()


async def test_supervisor_and_server_killed_at_once_are_recovered_from(data_dir):
    server, layout = EmbeddedPostgres(data_dir), Layout(data_dir)
    await server.start()
    for pid in (supervisor_pid(layout), layout.postmaster_pid()):
        assert pid
        os.kill(pid, signal.SIGKILL)
    await until(lambda: not layout.is_ready())
    await server.ensure()
    assert await ask(server) == 1
    await server.stop()


async def test_a_directory_of_another_version_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "pg17").mkdir()
    (tmp_path / "pg17" / "PG_VERSION").write_text("17\n")
    with pytest.raises(StartError, match=r"PostgreSQL 17.*orion backup"):
        await EmbeddedPostgres(tmp_path).start()
    assert not (tmp_path / "pg18").exists()


async def test_a_path_that_is_no_directory_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="cannot be used"):
        await EmbeddedPostgres(tmp_path / "file").start()


async def test_a_half_made_cluster_is_made_anew(data_dir):
    data_dir.mkdir(mode=0o711)
    (data_dir / "pg18.part").mkdir()
    (data_dir / "pg18.part" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(data_dir)
    await server.start()
    assert await ask(server) == 1
    await server.stop()


async def test_a_path_too_long_for_a_socket_gets_a_short_one(data_dir):
    long = data_dir / ("a-rather-long-name-" * 5)
    server = EmbeddedPostgres(long)
    await server.start()
    assert len(str(server.socket_dir)) < 80
    assert await ask(server) == 1
    await server.stop()
    await gone(Layout(long))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else, or needs to")
class TestAsRoot:
    async def test_the_server_does_not_run_as_root(self, data_dir):
        server = EmbeddedPostgres(data_dir)
        await server.start()
        pid = Layout(data_dir).postmaster_pid()
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        await server.stop()

    async def test_other_processes_of_the_servers_user_are_not_let_in(self, data_dir):
        for _ in range(2):  # a directory that was made before there were rules starts as well
            server, layout = EmbeddedPostgres(data_dir), Layout(data_dir)
            await server.start()
            assert await ask(server) == 1
            socket = str(server.socket_dir / ".s.PGSQL.5432")
            told = subprocess.run(
                [PYTHON, "-c", INTRUDER, socket], capture_output=True, text=True, check=True, **ORDINARY
            )
            assert told.stdout == "E\n"
            for file in (layout.rules, layout.names):
                assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (0, 0o644)
            await server.stop()
            await gone(layout)
            layout.rules.unlink()
            layout.names.unlink()

    async def test_a_directory_that_nobody_can_reach_keeps_its_cluster_elsewhere(self, tmp_path):
        tmp_path.chmod(0o700)
        server, layout = EmbeddedPostgres(tmp_path / "data"), Layout(tmp_path / "data")
        await server.start()
        assert await ask(server) == 1
        assert layout.link.is_symlink()
        await server.stop()
        await gone(layout)
        again = EmbeddedPostgres(tmp_path / "data")
        await again.start()
        await again.stop()
        await gone(layout)
        subprocess.run(["rm", "-r", str(layout.home)], check=True)
        with pytest.raises(StartError, match="gone"):
            await EmbeddedPostgres(tmp_path / "data").start()

    async def test_an_ordinary_user_has_it_all_in_the_data_directory(self, open_dir):
        folder = open_dir / "ordinary"
        folder.mkdir()
        os.chown(folder, 65534, 65534)
        user = subprocess.Popen(
            [PYTHON, "-c", USER, str(folder / "data")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **ORDINARY,
        )
        assert user.stdout
        assert user.stderr
        line = await asyncio.to_thread(user.stdout.readline)
        assert line == b"ready\n", user.stderr.read()
        assert (folder / "data" / "pg18" / "PG_VERSION").is_file()
        user.kill()
        user.wait()
        user.stdout.close()
        user.stderr.close()
        await gone(Layout(folder / "data"))

    async def test_an_unreadable_directory_is_refused_with_the_way_out(self, open_dir):
        folder = open_dir / "locked"
        folder.mkdir(mode=0o700)
        command = [PYTHON, "-c", USER, str(folder / "data")]
        user = subprocess.run(command, capture_output=True, text=True, check=False, **ORDINARY)
        assert "ORION_DATA_DIR" in user.stderr
