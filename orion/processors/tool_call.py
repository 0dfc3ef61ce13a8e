"""Tool calls: what an agent asks for is validated, run with a time limit, and recorded.

Pipecat's LLM services run a function call by awaiting a handler; ToolCaller makes those handlers. A
model's arguments are hostile input: they are checked against the tool's JSON Schema first, and what
is refused goes back to the model as a result that says why, so that a turn never goes silent. What needs
the user's yes does not run either: `Hold` decides, and where nobody decides, nothing of danger runs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from loguru import logger
from pipecat.adapters.llm.schemas.direct_function import tool_options
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import FunctionCallParams

from orion.agents.apart import apart
from orion.agents.arguments import recorded, refuse_arguments
from orion.agents.results import result_of
from orion.domain.identity import new_id
from orion.domain.schemas.shown import own_names
from orion.domain.storable import cut_short, storable
from orion.domain.tool import (
    MAY_HAVE_HAPPENED,
    Risk,
    Tool,
    ToolCall,
    ToolCallStatus,
    ToolContext,
    ToolFailure,
)
from orion.log import where
from orion.processors.own_words import are_answered
from orion.providers import Stateful, ToolSchema
from orion.tools import RunnableTool

OnToolCall = Callable[[ToolCall], Awaitable[None]]
ContextFor = Callable[[str], ToolContext]


_SLOW_SECS = 1.0
_MOST_ERROR_CHARS = 1000
_NOT_CALLED = "the server could not check the call, or ask the user for a yes; it has not been made"


class Hold(Protocol):
    """What decides which calls need the user's yes."""

    async def held(self, tool: Tool, call: ToolCall, *, by_rule: bool) -> ToolCall | None:
        """The call as it waits, or is refused because nobody can be asked; None where it may run.

        Args:
            by_rule: It was made by rules over the user's own words; no text can talk it into anything.
        """

    def waits(self, call_id: str) -> bool:
        """Whether the user has to be asked about that call."""

    async def ask(self) -> None:
        """Ask the user for what waits."""

    def known_as(self, call_id: str, context_id: str) -> None:
        """The call of that id stands in the model's context under another one, the model's own."""

    def ran(self, tool: Tool) -> None:
        """A model is about to read what the tool returned."""

    def ended(self, call: ToolCall) -> None:
        """A call that ran has ended, however that was."""


class NobodyToAsk:
    """Where no user can be asked, nothing of danger runs."""

    async def held(self, tool: Tool, call: ToolCall, *, by_rule: bool) -> ToolCall | None:
        """Refuse what is dangerous, and what asks first, but where rules have asked."""
        if tool.risk is not Risk.DANGER and (by_rule or not tool.confirm):
            return None
        return replace(call, status=ToolCallStatus.REFUSED, error="nobody can be asked for a yes")

    def waits(self, call_id: str) -> bool:  # noqa: ARG002
        """Nothing waits."""
        return False

    async def ask(self) -> None:
        """Nobody is asked."""

    def known_as(self, call_id: str, context_id: str) -> None:
        """Nobody is told of it later."""

    def ran(self, tool: Tool) -> None:
        """Nobody reads it."""

    def ended(self, call: ToolCall) -> None:
        """Nobody keeps it in mind."""


class ToolCaller:
    """Makes the tool schemas of an agent, with handlers that run the tools.

    Args:
        tools: What can be called, by name.
        context_for: Gives the ToolContext for a call's id.
        on_call: Told of each call when it starts and, once, when it has ended.
        admits: Whether a call by this model counts: where two were asked, only one may act.
        hold: What decides which calls need the user's yes.
        on_slow: Told of each call that a model waits for longer than a second.
    """

    def __init__(
        self,
        tools: Mapping[str, RunnableTool],
        context_for: ContextFor,
        on_call: OnToolCall,
        admits: Callable[[FrameProcessor], bool] = lambda _model: True,
        *,
        hold: Hold | None = None,
        on_slow: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_slow = on_slow
        self._hold: Hold = hold or NobodyToAsk()
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
        @tool_options(cancel_on_interruption=not runnable.tool.changes)
        async def handle(params: FunctionCallParams) -> None:
            if not self._admits(params.llm):
                return
            by_rule = isinstance(params.llm, Stateful) and are_answered(params.context, params.tool_call_id)
            slow = asyncio.get_running_loop().call_later(_SLOW_SECS, self._on_slow)
            renamed = runnable.tool.shown.renamed if runnable.tool.shown else {}
            arguments = own_names(dict(params.arguments), renamed)
            call_id = str(new_id())
            self._hold.known_as(call_id, params.tool_call_id)
            try:
                call = await self.run(runnable, call_id, arguments, by_rule=by_rule)
            finally:
                slow.cancel()
            waits = self._hold.waits(call.id)
            # While the server asks, the model has nothing to say.
            properties = FunctionCallResultProperties(run_llm=False if waits else None)
            await params.result_callback(answer(call), properties=properties)
            if waits:
                await self._hold.ask()

        return ToolSchema(runnable.tool, handle)

    async def run(
        self,
        runnable: RunnableTool,
        call_id: str,
        arguments: dict[str, Any],
        *,
        by_rule: bool = False,
        approved: bool = False,
    ) -> ToolCall:
        """Run one call to its end and return its record; only cancellation is raised.

        Args:
            call_id: The server's own, one per call: what the outside world counts it by.
            by_rule: As for `Hold.held`.
            approved: The user has said yes to just this call.
        """
        tool, began, arguments = runnable.tool, False, storable(arguments)
        running, now = ToolCallStatus.RUNNING, datetime.now(UTC)
        call = ToolCall(call_id, tool.name, recorded(arguments), running, started_at=now)
        await self._on_call(call)
        started = time.monotonic()
        try:
            refusal = await apart(refuse_arguments, tool.parameters, arguments)
            ended = await self._stopped(tool, call, refusal, None if approved else by_rule)
            if ended is None:
                began = True
                ended = await self._ran(runnable, call)
            call = ended
        except asyncio.CancelledError:
            call = _failed(call, tool, "cancelled", unclear=began, status=ToolCallStatus.CANCELLED)
            raise
        except Exception as error:  # noqa: BLE001 - what could not be checked or asked for is not done
            logger.error("tool {} was not called: {}", call.tool, type(error).__name__)
            call = replace(call, status=ToolCallStatus.FAILED, error=_NOT_CALLED)
        finally:
            if began:
                self._hold.ran(tool)
                self._hold.ended(call)
            call = replace(call, duration_ms=round((time.monotonic() - started) * 1000, 2))
            await asyncio.shield(self._on_call(call))
        return call

    async def _stopped(
        self, tool: Tool, call: ToolCall, refusal: str, by_rule: bool | None
    ) -> ToolCall | None:
        """The call as it is refused, or waits; None where it runs."""
        if refusal:
            return replace(call, status=ToolCallStatus.REFUSED, error=storable(refusal))
        return None if by_rule is None else await self._hold.held(tool, call, by_rule=by_rule)

    async def _ran(self, runnable: RunnableTool, call: ToolCall) -> ToolCall:
        timeout_secs = runnable.tool.timeout_secs
        try:
            async with asyncio.timeout(timeout_secs):
                result = await runnable.run(call.arguments, self._context_for(call.id))
            return replace(call, status=ToolCallStatus.DONE, result=result_of(runnable.tool, result))
        except TimeoutError:
            told = f"no answer within {timeout_secs:g} seconds"
            return _failed(call, runnable.tool, told, unclear=True, status=ToolCallStatus.TIMED_OUT)
        except ToolFailure as failure:
            return _failed(call, runnable.tool, failure.message, unclear=failure.unclear)
        except Exception as error:  # noqa: BLE001 - anybody's code, which ends here
            # What a tool raises may hold arguments; the log names its type and where it came from.
            logger.warning("tool {} failed: {}\n{}", call.tool, type(error).__name__, where(error))
            return _failed(call, runnable.tool, f"{call.tool} failed", unclear=True)


def _failed(
    call: ToolCall, tool: Tool, told: str, *, unclear: bool, status: ToolCallStatus = ToolCallStatus.FAILED
) -> ToolCall:
    """A call that failed; what may have changed something all the same is told as such."""
    told = cut_short(told, _MOST_ERROR_CHARS)
    if unclear and tool.changes:
        told = f"{told.removesuffix('.')}. {MAY_HAVE_HAPPENED}"
    return replace(call, status=status, error=told)


def answer(call: ToolCall) -> dict[str, Any]:
    """What the model is told; never empty, or Pipecat would not run it again."""
    if call.status is ToolCallStatus.WAITING_APPROVAL:
        return {"status": call.status.value, **call.result}
    if call.status is ToolCallStatus.DONE:
        return call.result if isinstance(call.result, dict) and call.result else {"result": call.result}
    return {"error": call.error, "status": call.status.value}
