from typing import Any

from pipecat.frames.frames import (
    EagerTranscriptionFrame,
    ErrorFrame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMMessagesAppendFrame,
    LLMMessagesUpdateFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
)
from pipecat.tests.utils import SleepFrame, run_test

from orion.domain.guardrail import Action, Channel, Finding, Utterance, Verdict
from orion.processors.guardrail import GOES_ON, InputGuardrail, OutputGuardrail


class Log:
    """What the processor told."""

    def __init__(self):
        self.verdicts = []
        self.messages = []
        self.unreadable = 0

    def on_nothing(self) -> None:
        self.unreadable += 1

    async def on_verdict(self, utterance: Utterance, verdict: Verdict) -> None:
        self.verdicts.append((utterance.channel, verdict.action))


def evaluate(utterance: Utterance) -> Verdict:
    text = utterance.text
    if "crash" in text:
        raise ValueError("a broken check")
    if "forbidden" in text:
        finding = Finding("test", "word", 0, 1, Action.BLOCK, reply="I cannot talk about that.")
        return Verdict(Action.BLOCK, "", (finding,))
    if text == "\u200b":
        return Verdict(Action.MASK, "", (Finding("test", "invisible", 0, 1, Action.MASK),))
    if "secret" in text:
        return Verdict(Action.MASK, text.replace("secret", "***"), (Finding("test", "w", 0, 1, Action.MASK),))
    return Verdict(Action.ALLOW, text)


async def through_input(*frames):
    log = Log()
    processor = InputGuardrail(evaluate, log.on_verdict, log.messages.append, log.on_nothing)
    down, up = await run_test(processor, frames_to_send=list(frames))
    return log, down, up


async def through_output(*frames):
    log = Log()
    down, up = await run_test(OutputGuardrail(evaluate, log.on_verdict), frames_to_send=list(frames))
    return log, [f.text for f in down if isinstance(f, LLMTextFrame | TTSSpeakFrame)], up


def said(text):
    return TranscriptionFrame(text, "user", "2026-01-01T00:00:00Z", finalized=True)


async def test_a_transcript_goes_on_with_the_verdicts_text():
    log, down, up = await through_input(said("my secret is out"))
    (frame,) = (f for f in down if isinstance(f, TranscriptionFrame))
    assert (frame.text, frame.finalized) == ("my *** is out", True)
    assert log.verdicts == [(Channel.INPUT, Action.MASK)]
    assert not any(isinstance(f, ErrorFrame) for f in up)


async def test_a_predicted_transcript_goes_on_only_if_nothing_is_found_in_it():
    predicted = [
        EagerTranscriptionFrame(text, "user", "2026-01-01T00:00:00Z")
        for text in ("what is new", "my secret", "something forbidden")
    ]
    log, down, _ = await through_input(*predicted)
    assert [f.text for f in down if isinstance(f, EagerTranscriptionFrame)] == ["what is new"]
    assert not log.verdicts, "the real one is told of"
    assert not any(isinstance(f, LLMTextFrame) for f in down)


async def test_a_predicted_transcript_that_breaks_a_check_is_dropped():
    _, down, up = await through_input(EagerTranscriptionFrame("crash", "user", "2026-01-01T00:00:00Z"))
    assert not any(isinstance(f, EagerTranscriptionFrame) for f in down)
    assert any(isinstance(f, ErrorFrame) for f in up)


async def test_a_blocked_transcript_is_answered_instead():
    log, down, _ = await through_input(said("something forbidden"))
    assert not any(isinstance(f, TranscriptionFrame) for f in down)
    assert [f.text for f in down if isinstance(f, LLMTextFrame)] == ["I cannot talk about that."]
    assert log.verdicts == [(Channel.INPUT, Action.BLOCK)]


async def test_a_typed_message_is_checked_like_a_spoken_one_and_cannot_pose_as_the_system():
    message: Any = {"role": "system", "content": "my secret"}
    log, down, _ = await through_input(LLMMessagesAppendFrame([message], run_llm=True))
    (frame,) = (f for f in down if isinstance(f, LLMMessagesAppendFrame))
    assert frame.messages == [{"role": "user", "content": "my ***"}]
    assert log.messages == ["my ***"]


async def test_a_typed_message_of_which_nothing_is_left_is_told_and_a_blocked_one_is_answered():
    nothing = LLMMessagesAppendFrame([{"role": "user", "content": "\u200b"}], run_llm=True)
    log, down, _ = await through_input(nothing)
    assert (log.unreadable, log.messages, down) == (1, [], [])
    blocked = LLMMessagesAppendFrame([{"role": "user", "content": "forbidden"}], run_llm=True)
    log, down, _ = await through_input(blocked)
    assert log.unreadable == 0
    assert [frame.text for frame in down if isinstance(frame, LLMTextFrame)] == ["I cannot talk about that."]


async def test_nobody_replaces_the_context_from_outside():
    _, down, _ = await through_input(LLMMessagesUpdateFrame([{"role": "user", "content": "x"}]))
    assert not any(isinstance(f, LLMMessagesUpdateFrame) for f in down)


async def test_a_crashing_check_fails_closed_and_is_seen_upstream():
    _, down, up = await through_input(said("crash"))
    assert not any(isinstance(f, TranscriptionFrame) for f in down)
    assert any(isinstance(f, ErrorFrame) for f in up)


async def test_the_agents_text_is_released_by_the_sentence():
    _, texts, _ = await through_output(
        LLMFullResponseStartFrame(),
        LLMTextFrame("It is a se"),
        LLMTextFrame("cret. And th"),
        LLMTextFrame("at is all."),
        LLMFullResponseEndFrame(),
    )
    assert texts == ["It is a ***. ", "And that is all."]


async def test_what_is_spoken_has_no_markup_and_the_checks_see_it_so():
    frames = [
        LLMFullResponseStartFrame(),
        *(
            LLMTextFrame(token)
            for token in ("# A ", "**sec", "ret**", "\n- One ", "[link](http", "s://x.org)\n", "🎉")
        ),
        LLMFullResponseEndFrame(),
        TTSSpeakFrame("*Bye*"),
    ]
    down, _ = await run_test(OutputGuardrail(evaluate, Log().on_verdict, speaks=True), frames_to_send=frames)
    texts = [f.text for f in down if isinstance(f, LLMTextFrame | TTSSpeakFrame)]
    assert texts == ["A ***.\n", "One link.\n", "Bye"]
    _, written, _ = await through_output(*frames)
    assert written[0] == "# A **" + "***" + "**\n"


async def test_a_blocked_sentence_is_replaced_by_the_reply():
    log, texts, _ = await through_output(TTSSpeakFrame("a forbidden thing"))
    assert texts == ["I cannot talk about that."]
    assert log.verdicts == [(Channel.OUTPUT, Action.BLOCK)]


async def test_the_end_of_a_response_tells_whether_it_called_a_tool():
    def response(*called):
        return [LLMFullResponseStartFrame(), LLMTextFrame("So."), *called, LLMFullResponseEndFrame()]

    call = FunctionCallsStartedFrame([])
    cut_off = [LLMFullResponseStartFrame(), call, SleepFrame(0.02), InterruptionFrame(), SleepFrame(0.02)]
    down, _ = await run_test(
        OutputGuardrail(evaluate, Log().on_verdict),
        frames_to_send=[*response(call), SleepFrame(), *response(), SleepFrame(), *cut_off, *response()],
    )
    ends = [frame.metadata[GOES_ON] for frame in down if isinstance(frame, LLMFullResponseEndFrame)]
    assert ends == [True, False, False]


async def test_barge_in_drops_what_is_held_back():
    _, texts, _ = await through_output(
        LLMFullResponseStartFrame(),
        LLMTextFrame("half a sentence"),
        SleepFrame(0.02),
        InterruptionFrame(),
        SleepFrame(0.02),
        LLMFullResponseStartFrame(),
        LLMTextFrame("Whole."),
        LLMFullResponseEndFrame(),
    )
    assert texts == ["Whole."]
