"""Counts of tokens that are none: the answer stays, and an estimate is on the bill."""

from __future__ import annotations

import pytest
from pipecat.metrics.metrics import LLMTokenUsage

from orion.domain.agent import Agent
from orion.domain.usage import Usage, summed
from orion.providers import Candidate
from orion.providers import anthropic as anthropic_entry
from orion.providers import openai as openai_entry
from orion.providers._usage import UsageMetrics, listen
from orion.settings import ProviderSettings
from tests.providers.conversation import answer, context, user
from tests.providers.stage import on_stage
from tests.simulators import anthropic as anthropics
from tests.simulators import openai as openais

AGENT = Agent("test", "")
SAID = "It is nine in Tokyo."
ESTIMATED = -(-len(SAID) // 4)
NONE = [
    {},
    [],
    "many",
    dict.fromkeys(("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens")),
    {"prompt_tokens": 10**30, "completion_tokens": 10**30, "input_tokens": 10**30, "output_tokens": 10**30},
    {"prompt_tokens": -5, "completion_tokens": -(10**9), "input_tokens": -5, "output_tokens": -(10**9)},
    {"prompt_tokens": 1.5, "completion_tokens": "7", "input_tokens": True, "output_tokens": [7]},
]


@pytest.fixture(params=["openai", "responses", "anthropic"])
async def asked(request, settings):
    """A simulator, and the service that asks it."""
    if request.param == "anthropic":
        async with anthropics.anthropic() as vendor:
            vendor.answers = [anthropics.Told(SAID)]
            known = {"ANTHROPIC": ProviderSettings(anthropics.KEY, vendor.url)}
            yield vendor, anthropic_entry.llm(settings.changed(providers=known), AGENT)
            await anthropic_entry.stop()
        return
    async with openais.openai() as vendor:
        vendor.answers = [openais.Told(SAID)]
        known = {"OPENAI": ProviderSettings(openais.KEY, vendor.url)}
        api = "responses" if request.param == "responses" else "chat"
        yield vendor, openai_entry.llm(settings.changed(providers=known, openai_api=api), AGENT)
        await openai_entry.stop()


def billed(service) -> list[Usage]:
    used: list[Usage] = []
    listen("llm", Candidate("acme", service), used.append)
    return used


@pytest.mark.parametrize("counts", NONE, ids=repr)
async def test_an_answer_whose_counts_are_none_stays_and_is_estimated(asked, counts):
    vendor, service = asked
    vendor.counts, used = counts, billed(service)
    async with on_stage(service, usage=True) as stage:
        assert await answer(stage, user("what time is it")) == SAID
        await stage.quiet(0.1)
    (total,) = summed(used)
    assert total.output_tokens == ESTIMATED
    assert 0 < total.input_tokens < 1000


@pytest.mark.parametrize("counts", NONE, ids=repr)
async def test_an_answer_beside_the_conversation_is_estimated_too(asked, counts):
    vendor, service = asked
    vendor.counts, used = counts, billed(service)
    assert await service.run_inference(context(user("what time is it"), tools=False)) == SAID
    (total,) = summed(used)
    assert total.output_tokens == ESTIMATED
    assert 0 < total.input_tokens < 1000


@pytest.mark.parametrize("counts", NONE, ids=repr)
async def test_an_answer_that_comes_whole_is_estimated_too(settings, counts):
    async with openais.openai() as vendor:
        vendor.answers, vendor.streams, vendor.counts = [openais.Told(SAID)], "ignores", counts
        known = {"OPENAI": ProviderSettings(openais.KEY, vendor.url)}
        service = openai_entry.llm(settings.changed(providers=known), AGENT)
        used = billed(service)
        async with on_stage(service, usage=True) as stage:
            assert await answer(stage, user("what time is it")) == SAID
            await stage.quiet(0.1)
        await openai_entry.stop()
    (total,) = summed(used)
    assert total.output_tokens == ESTIMATED


async def test_details_that_are_none_take_no_count_with_them(settings):
    async with openais.openai() as vendor:
        vendor.answers = [openais.Told(SAID)]
        vendor.counts = {
            "prompt_tokens": 20,
            "completion_tokens": 5,
            "total_tokens": None,
            "prompt_tokens_details": {"cached_tokens": -8},
            "completion_tokens_details": "none",
        }
        known = {"OPENAI": ProviderSettings(openais.KEY, vendor.url)}
        service = openai_entry.llm(settings.changed(providers=known), AGENT)
        used = billed(service)
        async with on_stage(service, usage=True) as stage:
            assert await answer(stage, user("what time is it")) == SAID
            await stage.quiet(0.1)
        await openai_entry.stop()
    (total,) = used
    assert (total.input_tokens, total.output_tokens, total.cached_tokens) == (20, 5, 0)


async def test_no_count_that_the_store_cannot_keep_is_told(settings):
    service = openai_entry.llm(settings.changed(providers={"OPENAI": ProviderSettings("key")}), AGENT)
    used: list[Usage] = []
    metrics = UsageMetrics("llm", Candidate("acme", service), used.append)
    await metrics.start_llm_usage_metrics(
        LLMTokenUsage(prompt_tokens=10**30, completion_tokens=-1, total_tokens=10**30, reasoning_tokens=-4)
    )
    (told,) = used
    assert (told.input_tokens, told.output_tokens, told.reasoning_tokens) == (0, 0, 0)
