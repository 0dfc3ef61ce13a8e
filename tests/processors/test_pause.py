from pipecat.frames.frames import (
    InputAudioRawFrame,
    LLMContextFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import run_test

from orion.processors.pause import Pause


class EndOfPause(FrameProcessor):
    """Ends the pause when it sees the words for it."""

    def __init__(self, pause: Pause) -> None:
        super().__init__()
        self._orion_pause = pause

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            await self._orion_pause.end()
        await self.push_frame(frame, direction)


def heard(pcm=b"\x01\x02" * 160):
    return InputAudioRawFrame(audio=pcm, sample_rate=16000, num_channels=1)


def end_it():
    return TranscriptionFrame("go on", "user", "2026-01-01T00:00:00Z")


async def through(*frames, paused=True, direction=FrameDirection.DOWNSTREAM):
    pause = Pause()
    pause.on = paused
    stages: list[FrameProcessor] = [pause.gate(), EndOfPause(pause)]
    if direction is FrameDirection.UPSTREAM:
        stages.reverse()
    down, up = await run_test(
        Pipeline(stages), frames_to_send=list(frames), frames_to_send_direction=direction
    )
    return [frame for frame in (down, up)[direction is FrameDirection.UPSTREAM] if type(frame) in KINDS]


KINDS = {InputAudioRawFrame, LLMContextFrame, LLMTextFrame, TTSSpeakFrame, TranscriptionFrame}


async def test_without_a_pause_everything_passes_as_it_is():
    frames = [heard(), LLMContextFrame(LLMContext()), LLMTextFrame("a"), TTSSpeakFrame("b")]
    passed = await through(*frames, paused=False)
    assert {type(frame) for frame in passed} == {type(frame) for frame in frames}
    assert passed[0].audio == b"\x01\x02" * 160


async def test_in_a_pause_audio_is_silence_of_the_same_length():
    (silence,) = await through(heard())
    assert silence.audio == bytes(320)


async def test_in_a_pause_the_user_is_not_answered_and_the_agent_says_nothing():
    passed = await through(LLMContextFrame(LLMContext()), LLMTextFrame("a"), TTSSpeakFrame("b"))
    assert passed == []


async def test_what_is_to_be_said_waits_for_the_end_of_the_pause():
    passed = await through(TTSSpeakFrame("first"), TTSSpeakFrame("second"), end_it())
    said = [frame.text for frame in passed if isinstance(frame, TTSSpeakFrame)]
    assert said == ["first", "second"]


async def test_contexts_with_the_results_of_tools_wait_and_the_last_goes_on_for_all():
    contexts = [LLMContextFrame(LLMContext()), LLMContextFrame(LLMContext())]
    up = FrameDirection.UPSTREAM
    assert await through(*contexts, direction=up) == []
    passed = await through(*contexts, end_it(), direction=up)
    assert [frame for frame in passed if isinstance(frame, LLMContextFrame)] == contexts[1:]
