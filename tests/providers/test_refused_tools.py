"""One tool that a vendor refuses never takes the others away, whatever the vendor calls it."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import LLMContextFrame, LLMFullResponseEndFrame, LLMTextFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from orion.domain.tool import Tool
from orion.providers import ToolSchema
from orion.providers._openai import server
from orion.providers._openai.chat import Chat
from orion.providers._openai.responses import Responses
from orion.providers._refused_tools import learn, with_tools
from orion.providers.anthropic import messages
from orion.providers.anthropic.messages import Messages, client
from tests.providers.conversation import SYSTEM, user
from tests.providers.stage import on_stage
from tests.simulators import anthropic, openai

_NUMBER = itertools.count()
GOOD = Tool("add", "Adds.", {"type": "object", "properties": {"a": {"type": "number"}}})
BAD = [
    {"type": "object", "anyOf": [{"required": ["a"]}], "properties": {"a": {}}},
    {"type": "object", "properties": {"a": {"type": "sometimes"}}},
]


def tool(schema, name="odd"):
    """A tool as no form has been made for it; no other test's."""
    return Tool(name, f"Is odd, number {next(_NUMBER)}.", schema)


@asynccontextmanager
async def model(kind):
    if kind == "anthropic":
        async with anthropic.anthropic() as vendor:
            yield vendor, Messages(client(anthropic.KEY, vendor.url), "claude-sonnet-4-6")
            await messages.close()
        return
    async with openai.openai() as vendor:
        vendor.takes = kind if kind in {"mistral", "gemini"} else "openai"
        service = Responses if kind == "responses" else Chat
        yield vendor, service(server.server(openai.KEY, vendor.url), "m")
        await server.close()


async def said(stage, tools):
    asked: list[Any] = [SYSTEM, user("hello")]
    context = LLMContext(asked, tools=ToolsSchema(standard_tools=[ToolSchema(one) for one in tools]))
    before, ended = len(stage.all(LLMTextFrame)), len(stage.all(LLMFullResponseEndFrame))
    await stage.send(LLMContextFrame(context))
    await stage.heard(LLMFullResponseEndFrame, ended + 1)
    return "".join(frame.text for frame in stage.all(LLMTextFrame)[before:])


def names(body):
    return [one.get("function", one)["name"] for one in body.get("tools", [])]


@pytest.mark.parametrize("kind", ["openai", "responses", "anthropic"])
@pytest.mark.parametrize("schema", BAD, ids=["at the top", "no schema"])
async def test_a_tool_that_a_vendor_refuses_is_left_out_and_the_others_stay(kind, schema):
    tools = [GOOD, tool(schema), tool(BAD[0], "stranger")]
    async with model(kind) as (vendor, service), on_stage(service) as stage:
        assert await said(stage, tools) == "Hello there."
        assert names(vendor.asked[-1]) == ["add"]
        asked = len(vendor.asked)
        assert await said(stage, tools) == "Hello there."
        assert len(vendor.asked) == asked + 1, "what is refused is known"


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        ("gemini", {"type": "object", "properties": {"a": {"type": "integer", "enum": [1, 2]}}}),
        ("mistral", {"type": "object", "properties": {"a": {"type": "sometimes"}}}),
    ],
)
async def test_vendors_who_speak_openais_protocol_name_tools_in_their_own_ways(kind, schema):
    async with model(kind) as (vendor, service), on_stage(service) as stage:
        assert await said(stage, [tool(schema), GOOD]) == "Hello there."
        assert names(vendor.asked[-1]) == ["add"]


async def test_a_model_is_asked_without_tools_if_all_are_refused():
    async with model("openai") as (vendor, service), on_stage(service) as stage:
        assert await said(stage, [tool(BAD[0])]) == "Hello there."
        assert "tools" not in vendor.asked[-1]


class Refusal(Exception):
    def __init__(self, text, status=400):
        super().__init__(text)
        self.status_code = status


def chat(*found):
    return [{"type": "function", "function": {"name": name, "n": next(_NUMBER)}} for name in found]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Invalid schema for function 'b': In context=(), array schema missing items.", "b"),
        ("tools.1.custom.input_schema.properties: Property keys should match pattern", "b"),
        ("Invalid 'tools[2].function.name': string does not match pattern.", "c"),
        ("* GenerateContentRequest.tools[0].function_declarations[2].parameters.enum: only", "c"),
        ("[{'loc': ['body', 'tools', 0, 'function', 'name'], 'msg': 'Invalid'}]", "a"),
        ('{"loc": ["body", "tools", 0, "function"]}', "a"),
        ("Tool b: schema is not supported", "b"),
        ("the function `c` has a bad schema", "c"),
    ],
)
def test_the_tool_is_found_by_its_place_or_its_name(text, refused):
    tools = chat("a", "b", "c")
    assert learn("here", Refusal(text), tools)
    left = with_tools({"tools": tools}, "here")["tools"]
    assert [one["function"]["name"] for one in left] == [name for name in "abc" if name != refused]
    assert len(with_tools({"tools": tools}, "elsewhere")["tools"]) == 3


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("messages[1].tool_calls[0].id: too long", 400),
        ("tools[7] is odd", 400),
        ("The model is overloaded", 400),
        ("Invalid schema for function 'a'", 500),
    ],
)
def test_what_names_no_tool_of_the_request_is_an_error_as_before(text, status):
    assert not learn("here", Refusal(text, status), chat("a", "b"))


def test_a_model_gets_as_many_tools_as_vendors_take():
    assert len(with_tools({"tools": chat(*(f"t{n}" for n in range(200)))}, "here")["tools"]) == 128
