"""`orion users`: make an admin, list accounts, a new sign-in link, a new password.

All of it works on the database, beside a server that runs: nothing has to be restarted. Who may use the
database may do all of this.
"""

from __future__ import annotations

import argparse
import getpass
import socket
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orion.cli import serving
from orion.errors import NotFound, StartError
from orion.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from orion.domain.identity import User
    from orion.store.store import Store

LINK_MINUTES = 5
_CONNECT_SECS = 1.0


def arguments(parser: argparse.ArgumentParser, options: argparse.ArgumentParser) -> None:
    """The actions; each takes what every command takes (`options`), too."""
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION", dest="action")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text, parents=[options])

    create = add("create-admin", "make an admin; the password is asked for, or read from stdin")
    create.add_argument("--email", required=True)
    create.add_argument("--name", default="")
    create.add_argument("--workspace", help="name of the workspace (default: the one of a fresh server)")
    add("list", "list all accounts, workspace by workspace")
    link = add("link", "print a new sign-in link, good once and for five minutes; nothing is restarted")
    whose = link.add_mutually_exclusive_group()
    whose.add_argument("--email", help="for this account (default: the first admin of the default workspace)")
    whose.add_argument("--workspace", help="for the first admin of this workspace")
    reset = add("reset-password", "set a new password; all sign-ins of the account end, API keys stay")
    reset.add_argument("email", metavar="EMAIL")


async def run(settings: Settings, given: argparse.Namespace) -> int:
    """The action that was asked for."""
    actions = {
        "create-admin": _create_admin,
        "list": _list,
        "link": _link,
        "reset-password": _reset_password,
    }
    return await actions[given.action](settings, given)


async def _create_admin(settings: Settings, given: argparse.Namespace) -> int:
    from orion.domain.identity import Role

    email = given.email.strip().lower()
    hashed = await _new_password(email)
    async with _store(settings) as store:
        workspace_id = await store.users.workspace(given.workspace) if given.workspace else None
        user = await store.users.create(
            email=email,
            name=given.name or email.split("@")[0],
            password_hash=hashed,
            role=Role.ADMIN,
            workspace_id=workspace_id,
        )
    print(f"{user.email} is an admin.")
    return 0


async def _list(settings: Settings, _given: argparse.Namespace) -> int:
    async with _store(settings) as store:
        names = {workspace_id: name for name, workspace_id in (await store.users.workspaces()).items()}
        found = await store.users.all()
    rows = [("EMAIL", "NAME", "ROLE", "WORKSPACE", "STATE")]
    rows += [(u.email, u.name, u.role.value, names.get(u.workspace_id, "-"), _state(u)) for u in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    return 0


def _state(user: User) -> str:
    if user.disabled:
        return "disabled"
    return "active" if user.has_password else "no password yet"


async def _link(settings: Settings, given: argparse.Namespace) -> int:
    from orion.api.credentials.tokens import digest, new_token

    token = new_token()
    expires_at = datetime.now(UTC) + timedelta(minutes=LINK_MINUTES)
    async with _store(settings) as store:
        user = await _whose(store, given)
        await store.tokens.add_sign_in(digest(token), expires_at, user.id)
    base = serving.address(settings)
    print(f"{base}/?token={token}")
    print(f"It signs {user.email} in, once, within {LINK_MINUTES} minutes.", file=sys.stderr)
    if not _answers(base):
        print(f"No server answers at {base}; start it with: orion serve", file=sys.stderr)
    return 0


async def _whose(store: Store, given: argparse.Namespace) -> User:
    """Whom the link signs in. Raises NotFound, StartError."""
    if given.email:
        user = await _account(store, given.email)
        if user.disabled:
            raise StartError(f"the account {user.email} is disabled; an admin has to enable it first")
        return user
    if not given.workspace:
        return await store.users.admin_of_the_link()
    found = await store.users.first_admin(await store.users.workspace(given.workspace))
    if found is None:
        raise StartError(
            f"the workspace {given.workspace} has no admin; make one: "
            f"orion users create-admin --workspace {given.workspace} --email EMAIL"
        )
    return found


async def _account(store: Store, email: str) -> User:
    found = await store.users.by_email(email.strip().lower())
    if found is None:
        raise NotFound(f"there is no account {email.strip().lower()}; orion users list shows all")
    return found[0]


async def _reset_password(settings: Settings, given: argparse.Namespace) -> int:
    async with _store(settings) as store:
        user = await _account(store, given.email)
    hashed = await _new_password(user.email)
    async with _store(settings) as store:
        await store.users.set_password_hash(user.id, hashed)
        await store.tokens.revoke_user(user.id)
        await store.log_in_failures.clear(user.email)
    print(f"{user.email} has the new password; all its sign-ins have ended.")
    if user.disabled:
        print("The account is disabled; an admin has to enable it before it can sign in.")
    return 0


async def _new_password(email: str) -> str:
    """The hash of a password that somebody types, or that comes by stdin. Raises Invalid."""
    from orion.api.credentials.passwords import check_password, hash_password

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    check_password(password, email, "password")
    return await hash_password(password)


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    """One transaction on the database of the server."""
    from orion.domain.identity import Principal
    from orion.store.database import Database

    database = await Database.open(settings)
    try:
        async with database.transaction(Principal.system("log-in")) as store:
            yield store
    finally:
        await database.close()


def _answers(base: str) -> bool:
    """Whether something listens at an address."""
    parts = urlsplit(base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), _CONNECT_SECS).close()
    except OSError:
        return False
    return True
