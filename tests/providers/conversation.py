"""What a test of a language model's service says to it and reads from it."""

from __future__ import annotations

from typing import Any

from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallResultFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext

from orion.domain.tool import Tool
from orion.providers import ToolSchema
from tests.providers.stage import Stage

ADD = Tool(
    "add",
    "Adds two numbers.",
    {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
        "$defs": {"number": {"type": "number"}},
    },
)
SYSTEM = {"role": "system", "content": "You are Orion."}
CALLED = {
    "role": "assistant",
    "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 7, "b": 5}'}}
    ],
}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": '{"sum": 12}'}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def context(*messages: Any, tools: bool = True) -> LLMContext:
    schemas = [ToolSchema(ADD)] if tools else []
    all_: list[Any] = [SYSTEM, *messages]
    return LLMContext(all_, tools=ToolsSchema(standard_tools=list(schemas)))


async def answer(stage: Stage, *messages: Any, tools: bool = True) -> str:
    """The text of the response to a context."""
    before, responses = len(stage.all(LLMTextFrame)), len(stage.all(LLMFullResponseEndFrame))
    await stage.send(LLMContextFrame(context(*messages, tools=tools)))
    await stage.heard(LLMFullResponseEndFrame, responses + 1)
    return "".join(frame.text for frame in stage.all(LLMTextFrame)[before:])


async def calls(stage: Stage, service: Any, *messages: Any, number: int = 1) -> list[tuple[str, Any]]:
    """The calls that a model makes, as `(name, arguments)`, each answered."""
    made: list[tuple[str, Any]] = []

    async def run(params: Any) -> None:
        made.append((params.function_name, params.arguments))
        await params.result_callback({"sum": 12})

    service.register_function("add", run)
    await answer(stage, *messages)
    await stage.heard(FunctionCallResultFrame, number)
    return made


async def failure(stage: Stage) -> ErrorFrame:
    """The error that answers a context."""
    before = len(stage.all(ErrorFrame))
    await stage.send(LLMContextFrame(context(user("hello"))))
    return await stage.heard(ErrorFrame, before + 1)
