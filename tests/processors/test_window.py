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
