"""A call of a tool that there is not: refused, told to the model, and recorded like every other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import FunctionCallParams, LLMService

from orion.domain.tool import ToolCall, ToolCallStatus
from orion.providers._model import offered

OnToolCall = Callable[[ToolCall], Awaitable[None]]


def refuse_unknown(
    model: LLMService[Any],
    on_call: OnToolCall,
    admits: Callable[[FrameProcessor], bool] = lambda _model: True,
) -> None:
    """Let a model's calls of tools that it was not offered be refused.

    Pipecat would answer them beside its groups of calls, so that the model is asked twice: at once, and over
    the result of the real tool that it called with it.

    Args:
        on_call: Told of each call when it starts and when it has ended.
        admits: Whether a call by this model counts: where two were asked, only one may act.
    """

    async def refuse(params: FunctionCallParams) -> None:
        if not admits(params.llm):
            return
        there_are = ", ".join(sorted(offered(params.context)))
        call = ToolCall(
            id=params.tool_call_id,
            tool=params.function_name,
            arguments=dict(params.arguments),
            status=ToolCallStatus.RUNNING,
            started_at=datetime.now(UTC),
        )
        await on_call(call)
        error = f"there is no tool {params.function_name}; " + (
            f"there are {there_are}" if there_are else "there are none"
        )
        call = replace(call, status=ToolCallStatus.REFUSED, error=error, duration_ms=0.0)
        await asyncio.shield(on_call(call))
        await params.result_callback({"error": error, "status": call.status.value})

    model.register_function(None, refuse, cancel_on_interruption=True)
