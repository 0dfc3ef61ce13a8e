"""OpenAI's Responses API, in conversation with a server that speaks it."""

from __future__ import annotations

from typing import Any

import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pipecat.frames.frames import ErrorFrame, LLMContextFrame, LLMTextFrame, MetricsFrame
from pipecat.metrics.metrics import LLMUsageMetricsData
from pipecat.utils.errors import ErrorCategory

from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.processors.llm_order import LLMOrder
from orion.providers import Candidate
from orion.providers import openai as entry
from orion.providers._openai.chat import Chat
from orion.providers._openai.responses import Responses
from orion.providers._openai.server import server
from orion.settings import ProviderSettings
from tests.processors.orders import switches
from tests.providers.conversation import CALLED, RESULT, answer, calls, context, failure, user
from tests.providers.stage import on_stage
from tests.simulators.faults import Fault
from tests.simulators.fidelity import strictly
from tests.simulators.openai import KEY, OpenAI, Told, openai
from tests.simulators.responses import events, response, whole

AGENT = Agent("test", "")
ADDS = Told("One moment.", [("add", {"a": 7, "b": 5})])
FIRST_WORD = 4
"""So many events come before it."""


@pytest.fixture
async def vendor():
    async with openai() as simulator:
        yield simulator
        await entry.stop()


@pytest.fixture
def configured(settings, vendor):
    """Settings with the simulator as OpenAI's address, asked by the Responses API."""
    access = {"OPENAI": ProviderSettings(KEY, vendor.url)}
    return settings.changed(providers=access, openai_api="responses")


def service(vendor: OpenAI, stall_secs: float = 15.0) -> Responses:
    return Responses(server(KEY, vendor.url), "m", stall_secs=stall_secs)


async def test_it_says_what_the_model_says_and_nothing_is_stored(configured, vendor):
    vendor.key = KEY
    vendor.answers = [Told("It is nine in Tokyo.")]
    async with on_stage(entry.llm(configured, AGENT)) as stage:
        assert await answer(stage, user("what time is it in tokyo")) == "It is nine in Tokyo."
        assert len(stage.all(LLMTextFrame)) == 5, "the words come one by one"
    (asked,) = vendor.asked
    assert vendor.paths == ["/v1/responses"]
    assert (asked["model"], asked["store"]) == ("gpt-4.1", False)
    assert asked["input"][-1] == {"role": "user", "content": "what time is it in tokyo"}
    assert asked["tools"][0]["parameters"]["$defs"], "the whole schema"
    assert not asked["tools"][0]["strict"], "schemas are the tools' own"


async def test_each_api_is_used_where_it_should_be(configured, vendor):
    kinds = {
        "responses": configured,
        "chat": configured.changed(openai_api="chat"),
        "another server": configured.changed(llm_base_url=vendor.url),
        "entered": configured.changed(
            providers={"OPENAI": ProviderSettings(KEY, vendor.url, (vendor.url[7:-3],))}
        ),
    }
    made = {name: type(entry.llm(used, AGENT)) for name, used in kinds.items()}
    assert made == {"responses": Responses, "chat": Chat, "another server": Chat, "entered": Chat}


async def test_a_tool_call_goes_round(configured, vendor):
    vendor.answers = [ADDS, Told("That is 12.")]
    made = entry.llm(configured, AGENT)
    async with on_stage(made) as stage:
        assert await calls(stage, made, user("seven plus five")) == [("add", {"a": 7, "b": 5})]
        assert await answer(stage, user("seven plus five"), CALLED, RESULT) == "That is 12."
    called, given = vendor.asked[1]["input"][-2:]
    assert (called["type"], given["type"]) == ("function_call", "function_call_output")
    assert called["call_id"] == given["call_id"]


async def test_two_calls_in_one_answer_are_both_made(configured, vendor):
    vendor.answers = [Told("", [("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})])]
    made = entry.llm(configured, AGENT)
    async with on_stage(made) as stage:
        found = await calls(stage, made, user("add"), number=2)
    assert found == [("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})]


async def test_a_barge_in_ends_the_answer_and_the_next_one_is_whole(configured, vendor):
    vendor.faults.add(None, Fault("stall", after=FIRST_WORD + 3))
    vendor.answers = [Told("Hello."), Told("One two three four five."), Told("Yes?")]
    async with on_stage(entry.llm(configured, AGENT)) as stage:
        await answer(stage, user("hello"))  # from then on it is known to write no thoughts among its words
        await stage.send(LLMContextFrame(context(user("count"))))
        await stage.heard(LLMTextFrame, 4)
        await stage.interrupt()
        assert await answer(stage, user("stop")) == "Yes?"
    assert not stage.all(ErrorFrame)


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        (Fault("status", status=401, code="invalid_api_key"), ErrorCategory.AUTHENTICATION),
        (Fault("status", status=403), ErrorCategory.AUTHORIZATION),
        (Fault("status", status=404, code="model_not_found"), ErrorCategory.INVALID_REQUEST),
        (Fault("status", status=429, retry_after_secs=20), ErrorCategory.RATE_LIMIT),
        (Fault("status", status=429, code="insufficient_quota"), ErrorCategory.QUOTA),
        (Fault("status", status=503), ErrorCategory.SERVER),
        (Fault("drop"), ErrorCategory.CONNECTIVITY),
        (Fault("drop", after=FIRST_WORD + 1), ErrorCategory.CONNECTIVITY),
        (Fault("half", after=FIRST_WORD + 1), ErrorCategory.CONNECTIVITY),
        (Fault("stall"), ErrorCategory.CONNECTIVITY),
        (Fault("stall", after=FIRST_WORD + 1), ErrorCategory.CONNECTIVITY),
        (Fault("malformed", after=FIRST_WORD), ErrorCategory.SERVER),
        (Fault("error", after=FIRST_WORD), ErrorCategory.SERVER),
        (Fault("error", after=FIRST_WORD, code="rate_limit_exceeded"), ErrorCategory.RATE_LIMIT),
    ],
    ids=lambda value: (
        f"{value.kind}-{value.status}-{value.code}-{value.after}" if hasattr(value, "kind") else ""
    ),
)
async def test_a_failure_is_told_by_its_kind_at_once_and_quotes_nothing(vendor, fault, category):
    vendor.faults.add(fault)
    async with on_stage(service(vendor, stall_secs=0.3), errors=1) as stage:
        error = await failure(stage)
    assert (error.category, error.error) == (category, f"openai: {category.value}")
    assert error.exception is not None


@pytest.mark.parametrize(
    ("told", "category"),
    [
        (Told("Half of", ends="failed"), ErrorCategory.RATE_LIMIT),
        (Told("", [("add", '{"a": 7,')]), ErrorCategory.SERVER),
        (Told("", [("add", "[7]")]), ErrorCategory.SERVER),
        (Told(""), ErrorCategory.UNKNOWN),
    ],
    ids=["failed", "no-json", "no-object", "empty"],
)
async def test_an_answer_that_cannot_be_used_is_an_error_and_no_silence(vendor, told, category):
    vendor.answers = [told]
    made = service(vendor)
    async with on_stage(made, errors=1) as stage:
        assert (await failure(stage)).category is category


async def test_a_connection_that_ends_in_a_tool_call_makes_none(vendor):
    vendor.answers = [ADDS]
    sent = [event["type"] for event in events(ADDS.text, ADDS.calls)]
    vendor.faults.add(Fault("half", after=sent.index("response.function_call_arguments.done")))
    made, ran = service(vendor), []

    async def run(params: Any) -> None:
        ran.append(params.arguments)

    made.register_function("add", run)
    async with on_stage(made, errors=1) as stage:
        assert (await failure(stage)).category is ErrorCategory.CONNECTIVITY
    assert ran == []


async def test_what_was_cut_at_its_longest_and_a_refusal_are_answers(vendor):
    vendor.answers = [Told("It is long", ends="incomplete"), Told("I may not tell.", refuses=True)]
    async with on_stage(service(vendor)) as stage:
        assert await answer(stage, user("tell me")) == "It is long"
        assert await answer(stage, user("tell me")) == "I may not tell."


async def test_an_answer_beside_the_conversation_comes_whole_and_no_longer_than_it_may(vendor):
    vendor.notes = ["They add."]
    vendor.taking.set()
    made = service(vendor)
    async with on_stage(made):
        asked = context(user("notes"), tools=False)
        assert await made.run_inference(asked, max_tokens=99, system_instruction="Be brief.") == "They add."
    (noted,) = vendor.noted
    assert (noted["max_output_tokens"], noted["store"]) == (99, False)
    assert "Be brief." in str(noted)


async def test_cached_and_reasoning_tokens_are_told(vendor):
    async with on_stage(service(vendor)) as stage:
        await answer(stage, user("hello"))
        told = [
            one.value
            for frame in stage.all(MetricsFrame)
            for one in frame.data
            if isinstance(one, LLMUsageMetricsData)
        ]
    assert [(t.prompt_tokens, t.completion_tokens, t.cache_read_input_tokens) for t in told] == [(20, 5, 8)]
    assert [(t.cache_creation_input_tokens, t.reasoning_tokens) for t in told] == [(3, 2)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=401),
        Fault("drop", after=FIRST_WORD + 2),
        Fault("half", after=FIRST_WORD + 2),
        Fault("stall", after=FIRST_WORD + 2),
        Fault("malformed", after=FIRST_WORD + 2),
        Fault("error", after=FIRST_WORD + 2),
    ],
    ids=lambda fault: fault.kind,
)
async def test_in_an_order_the_turn_that_it_fails_is_answered_by_the_next(vendor, fault):
    vendor.faults.add(fault)
    vendor.answers = [Told("It is far in the east."), Told("In Japan.")]
    if fault.kind == "status":
        vendor.answers = vendor.answers[1:]
    behind = Chat(server("other", vendor.url), "m")
    order = LLMOrder(
        [Candidate("first", service(vendor)), Candidate("second", behind)],
        Breakers(),
        Deadlines(0.5, 0.5, 0.5, 0.5, 0.5),
        speaks=False,
    )
    async with on_stage(order) as stage:
        assert await answer(stage, user("where is tokyo"), tools=False) == "In Japan."
    assert switches(stage) == [("first", "second")]
    assert vendor.paths == ["/v1/responses", "/v1/chat/completions"]


def test_the_simulator_sends_what_the_sdk_knows():
    made = [("add", {"a": 1}), ("add", {"a": 2})]
    for ends in ("completed", "incomplete", "failed"):
        for refuses in (False, True):
            for event in events("One two.", made, ends, refuses=refuses):
                strictly(ResponseStreamEvent, event)
    strictly(Response, response("completed"))
    strictly(Response, whole("One two.", made))
    strictly(ResponseStreamEvent, {"type": "error", "message": "m", "sequence_number": 1})
