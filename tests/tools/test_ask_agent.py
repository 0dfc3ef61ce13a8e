import pytest

from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import ask_agent


class Colleagues:
    """Answers with what was asked."""

    async def ask(self, agent, question):
        return {"answer": f"{question}: {agent}", "tool_calls": []}


async def asked(agent, **conversation):
    call = Conversation(**conversation)
    return await ask_agent.run(ask_agent.Args(agent=agent, question="Who is there?"), call)


async def test_the_answer_is_told_with_who_gave_it():
    assert await asked("The researcher", consulting=Colleagues()) == {
        "agent": "researcher",
        "answer": "Who is there?: researcher",
        "tool_calls": [],
    }


async def test_nobody_of_that_name_is_told_with_who_there_is():
    with pytest.raises(ToolFailure, match="I can ask the scheduler or the researcher"):
        await asked("plumber", consulting=Colleagues())
    with pytest.raises(ToolFailure, match="nobody"):
        await asked("plumber", consulting=Colleagues(), agents=())


async def test_without_a_conversation_nobody_can_be_asked():
    with pytest.raises(ToolFailure, match="only while we talk"):
        await asked("researcher")
