import pytest

from orion.domain.tool import ToolFailure
from orion.testing import Conversation
from orion.tools import forget, forget_everything

KNOWN = (
    "My name is Sarah",
    "my wifi password is tulip42",
    "I parked the car on level 3",
    "my dog is called Bello",
    "my dog is allergic to nuts",
)


@pytest.fixture
async def call():
    conversation = Conversation()
    for content in KNOWN:
        await conversation.remember(content)
    return conversation


async def ask(call, what):
    result = await forget.run(forget.Args(what=what), call)
    return forget.SAY.format_map(result)


@pytest.mark.parametrize(
    ("what", "gone", "said"),
    [
        ("my wifi password", [1], "your wifi password is tulip42"),
        ("wifi password", [1], "your wifi password is tulip42"),
        ("my password", [1], "your wifi password is tulip42"),
        ("where I parked", [2], "you parked the car on level 3"),
        ("that I parked the car on level 3", [2], "you parked the car on level 3"),
        ("my car", [2], "you parked the car on level 3"),
        ("that my dog is called Bello", [3], "your dog is called Bello"),
        ("my dog", [3, 4], "your dog is called Bello, and that your dog is allergic to nuts"),
        ("my dog's name", [3], "your dog is called Bello"),
        ("my name", [0], "your name is Sarah"),
    ],
)
async def test_one_thing_is_erased_and_what_it_was_is_said(call, what, gone, said):
    assert await ask(call, what) == f"I have forgotten that {said}."
    remaining = [content for index, content in enumerate(KNOWN) if index not in gone]
    assert [memory.content for memory in call.memories] == remaining


@pytest.mark.parametrize("what", ["my cat", "my bank password", "where I left my umbrella", "red wine"])
async def test_what_was_never_told_is_not_there_to_be_forgotten(call, what):
    with pytest.raises(ToolFailure, match="I have nothing noted about"):
        await ask(call, what)
    assert len(call.memories) == len(KNOWN)


@pytest.mark.parametrize("what", ["it", "that", "everything", "all of it", "me"])
async def test_nothing_and_everything_is_not_one_thing(call, what):
    with pytest.raises(ToolFailure, match=r"[Ss]ay"):
        await ask(call, what)
    assert len(call.memories) == len(KNOWN)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("forget my wifi password", "my wifi password"),
        ("Please forget about my dog.", "my dog"),
        ("can you delete my address from your memory", "my address"),
        ("forget what I told you about my sister", "my sister"),
        ("forget that my dog is called Bello", "that my dog is called Bello"),
        ("forget where I parked", "where I parked"),
        ("you can forget our meeting now", "our meeting"),
        ("forget it", None),
        ("forget about it", None),
        ("forget my timer", None),
        ("delete the alarm", None),
        ("don't forget that my dog is called Bello", None),
        ("forget everything you know about me", None),
    ],
)
def test_the_thing_to_forget_is_found_in_the_sentence(said, what):
    assert forget.understand(said) == ({"what": what} if what else None)


async def test_everything_is_erased_and_counted(call):
    told = await forget_everything.run(forget_everything.Args(), call)
    assert told == {"forgotten": 5, "spoken": "I have forgotten all 5 things that I had noted about you."}
    assert call.memories == []
    with pytest.raises(ToolFailure, match="nothing noted"):
        await forget_everything.run(forget_everything.Args(), call)


def test_everything_is_forgotten_only_after_a_yes():
    assert forget_everything.CONFIRM is True


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("delete everything you know about me", True),
        ("Please forget everything!", True),
        ("erase all that you have noted about me", True),
        ("wipe your memory", True),
        ("forget all about me please", True),
        ("could you delete all of my data", True),
        ("forget everything I ever told you", True),
        ("forget me", True),
        ("forget it", False),
        ("delete all timers", False),
        ("forget everything about my dog", False),
        ("do you know everything about me", False),
    ],
)
def test_the_wish_to_be_forgotten_is_heard_in_many_forms(said, meant):
    assert forget_everything.understand(said) == ({} if meant else None)
