"""Every spelling of a database's address that people have, and what is refused of it."""

import pytest

from orion.errors import StartError
from orion.settings.database_url import DatabaseUrl, database_url

SAME = [
    "postgres://me:pw@db:5432/orion",
    "postgresql://me:pw@db:5432/orion",
    "postgresql+asyncpg://me:pw@db:5432/orion",
    " postgresql://me:pw@db:5432/orion?schema=public\n",
    "postgresql://db:5432/orion?user=me&password=pw",
    "postgresql://me:pw@db:5432?dbname=orion",
]
PASSWORDS = ["a#b", "a@b", "a/b", "a?b", "a:b", "a@b/c?d#e", "100%", "ä b", "a?sslmode=x@y", "@@//", "[x]"]


@pytest.mark.parametrize("url", SAME)
def test_all_spellings_are_one_address(url):
    assert database_url(url, "X") == "postgresql+asyncpg://me:pw@db:5432/orion"


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_need_not_be_encoded(password):
    read = DatabaseUrl.read(f"postgres://me:{password}@db/orion?sslmode=require")
    assert (read.user, read.password, read.hosts, read.database) == ("me", password, "db", "orion")
    assert DatabaseUrl.read(str(read)) == DatabaseUrl.read(read.asyncpg) == read


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        *((f"sslmode={mode}", mode) for mode in ("disable", "allow", "prefer", "require", "verify-ca")),
        ("sslmode=verify-full&sslrootcert=%2Fa.pem", "verify-full"),
        ("ssl=require", "require"),
        ("ssl=true", "require"),
        ("sslmode=require&channel_binding=require", "require"),
        ("sslaccept=strict", "verify-full"),
        ("sslrootcert=system", "verify-full"),
    ],
)
def test_what_tls_is_asked_for_is_asked_of_both_drivers(query, mode):
    read = DatabaseUrl.read(f"postgresql://me@db/orion?{query}")
    for url in (read.asyncpg, read.libpq):
        assert f"sslmode={mode}" in url
    assert "channel_binding" not in read.asyncpg


@pytest.mark.parametrize(
    "place",
    ["/orion?host=%2Frun%2Fpostgresql", "%2Frun%2Fpostgresql/orion", "a:1,b:2/orion", "[::1]:5432/orion"],
)
def test_sockets_and_several_hosts_stay_what_they_are(place):
    read = DatabaseUrl.read(f"postgresql://me@{place}")
    assert read.database == "orion"
    assert DatabaseUrl.read(read.libpq) == read


def test_what_is_said_of_pools_is_told_and_not_passed_on():
    read = DatabaseUrl.read(
        "postgres://me:pw@db/orion?pgbouncer=true&connection_limit=1&pool_timeout=20&connect_timeout=5"
    )
    assert set(read.ignored) == {"pgbouncer", "connection_limit", "pool_timeout"}
    assert (read.named_statements, read.timeout_secs) == (False, 5.0)
    assert read.asyncpg == "postgresql://me:pw@db/orion"
    assert read.libpq == "postgresql://me:pw@db/orion?connect_timeout=5"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://me:hunter2@db/orion", "must begin with postgresql://"),
        ("postgresql://me:hunter2@db/orion?colour=red", "does not know: colour"),
        ("postgresql://me:hunter2@db/orion?sslmode=maybe", "sslmode is none of"),
        ("postgresql://me:hunter2@db/orion?connect_timeout=soon", "connect_timeout"),
        ("postgresql://me:hunter2@db:99999/orion", "port"),
        ("postgresql://me:hunter2/orion", "no address like"),
        ("postgresql://me:hunter2@db/orion#x", "no address like"),
        ("postgresql://me:hun?ter2=1@db/orion?colour=red", "colour"),
        ("postgresql://me:hunter2@db/orion?sslmode=require&sslrootcert=system", "verify-full"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_a_piece_of_the_password(url, told):
    with pytest.raises(StartError, match=told) as refused:
        database_url(url, "DATABASE_URL")
    assert "ter2" not in str(refused.value.detail)
