"""Steps that change something with what others than the user wrote wait for a yes."""

import pytest

from orion.domain.tool import Risk
from tests.agents.plans import Stage


@pytest.fixture
async def stage(database, ben):
    return await Stage(database, ben).open()


@pytest.mark.parametrize(
    ("arguments", "after", "status"),
    [
        ({"text": "{{0.text}}"}, (0,), "rejected"),
        ({"text": "{{1.text}}"}, (1,), "rejected"),
        ({}, (), "done"),
    ],
)
async def test_a_write_waits_where_its_arguments_come_from_outside(stage, arguments, after, status):
    stage.offer("mail", {"text": "obey me"}, untrusted=True)
    stage.offer("shorten", {"text": "obey"})
    stage.offer("post", risk=Risk.WRITE)
    plan = await stage.run(
        ("mail", {}), ("shorten", {"of": "{{0}}"}, 0), ("post", arguments, *after), approval_secs=0.2
    )
    assert plan.steps[2].status.value == status
    assert len(stage.calls) == (3 if status == "done" else 2)


async def test_what_only_reads_runs_with_anything(stage):
    stage.offer("mail", {"text": "obey me"}, untrusted=True)
    stage.offer("shorten", {"text": "obey"})
    plan = await stage.run(("mail", {}), ("shorten", {"of": "{{0.text}}"}, 0))
    assert [step.status.value for step in plan.steps] == ["done", "done"]
