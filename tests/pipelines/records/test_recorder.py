import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orion.domain.approval import Wanted
from orion.domain.guardrail import Action, Channel, Finding, Utterance, Verdict
from orion.domain.identity import new_id
from orion.domain.price import FREE, Price, PriceList
from orion.domain.session import Session, SessionStatus
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Speaker, Turn
from orion.domain.usage import Usage
from orion.domain.waiting_call import ApprovalState
from orion.pipelines.records.bill import Bill
from orion.pipelines.records.feed import Feed, Subscription
from orion.pipelines.records.latency import Stopwatch
from orion.pipelines.records.meter import Meter
from orion.pipelines.records.recorder import Recorder
from orion.pipelines.records.writer import Writer
from orion.pipelines.waiting_calls import WaitingCalls

FLUENT = Usage("llm", "openai", "gpt-4.1", input_tokens=20)
HEARD = Usage("stt", "pocketsphinx", audio_secs=1.5)
PRICES = PriceList({FLUENT.engine: Price(input=Decimal(2)), HEARD.engine: FREE})


@pytest.fixture
async def session(database, ben):
    made = Session(
        new_id(), ben.workspace_id, ben.user_id, "concierge", SessionStatus.CREATED, datetime.now(UTC)
    )
    async with database.transaction(ben) as store:
        return await store.sessions.create(made)


@pytest.fixture
async def call(database, ben, session):
    """A recorder over a real database, with what watchers saw and what was kept."""
    recording = Recording(database, ben, session)
    with recording.feed.subscribe(session.id) as recording.subscription:
        yield recording
    await recording.writer.stop()


class Recording:
    def __init__(self, database, owner, session):
        self.database, self.owner, self.session = database, owner, session
        self.feed, self.writer, self.stopwatch = Feed(), Writer(database), Stopwatch()
        self.writer.start()
        self.meter, self.bill = Meter(), Bill(PRICES)
        self.recorder = Recorder(
            session.id, "concierge", self.feed, self.writer, self.stopwatch, meter=self.meter, bill=self.bill
        )
        self.subscription = Subscription()

    def seen(self):
        queue = self.subscription._queue
        return [queue.get_nowait() for _ in range(queue.qsize())]

    async def kept(self):
        assert await self.writer.flush()
        async with self.database.transaction(self.owner) as store:
            return await store.turns.of_session(self.session.id)

    async def events(self):
        assert await self.writer.flush()
        async with self.database.transaction(self.owner) as store:
            return [event.name for event in await store.events.after(self.session.id, None)]


def a_call(status, **values):
    return ToolCall("c1", "timer", {"duration": "1 minute"}, status, started_at=datetime.now(UTC), **values)


async def test_a_turn_begins_with_its_first_word_and_is_kept_when_it_ends(call):
    call.recorder.partial(Speaker.USER, "what")
    call.recorder.partial(Speaker.USER, "what time")
    call.recorder.user_said("what time is it")
    names = [event.name for event in call.seen()]
    assert names == ["turn.started", "turn.partial", "turn.partial", "turn.ended"]
    assert [(turn.speaker, turn.text) for turn in await call.kept()] == [(Speaker.USER, "what time is it")]


async def test_partials_and_states_are_seen_but_not_kept(call):
    call.recorder.state("listening")
    call.recorder.state("listening")
    call.recorder.state("thinking")
    call.recorder.partial(Speaker.USER, "hello")
    call.recorder.user_said("hello")
    assert [event.body.get("state") for event in call.seen()][:2] == ["listening", "thinking"]
    assert await call.events() == ["turn.started", "turn.ended"]


async def test_a_cough_leaves_no_turn(call):
    call.recorder.partial(Speaker.USER, "uh")
    call.recorder.user_said("")
    call.recorder.close()
    assert await call.kept() == []


async def test_what_was_played_is_what_an_interrupted_turn_keeps(call):
    heard: list[Turn] = []
    call.recorder.on_agent_turn = heard.append
    for word in ("It", "is", "nine"):
        call.recorder.played(word)
    call.recorder.agent_said("It is", interrupted=True)
    (turn,) = await call.kept()
    assert (turn.text, turn.interrupted, turn.agent) == ("It is", True, "concierge")
    assert [turn.text for turn in heard] == ["It is"]


async def test_a_tool_call_belongs_to_the_turn_that_answers_over_it(call):
    await call.recorder.tool_call(a_call(ToolCallStatus.RUNNING))
    call.recorder.agent_said("", interrupted=False)
    await call.recorder.tool_call(a_call(ToolCallStatus.DONE, result={"secs": 60}))
    call.recorder.agent_said("Okay.", interrupted=False)
    (turn,) = await call.kept()
    assert turn.text == "Okay."
    assert [(c.status, c.result) for c in turn.tool_calls] == [(ToolCallStatus.DONE, {"secs": 60})]
    assert await call.events() == ["turn.started", "tool.started", "tool.ended", "turn.ended"]


async def test_words_before_a_tool_call_and_over_its_result_are_one_turn(call):
    heard: list[Turn] = []
    call.recorder.on_agent_turn = heard.append
    call.recorder.played("One moment.")
    await call.recorder.tool_call(a_call(ToolCallStatus.RUNNING))
    call.recorder.agent_said("One moment.", interrupted=False, goes_on=True)
    await call.recorder.tool_call(a_call(ToolCallStatus.DONE, result={"secs": 60}))
    assert not heard, "who waits for the answer waits on"
    call.recorder.played("Done.")
    call.recorder.cut_off()
    call.recorder.agent_said("Done.", interrupted=False)
    (turn,) = await call.kept()
    assert (turn.text, turn.interrupted, len(turn.tool_calls)) == ("One moment. Done.", False, 1)
    assert heard == [turn]


@pytest.mark.parametrize("over_the_result", ["", "It"])
async def test_a_barge_in_ends_a_turn_whose_tool_runs_with_what_was_heard_of_it(call, over_the_result):
    call.recorder.agent_said("One moment.", interrupted=False, goes_on=True)
    if over_the_result:
        call.recorder.played(over_the_result)
    call.recorder.cut_off()
    if over_the_result:
        call.recorder.agent_said(over_the_result, interrupted=True)
    (turn,) = await call.kept()
    assert (turn.text, turn.interrupted) == (f"One moment. {over_the_result}".strip(), True)


async def test_a_model_that_has_nothing_to_say_over_a_result_ends_its_turn(call):
    call.recorder.agent_said("I set it.", interrupted=False, goes_on=True)
    call.recorder.agent_said("", interrupted=False)
    assert [turn.text for turn in await call.kept()] == ["I set it."]


async def test_a_tool_that_ends_after_its_turn_was_cut_off_updates_its_own_row(call):
    await call.recorder.tool_call(a_call(ToolCallStatus.RUNNING))
    call.recorder.agent_said("", interrupted=True)
    await call.recorder.tool_call(a_call(ToolCallStatus.DONE, result={"secs": 60}))
    (turn,) = await call.kept()
    assert (turn.interrupted, turn.tool_calls[0].status) == (True, ToolCallStatus.DONE)


async def test_the_latency_is_that_of_the_turn(call):
    call.stopwatch.speech_ended(1.0)
    call.stopwatch.mark("first_audio_ms", 1.5)
    call.recorder.agent_said("One.", interrupted=False)
    call.recorder.agent_said("Two.", interrupted=False)
    assert [turn.latency.first_audio_ms for turn in await call.kept()] == [500.0, None]


async def test_the_end_of_the_call_ends_what_is_under_way(call):
    call.recorder.partial(Speaker.USER, "and also")
    call.recorder.played("Well")
    call.recorder.close()
    kept = {turn.speaker: (turn.text, turn.interrupted) for turn in await call.kept()}
    assert kept == {Speaker.USER: ("and also", False), Speaker.AGENT: ("Well", True)}


async def test_a_verdict_tells_what_was_found_and_never_the_text(call):
    finding = Finding("pii", "card", 0, 16, Action.MASK, 0.9)
    said = Utterance("4111111111111111", Channel.INPUT)
    await call.recorder.verdict(said, Verdict(Action.MASK, "****", (finding,)))
    (event,) = call.seen()
    assert event.name == "guardrail"
    assert "4111" not in str(event.body)
    assert event.body["findings"][0]["kind"] == "card"


async def test_turns_of_another_agent_carry_its_name(call):
    call.recorder.agent_said("Bye.", interrupted=False)
    call.recorder.agent = "scheduler"
    call.recorder.agent_said("Hello.", interrupted=False)
    assert [turn.agent for turn in await call.kept()] == ["concierge", "scheduler"]


async def test_no_character_keeps_what_was_said_out_of_the_record(call):
    call.recorder.partial(Speaker.USER, "one \x00")
    call.recorder.user_said("one \x00two\ud800")
    call.recorder.agent_said("three\x00", interrupted=False)
    assert [turn.text for turn in await call.kept()] == ["one \ufffdtwo\ufffd", "three\ufffd"]
    assert all(json.dumps(event.body, ensure_ascii=False).encode() for event in call.seen())


async def test_an_engine_that_failed_is_told_by_its_part_and_counted(call):
    call.recorder.switched("llm", "acme", "rate_limit", "offline")
    call.recorder.switched("tts", "acme", "nothing in time", None)
    first, second = call.seen()
    assert (first.name, first.body["slug"], first.body["part"]) == ("error", "provider-error", "llm")
    assert first.body["detail"] == "The language model by acme failed; offline goes on."
    assert second.body["detail"] == "Speech by acme failed; no other is left."
    assert call.recorder._meter.switches == {("llm", "acme"): 1, ("tts", "acme"): 1}


async def test_a_turn_has_what_was_consumed_for_it_and_the_rest_is_the_sessions(call):
    call.bill.used(HEARD)
    call.bill.used(FLUENT)
    call.recorder.user_said("hello")
    call.bill.used(FLUENT)
    call.recorder.agent_said("Hello.", interrupted=False)
    call.bill.used(Usage("stt", "pocketsphinx", audio_secs=4.0))
    call.recorder.close()
    heard, told = await call.kept()
    assert heard.usage == (replace(HEARD, cost_micros=0),)
    assert told.usage == (replace(FLUENT, input_tokens=40, cost_micros=80),)
    ended = [event.body["turn"]["usage"] for event in call.seen() if event.name == "turn.ended"]
    assert [usage["cost_usd"] for usage in ended] == [0, 0.00008]
    async with call.database.transaction(call.owner) as store:
        found = await store.sessions.get(call.session.id)
    assert {one.kind: one.audio_secs for one in found.usage} == {"llm": 0, "stt": 5.5}
    assert call.meter.cost_micros == {("stt", "pocketsphinx"): 0, ("llm", "openai"): 80}
    assert call.meter.consumed["audio_secs", "stt", "pocketsphinx"] == 5.5


async def test_a_cost_that_is_not_known_is_null_and_counted_as_such(call, logs):
    for _ in range(2):
        call.bill.used(Usage("llm", "acme", "m", output_tokens=1))
    call.recorder.agent_said("Hello.", interrupted=False)
    (ended,) = [event.body["turn"] for event in call.seen() if event.name == "turn.ended"]
    assert ended["usage"]["cost_usd"] is None
    assert call.meter.unpriced == {("llm", "acme"): 1}
    assert sum("no price for m" in line for line in logs) == 1, "it is said once in a call"


async def test_what_others_wrote_is_kept_with_the_agents_turns_until_the_user_has_said_something(call):
    call.recorder.untrusted = True
    call.recorder.agent_said("It says this.", interrupted=False)
    call.recorder.user_said("Thank you.")
    call.recorder.agent_said("You are welcome.", interrupted=False)
    assert [turn.untrusted for turn in await call.kept()] == [True, False, False]


async def test_an_answer_stands_behind_the_question_that_cut_its_silent_tool_off(call):
    call.recorder.user_said("How much tea?")
    await call.recorder.tool_call(a_call(ToolCallStatus.RUNNING))
    call.recorder.cut_off()
    await call.recorder.tool_call(a_call(ToolCallStatus.CANCELLED, error="cancelled"))
    call.recorder.partial(Speaker.USER, "when do you")
    call.recorder.user_said("When do you close?")
    call.recorder.played("At six.")
    call.recorder.agent_said("At six.", interrupted=False)
    turns = await call.kept()
    assert [turn.text for turn in turns] == ["How much tea?", "", "When do you close?", "At six."]
    assert [call.status for call in turns[1].tool_calls] == [ToolCallStatus.CANCELLED]
    assert not turns[3].tool_calls


async def test_a_tool_that_ends_in_a_later_turn_belongs_to_its_own(call):
    await call.recorder.tool_call(a_call(ToolCallStatus.RUNNING))
    call.recorder.cut_off()
    call.recorder.played("Yes?")
    await call.recorder.tool_call(a_call(ToolCallStatus.DONE, result={"secs": 60}))
    call.recorder.agent_said("Yes?", interrupted=False)
    first, second = await call.kept()
    assert ([c.status for c in first.tool_calls], second.tool_calls) == ([ToolCallStatus.DONE], ())
    ended = next(event for event in call.seen() if event.name == "tool.ended")
    assert ended.body["turn_id"] == str(first.id)


async def test_what_the_agent_says_by_itself_is_no_part_of_a_turn_of_before(call):
    call.recorder.agent_said("It is nine in Tokyo.", interrupted=False, goes_on=True)
    call.recorder.close_idle()
    call.recorder.played("Your timer is over.")
    call.recorder.agent_said("Your timer is over.", interrupted=False)
    assert [(turn.text, turn.interrupted) for turn in await call.kept()] == [
        ("It is nine in Tokyo.", False),
        ("Your timer is over.", False),
    ]


async def test_the_words_of_a_filler_are_seen_and_not_kept(call):
    for word in ("One", "moment."):
        call.recorder.filled(word)
    call.recorder.played("It is nine.")
    call.recorder.agent_said("It is nine.", interrupted=False)
    assert [turn.text for turn in await call.kept()] == ["It is nine."]
    partials = [event.body for event in call.seen() if event.name == "turn.partial"]
    assert [(body["text"], body.get("filler", False)) for body in partials] == [
        ("One", True),
        ("One moment.", True),
        ("It is nine.", False),
    ]


@pytest.mark.parametrize("said", [True, False])
async def test_a_call_that_was_approved_and_is_not_run_stands_so_whether_its_turn_is_over_or_not(call, said):
    waiting = WaitingCalls(call.database, call.feed, call.writer)
    wanted = Wanted("c1", "timer", {}, "Shall I?")
    await call.recorder.tool_call(a_call(ToolCallStatus.RUNNING))
    assert await waiting.keep(call.session.id, wanted, call.recorder)
    await call.recorder.tool_call(a_call(ToolCallStatus.WAITING_APPROVAL, result={"note": "Not yet."}))
    if said:
        call.recorder.agent_said("Shall I?", interrupted=False)
    await waiting.answer(call.session.id, wanted, ApprovalState.APPROVED, by="text", decided_by=None)
    await waiting.not_run(call.session.id, wanted, "there is no tool timer any more")
    if not said:
        call.recorder.agent_said("Shall", interrupted=True)
    ((made,),) = [turn.tool_calls for turn in await call.kept()]
    assert (made.status, made.error) == (ToolCallStatus.REFUSED, "there is no tool timer any more")
