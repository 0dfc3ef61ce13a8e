import pytest
from pydantic import ValidationError

from orion.domain.memory import MemoryType
from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import remember


async def keep(call, content):
    return await remember.run(remember.Args(content=content), call)


def kept(call):
    return [memory.content for memory in call.memories]


async def test_the_users_own_words_are_kept_as_a_fact_of_the_session():
    call = Conversation()
    told = await keep(call, "My dog is called Bello")
    (memory,) = call.memories
    assert told == {
        "id": str(memory.id),
        "content": "My dog is called Bello",
        "replaced": [],
        "spoken": "your dog is called Bello",
    }
    assert (memory.content, memory.type) == ("My dog is called Bello", MemoryType.FACT)
    assert memory.session_id == call.session_id


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("My name is Sarah by the way", "My name is Sarah"),
        ("I parked the car on level 3, can you keep that in mind?", "I parked the car on level 3"),
        ("that we leave on Sunday", "that we leave on Sunday"),
        ("remember to buy milk", "I need to buy milk"),
        ("please remember that the key is under the mat", "the key is under the mat"),
    ],
)
async def test_what_is_said_around_a_fact_is_not_kept(said, content):
    call = Conversation()
    assert (await keep(call, said))["content"] == content
    assert kept(call) == [content]


async def test_a_newer_fact_about_the_same_thing_is_the_only_one_that_remains():
    call = Conversation()
    await keep(call, "my dog is called Bello")
    await keep(call, "My wifi password is Tulip42")
    told = await keep(call, "my wifi password is tulip43")
    assert told["replaced"] == ["My wifi password is Tulip42"]
    assert told["spoken"] == "your wifi password is tulip43, no longer Tulip42"
    assert kept(call) == ["my dog is called Bello", "my wifi password is tulip43"]


async def test_the_same_fact_again_is_kept_once():
    call = Conversation()
    for content in ("my dog is called Bello", "My dog is called Bello."):
        assert (await keep(call, content))["spoken"] == "your dog is called Bello"
    assert kept(call) == ["My dog is called Bello"]


async def test_what_was_kept_as_an_episode_or_a_note_is_not_replaced():
    call = Conversation()
    await call.remember("my dog is called Bello", MemoryType.SUMMARY)
    await keep(call, "my dog is called Rex")
    assert kept(call) == ["my dog is called Bello", "my dog is called Rex"]


async def test_what_only_points_at_its_subject_corrects_the_newest_thing_of_its_sort():
    call = Conversation()
    for content in ("my wifi password is tulip42", "my anniversary is on the 12th of October"):
        await keep(call, content)
    told = await keep(call, "that's wrong, it's on the 13th")
    assert told["spoken"] == "your anniversary is on the 13th, no longer on the 12th of October"
    assert kept(call) == ["my wifi password is tulip42", "my anniversary is on the 13th"]
    with pytest.raises(ToolFailure, match="What shall I remember"):
        await keep(Conversation(), "it's on the 13th")


@pytest.mark.parametrize("pointing", ["that", "it", "in mind", "the result", "remember that", "this, please"])
async def test_what_only_points_at_something_is_asked_for(pointing):
    call = Conversation()
    with pytest.raises(ToolFailure, match="What shall I remember"):
        await keep(call, pointing)
    assert kept(call) == []


@pytest.mark.parametrize("content", ["", "x", "x" * 1001])
def test_too_little_and_too_much_is_not_kept(content):
    with pytest.raises(ValidationError):
        remember.Args(content=content)
