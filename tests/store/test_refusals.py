"""A database that cannot be used is refused in one sentence with the way out, and no password in it."""

import socket

import pytest

from orion.errors import StartError
from orion.settings import Settings
from orion.store.database import Database
from tests.store.servers import debian_cluster


async def refusal(tmp_path, url):
    with pytest.raises(StartError) as refused:
        await Database.open(Settings(data_dir=tmp_path, database_url=url))
    told = refused.value.detail
    assert "hunter2" not in told
    assert "\n" not in told
    return told


async def test_each_reason_is_told_in_a_sentence(open_dir, tmp_path):
    with debian_cluster(open_dir) as cluster:
        rules = cluster.folder / "data" / "pg_hba.conf"
        rules.write_text("local all me scram-sha-256\nlocal all super trust\nhost all all all trust\n")
        cluster.sql("create role me login password 'secret'; select pg_reload_conf()")
        socket_of = f"host={cluster.folder}"
        wrong = await refusal(tmp_path, f"postgresql+asyncpg://me:hunter2@/postgres?{socket_of}")
        assert "refuses the password of the user me" in wrong
        missing = await refusal(tmp_path, f"postgresql+asyncpg://super@/nowhere?{socket_of}")
        assert "there is no database nowhere" in missing
        unruled = await refusal(tmp_path, f"postgresql+asyncpg://you:hunter2@/postgres?{socket_of}")
        assert "refuses the user you" in unruled
        poor = await refusal(tmp_path, f"postgresql+asyncpg://me:secret@/postgres?{socket_of}")
        assert "may not do what ORION needs" in poor


async def test_a_server_that_is_not_there_is_told(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gone = await refusal(tmp_path, f"postgresql+asyncpg://me:hunter2@127.0.0.1:{port}/orion")
    assert f"cannot be reached at 127.0.0.1:{port}" in gone
    unknown = await refusal(tmp_path, "postgresql+asyncpg://me:hunter2@nowhere.invalid/orion")
    assert "not known: nowhere.invalid" in unknown
    no_file = await refusal(
        tmp_path, "postgresql+asyncpg://me:hunter2@127.0.0.1/orion?sslmode=verify-ca&sslrootcert=/no/file"
    )
    assert "/no/file, the sslrootcert of DATABASE_URL" in no_file
