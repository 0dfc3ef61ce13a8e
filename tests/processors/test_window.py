from typing import Any

from pipecat.frames.frames import LLMContextFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from orion.domain import window
from orion.processors.window import Window
from tests.providers.stage import on_stage

SYSTEM = {"role": "system", "content": "You are Orion."}


def turns(number, words=30):
    text = "word " * words
    pairs = [
        ({"role": "user", "content": f"{n} {text}"}, {"role": "assistant", "content": text})
        for n in range(number)
    ]
    return [message for pair in pairs for message in pair]


def context(*messages: Any) -> LLMContext:
    held: list[Any] = [SYSTEM, *messages]
    return LLMContext(held)


def messages(held: LLMContext) -> list[Any]:
    return list(held.get_messages())


def roles(held):
    return [message["role"] for message in messages(held)]


async def test_a_context_that_fits_passes_as_it_is_and_one_that_does_not_loses_its_oldest_turns():
    kept, small, big = Window(1000), context(*turns(2)), context(*turns(20))
    async with on_stage(kept.gate()) as stage:
        await stage.send(LLMContextFrame(small), LLMContextFrame(big))
        await stage.heard(LLMContextFrame, 2)
    assert len(messages(small)) == 5
    assert window.tokens(messages(big)) <= 900
    assert roles(big)[:2] == ["system", "user"]
    assert messages(big)[-2]["content"].startswith("19 ")


async def test_a_context_that_a_barge_in_has_overtaken_is_not_answered_beside_the_next():
    async with on_stage(Window(1_000).gate()) as stage:
        overtaken = LLMContextFrame(context(*turns(1)))
        await stage.interrupt()
        await stage.send(overtaken, LLMContextFrame(context(*turns(2))))
        passed = await stage.heard(LLMContextFrame)
        assert len(messages(passed.context)) == 5


def test_the_result_of_a_tool_that_is_too_long_is_left_out_and_stays_paired():
    call = {"id": "c", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    result = {"role": "tool", "tool_call_id": "c", "content": "7" * 9000}
    held = context(*turns(1), {"role": "assistant", "tool_calls": [call]}, result)
    Window(1000).fit(held)
    assert window.tokens(messages(held)) <= 900
    assert messages(held)[-1]["tool_call_id"] == "c"


def test_notes_are_due_before_it_is_full_and_then_stand_for_the_first_turns():
    due: list[bool] = []
    kept, held = Window(1000), context(*turns(3))
    kept.on_filling = lambda: due.append(True)
    kept.fit(held)
    assert not due
    held.add_messages(turns(5))
    kept.fit(held)
    assert due
    noted = kept.to_note(held)
    held.add_message({"role": "user", "content": "and meanwhile this"})
    kept.forget(held, noted)
    assert kept.noted == window.user_turns(noted) > 0
    assert roles(held)[:2] == ["system", "user"]
    assert messages(held)[-1]["content"] == "and meanwhile this"


def test_notes_stay_where_turns_must_go_and_are_not_noted_again():
    notes = window.Notes(role="user", content="It is June. " * 20)
    kept, held = Window(1000), context(notes, *turns(40))
    kept.fit(held)
    assert messages(held)[1] is notes
    part = kept.to_note(held)
    assert notes not in part
    kept.forget(held, part)
    assert messages(held)[1] is notes
    assert kept.noted == sum(m["role"] == "user" for m in part)


def test_turns_that_had_to_go_before_there_were_notes_are_noted_first():
    kept, held = Window(1000), context(*turns(40))
    before = messages(held)
    kept.fit(held)
    left = messages(held)
    noted: list[Any] = []
    while len(noted) < len(before) - len(left):
        part = kept.to_note(held)
        assert window.tokens(part) <= 900
        kept.forget(held, part)
        noted += part
    assert [*before[:1], *noted, *left[1:]] == before
    assert messages(held) == left
    assert kept.noted == window.user_turns(noted)


def test_a_turn_that_is_shortened_while_notes_are_taken_leaves_once_and_counts_once():
    said, later = turns(1)[:1], turns(2)
    kept, held = Window(1000), context(window.Shortened(window.Shortened(said[0])), *later)
    kept.forget(held, said)
    assert kept.noted == 1
    assert messages(held)[1:] == later, "what is left is not noted, and counted, once more"


def test_of_two_turns_that_read_the_same_one_leaves():
    same = [{"role": "user", "content": "yes"}, {"role": "user", "content": "yes"}]
    kept, held = Window(1000), context(*same)
    kept.forget(held, same[:1])
    assert [message is same[1] for message in messages(held)[1:]] == [True]
    assert kept.noted == 1


def test_the_only_turn_that_is_too_long_is_shortened_and_still_leaves_when_notes_stand_for_it():
    long = {"role": "user", "content": "a story " * 1000}
    kept, held = Window(1000), context(long)
    said = [long]
    kept.fit(held)
    assert messages(held)[1]["content"] != long["content"], "it was shortened"
    kept.forget(held, said)
    assert roles(held) == ["system"]
