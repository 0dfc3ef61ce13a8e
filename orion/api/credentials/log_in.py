"""Email and password: checked in the same time whether there is such an account or not."""

from __future__ import annotations

from orion.api.credentials.passwords import hash_password, needs_rehash, verify_password
from orion.domain.identity import Principal, User
from orion.errors import Limited, Unauthenticated
from orion.store.database import Database

_LOG_IN = Principal.system("log-in")


async def authenticate(database: Database, email: str, password: str) -> tuple[User, str]:
    """The account of an address and its password, and the password's hash as it is kept now.

    Raises:
        Unauthenticated: There is no such account, the password is wrong, or the account is disabled.
        Limited: Too many attempts on this address failed; the delay grows with each.
        Overloaded: Too many passwords are being checked.
    """
    async with database.transaction(_LOG_IN) as store:
        if wait_secs := await store.log_in_failures.wait_secs(email):
            raise Limited("too many failed attempts; wait before the next", retry_after_secs=wait_secs)
        found = await store.users.by_email(email)
    user, stored = found or (None, None)
    matches = await verify_password(stored, password)
    if user is None or stored is None or not matches or user.disabled:
        async with database.transaction(_LOG_IN) as store:
            await store.log_in_failures.add(email)
        raise Unauthenticated("email or password is wrong")
    rehashed = await hash_password(password) if needs_rehash(stored) else None
    async with database.transaction(_LOG_IN) as store:
        await store.log_in_failures.clear(email)
        if rehashed:
            await store.users.set_password_hash(user.id, rehashed, before=stored)
    return user, rehashed or stored
