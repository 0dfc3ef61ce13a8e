import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.tool import ToolFailure
from orion.errors import NotFound
from orion.testing import Conversation
from orion.tools import hand_over


async def to(agent, **conversation):
    call = Conversation(**conversation)
    return await hand_over.run(hand_over.Args(agent=agent), call), call.handed_to


@pytest.mark.parametrize("said", ["scheduler", "schedule", "the Scheduler", "Scheduler please"])
async def test_it_goes_to_the_agent_that_sounds_like_it(said):
    assert await to(said) == ({"agent": "scheduler"}, "scheduler")


async def test_a_name_is_spoken_without_its_signs():
    names = ("front-desk", "night_shift")
    assert await to("night shift", agents=names) == ({"agent": "night shift"}, "night_shift")


async def test_nobody_of_that_name_is_told_with_who_there_is():
    with pytest.raises(ToolFailure, match="the scheduler or the researcher"):
        await to("plumber")
    with pytest.raises(ToolFailure, match="anybody"):
        await to("plumber", agents=())


class Deserted(Conversation):
    """A conversation whose other agents have gone meanwhile."""

    def hand_over(self, agent: str, task: str = "") -> None:  # noqa: ARG002 - as ToolContext has it
        raise NotFound(f"no agent {agent!r}")


async def test_an_agent_that_has_gone_is_refused():
    with pytest.raises(ToolFailure, match="right now"):
        await hand_over.run(hand_over.Args(agent="scheduler"), Deserted())


@given(st.text(min_size=1, max_size=100))
async def test_any_text_names_one_of_the_agents_or_is_refused(said):
    try:
        _, handed_to = await to(said)
    except ToolFailure:
        return
    assert handed_to in {"scheduler", "researcher"}
