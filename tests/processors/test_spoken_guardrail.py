"""The guardrails around a model that speaks by itself."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    InterruptionFrame,
    LLMFullResponseStartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.base_text_aggregator import TextType

from orion.domain.guardrail import Action, Channel
from orion.processors.spoken_guardrail import HeardGuardrail, SaidGuardrail
from tests.processors.test_guardrail import Log, evaluate
from tests.providers.stage import Speaker, on_stage

RATE_HZ = 24000


class Model(FrameProcessor):
    """Stands in the place of the model: sends its transcripts up, and keeps what comes to it from below."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.cut = 0

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            await self.push_frame(frame, FrameDirection.UPSTREAM)
            return
        if direction is FrameDirection.UPSTREAM:
            self.cut += isinstance(frame, InterruptionFrame)
            if isinstance(frame, TTSSpeakFrame):
                self.told.append(frame.text)
        await self.push_frame(frame, direction)


class Above(FrameProcessor):
    """Keeps the transcripts that go up."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame) and direction is FrameDirection.UPSTREAM:
            self.heard.append(frame.text)
        await self.push_frame(frame, direction)


class Checked:
    def __init__(self) -> None:
        self.allowed: list[bool] = []

    async def __call__(self, _heard, *, allowed):
        self.allowed.append(allowed)


def transcript(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "", "2026-01-01T00:00:00Z")


def text(words: str) -> TTSTextFrame:
    frame = TTSTextFrame(words, text_type=TextType.SENTENCE)
    frame.includes_inter_frame_spaces = True
    return frame


def sound(secs: float) -> TTSAudioRawFrame:
    return TTSAudioRawFrame(bytes(round(secs * RATE_HZ) * 2), RATE_HZ, 1)


@pytest.mark.parametrize(
    ("spoken", "heard", "allowed"),
    [
        ("seven plus five", ["seven plus five"], True),
        ("my secret is out", ["my *** is out"], True),
        ("a forbidden word", [], False),
        ("crash", [], False),
        ("", [], True),
    ],
)
async def test_what_the_model_heard_is_told_and_answered_as_the_verdict_says(spoken, heard, allowed):
    log, checked, above = Log(), Checked(), Above()
    guardrail = HeardGuardrail(evaluate, log.on_verdict, checked)
    async with on_stage(above, guardrail, Model(), errors=None) as stage:
        await stage.send(transcript(spoken))
        async with asyncio.timeout(5):
            while not checked.allowed:
                await asyncio.sleep(0)
        await stage.quiet(0.05)
    assert above.heard == heard
    assert checked.allowed == [allowed]
    told = [frame.text for frame in stage.all(TTSSpeakFrame)]
    assert told == (["I cannot talk about that."] if "forbidden" in spoken else [])
    assert len(stage.all(ErrorFrame)) == (spoken == "crash"), "a broken check is seen"


async def said(*frames, serves: bool = True, quiet_secs: float = 0.0, cut: bool = False):
    """What comes of the model's words and sound, played as long as it lasts."""
    log, model = Log(), Model()
    guardrail = SaidGuardrail(evaluate, log.on_verdict, lambda: serves)
    async with on_stage(model, guardrail, speaker=Speaker(), errors=None) as stage:
        await stage.send(LLMFullResponseStartFrame(), *frames)
        await stage.quiet(quiet_secs)
        if cut:
            await stage.interrupt()
    return log, model, stage


async def test_each_word_is_told_when_its_sound_is_played():
    words = "That is twelve. Anything else?"
    _, _, stage = await said(text(words), sound(1.0), sound(1.0), TTSStoppedFrame(), quiet_secs=2.3)
    assert [word for word, _ in stage.words] == words.split()
    played = dict(stage.words)
    assert played["That"] < 0.2
    assert played["else?"] == pytest.approx(len("That is twelve. Anything ") / 15, abs=0.25)


async def test_a_barge_in_leaves_the_words_that_were_not_played():
    words = "One two three four. Five six seven eight. "
    _, _, stage = await said(text(words), sound(3.0), TTSStoppedFrame(), quiet_secs=1.0, cut=True)
    told = [word for word, _ in stage.words]
    assert told[:2] == ["One", "two"]
    assert 2 <= len(told) < 6


async def test_words_that_the_estimate_puts_behind_the_sound_come_before_its_end():
    _, _, stage = await said(text("A fast voice says all of this at once."), sound(0.5), TTSStoppedFrame())
    kinds = [type(frame) for frame in stage.frames if isinstance(frame, TTSTextFrame | TTSStoppedFrame)]
    assert kinds == [TTSTextFrame] * 9 + [TTSStoppedFrame]


async def test_a_blocked_sentence_cuts_the_model_and_its_reply_is_to_be_said():
    log, model, stage = await said(
        text("All is well. A forbidden word. And "), sound(2.0), text("more."), sound(2.0), quiet_secs=0.3
    )
    assert log.verdicts == [(Channel.OUTPUT, Action.BLOCK)]
    assert model.told == ["I cannot talk about that."]
    assert model.cut == 1
    assert not stage.all(TTSAudioRawFrame), "its words came before its sound"
    assert "forbidden" not in [word for word, _ in stage.words]


async def test_a_check_that_breaks_cuts_the_model():
    _, model, stage = await said(text("A crash. "), sound(1.0), quiet_secs=0.2)
    assert model.cut == 1
    assert model.told == []
    assert not stage.all(TTSAudioRawFrame)
    assert stage.all(ErrorFrame)


async def test_what_is_masked_is_masked_in_the_transcript_and_heard_all_the_same():
    _, model, stage = await said(text("My secret. "), sound(1.0), TTSStoppedFrame(), quiet_secs=1.2)
    assert [word for word, _ in stage.words] == ["My", "***."]
    assert stage.all(TTSAudioRawFrame)
    assert model.cut == 0


async def test_words_of_another_voice_are_its_own_business():
    _, _, stage = await said(text("A forbidden word."), serves=False, quiet_secs=0.1)
    assert [word for word, _ in stage.words] == ["A forbidden word."]
