"""The address of a database: every spelling that people have, read into one that both drivers take.

libpq's URIs (PostgreSQL 18, 34.1.1.2), and what other programs make of them: SQLAlchemy's
`postgresql+asyncpg://` and `ssl=`, Prisma's pool parameters, passwords that nobody has encoded.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from orion.errors import StartError

_SCHEMES = ("postgresql+asyncpg://", "postgresql+psycopg://", "postgresql://", "postgres://")
_HOST = r"(?:\[[^\]@/?#]*\]|[^@/?#:,\[\]]*)(?::\d{0,5})?"
_TAIL = re.compile(
    rf"(?P<hosts>{_HOST}(?:,{_HOST})*)(?:/(?P<database>[^@/?#]*))?(?:\?(?P<query>[^#]*))?\Z", re.ASCII
)
"""Host and port, or several between commas; a database; parameters."""

_BOTH = {
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs", "passfile"),
    *("krbsrvname", "gsslib", "service", "application_name", "options"),
}
_LIBPQ = {
    *("connect_timeout", "channel_binding", "keepalives", "keepalives_idle", "keepalives_interval"),
    *("keepalives_count", "tcp_user_timeout", "gssencmode", "sslcompression", "sslsni", "client_encoding"),
    *("fallback_application_name", "load_balance_hosts"),
}
"""What libpq alone knows; asyncpg has `connect_timeout` by another name, and can do without the others."""
_PARTS = {"host", "port", "user", "password", "dbname", "database"}
_POOLS = {
    *("pgbouncer", "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size"),
    *("prepared_statement_cache_size", "sslaccept", "uselibpqcompat", "pool_size", "max_connections"),
}
"""Of other programs' pools; ORION has a pool of its own."""
_SILENT = {"schema", "supa"}
_KNOWN = _BOTH | _LIBPQ | _PARTS | _POOLS | _SILENT | {"ssl"}

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SSL_WORDS = {"true": "require", "1": "require", "no-verify": "require", "false": "disable", "0": "disable"}
_WORDS = {
    "sslmode": _SSL_MODES,
    "channel_binding": ("disable", "prefer", "require"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
}


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The address of a database.

    Attributes:
        hosts: Host and port, or several between commas; `[::1]:5432` for IPv6; empty for a Unix socket.
        parameters: As libpq names them. `host` is the folder of a Unix socket.
        ignored: What was said of pools, by name.
    """

    hosts: str
    database: str
    user: str = ""
    password: str | None = field(default=None, repr=False)
    parameters: dict[str, str] = field(default_factory=dict, repr=False)
    ignored: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, value: str, name: str = "DATABASE_URL") -> DatabaseUrl:
        """Read a URL.

        Raises:
            StartError: It is none, or says what nobody would heed. It never quotes what may be a password.
        """
        scheme = next((one for one in _SCHEMES if value.strip().startswith(one)), None)
        if scheme is None:
            raise StartError(f"{name} must begin with postgresql://")
        found = list(_splits(value.strip().removeprefix(scheme)))
        if not found:
            raise StartError(
                f"{name} is no address like postgresql://user:password@host:5432/database; "
                "write / ? # @ and % in the password as %2F %3F %23 %40 %25"
            )
        chosen = next((one for one in found if _KNOWN.issuperset(one[2])), found[-1])
        return cls._of(*chosen, name, len(found))

    @classmethod
    def _of(
        cls, login: str | None, where: tuple[str, str], query: dict[str, str], name: str, splits: int
    ) -> DatabaseUrl:
        unknown = sorted(set(query) - _KNOWN)
        if unknown:
            named = ", ".join(unknown) if splits == 1 else "some"
            raise StartError(
                f"{name} has parameters that ORION does not know: {named}; leave them out, or write settings "
                "of the server as options=-c%20name%3Dvalue"
            )
        user, colon, password = (login or "").partition(":")
        parts = {key: query[key] for key in _PARTS & query.keys()}
        parameters = {key: query[key] for key in query if key in _BOTH | _LIBPQ}
        if "host" in parts or "port" in parts:
            parameters |= {key: parts[key] for key in ("host", "port") if key in parts}
        hosts = "" if "host" in parts else where[0]
        _refuse_ports([*re.findall(r":(\d+)(?=,|\Z)", hosts), *parts.get("port", "").split(",")], name)
        return cls(
            hosts=hosts,
            database=parts.get("dbname") or parts.get("database") or unquote(where[1]),
            user=parts.get("user") or unquote(user),
            password=parts.get("password") or (unquote(password) if colon else None),
            parameters=_checked(parameters, query, name),
            ignored={key: query[key] for key in query if key in _POOLS},
        )

    def __str__(self) -> str:
        """The URL as the settings keep it."""
        return self._written("postgresql+asyncpg", {**self.parameters, **self.ignored})

    @property
    def libpq(self) -> str:
        """The URL for psycopg."""
        return self._written("postgresql", self.parameters)

    @property
    def asyncpg(self) -> str:
        """The URL for asyncpg, which takes parameters that it does not know for settings of the server."""
        known = {key: value for key, value in self.parameters.items() if key not in _LIBPQ}
        return self._written("postgresql", known)

    @property
    def place(self) -> str:
        """Where the server is, in words."""
        return unquote(self.hosts) or self.parameters.get("host") or "the socket or port of this machine"

    @property
    def timeout_secs(self) -> float | None:
        """`connect_timeout`; None where there is none, or no limit."""
        return float(self.parameters.get("connect_timeout", 0)) or None

    @property
    def named_statements(self) -> bool:
        """Whether nothing in the URL says that there is a pooler which loses prepared statements."""
        told = (
            self.ignored.get("prepared_statement_cache_size"),
            self.ignored.get("statement_cache_size"),
        )
        return "0" not in told and self.ignored.get("pgbouncer", "false") != "true"

    def _written(self, scheme: str, parameters: dict[str, str]) -> str:
        login = quote(self.user, safe="")
        if self.password is not None:
            login += f":{quote(self.password, safe='')}"
        at = "@" if login else ""
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in parameters.items())
        path = f"/{quote(self.database, safe='')}" if self.database else ""
        return f"{scheme}://{login}{at}{self.hosts}{path}" + (f"?{query}" if query else "")


def database_url(value: str, name: str) -> str:
    """The address of a database, in the one form that the rest of ORION knows."""
    return str(DatabaseUrl.read(value, name))


def _splits(rest: str) -> Iterator[tuple[str | None, tuple[str, str], dict[str, str]]]:
    """The ways to tell login, place and parameters apart: passwords may hold `@`, `/`, `?` and `#`."""
    for end in (None, *(at for at, letter in enumerate(rest) if letter == "@")):
        tail = _TAIL.match(rest if end is None else rest[end + 1 :])
        query = _query(tail["query"] or "") if tail else None
        if tail and query is not None:
            yield (None if end is None else rest[:end]), (tail["hosts"], tail["database"] or ""), query


def _query(text: str) -> dict[str, str] | None:
    """Parameters by name; None where it holds none. libpq takes no `+` for a space."""
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    if not all(equals and re.fullmatch(r"[A-Za-z_][\w.]*", key) for key, equals, _ in pairs):
        return None
    return {key: unquote(value) for key, _, value in pairs}


def _checked(parameters: dict[str, str], query: dict[str, str], name: str) -> dict[str, str]:
    """The parameters with what other programs call by another name; what cannot be meant is refused."""
    if "ssl" in query and "sslmode" not in parameters:
        parameters["sslmode"] = query["ssl"].lower()
    if query.get("sslaccept") == "strict":
        parameters["sslmode"] = "verify-full"
    if "sslmode" in parameters:
        parameters["sslmode"] = _SSL_WORDS.get(parameters["sslmode"], parameters["sslmode"])
    for key, words in _WORDS.items():
        if key in parameters and parameters[key] not in words:
            raise StartError(f"{name}: {key} is none of {', '.join(words)}")
    if not re.fullmatch(r"\d{1,6}", parameters.get("connect_timeout", "0"), re.ASCII):
        raise StartError(f"{name}: connect_timeout is no number of seconds")
    if parameters.get("sslrootcert") == "system":
        _use_system_roots(parameters, name)
    return parameters


def _refuse_ports(ports: list[str], name: str) -> None:
    if any(port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536) for port in ports):
        raise StartError(f"{name} names a port that is none")


def _use_system_roots(parameters: dict[str, str], name: str) -> None:
    """`sslrootcert=system` as libpq 16 has it, by the file that it means: asyncpg knows files alone."""
    if parameters.setdefault("sslmode", "verify-full") != "verify-full":
        raise StartError(f"{name}: sslrootcert=system needs sslmode=verify-full")
    roots = ssl.get_default_verify_paths().cafile
    if roots is None:
        raise StartError(f"{name}: this system has no file of root certificates; name one: sslrootcert=FILE")
    parameters["sslrootcert"] = roots
