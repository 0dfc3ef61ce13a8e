"""Why no connection comes about, in one sentence with the way out; it never holds a password."""

from __future__ import annotations

import os
import socket
import ssl

import asyncpg
from sqlalchemy.exc import DBAPIError

from orion.errors import StartError
from orion.settings.database_url import DatabaseUrl

REFUSED = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, DBAPIError)
"""What connecting, and the first statements, may raise."""


def start_error(error: BaseException, url: str, name: str) -> StartError:
    """What is wrong with the database that the setting `name` names."""
    address = DatabaseUrl.read(url, name)
    cause = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        cause = error.orig.__cause__ or error.orig
    for told in (_by_server, _by_tls, _by_network):
        if found := told(cause, address, name):
            return StartError(found)
    return StartError(f"the database of {name} cannot be used: {_line(cause)}")


def _by_server(error: BaseException, address: DatabaseUrl, name: str) -> str | None:
    """What the server says itself."""
    user, database = address.user or "of this process", address.database or "of the user's name"
    match error:
        case asyncpg.InvalidPasswordError():
            return f"the database refuses the password of the user {user}; correct it in {name}"
        case asyncpg.InvalidAuthorizationSpecificationError():
            told = f"the database refuses the user {user}: {_line(error)}"
            return f"{told}; correct {name}, or the server's pg_hba.conf"
        case asyncpg.InvalidCatalogNameError():
            return f"there is no database {database} on that server; create it, or correct {name}"
        case asyncpg.InsufficientPrivilegeError():
            return (
                f"the user {user} of {name} may not do what ORION needs: {_line(error)}; it makes a schema "
                "and two roles: let it be the database's owner, and ALTER ROLE it CREATEROLE"
            )
        case asyncpg.TooManyConnectionsError() | asyncpg.CannotConnectNowError():
            return f"the database takes no connection now: {_line(error)}; try again later"
    return None


def _by_tls(error: BaseException, address: DatabaseUrl, name: str) -> str | None:
    """What is wrong with TLS."""
    roots = address.parameters.get("sslrootcert")
    if isinstance(error, ssl.SSLCertVerificationError):
        told = f"the certificate of the database at {address.place} is not trusted: {error.verify_message}"
        return f"{told}; name in {name} who has signed it: sslrootcert=FILE, or sslrootcert=system"
    if isinstance(error, OSError) and roots and error.filename == roots:
        return f"{roots}, the sslrootcert of {name}, cannot be read: {error.strerror}"
    if isinstance(error, ssl.SSLError) or "SSL" in str(error):
        return f"no TLS with the database at {address.place}: {_line(error)}; see sslmode in {name}"
    return None


def _by_network(error: BaseException, address: DatabaseUrl, name: str) -> str | None:
    """What lies between here and the server."""
    match error:
        case socket.gaierror():
            return f"the host of the database is not known: {address.place}; correct {name}"
        case TimeoutError():
            return f"no answer from the database at {address.place}; check {name}, network and firewalls"
        case asyncpg.ClientConfigurationError():
            return f"{name} cannot be used: {_line(error)}"
        case OSError() if not isinstance(error, asyncpg.PostgresError):
            told = f"the database cannot be reached at {address.place}: {_reason(error)}"
            return f"{told}; see whether it runs, and correct {name}"
    return None


def _reason(error: OSError) -> str:
    """What the system says, without the addresses that asyncio adds."""
    return os.strerror(error.errno) if error.errno else _line(error)


def _line(error: BaseException) -> str:
    """The first line of an error's text."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
