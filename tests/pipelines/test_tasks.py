import asyncio

from orion.pipelines.tasks import Tasks
from tests.pipelines import logged


async def test_closing_cancels_all_that_runs_and_waits_for_it():
    tasks, ended = Tasks(), []

    async def forever(number):
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(number)

    running = [tasks.spawn(forever(number), "forever") for number in range(3)]
    await asyncio.sleep(0)
    await tasks.close()
    assert sorted(ended) == [0, 1, 2]
    assert all(task.cancelled() for task in running)


async def test_a_task_that_closes_its_own_owner_is_not_cut_off():
    tasks, done = Tasks(), asyncio.Event()

    async def close():
        await tasks.close()
        done.set()

    tasks.spawn(close(), "close")
    async with asyncio.timeout(1):
        await done.wait()


async def test_a_failure_is_logged_by_its_type_and_nothing_personal():
    tasks = Tasks()

    async def fails():
        raise ValueError("ada@example.org said hello")

    with logged.lines() as lines:
        task = tasks.spawn(fails(), "greeting")
        await asyncio.wait([task])
        await asyncio.sleep(0)
    assert lines == ["ERROR task greeting failed: ValueError\n"]


async def test_what_has_ended_is_not_kept():
    tasks = Tasks()

    async def works():
        return 1

    assert await tasks.spawn(works(), "one") == 1
    await asyncio.sleep(0)
    assert tasks._running == set()
