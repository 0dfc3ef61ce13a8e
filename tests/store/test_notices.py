import asyncio
from contextlib import asynccontextmanager

import asyncpg

from orion.store.notices import listen

CUT_OFF = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where query ilike 'listen%' and datname = current_database()
"""


@asynccontextmanager
async def listening(url, check_secs=60.0):
    """What is told, in order, by a listener to the channel `news`."""
    told: asyncio.Queue[str | None] = asyncio.Queue()
    task = asyncio.get_running_loop().create_task(listen(url, "news", told.put, check_secs=check_secs))
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def connected(url):
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def next_of(told):
    async with asyncio.timeout(10):
        return await told.get()


async def test_first_that_something_may_be_missed_then_what_is_told(database_url):
    async with listening(database_url) as told, connected(database_url) as other:
        assert await next_of(told) is None
        await other.execute("notify news, 'one'; notify other, 'none'; notify news, 'two'")
        assert [await next_of(told), await next_of(told)] == ["one", "two"]


async def test_silence_is_broken_from_time_to_time(database_url):
    async with listening(database_url, check_secs=0.05) as told:
        assert [await next_of(told) for _ in range(3)] == [None, None, None]


async def test_no_noise_keeps_the_regular_check_from_coming(database_url):
    async def make_noise(connection):
        while True:
            await connection.execute("notify news, 'noise'")

    async with listening(database_url, check_secs=0.2) as told, connected(database_url) as other:
        assert await next_of(told) is None
        noise = asyncio.get_running_loop().create_task(make_noise(other))
        async with asyncio.timeout(5):
            while await next_of(told) is not None:
                pass
        noise.cancel()
        await asyncio.gather(noise, return_exceptions=True)


async def test_a_lost_connection_comes_back_and_says_so(database_url):
    async with listening(database_url) as told, connected(database_url) as other:
        assert await next_of(told) is None
        assert len(await other.fetch(CUT_OFF)) == 1
        assert await next_of(told) is None, "lost"
        assert await next_of(told) is None, "and back"
        await other.execute("notify news, 'again'")
        assert await next_of(told) == "again"
