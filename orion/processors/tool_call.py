"""Tool calls: what an agent asks for is validated, run with a time limit, and recorded.

Pipecat's LLM services run a function call by awaiting a handler; ToolCaller makes those handlers. A
model's arguments are hostile input: they are checked against the tool's JSON Schema first, and what
is refused goes back to the model as a result that says why, so that a turn never goes silent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from loguru import logger
from pipecat.adapters.llm.schemas.direct_function import tool_options
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import FunctionCallParams

from orion.agents.arguments import as_json, refuse_arguments
from orion.domain.storable import storable
from orion.domain.tool import ToolCall, ToolCallStatus, ToolContext, ToolFailure
from orion.errors import OrionError
from orion.providers import ToolSchema
from orion.tools import RunnableTool

OnToolCall = Callable[[ToolCall], Awaitable[None]]
ContextFor = Callable[[str], ToolContext]


class ToolCaller:
    """Makes the tool schemas of an agent, with handlers that run the tools.

    Args:
        tools: What can be called, by name.
        context_for: Gives the ToolContext for a call's id.
        on_call: Told of each call when it starts and, once, when it has ended.
        admits: Whether a call by this model counts: where two were asked, only one may act.
    """

    def __init__(
        self,
        tools: Mapping[str, RunnableTool],
        context_for: ContextFor,
        on_call: OnToolCall,
        admits: Callable[[FrameProcessor], bool] = lambda _model: True,
    ) -> None:
        self._tools = tools
        self._admits = admits
        self._context_for = context_for
        self._on_call = on_call

    def schemas(self, names: Iterable[str] | None = None) -> list[ToolSchema]:
        """Schemas of the tools `names` (None: of all), each with its handler."""
        wanted = self._tools if names is None else [name for name in names if name in self._tools]
        return [self._schema(self._tools[name]) for name in wanted]

    def _schema(self, runnable: RunnableTool) -> ToolSchema:
        # The time-out is ours: Pipecat's would cancel without an answer that can be said.
        @tool_options(cancel_on_interruption=not runnable.tool.side_effects)
        async def handle(params: FunctionCallParams) -> None:
            if not self._admits(params.llm):
                return
            call = await self.run(runnable, params.tool_call_id, dict(params.arguments))
            await params.result_callback(_answer(call), properties=FunctionCallResultProperties())

        return ToolSchema(runnable.tool, handle)

    async def run(self, runnable: RunnableTool, call_id: str, arguments: dict[str, Any]) -> ToolCall:
        """Run one call to its end and return its record; only cancellation is raised."""
        call = ToolCall(
            id=storable(call_id),
            tool=runnable.tool.name,
            arguments=storable(arguments),
            status=ToolCallStatus.RUNNING,
            started_at=datetime.now(UTC),
        )
        await self._on_call(call)
        started = time.monotonic()
        try:
            call = await self._outcome(runnable, call)
        except asyncio.CancelledError:
            call = replace(call, status=ToolCallStatus.CANCELLED, error="cancelled")
            raise
        finally:
            call = replace(call, duration_ms=round((time.monotonic() - started) * 1000, 2))
            await asyncio.shield(self._on_call(call))
        return call

    async def _outcome(self, runnable: RunnableTool, call: ToolCall) -> ToolCall:
        refusal = refuse_arguments(runnable.tool.parameters, call.arguments)
        if refusal:
            return replace(call, status=ToolCallStatus.REFUSED, error=refusal)
        timeout_secs = runnable.tool.timeout_secs
        try:
            async with asyncio.timeout(timeout_secs):
                result = await runnable.run(call.arguments, self._context_for(call.id))
            return replace(call, status=ToolCallStatus.DONE, result=as_json(result))
        except TimeoutError:
            error = f"no answer within {timeout_secs:g} seconds"
            return replace(call, status=ToolCallStatus.TIMED_OUT, error=error)
        except ToolFailure as failure:
            return replace(call, status=ToolCallStatus.FAILED, error=storable(failure.message))
        except (OrionError, ValueError, TypeError, LookupError, ArithmeticError, OSError) as error:
            # What a tool raises may hold arguments; the log names its type alone.
            logger.warning("tool {} failed: {}", call.tool, type(error).__name__)
            return replace(call, status=ToolCallStatus.FAILED, error=f"{call.tool} failed")


def _answer(call: ToolCall) -> dict[str, Any]:
    """What the model is told; never empty, or Pipecat would not run it again."""
    if call.status is ToolCallStatus.DONE:
        return call.result if isinstance(call.result, dict) and call.result else {"result": call.result}
    return {"error": call.error, "status": call.status.value}
