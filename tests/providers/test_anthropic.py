"""Anthropic's service in conversation with a server that speaks its protocol."""

from __future__ import annotations

import pytest
from anthropic.types import Message, RawMessageStreamEvent
from pipecat.frames.frames import LLMContextFrame, LLMTextFrame
from pipecat.utils.errors import ErrorCategory

from orion import providers
from orion.domain.agent import Agent
from orion.providers import anthropic as entry
from orion.settings import ProviderSettings
from tests.providers.conversation import CALLED, RESULT, answer, calls, context, failure, user
from tests.providers.stage import on_stage
from tests.simulators.anthropic import KEY, Told, anthropic, message, stream
from tests.simulators.faults import Fault
from tests.simulators.fidelity import strictly

AGENT = Agent("test", "")


@pytest.fixture
async def vendor():
    async with anthropic() as simulator:
        yield simulator
        await entry.stop()


@pytest.fixture
def configured(settings, vendor):
    return settings.changed(providers={"ANTHROPIC": ProviderSettings(KEY, vendor.url)})


def service(vendor, stall_secs: float):
    from orion.providers.anthropic.messages import Messages, client

    return Messages(client(KEY, vendor.url), "claude-sonnet-4-6", stall_secs=stall_secs)


async def test_it_says_what_the_model_says_and_caches_the_prompt(configured, vendor):
    vendor.answers = [Told("It is nine in Tokyo.")]
    async with on_stage(entry.llm(configured, AGENT)) as stage:
        assert await answer(stage, user("what time is it in tokyo")) == "It is nine in Tokyo."
        assert len(stage.all(LLMTextFrame)) == 5, "the words come one by one"
    asked = vendor.asked[0]
    assert asked["model"] == "claude-sonnet-4-6"
    assert "cache_control" in str(asked["system"]) + str(asked["messages"])
    assert asked["tools"][0]["input_schema"]["$defs"], "the whole schema"


async def test_a_tool_call_goes_round(configured, vendor):
    vendor.answers = [Told("One moment.", [("add", {"a": 7, "b": 5})]), Told("That is 12.")]
    llm = entry.llm(configured, AGENT)
    async with on_stage(llm) as stage:
        assert await calls(stage, llm, user("seven plus five")) == [("add", {"a": 7, "b": 5})]
        assert await answer(stage, user("seven plus five"), CALLED, RESULT) == "That is 12."
    assert vendor.asked[1]["messages"][-1]["content"][0]["type"] == "tool_result"


async def test_two_calls_in_one_answer_are_both_made(configured, vendor):
    vendor.answers = [Told("", [("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})])]
    llm = entry.llm(configured, AGENT)
    async with on_stage(llm) as stage:
        made = await calls(stage, llm, user("add"), number=2)
    assert made == [("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})]


async def test_a_barge_in_ends_the_answer_and_the_next_one_is_whole(configured, vendor):
    vendor.faults.add(None, Fault("stall", after=6))
    vendor.answers = [Told("Hello."), Told("One two three four five."), Told("Yes?")]
    async with on_stage(entry.llm(configured, AGENT)) as stage:
        await answer(stage, user("hello"))  # from then on it is known to write no thoughts among its words
        await stage.send(LLMContextFrame(context(user("count"))))
        await stage.heard(LLMTextFrame, 4)
        await stage.interrupt()
        assert await answer(stage, user("stop")) == "Yes?"


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        (Fault("status", status=401, code="authentication_error"), ErrorCategory.AUTHENTICATION),
        (Fault("status", status=403, code="permission_error"), ErrorCategory.AUTHORIZATION),
        (Fault("status", status=404, code="not_found_error"), ErrorCategory.INVALID_REQUEST),
        (Fault("status", status=429, code="rate_limit_error"), ErrorCategory.RATE_LIMIT),
        (Fault("status", status=529, code="overloaded_error"), ErrorCategory.SERVER),
        (Fault("error", after=5, code="overloaded_error"), ErrorCategory.SERVER),
        (Fault("error", after=5, code="rate_limit_error"), ErrorCategory.RATE_LIMIT),
        (Fault("drop"), ErrorCategory.CONNECTIVITY),
        (Fault("drop", after=5), ErrorCategory.CONNECTIVITY),
        (Fault("half", after=5), ErrorCategory.CONNECTIVITY),
        (Fault("stall"), ErrorCategory.CONNECTIVITY),
        (Fault("stall", after=5), ErrorCategory.CONNECTIVITY),
        (Fault("malformed", after=5), ErrorCategory.SERVER),
    ],
    ids=lambda value: f"{value.kind}-{value.code}-{value.after}" if hasattr(value, "kind") else "",
)
async def test_a_failure_is_told_by_its_kind_at_once_and_quotes_nothing(vendor, fault, category):
    vendor.faults.add(fault)
    async with on_stage(service(vendor, 0.3), errors=1) as stage:
        error = await failure(stage)
    assert (error.category, error.error) == (category, f"anthropic: {category.value}")


async def test_a_wrong_key_is_told_as_one(settings, vendor):
    wrong = settings.changed(providers={"ANTHROPIC": ProviderSettings("wrong", vendor.url)})
    async with on_stage(entry.llm(wrong, AGENT), errors=1) as stage:
        error = await failure(stage)
    assert error.category is ErrorCategory.AUTHENTICATION
    assert error.processor
    assert not error.processor.is_usable, "it is not asked again with that key"


async def test_the_model_is_the_agents(configured, vendor):
    agent = Agent("own", "", llm="anthropic/claude-haiku-4-5")
    async with on_stage(providers.llm(configured, agent)) as stage:
        await answer(stage, user("hello"))
    assert vendor.asked[0]["model"] == "claude-haiku-4-5"


def test_a_key_is_all_that_is_missing(settings):
    assert entry.available(settings, "llm") == "set ANTHROPIC_API_KEY"
    keyed = settings.changed(providers={"ANTHROPIC": ProviderSettings("k")})
    assert providers.choose(keyed, "llm").provider == "anthropic"


def test_the_simulator_sends_what_the_sdk_knows():
    told = Told("One two.", [("add", {"a": 1}), ("add", {"a": 2})])
    strictly(Message, message(told))
    for event in stream(told):
        if event["type"] != "ping":  # the SDK takes it for no event
            strictly(RawMessageStreamEvent, event)
