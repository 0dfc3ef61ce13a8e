"""What of the user's speech stops the agent while it speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.utils.asyncio.task_manager import TaskManager

from orion.media.barge_in import BargeIn, BargeInPolicy

SPEAKS, SILENT = BotStartedSpeakingFrame(), BotStoppedSpeakingFrame()
BEGINS, ENDS = VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame()


def final(text):
    return TranscriptionFrame(text, "", "")


def interim(text):
    return InterimTranscriptionFrame(text, "", "")


class Listener:
    """One strategy, told frames; counts the turns that it begins, and the words that it drops."""

    def __init__(self, language: str, turn_taking: dict[str, Any], *, transcripts: bool) -> None:
        self.asked = False
        policy = BargeInPolicy.of(turn_taking, language)
        self.strategy = BargeIn(policy, lambda: self.asked, transcripts=transcripts)
        self.turns = self.dropped = 0
        self.strategy.add_event_handler("on_user_turn_started", self._begun)
        self.strategy.add_event_handler("on_reset_aggregation", self._reset)

    async def _begun(self, _strategy: object, _params: object) -> None:
        self.turns += 1
        await self.strategy.handle_user_turn_started()

    async def _reset(self, _strategy: object) -> None:
        self.dropped += 1

    async def hears(self, *frames):
        for frame in frames:
            await self.strategy.process_frame(frame)


@asynccontextmanager
async def listening(
    language: str = "en", *, transcripts: bool = True, **turn_taking: Any
) -> AsyncIterator[Listener]:
    tasks = TaskManager()
    found = Listener(language, turn_taking, transcripts=transcripts)
    await found.strategy.setup(SimpleNamespace(task_manager=tasks))  # type: ignore[arg-type]
    yield found
    await found.strategy.cleanup()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Mhm."), ("en", "uh-huh"), ("en", "Yeah, okay."), ("de", "ja, genau"), ("fr", "d'accord")],
)
async def test_a_sign_of_listening_does_not_stop_the_agent_and_leaves_no_words(language, said):
    async with listening(language) as listener:
        await listener.hears(SPEAKS, BEGINS, interim(said), ENDS, final(said))
    assert (listener.turns, listener.dropped) == (0, 1)


@pytest.mark.parametrize("said", ["stop", "yes but wait", "mhm and how much is it", "no"])
async def test_words_that_want_the_word_get_it_with_the_first_of_them(said):
    async with listening() as listener:
        await listener.hears(SPEAKS, BEGINS, interim(said))
        assert listener.turns == 1


@pytest.mark.parametrize("said", ["mhm", "yes"])
async def test_while_the_agent_is_silent_any_sound_is_an_answer(said):
    async with listening() as listener:
        await listener.hears(SPEAKS, SILENT, BEGINS)
        assert listener.turns == 1
        await listener.hears(ENDS, final(said))
    assert listener.dropped == 0


async def test_a_yes_to_a_question_that_is_being_asked_counts():
    async with listening() as listener:
        listener.asked = True
        await listener.hears(SPEAKS, BEGINS, ENDS, final("mhm"))
        assert listener.turns == 0
        await listener.hears(BEGINS, ENDS, final("yes"))
        assert listener.turns == 1


async def test_who_goes_on_speaking_is_heard_before_any_word_is_known():
    async with listening(interrupt_secs=0.05) as listener:
        await listener.hears(SPEAKS, BEGINS)
        assert listener.turns == 0
        async with asyncio.timeout(5):
            while not listener.turns:
                await asyncio.sleep(0.01)


async def test_a_cough_stops_nobody():
    async with listening() as listener:
        await listener.hears(SPEAKS, BEGINS, ENDS, SILENT)
    assert listener.turns == 0


async def test_what_began_while_the_agent_spoke_and_goes_on_when_it_is_silent_is_a_turn():
    async with listening() as listener:
        await listener.hears(SPEAKS, BEGINS, SILENT)
        assert listener.turns == 1


async def test_an_agent_decides_itself_what_interrupts_it():
    async with listening(interrupt_words=2) as listener:
        await listener.hears(SPEAKS, BEGINS, interim("stop"))
        assert listener.turns == 0
        await listener.hears(interim("stop it"))
        assert listener.turns == 1
    async with listening(ignored_words=["I see"]) as listener:
        await listener.hears(SPEAKS, BEGINS, ENDS, final("I see"), BEGINS, ENDS, final("mhm"))
        assert listener.turns == 1
    async with listening(interrupt_secs=0) as listener:
        await listener.hears(SPEAKS, BEGINS)
        assert listener.turns == 1


async def test_words_of_a_turn_that_is_under_way_are_kept_while_the_agent_begins_to_speak():
    async with listening() as listener:
        await listener.hears(BEGINS, SPEAKS, ENDS, final("mhm"))
    assert (listener.turns, listener.dropped) == (1, 0)


async def test_a_model_that_tells_late_what_it_heard_begins_no_turn_by_it():
    async with listening(transcripts=False) as listener:
        await listener.hears(BEGINS, ENDS)
        assert listener.turns == 1
        await listener.strategy.handle_user_turn_stopped()
        await listener.hears(interim("what is"), SPEAKS, final("what is seven plus five"))
        assert listener.turns == 1
        await listener.hears(BEGINS)
        assert listener.turns == 2, "its words tell nothing while it speaks, so any sound stops it"
