"""What models, tools and users send that cannot be written in UTF-8 or JSON, and what becomes of it.

A context that held it could be sent to no vendor any more.
"""

from __future__ import annotations

import json

import pytest
from pipecat.frames.frames import ErrorFrame
from pipecat.utils.errors import ErrorCategory

from orion.domain.agent import Agent
from orion.providers import _vendor
from orion.providers import anthropic as anthropic_entry
from orion.providers import openai as openai_entry
from orion.providers._text.arguments import arguments
from orion.providers._text.faults import MalformedAnswer
from orion.settings import ProviderSettings
from tests.providers.conversation import RESULT, answer, calls, user
from tests.providers.stage import on_stage
from tests.simulators import anthropic as anthropics
from tests.simulators import openai as openais

AGENT = Agent("test", "")
HALF = "\ud800"
KINDS = ("openai", "responses", "anthropic")


@pytest.fixture(params=KINDS)
async def spoken_with(request, settings):
    """A simulator, the class of its answers, and the service that asks it."""
    if request.param == "anthropic":
        async with anthropics.anthropic() as vendor:
            known = {"ANTHROPIC": ProviderSettings(anthropics.KEY, vendor.url)}
            service = anthropic_entry.llm(settings.changed(providers=known), AGENT)
            yield vendor, anthropics.Told, service
            await anthropic_entry.stop()
        return
    async with openais.openai() as vendor:
        known = {"OPENAI": ProviderSettings(openais.KEY, vendor.url)}
        api = "responses" if request.param == "responses" else "chat"
        service = openai_entry.llm(settings.changed(providers=known, openai_api=api), AGENT)
        yield vendor, openais.Told, service
        await openai_entry.stop()


async def test_half_a_character_in_a_call_is_replaced(spoken_with):
    vendor, told, service = spoken_with
    vendor.answers = [told("", [("add", {"a": HALF})]), told("Well.")]
    async with on_stage(service) as stage:
        assert await calls(stage, service, user("add")) == [("add", {"a": "\ufffd"})]


async def test_half_a_character_in_an_answer_is_replaced(spoken_with):
    vendor, told, service = spoken_with
    vendor.answers = [told(f"Nine {HALF}.")]
    async with on_stage(service) as stage:
        assert await answer(stage, user("hello")) == "Nine \ufffd."


async def test_a_conversation_that_holds_half_a_character_is_sent_all_the_same(spoken_with):
    vendor, told, service = spoken_with
    vendor.answers = [told("Well.")]
    function = {"name": "add", "arguments": json.dumps({"a": HALF, "b": float("nan")}, ensure_ascii=False)}
    called = {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": function}]}
    result = {**RESULT, "content": HALF}
    async with on_stage(service) as stage:
        assert await answer(stage, user(f"hello {HALF}"), called, result, user("well?")) == "Well."
    assert "\\ud800" not in json.dumps(vendor.asked)


@pytest.mark.parametrize("sent", ['{"x": NaN}', '{"x": -Infinity}', "[1]", "{", "[" * 100_000])
def test_what_is_no_json_object_are_no_arguments(sent):
    with pytest.raises(MalformedAnswer):
        arguments(sent)


async def test_a_number_of_none_in_a_call_is_an_error_and_reaches_no_tool(settings):
    async with openais.openai() as vendor:
        vendor.answers = [openais.Told("", [("add", '{"a": NaN}')])]
        known = {"OPENAI": ProviderSettings(openais.KEY, vendor.url)}
        async with on_stage(openai_entry.llm(settings.changed(providers=known), AGENT), errors=1) as stage:
            await answer(stage, user("add"))
            (told,) = stage.all(ErrorFrame)
        await openai_entry.stop()
    assert told.category is ErrorCategory.SERVER


def test_what_could_not_be_sent_is_no_failure_of_the_vendor():
    with pytest.raises(UnicodeEncodeError) as caught:
        HALF.encode()
    assert _vendor.category(caught.value) is ErrorCategory.INVALID_REQUEST
