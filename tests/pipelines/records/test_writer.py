import asyncio

import pytest
from sqlalchemy import text

from orion.pipelines.records.writer import Writer
from tests.pipelines import logged


@pytest.fixture
async def writer(database):
    made = Writer(database)
    yield made
    await made.stop()


def noting(done, number):
    async def write(store):
        done.append(number)

    return write


async def broken(store):
    await store.events._connection.execute(text("select no_such_column"))


async def test_writes_happen_in_the_order_in_which_they_were_put(writer):
    done: list[int] = []
    for number in range(250):
        writer.put(noting(done, number))
    writer.start()
    assert await writer.flush()
    assert done == list(range(250))


async def test_one_bad_write_is_left_out_and_logged_by_its_type_alone(writer):
    done: list[int] = []
    with logged.lines() as lines:
        for number in range(4):
            writer.put(noting(done, number))
        writer.put(broken)
        for number in range(4, 8):
            writer.put(noting(done, number))
        writer.start()
        assert await writer.flush()
    assert sorted(set(done)) == list(range(8))
    assert done[-8:] == list(range(8))
    assert lines == ["ERROR a record was refused by the database: ProgrammingError\n"]


async def test_a_write_that_raises_anything_holds_up_nobody(writer):
    done: list[int] = []

    async def raises(store):
        raise KeyError("ada@example.org")

    writer.start()
    with logged.lines() as lines:
        writer.put(raises)
        writer.put(noting(done, 1))
        assert await writer.flush()
    assert done[-1] == 1
    assert "ada" not in "".join(lines)


async def test_beyond_its_limit_writes_are_dropped_counted_and_the_rest_is_kept(writer):
    done: list[int] = []
    with logged.lines() as lines:
        for number in range(20_003):
            writer.put(noting(done, number))
    assert writer.dropped == 3
    assert len(lines) == 3
    writer.start()
    assert await writer.flush(30)
    assert done == list(range(20_000))


async def test_stopping_writes_what_is_queued(database):
    writer = Writer(database)
    done: list[int] = []
    writer.start()
    for number in range(5):
        writer.put(noting(done, number))
    await writer.stop()
    assert done == list(range(5))
    await writer.stop()


async def test_what_takes_too_long_is_told_by_a_flush(writer):
    held = asyncio.Event()

    async def waits(store):
        await held.wait()

    writer.start()
    writer.put(waits)
    assert not await writer.flush(0.05)
    held.set()
    assert await writer.flush()
