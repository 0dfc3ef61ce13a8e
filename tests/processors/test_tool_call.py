import asyncio
from typing import Any
from uuid import uuid4

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import FunctionCallParams

from orion.agents.arguments import refuse_arguments
from orion.domain.storable import is_nested
from orion.domain.tool import Risk, Tool, ToolCallStatus, ToolFailure
from orion.processors.tool_call import NobodyToAsk, ToolCaller, answer
from orion.tools import RunnableTool
from tests.pipelines.logged import lines

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


class Calls:
    """Collects the records, and is the context of every call."""

    session_id = uuid4()

    def __init__(self):
        self.records = []

    async def on_call(self, call):
        self.records.append(call)

    def context_for(self, call_id):
        self.call_id = call_id
        return self


def tool(run, **options):
    return RunnableTool(Tool("weather", "Tells the weather.", SCHEMA, **options), run)


async def call(run, arguments, **options):
    calls = Calls()
    runnable = tool(run, **options)
    caller = ToolCaller({"weather": runnable}, calls.context_for, calls.on_call)
    return await caller.run(runnable, "call-1", arguments), calls


async def sunny(arguments, context):
    return {"city": arguments["city"], "sky": "clear"}


async def test_a_call_is_recorded_when_it_starts_and_when_it_has_ended():
    record, calls = await call(sunny, {"city": "Oslo"})
    assert [c.status for c in calls.records] == [ToolCallStatus.RUNNING, ToolCallStatus.DONE]
    assert record.result == {"city": "Oslo", "sky": "clear"}
    assert record.duration_ms >= 0


class Broken(NobodyToAsk):
    """Asks, and fails."""

    async def held(self, tool, call, *, by_rule):  # noqa: ARG002
        raise LookupError("the database says: Oslo")


async def test_a_call_that_cannot_be_asked_for_is_not_made_and_ends(logs):
    calls, made = Calls(), []
    runnable = tool(lambda arguments, context: made.append(arguments), risk=Risk.DANGER)
    caller = ToolCaller({"weather": runnable}, calls.context_for, calls.on_call, hold=Broken())
    record = await caller.run(runnable, "call-1", {"city": "Oslo"})
    assert [c.status for c in calls.records] == [ToolCallStatus.RUNNING, ToolCallStatus.FAILED]
    assert record.error
    assert "has not been made" in record.error
    assert made == []
    assert "LookupError" in logs[-1]
    assert "Oslo" not in logs[-1]


@pytest.mark.parametrize("arguments", [{}, {"city": 3}, {"city": "Oslo", "x": 1}])
async def test_arguments_against_the_schema_are_refused_and_nothing_runs(arguments):
    async def never(arguments, context):
        raise AssertionError("ran")

    record, _ = await call(never, arguments)
    assert record.status is ToolCallStatus.REFUSED
    assert record.error


async def test_a_tool_that_takes_too_long_is_given_up():
    async def forever(arguments, context):
        await asyncio.Event().wait()

    record, _ = await call(forever, {"city": "Oslo"}, timeout_secs=0.01)
    assert record.status is ToolCallStatus.TIMED_OUT


async def test_a_tools_own_refusal_is_told_in_its_words():
    async def refuses(arguments, context):
        raise ToolFailure("I do not know that city.")

    record, _ = await call(refuses, {"city": "Atlantis"})
    assert (record.status, record.error) == (ToolCallStatus.FAILED, "I do not know that city.")


BUGS = [ValueError, AttributeError, RuntimeError, AssertionError, StopAsyncIteration, ExceptionGroup]


@pytest.mark.parametrize("kind", BUGS)
async def test_what_a_broken_tool_raises_reaches_neither_record_nor_log_and_ends_its_call(kind):
    async def breaks(arguments, context):
        told = "password=hunter2"
        raise ExceptionGroup(told, [ValueError(told)]) if kind is ExceptionGroup else kind(told)

    with lines() as log:
        record, calls = await call(breaks, {"city": "Oslo"})
    assert (record.status, record.error) == (ToolCallStatus.FAILED, "weather failed")
    assert calls.records[-1] == record
    assert "hunter2" not in "".join(log)
    assert kind.__name__ in "".join(log)
    assert "test_tool_call.py" in "".join(log)
    assert "in breaks" in "".join(log)
    assert "in run" not in "".join(log), "the frames that call the tool are nothing to its author"


async def test_a_broken_tool_that_changes_something_may_have_done_so():
    async def breaks(arguments, context):
        raise RuntimeError

    record, _ = await call(breaks, {"city": "Oslo"}, risk=Risk.WRITE)
    assert record.error == "weather failed. It may have happened all the same."


@pytest.mark.parametrize("options", [{"risk": Risk.DANGER}, {"risk": Risk.WRITE, "idempotent": True}])
async def test_a_write_that_takes_too_long_or_is_cut_off_may_have_happened(options):
    begun = asyncio.Event()

    async def forever(arguments, context):
        begun.set()
        await asyncio.Event().wait()

    calls = Calls()
    runnable = tool(forever, timeout_secs=0.01, **options)
    caller = ToolCaller({"weather": runnable}, calls.context_for, calls.on_call)
    record = await caller.run(runnable, "c", {"city": "Oslo"}, approved=True)
    assert record.status is ToolCallStatus.TIMED_OUT
    assert record.error == "no answer within 0.01 seconds. It may have happened all the same."
    assert answer(record) == {"error": record.error, "status": "timed_out"}

    runnable = tool(forever, **options)
    begun.clear()
    task = asyncio.get_running_loop().create_task(caller.run(runnable, "d", {"city": "Oslo"}, approved=True))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls.records[-1].status is ToolCallStatus.CANCELLED
    assert calls.records[-1].unclear


async def test_a_question_that_takes_too_long_leaves_nothing_in_doubt():
    async def forever(arguments, context):
        await asyncio.Event().wait()

    record, _ = await call(forever, {"city": "Oslo"}, timeout_secs=0.01)
    assert record.error == "no answer within 0.01 seconds"


@pytest.mark.parametrize(
    ("returned", "kept"),
    [(None, None), ("ok", "ok"), ({"x": float("nan")}, {"x": None}), (object(), {}), ({1}, {})],
)
async def test_a_write_that_returned_is_done_whatever_it_returned(returned, kept):
    async def writes(arguments, context):
        return returned

    record, _ = await call(writes, {"city": "Oslo"}, risk=Risk.WRITE)
    assert (record.status, record.result) == (ToolCallStatus.DONE, kept)


def nested(levels):
    value: Any = "deep"
    for _ in range(levels):
        value = {"city": value}
    return value


@pytest.mark.parametrize("levels", [65, 256, 5000])
async def test_arguments_without_end_are_refused_and_their_record_can_be_kept(levels):
    record, calls = await call(sunny, nested(levels))
    assert record.status is ToolCallStatus.REFUSED
    assert "nested deeper" in record.error
    assert not any(is_nested(one.arguments, 65) for one in calls.records)


@pytest.mark.parametrize("levels", [64, 256, 5000])
async def test_a_result_without_end_is_cut(levels):
    async def deep(arguments, context):
        return nested(levels)

    record, _ = await call(deep, {"city": "Oslo"}, risk=Risk.WRITE)
    assert record.status is ToolCallStatus.DONE
    assert not is_nested(record.result)


async def test_the_record_of_overlong_arguments_is_short():
    record, _ = await call(sunny, {"city": "x" * 100_000})
    assert record.status is ToolCallStatus.REFUSED
    assert len(str(record.arguments)) < 1200


@pytest.mark.parametrize("result", [object(), float("nan"), "x" * 20_000])
async def test_a_result_that_json_or_the_context_cannot_hold_is_a_failure(result):
    async def odd(arguments, context):
        return result

    record, _ = await call(odd, {"city": "Oslo"})
    assert record.status is ToolCallStatus.FAILED


async def test_a_cancelled_call_is_recorded_as_cancelled():
    started = asyncio.Event()

    async def waits(arguments, context):
        started.set()
        await asyncio.Event().wait()

    calls = Calls()
    runnable = tool(waits)
    caller = ToolCaller({"weather": runnable}, calls.context_for, calls.on_call)
    task = asyncio.get_running_loop().create_task(caller.run(runnable, "c", {"city": "Oslo"}))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls.records[-1].status is ToolCallStatus.CANCELLED


def test_a_refusal_names_the_place_and_stays_short():
    refusal = refuse_arguments(SCHEMA, {"city": "x" * 0, "a": 1, "b": 2})
    assert refusal.startswith("$")
    assert len(refusal) < 700


def test_an_agent_gets_the_schemas_of_its_tools_only():
    calls = Calls()
    caller = ToolCaller({"weather": tool(sunny)}, calls.context_for, calls.on_call)
    assert [s.name for s in caller.schemas(["weather", "unknown"])] == ["weather"]
    assert [s.name for s in caller.schemas(None)] == ["weather"]
    assert caller.schemas([]) == []


async def test_what_no_record_can_hold_is_replaced_in_arguments_results_and_refusals():
    async def answers(arguments, _context):
        return {"city": arguments["city"], "note\x00": "\ud800"}

    async def refuses(_arguments, _context):
        raise ToolFailure("no\x00")

    done, _ = await call(answers, {"city": "Z\x00rich"})
    assert (done.arguments, done.result) == (
        {"city": "Z\ufffdrich"},
        {"city": "Z\ufffdrich", "note\ufffd": "\ufffd"},
    )
    refused, _ = await call(refuses, {"city": "Bern"})
    assert refused.error == "no\ufffd"


async def test_two_calls_of_one_model_id_are_two_calls_with_keys_of_their_own():
    keys: list[str] = []

    async def order(arguments, context):
        keys.append(context.call_id)
        return {}

    class Notes(NobodyToAsk):
        """Hears under which id a model knows a call."""

        def known_as(self, call_id, context_id):
            known.append((call_id, context_id))

    known: list[tuple[str, str]] = []
    calls = Calls()
    caller = ToolCaller({"weather": tool(order)}, calls.context_for, calls.on_call, hold=Notes())
    handler = caller.schemas()[0].handler
    assert handler is not None

    async def told(_result, *, properties=None):
        assert properties is not None

    for _ in range(2):
        around: Any = (FrameProcessor(), None, LLMContext([]))
        await handler(FunctionCallParams("weather", "order:0", {"city": "Oslo"}, *around, told))
    assert len(set(keys)) == 2
    assert [(call.id, "order:0") for call in calls.records[::2]] == known
    assert {call.id for call in calls.records} == set(keys)
    assert "order:0" not in keys
