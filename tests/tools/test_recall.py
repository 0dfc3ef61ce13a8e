import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.text.second_person import to_you
from orion.testing import Conversation
from orion.tools import recall


async def ask(call, query=""):
    return (await recall.run(recall.Args(query=query), call))["spoken"]


@pytest.fixture
async def call():
    conversation = Conversation()
    for content in ("my dog is called Bello", "I was born in Oslo.", "the key is mine"):
        await conversation.remember(content)
    return conversation


async def test_what_was_remembered_is_told_back_to_its_owner(call):
    assert await ask(call, "dog") == "You told me that your dog is called Bello."
    assert await ask(call, "born") == "You told me that you were born in Oslo."


async def test_asked_for_nothing_in_particular_the_newest_are_told(call):
    assert await ask(call) == (
        "You told me that the key is yours, and that you were born in Oslo, "
        "and that your dog is called Bello."
    )


async def test_what_was_never_told_is_not_known(call):
    assert await ask(call, "cat") == "I have nothing noted about your cat."
    assert await ask(call, "where the car is") == "I have nothing noted about where the car is."
    assert await ask(Conversation()) == "I have nothing noted about you yet."


async def test_what_is_known_of_me_is_everything(call):
    assert await ask(call, "me") == await ask(call)
    assert await ask(Conversation(), "me") == "I have nothing noted about you yet."


async def test_the_model_gets_the_words_as_they_were_said(call):
    answer = await recall.run(recall.Args(query="born"), call)
    assert answer["memories"] == ["I was born in Oslo."]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I'm tired of my work", "you are tired of your work"),
        ("Tell me about myself", "Tell you about yourself"),
        ("the limit is 3 i think", "the limit is 3 you think"),
        ("Mimi met Ivy in Miami", "Mimi met Ivy in Miami"),
    ],
)
def test_the_first_person_becomes_the_second(said, told):
    assert to_you(said) == told


@given(st.text(max_size=1000))
def test_any_text_can_be_told_back(content):
    assert isinstance(to_you(content), str)
