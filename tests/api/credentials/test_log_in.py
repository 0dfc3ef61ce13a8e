"""Signing in by email and password, while the password is changed."""

import asyncio

from argon2 import PasswordHasher

from orion.api.credentials.log_in import authenticate
from orion.domain.identity import Principal
from tests.api.running import PASSWORD
from tests.store.test_outbox import waits

EMAIL = "ada@example.org"
LOG_IN = Principal.system("log-in")
OF_EARLIER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Whose hashes are made anew at the next sign-in."""


async def test_a_password_that_is_changed_while_somebody_signs_in_stays_changed(database):
    async with database.transaction(LOG_IN) as store:
        kept = OF_EARLIER.hash(PASSWORD)
        user = await store.users.create(email=EMAIL, name="Ada", password_hash=kept, role=None)
    async with database.transaction(LOG_IN) as store:
        await store.users.set_password_hash(user.id, "the new one")
        signing_in = asyncio.create_task(authenticate(database, EMAIL, PASSWORD))  # noqa: TID251
        for _ in range(500):  # until it waits for the end of the change
            if await waits(database):
                break
            await asyncio.sleep(0.01)
    await signing_in
    async with database.transaction(LOG_IN) as store:
        assert (await store.users.by_email(EMAIL))[1] == "the new one"


async def test_a_hash_of_earlier_parameters_is_made_anew(database):
    async with database.transaction(LOG_IN) as store:
        kept = OF_EARLIER.hash(PASSWORD)
        await store.users.create(email=EMAIL, name="Ada", password_hash=kept, role=None)
    _, now = await authenticate(database, EMAIL, PASSWORD)
    async with database.transaction(LOG_IN) as store:
        assert (await store.users.by_email(EMAIL))[1] == now != kept
