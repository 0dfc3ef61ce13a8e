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
        "You told me that your dog is called Bello, that you were born in Oslo, and that the key is yours."
    )


async def test_what_was_never_told_is_not_known(call):
    assert await ask(call, "cat") == "I have nothing noted about your cat."
    assert await ask(Conversation(), "where the car is") == "I have nothing noted about where the car is."
    assert await ask(Conversation()) == "I have nothing noted about you yet."


async def test_what_is_known_of_me_is_everything(call):
    assert await ask(call, "me") == await ask(call)
    assert await ask(Conversation(), "me") == "I have nothing noted about you yet."


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("what's my name", "your name is Sarah"),
        ("where did I park", "you parked the car on level 3"),
        ("where is my car", "you parked the car on level 3"),
        ("who is my doctor", "your doctor is called Miller"),
        ("my doctor", "your doctor is called Miller, and that your doctor is nice"),
        ("what did I buy", "you bought a red lamp"),
        ("the number of my locker", "your locker is number 42"),
    ],
)
async def test_a_question_in_other_words_finds_it(query, told):
    call = Conversation()
    for content in (
        "my name is Sarah",
        "my doctor is called Miller",
        "I parked the car on level 3",
        "I bought a red lamp",
        "my doctor is nice",
        "my locker is number 42",
    ):
        await call.remember(content)
    assert await ask(call, query) == f"You told me that {told}."


async def test_what_shares_only_a_word_with_the_question_is_no_answer():
    call = Conversation()
    await call.remember("my wife's name is Julia")
    assert await ask(call, "when's my wife's birthday") == "I have nothing noted about your wife's birthday."


async def test_a_long_list_ends_with_how_many_more_there_are():
    call = Conversation()
    for number in range(30):
        await call.remember(f"my number {number} is {number}")
    answer = await ask(call)
    assert answer.startswith("You told me that your number 0 is 0, that your number 1 is 1, ")
    assert answer.endswith("and that your number 19 is 19. There are 10 more.")
    await call.forget_everything()
    for _ in range(30):
        await call.remember("x" * 1000)
    assert len(await ask(call)) < 6000


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("what do you know about me?", "me"),
        ("tell me everything you know about me", "me"),
        ("what do you know about my dog", "my dog"),
        ("do you know my name?", "my name"),
        ("do you know my address?", "my address"),
        ("do you still remember my locker number", "my locker number"),
        ("What's my wifi password?", "What's my wifi password"),
        ("can you tell me where I parked", "where I parked"),
        ("what have I told you", ""),
        ("what did I ask you to remember", ""),
        ("what did I tell you about the garage", "the garage"),
        ("when is Tom's birthday", "when is Tom's birthday"),
        ("what is the number of my locker", "what is the number of my locker"),
        ("can you remember what i am allergic to", "i am allergic to"),
        ("do you remember where the car is parked", "where the car is parked"),
        ("Hi, what's the number of my locker?", "what's the number of my locker"),
        ("what's the status of my order", None),
        ("what do I get if I take sixteen from fifty", None),
        ("where are the keys", "where are the keys"),
        ("when does my flight leave", "when does my flight leave"),
        ("what's the wifi called", "what's the wifi called"),
        ("where is the nearest pharmacy", None),
        ("what time is it", None),
        ("how is my timer doing", None),
        ("what are my timers", None),
        ("what did you say", None),
        ("what did I say", None),
        ("what is today's date", None),
        ("what is two plus two", None),
    ],
)
def test_a_question_about_the_users_own_things_is_heard_as_such(said, query):
    assert recall.understand(said) == (None if query is None else {"query": query})


async def test_the_model_gets_the_words_as_they_were_said(call):
    answer = await recall.run(recall.Args(query="born"), call)
    assert answer["memories"] == ["I was born in Oslo."]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I'm tired of my work", "you are tired of your work"),
        ("Tell me about myself", "Tell you about yourself"),
        ("the limit is 3 i think", "the limit is 3 you think"),
        ("we left our keys", "you left your keys"),
        ("I've a cat and I'd like a dog", "you've a cat and you'd like a dog"),
        ("Mimi met Ivy in Miami", "Mimi met Ivy in Miami"),
        ('my password is "your mine my I"', 'your password is "your mine my I"'),
        ("my song is I Will Survive", "your song is I Will Survive"),
        ("write to me at me@example.org", "write to you at me@example.org"),
        ("my plate is B-MY 123, i.am.bob", "your plate is B-MY 123, i.am.bob"),
        ("my king is Henry I", "your king is Henry I"),
    ],
)
def test_the_first_person_becomes_the_second(said, told):
    assert to_you(said) == told


@given(st.text(max_size=1000))
def test_any_text_can_be_told_back(content):
    assert isinstance(to_you(content), str)
