"""Whether the agent counts as speaking, around a barge-in."""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import BotStartedSpeakingFrame, BotStoppedSpeakingFrame, TTSAudioRawFrame

from orion.transports._output import Output
from tests.providers.stage import Speaker, on_stage

SECOND = TTSAudioRawFrame(bytes(range(1, 241)) * 200, 24000, 1)


class Phone(Output, Speaker):
    """Plays in real time."""


async def test_the_chunk_that_was_under_way_at_a_barge_in_is_no_new_speech():
    phone = Phone()
    async with on_stage(phone) as stage:
        await stage.send(SECOND)
        await stage.heard(BotStartedSpeakingFrame)
        await stage.interrupt()
        await stage.heard(BotStoppedSpeakingFrame)
        await phone._media_senders[None]._handle_bot_speech(SECOND)
        await asyncio.sleep(0)
        assert len(stage.all(BotStartedSpeakingFrame)) == 1
        await stage.send(SECOND)
        await stage.heard(BotStartedSpeakingFrame, 2)
