from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Collection

import numpy as np
import psutil
import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from orion.domain.agent import Agent
from orion.providers import pocketsphinx
from orion.providers.pocketsphinx import Listeners, PocketSphinxSTTService
from orion.tools import load_all, phrases
from tests.journeys.conftest import need
from tests.journeys.phone import spoken
from tests.providers.opus import through_opus
from tests.providers.stage import RATE_HZ, Stage, on_stage, recording

QUIET = bytes(RATE_HZ * 2 // 5)
"""200 ms."""
ROOM = np.random.default_rng(1).integers(-12, 12, RATE_HZ // 5).astype(np.int16)
"""200 ms of faint noise."""
FORWARD, CLUBS = "go_forward_ten_meters", "seven_of_clubs"


@pytest.fixture(scope="module")
def listeners():
    """The fork server of a process, which loads the model once."""
    opened = Listeners()
    asyncio.run(opened.start())
    yield opened
    opened.close()


@pytest.fixture
def stt(listeners):
    return PocketSphinxSTTService(listeners)


async def say(stage: Stage, name: str) -> None:
    """A whole utterance, as the VAD marks it: speech, and the silence for which it waits."""
    await begin(stage, name)
    await stage.send(VADUserStoppedSpeakingFrame())


async def begin(stage: Stage, name: str) -> None:
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(recording(name) + QUIET)


def server_of(listeners: Listeners) -> psutil.Process:
    assert listeners._process is not None
    return psutil.Process(listeners._process.pid)


async def listener_of(listeners: Listeners, dead: Collection[int] = ()) -> psutil.Process:
    """The one process that listens now, other than those that died."""
    async with asyncio.timeout(5):
        while True:
            living = [child for child in server_of(listeners).children() if child.pid not in dead]
            if living:
                return living[0]
            await asyncio.sleep(0.01)


async def gone(process: psutil.Process) -> None:
    await asyncio.to_thread(process.wait, 5)


async def test_it_hears_what_people_say_and_marks_the_end(stt):
    async with on_stage(stt) as stage:
        await say(stage, FORWARD)
        final = await stage.heard(TranscriptionFrame)
        assert final.text.startswith("go forward ten")
        assert final.finalized


async def test_words_so_far_come_before_the_final_ones(stt):
    async with on_stage(stt) as stage:
        await begin(stage, FORWARD)
        await stage.until(lambda: "forward" in words_so_far(stage))
        assert stage.all(TranscriptionFrame) == []
        await stage.send(VADUserStoppedSpeakingFrame())
        await stage.heard(TranscriptionFrame)
    assert len({frame.text for frame in stage.all(InterimTranscriptionFrame)}) > 2


@pytest.mark.parametrize("gain", [0.2, 0.5, 1.0])
async def test_the_first_utterance_of_a_call_is_heard_through_opus_loud_or_quiet(settings, tmp_path, gain):
    need("flite")
    speech = np.concatenate([ROOM, spoken("what is seven plus five", tmp_path), ROOM])
    try:
        await pocketsphinx.expect(settings, phrases(tool.tool for tool in load_all().values()))
        async with on_stage(pocketsphinx.stt(settings, Agent("test", ""))) as stage:
            await stage.send(VADUserStartedSpeakingFrame())
            await stage.audio(through_opus((speech * gain).astype(np.int16)))
            await stage.send(VADUserStoppedSpeakingFrame())
            assert (await stage.heard(TranscriptionFrame)).text == "what is seven plus five"
    finally:
        await pocketsphinx.stop()


def first_words(stage: Stage) -> list[str]:
    return [frame.text.split()[0] for frame in stage.all(TranscriptionFrame)]


def words_so_far(stage: Stage) -> str:
    return " ".join(frame.text for frame in stage.all(InterimTranscriptionFrame))


async def test_utterances_follow_each_other_and_silence_says_nothing(stt):
    async with on_stage(stt) as stage:
        await say(stage, FORWARD)
        await stage.heard(TranscriptionFrame)
        await stage.send(VADUserStartedSpeakingFrame())
        await stage.audio(QUIET * 3)
        await stage.send(VADUserStoppedSpeakingFrame())
        await say(stage, CLUBS)
        await stage.heard(TranscriptionFrame, 2)
    assert first_words(stage) == ["go", "seven"]


async def test_the_half_second_before_the_vads_start_is_heard_and_earlier_audio_is_not(stt):
    pcm = recording(FORWARD)
    onset = RATE_HZ * 2 * 2 // 5
    async with on_stage(stt) as stage:
        await stage.audio(recording(CLUBS) + bytes(RATE_HZ))
        await stage.audio(pcm[:onset])
        await stage.send(VADUserStartedSpeakingFrame())
        await stage.audio(pcm[onset:] + QUIET)
        await stage.send(VADUserStoppedSpeakingFrame())
        assert (await stage.heard(TranscriptionFrame)).text.startswith("go forward ten")


async def test_killed_in_an_utterance_another_process_hears_it_from_the_start(stt, listeners):
    async with on_stage(stt) as stage:
        await begin(stage, FORWARD)
        await stage.until(lambda: "forward" in words_so_far(stage))
        listener = await listener_of(listeners)
        listener.kill()
        await gone(listener)
        await stage.send(VADUserStoppedSpeakingFrame())
        assert (await stage.heard(TranscriptionFrame)).text.startswith("go forward ten")
        assert (await listener_of(listeners, {listener.pid})).pid != listener.pid


async def test_killed_between_utterances_nothing_is_heard_twice(stt, listeners):
    async with on_stage(stt) as stage:
        await say(stage, FORWARD)
        await stage.heard(TranscriptionFrame)
        listener = await listener_of(listeners)
        listener.kill()
        await gone(listener)
        await say(stage, CLUBS)
        await stage.heard(TranscriptionFrame, 2)
    assert first_words(stage) == ["go", "seven"]


async def test_three_deaths_give_an_utterance_up_and_the_next_one_is_heard(stt, listeners):
    dead: set[int] = set()
    async with on_stage(stt, errors=1) as stage:
        await begin(stage, FORWARD)
        for _ in range(3):
            await stage.heard(InterimTranscriptionFrame, len(stage.all(InterimTranscriptionFrame)) + 1)
            listener = await listener_of(listeners, dead)
            listener.kill()
            dead.add(listener.pid)
        assert "lost" in (await stage.heard(ErrorFrame)).error
        await stage.send(VADUserStoppedSpeakingFrame())
        await say(stage, FORWARD)
        assert (await stage.heard(TranscriptionFrame)).text.startswith("go forward ten")


async def test_a_dead_fork_server_is_started_anew(stt, listeners):
    async with on_stage(stt) as stage:
        listener, server = await listener_of(listeners), server_of(listeners)
        server.kill()
        listener.kill()
        await say(stage, FORWARD)
        assert (await stage.heard(TranscriptionFrame)).text.startswith("go forward ten")
        assert server_of(listeners).pid != server.pid


async def test_an_utterance_beyond_half_a_minute_is_heard_in_parts(stt):
    async with on_stage(stt) as stage:
        await stage.send(VADUserStartedSpeakingFrame())
        await stage.audio(recording(FORWARD) + QUIET * 150 + recording(CLUBS) + QUIET)
        first = await stage.heard(TranscriptionFrame)
        assert first.text.startswith("go forward ten")
        await stage.send(VADUserStoppedSpeakingFrame())
        assert "seven of" in (await stage.heard(TranscriptionFrame, 2)).text
        assert stt._orion_utterance == []


async def test_its_listener_ends_with_the_call(stt, listeners):
    async with on_stage(stt):
        listener = await listener_of(listeners)
    await gone(listener)


ALONE = """
import asyncio
from orion.providers.pocketsphinx import Listeners

async def main():
    listeners = Listeners()
    call = await listeners.listener()
    print(listeners._process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_all_processes_end_with_their_parent_even_if_it_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", ALONE], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    server = psutil.Process(int(await asyncio.to_thread(parent.stdout.readline)))
    async with asyncio.timeout(5):
        while not (children := server.children()):
            await asyncio.sleep(0.01)
    parent.kill()
    parent.wait(5)
    parent.stdout.close()
    for process in (server, *children):
        await gone(process)


async def test_what_tools_expect_is_preferred_and_other_words_are_still_heard(settings):
    phrases = ["ten of clubs", "nine of diamonds", "seven of clubs"] * 20
    try:
        await pocketsphinx.expect(settings, phrases)
        async with on_stage(pocketsphinx.stt(settings, Agent("test", ""))) as stage:
            await say(stage, CLUBS)
            assert (await stage.heard(TranscriptionFrame)).text == "seven of clubs"
            await say(stage, FORWARD)
            assert (await stage.heard(TranscriptionFrame, 2)).text.startswith("go forward ten")
    finally:
        await pocketsphinx.stop()
