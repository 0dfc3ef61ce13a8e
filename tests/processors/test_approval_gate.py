import asyncio
import json
from typing import Any

import pytest
from pipecat.frames.frames import InterruptionFrame, LLMContextFrame, LLMTextFrame, TTSSpeakFrame
from pipecat.tests.utils import SleepFrame, run_test

from orion.domain.approval import Approvals, Wanted, question
from orion.domain.taint import Taint
from orion.processors.approval_gate import ApprovalGate
from orion.processors.joined_context import JoinedContext

CALL = Wanted("c1", "send_money", {"to": "Eve"}, question("send_money", {"to": "Eve"}))


class Stage:
    """A gate before which a question was asked and heard, and what comes of it."""

    def __init__(self, patience_secs=60.0):
        self.approvals, self.taint = Approvals(), Taint()
        self.approvals.add(CALL, asyncio.get_running_loop().time())
        told: Any = {"role": "tool", "tool_call_id": "c1", "content": "waits"}
        self.context = JoinedContext([{"role": "system", "content": "Help."}, told])
        self.ran: list[Any] = []
        self.outcomes: list[Any] = []
        self.patience_secs = patience_secs
        self.gate = self.again()

    def again(self):
        """A gate of the next message, or the next call."""
        return ApprovalGate(
            self.approvals,
            self.taint,
            self.context,
            self.decide,
            lambda wanted, outcome, by: self.outcomes.append((wanted.call_id, outcome, by)),
            patience_secs=self.patience_secs,
            clock=lambda: asyncio.get_running_loop().time(),
        )

    async def decide(self, wanted, approved, by):
        self.ran.append((wanted.tool, approved, by))
        return {"sent": approved}

    def heard(self):
        now = asyncio.get_running_loop().time()
        self.approvals.asked(now)
        self.gate.orion_said(CALL.question)

    def was_heard(self):
        """Before the gate runs."""
        now = asyncio.get_running_loop().time()
        self.approvals.asked(now)
        self.approvals.said(CALL.question, now)

    def read(self) -> list[Any]:
        """What a model reads."""
        return list(self.context.get_messages())

    def says(self, text, **more):
        self.context.add_message({"role": "user", "content": text})
        frame = LLMContextFrame(self.context)
        for name, value in more.items():
            setattr(frame, name, value)
        return frame

    async def through(self, *frames):
        down, _ = await run_test(self.gate, frames_to_send=[*frames, SleepFrame(sleep=0.1)])
        return [frame for frame in down if isinstance(frame, LLMContextFrame | TTSSpeakFrame)]


async def test_a_yes_is_taken_out_and_the_result_goes_to_the_model():
    stage = Stage()
    stage.approvals.asked(asyncio.get_running_loop().time())
    stage.approvals.said(CALL.question, asyncio.get_running_loop().time())
    passed = await stage.through(stage.says("yes"))
    assert stage.ran == [("send_money", True, "text")]
    assert stage.outcomes == []
    assert [type(frame) for frame in passed] == [LLMContextFrame]
    last = json.loads(stage.read()[-1]["content"])
    assert (last["tool_call_id"], json.loads(last["result"])) == ("c1", {"sent": True})


async def test_what_was_not_asked_is_asked_and_not_done():
    stage = Stage()
    passed = await stage.through(stage.says("yes"))
    assert stage.ran == []
    assert [frame.text for frame in passed] == [CALL.question]


async def test_other_words_go_to_the_model_that_reads_of_the_no():
    stage = Stage()
    passed = await stage.through(stage.says("tell me about the sea please"))
    assert [type(frame) for frame in passed] == [LLMContextFrame]
    assert "no yes" in stage.read()[1]["content"]
    assert (stage.ran, stage.outcomes) == ([], [("c1", "rejected", "text")])


async def test_who_goes_on_before_the_question_was_heard_asks_for_the_whole():
    stage = Stage()
    call: Any = {"id": "c1", "type": "function", "function": {"name": "send_money", "arguments": "{}"}}
    asked: Any = [{"role": "user", "content": "Send Eve money."}, {"role": "assistant", "tool_calls": [call]}]
    stage.context.set_messages([stage.read()[0], *asked, stage.read()[1]])
    passed = await stage.through(stage.says("And then tell me the time."))
    assert [type(frame) for frame in passed] == [LLMContextFrame]
    assert stage.read()[1:] == [{"role": "user", "content": "Send Eve money and then tell me the time."}]
    assert stage.ran == [("send_money", False, "text")]
    assert len(stage.approvals) == 0


async def test_who_goes_on_after_the_question_was_heard_has_spoken_of_something_else():
    stage = Stage()
    asked: Any = {"role": "user", "content": "Send Eve money."}
    stage.context.set_messages([asked, stage.read()[1]])
    stage.was_heard()
    await stage.through(stage.says("And then tell me the time please."))
    assert len(stage.read()) == 3
    assert (stage.ran, stage.outcomes) == ([], [("c1", "rejected", "text")])


async def test_while_a_question_is_open_nothing_is_predicted():
    stage = Stage()
    assert await stage.through(stage.says("yes", speculation=True)) == []
    assert stage.ran == []


async def test_the_words_of_others_are_forgotten_with_the_users_next_ones():
    stage = Stage()
    stage.taint.mark()
    await stage.through(InterruptionFrame(), stage.says("what is the weather like today"))
    assert not stage.taint.marked


async def test_a_question_that_nobody_answers_is_answered_by_no():
    class Hears(ApprovalGate):
        """Hears the question when a word passes."""

        async def process_frame(self, frame, direction):
            await super().process_frame(frame, direction)
            if isinstance(frame, LLMTextFrame):
                stage.heard()

    stage = Stage(patience_secs=0.05)
    stage.gate.__class__ = Hears
    passed = await stage.through(LLMTextFrame("a"), SleepFrame(sleep=0.2))
    assert [frame.text for frame in passed] == ["I heard no yes, so I have not done it."]
    assert stage.outcomes == [("c1", "expired", "time")]
    assert not len(stage.approvals)


@pytest.mark.parametrize("words", ["no", "cancel that", "stop"])
async def test_a_no_is_told_to_the_model(words):
    stage = Stage()
    await stage.through(stage.says(words))
    assert stage.ran == [("send_money", False, "text")]


class Elsewhere(ApprovalGate):
    """Hears from elsewhere of an answer when a word passes."""

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        match frame:
            case LLMTextFrame("yes"):
                self.orion_answered(CALL, approved=True)
            case LLMTextFrame("late"):
                self.orion_expired(CALL)
            case LLMTextFrame("asked"):
                await self.orion_ask()


async def test_an_answer_from_elsewhere_is_done_told_and_counts_no_second_time():
    stage = Stage()
    stage.gate.__class__ = Elsewhere
    passed = await stage.through(LLMTextFrame("yes"), SleepFrame(sleep=0.1), stage.says("yes"))
    assert stage.ran == [("send_money", True, None)]
    assert [type(frame) for frame in passed] == [LLMContextFrame, LLMContextFrame]
    assert any('{\\"sent\\": true}' in str(message["content"]) for message in stage.read())


async def test_a_question_that_expires_elsewhere_is_told_as_a_no():
    stage = Stage()
    stage.gate.__class__ = Elsewhere
    passed = await stage.through(LLMTextFrame("late"))
    assert (stage.ran, len(stage.approvals)) == ([], 0)
    assert [type(frame) for frame in passed] == [LLMContextFrame]
    assert "no yes" in str(stage.read()[-1]["content"])


async def test_a_question_about_the_question_brings_it_again_and_keeps_it_open():
    stage = Stage()
    stage.was_heard()
    passed = await stage.through(stage.says("what is this about?"))
    assert [frame.text for frame in passed] == [CALL.question]
    assert (stage.ran, stage.outcomes, len(stage.approvals)) == ([], [], 1)


async def test_an_answer_from_elsewhere_silences_the_question():
    stage = Stage()
    stage.gate.__class__ = Elsewhere
    down, _ = await run_test(
        stage.gate,
        frames_to_send=[LLMTextFrame("asked"), LLMTextFrame("yes"), SleepFrame(sleep=0.1)],
    )
    kinds = [type(f) for f in down if isinstance(f, TTSSpeakFrame | InterruptionFrame | LLMContextFrame)]
    assert kinds == [TTSSpeakFrame, InterruptionFrame, LLMContextFrame]
    assert stage.ran == [("send_money", True, None)]


async def test_a_typed_yes_to_a_question_that_is_being_read_out_counts():
    stage = Stage()
    stage.gate.__class__ = Elsewhere
    asked = LLMTextFrame("asked")
    passed = await stage.through(asked, SleepFrame(sleep=0.1), InterruptionFrame(), stage.says("yes"))
    assert stage.ran == [("send_money", True, "text")]
    assert [type(frame) for frame in passed] == [TTSSpeakFrame, LLMContextFrame]


async def test_a_yes_after_a_question_that_was_dropped_is_told_to_come_too_late():
    stage = Stage()
    stage.was_heard()
    await stage.through(stage.says("tell me about the sea please"))
    stage.gate = stage.again()
    stage.context.add_message({"role": "assistant", "content": "It is wide."})
    passed = await stage.through(stage.says("yes"))
    assert [frame.text for frame in passed] == ["There is nothing to say yes to."]
    stage.gate = stage.again()
    passed = await stage.through(stage.says("yes"))
    assert [type(frame) for frame in passed] == [LLMContextFrame], "that was told once"


async def test_a_yes_to_a_question_of_the_agents_own_is_its_models():
    stage = Stage()
    stage.was_heard()
    await stage.through(stage.says("tell me about the sea please"))
    stage.gate = stage.again()
    stage.context.add_message({"role": "assistant", "content": "It is wide. More?"})
    assert [type(frame) for frame in await stage.through(stage.says("yes"))] == [LLMContextFrame]


async def test_a_model_is_told_under_the_id_that_its_context_knows():
    stage = Stage()
    stage.gate.orion_known_as("c1", "order:0")
    stage.was_heard()
    await stage.through(stage.says("yes"))
    assert json.loads(stage.read()[-1]["content"])["tool_call_id"] == "order:0"
