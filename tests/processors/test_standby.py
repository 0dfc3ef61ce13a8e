"""An engine in reserve."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import Frame, LLMTextFrame, StartFrame, TTSSpeakFrame
from pipecat.processors.frame_processor import FrameProcessor

from orion.processors.standby import Standby
from tests.providers.stage import on_stage


class Engine(FrameProcessor):
    """Counts how often it is set up, and marks what passes through it."""

    def __init__(self) -> None:
        super().__init__()
        self.set_up = self.released = 0
        self.seen: list[str] = []

    async def setup(self, setup):
        await super().setup(setup)
        self.set_up += 1

    async def cleanup(self):
        await super().cleanup()
        self.released += 1

    async def process_frame(self, frame: Frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self.seen.append("start")
        if isinstance(frame, LLMTextFrame | TTSSpeakFrame):
            self.seen.append(frame.text)
        await self.push_frame(frame, direction)


async def test_an_engine_that_is_not_needed_is_not_set_up_and_sees_nothing():
    engine = Engine()
    async with on_stage(Standby(engine)) as stage:
        await stage.send(LLMTextFrame("by"))
        await stage.heard(LLMTextFrame)
    assert (engine.set_up, engine.released, engine.seen) == (0, 0, [])


async def test_once_woken_it_gets_what_waited_for_it_and_all_that_follows_and_nothing_twice():
    engine = Engine()
    standby = Standby(engine, keeps=(TTSSpeakFrame,))
    async with on_stage(standby) as stage:
        await stage.send(LLMTextFrame("before"), TTSSpeakFrame("waits"))
        await stage.heard(LLMTextFrame)
        await standby.orion_wake()
        await standby.orion_wake()
        await stage.send(LLMTextFrame("after"))
        await stage.heard(LLMTextFrame, 2)
        assert len(stage.all(StartFrame)) == 1
    assert engine.seen == ["start", "waits", "after"]
    assert (engine.set_up, engine.released) == (1, 1)


class Sleepy(Engine):
    """Lets no frame through: it does not start."""

    async def process_frame(self, frame: Frame, direction):
        if not isinstance(frame, StartFrame):
            await super().process_frame(frame, direction)


async def test_an_engine_that_did_not_wake_in_time_is_released_all_the_same():
    engine = Sleepy()
    standby = Standby(engine, wake_secs=0.1)
    async with on_stage(standby):
        with pytest.raises(TimeoutError):
            await standby.orion_wake()
    assert (engine.set_up, engine.released) == (1, 1)


async def test_what_was_under_way_when_it_woke_was_not_meant_for_it():
    engine = Engine()
    standby = Standby(engine)
    async with on_stage(standby) as stage:
        late = LLMTextFrame("late")
        await standby.orion_wake()
        await stage.send(late)
        await stage.heard(LLMTextFrame)
    assert engine.seen == ["start"]
