"""What a project's own tests rest on."""

import jsonschema
import pytest

from orion import testing
from orion.cli import init
from orion.domain.tool import ToolFailure
from orion.errors import FaultyFiles, NotFound

NOTES = '''
"""Keeps notes and more."""
from pydantic import BaseModel
class Args(BaseModel):
    text: str = ""
async def run(args, call):
    if not args.text:
        return [note.content for note in await call.recall("")]
    await call.remember(args.text)
    call.announce_after(60, "A minute has passed.")
    call.hand_over("scheduler")
    call.end_call()
'''


@pytest.fixture
def shop(tmp_path):
    init.write(tmp_path)
    return tmp_path


def test_a_tool_runs_and_says_its_answer(shop):
    answer = testing.run_tool("opening_hours", project=shop, day="saturday")
    assert answer.said == "On Saturday we are open from ten to two."


def test_arguments_are_checked_as_in_a_call(shop):
    with pytest.raises(jsonschema.ValidationError, match="'someday' is not one of"):
        testing.run_tool("opening_hours", project=shop, day="someday")
    with pytest.raises(jsonschema.ValidationError, match="unexpected"):
        testing.run_tool("opening_hours", project=shop, day="monday", week=1)


def test_a_refusal_an_unknown_tool_and_a_broken_one_are_raised(shop):
    with pytest.raises(ToolFailure):
        testing.run_tool("opening_hours", project=shop, day="sunday")
    with pytest.raises(NotFound, match="opening_hours"):
        testing.run_tool("closing_hours", project=shop)
    (shop / "tools" / "half.py").write_text("")
    with pytest.raises(FaultyFiles, match=r"half\.py:1: the docstring is missing"):
        testing.run_tool("half", project=shop)


def test_what_a_tool_asks_of_its_conversation_is_kept(shop):
    (shop / "tools" / "notes.py").write_text(NOTES)
    call = testing.Conversation()
    testing.run_tool("notes", project=shop, call=call, text="the oven is hot")
    assert [memory.content for memory in call.memories] == ["the oven is hot"]
    assert call.announced == [(60, "A minute has passed.")]
    assert (call.handed_to, call.ended) == ("scheduler", True)
    assert testing.run_tool("notes", project=shop, call=call).result == ["the oven is hot"]


def test_a_sentence_is_understood_or_not(shop):
    asked = "When do you open on Friday?"
    assert testing.understood(asked, project=shop) == ("opening_hours", {"day": "friday"})
    assert testing.understood("the moon is made of cheese", project=shop) == (None, {})
