"""Conversations on a virtual clock whose models write, call, stall and break off in every way that was seen.

OpenAI's chat completions in all forms of `tests/providers/test_reader.py`, or Anthropic's messages, from
servers that refuse what the vendors refuse; alone, or in an order of both. Each question has a number, which
its answer repeats, so that what was said of which turn is known; what a model thinks holds `SECRET`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import EndFrame, InterruptionFrame, LLMMessagesAppendFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.filters.identity_filter import IdentityFilter
from pipecat.workers.runner import WorkerRunner

from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.guardrail import Action, Utterance, Verdict
from orion.domain.tool import Tool, ToolCall
from orion.pipelines import engines, text
from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.played_words import PlayedWords
from orion.processors.silence import Silence
from orion.processors.tool_call import ToolCaller
from orion.processors.unknown_tool import refuse_unknown
from orion.processors.window import Window
from orion.providers import Candidate, anthropic, openai
from orion.settings import ProviderSettings, Settings
from tests.providers.test_reader import BEFORE, BY_CALLS, BY_WORDS, ENDS, encoded, streamed
from tests.simulators import anthropic as claude
from tests.simulators import strictness
from tests.simulators.faults import Fault
from tests.simulators.wire import Asked, Reply, as_json, serve
from tests.virtual_time import LoopClock

SECRET = "SECRET"
_TURN_SECS = 75.0
_TEA = {"item": "tea"}
_NUMBER = re.compile(r"question (\d+)")
_NAMES = ("order", "stock", "functions.order", "multi_tool_use.parallel", "n" * 70, "made.up", "nope", "")
_PARALLEL = {"tool_uses": [{"recipient_name": "functions.order", "parameters": _TEA}]}
_WRITTEN = (
    '<tool_call>{"name": "order", "arguments": {"item": "tea"}}</tool_call>',
    '{"name": "stock", "parameters": {"item": "tea"}}',
    '[TOOL_CALLS] [{"name": "order", "arguments": {"item": "tea"}}]',
    "<function=stock><parameter=item>tea</parameter></function>",
)


@dataclass
class Found:
    """What came of a conversation.

    Attributes:
        said: The words that were given to a voice, by turn.
        why: What explains a silence, by turn: `silent`, `error`, `interrupted`.
        calls: The calls that were recorded at their end.
        refused: What a strict server said of a context.
    """

    said: dict[int, list[str]] = field(default_factory=dict)
    why: dict[int, set[str]] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class _Runnable:
    def __init__(self, tool: Tool, secs: float) -> None:
        self.tool = tool
        self._secs = secs

    async def run(self, arguments: dict[str, Any], _context: Any) -> dict[str, Any]:
        await asyncio.sleep(self._secs)
        return {"done": arguments.get("item")}


class FuzzedTurns:
    """One conversation.

    Args:
        seed: Decides everything.
        turns: So many questions are put.
        order: Both vendors in an order, instead of one of them.
    """

    def __init__(self, seed: int, turns: int, *, order: bool) -> None:
        self._dice = Random(seed)
        self._turns, self._order = turns, order
        self._turn = 0
        self._opens = self._dice.random() < 0.25
        self.found = Found()

    # the vendors

    async def _answer(self, asked: Asked) -> Reply:
        body = asked.json()
        is_chat = asked.path.endswith("chat/completions")
        check = strictness.chat if is_chat else strictness.messages
        if refused := check(body["messages"]):
            self.found.refused.append(refused)
            return as_json({"error": {"message": refused, "code": None}}, 400)
        words, calls, fault = self._means(body["messages"])
        if is_chat:
            return self._chat(words, calls, fault)
        told = claude.Told(words, calls)
        events = [f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in claude.stream(told)]
        failed = f"event: error\ndata: {json.dumps(claude.failure('overloaded_error'))}\n\n".encode()
        garbage = b'event: content_block_delta\ndata: {"type": \n\n'
        kind = "text/event-stream"
        return Reply(events, content_type=kind, fault=fault, error=failed, garbage=garbage, stream=True)

    def _chat(self, words: str, calls: list[Any], fault: Fault | None) -> Reply:
        dice = self._dice
        forms = [dice.choice(sorted(part)) for part in (BY_WORDS, BY_CALLS, BEFORE, ENDS)]
        if self._opens:  # a server that tells thoughts apart leaves none among the words
            forms = [{"thinking parts": "parts", "reasoning": "role"}.get(form, form) for form in forms]
        values, done = streamed(words, calls, *forms)
        form = dice.choice(("lf", "crlf", "single", "noisy"))
        pieces = [encoded([value], form, done=False) for value in values]
        pieces += [encoded([], form, done=True)] if done else []
        kind = dice.choice(("text/event-stream", "text/event-stream; charset=utf-8", "text/plain"))
        failed = encoded([{"error": {"message": "m", "code": 503}}], "lf", done=False)
        garbage = b'data: {"id": \n\n'
        return Reply(pieces, content_type=kind, fault=fault, error=failed, garbage=garbage, stream=True)

    def _means(self, messages: list[Any]) -> tuple[str, list[Any], Fault | None]:
        """What the model wants to say and call, and what goes wrong."""
        dice = self._dice
        number = int(_NUMBER.findall(json.dumps(messages))[-1])
        words, calls = f"The answer to {number} is here. It has a second sentence.", []
        over_result = "tool_result" in str(messages[-1]) or messages[-1]["role"] == "tool"
        kind = dice.random()
        if not over_result and kind < 0.3:
            words = dice.choice(("", "\n\n", f"I look into {number}."))
            names = [dice.choice(_NAMES) for _ in range(dice.randrange(1, 4))]
            calls = [(name, _PARALLEL if "parallel" in name else _TEA) for name in names]
        elif not over_result and kind < 0.4:
            words = dice.choice(_WRITTEN)
        elif kind < 0.45:
            words = ""
        words = self._thinks(words)
        fault = None
        if dice.random() < 0.2:
            kinds = ("drop", "stall", "half", "malformed", "error", "status")
            fault = Fault(dice.choice(kinds), after=dice.randrange(12))  # type: ignore[arg-type]
        return words, calls, fault

    def _thinks(self, words: str) -> str:
        if self._opens:
            return f"{SECRET} is {SECRET}. So.</think>{words}"
        forms = (
            "{}",
            "{}",
            "<think>{s}</think>{}",
            "[THINK]{s}[/THINK]{}",
            "{}<|im_end|>",
            "<thinking>{s} {}",
        )
        return self._dice.choice(forms).format(words, s=f"{SECRET}, a {SECRET}.")

    # the conversation

    async def run(self) -> Found:
        """Put the questions, and see what comes of them."""
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(serve(self._answer))
            stack.push_async_callback(openai.stop)
            stack.push_async_callback(anthropic.stop)
            worker = await stack.enter_async_context(self._running(url))
            for turn in range(1, self._turns + 1):
                self._turn = turn
                self.found.said[self._turn], self.found.why[self._turn] = [], set()
                message: Any = {"role": "user", "content": f"question {self._turn}"}
                await worker.queue_frame(InterruptionFrame())
                await worker.flush_pipeline()
                await worker.queue_frame(LLMMessagesAppendFrame([message], run_llm=True))
                if self._dice.random() < 0.2:
                    await asyncio.sleep(self._dice.random() * 3)
                    self._explain("interrupted")
                else:
                    await asyncio.sleep(_TURN_SECS)
            await worker.queue_frame(EndFrame())
        return self.found

    @asynccontextmanager
    async def _running(self, url: str) -> AsyncIterator[PipelineWorker]:
        worker = PipelineWorker(
            self._pipeline(url),
            clock=LoopClock(),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )

        @worker.event_handler("on_pipeline_error")
        async def _(_worker: Any, _frame: Any) -> None:
            self._explain("error")

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        running = asyncio.get_running_loop().create_task(runner.run())
        yield worker
        await running

    def _pipeline(self, url: str) -> Any:
        models = self._models(url)
        llm = engines.llm(models, Breakers(), Deadlines(), speaks=False)
        caller = ToolCaller(_tools(), _no_context, self._called, llm.orion_admits)
        for model in models:
            refuse_unknown(model.service, self._called, llm.orion_admits)
        system: Any = {"role": "system", "content": "Answer."}
        context = LLMContext([system], tools=ToolsSchema(standard_tools=list(caller.schemas())))
        return text.build(
            input_guardrail=InputGuardrail(_allowed, _nothing, lambda _: None),
            context=LLMContextAggregatorPair(context),
            approval_gate=IdentityFilter(),
            llm=llm,
            silence=Silence(lambda: self._explain("silent")),
            output_guardrail=OutputGuardrail(_allowed, _nothing),
            played=PlayedWords(self._said),
            window=Window(64_000),
        )

    def _models(self, url: str) -> list[Candidate[Any]]:
        access = {
            "OPENAI": ProviderSettings("k", f"{url}/v1"),
            "ANTHROPIC": ProviderSettings(claude.KEY, url),
        }
        settings = Settings(data_dir=Path(), providers=access)
        made = [
            Candidate("openai", openai.llm(settings, Agent("test", ""))),
            Candidate("anthropic", anthropic.llm(settings, Agent("test", ""))),
        ]
        self._dice.shuffle(made)
        return made if self._order else made[:1]

    def _said(self, words: str) -> None:
        self.found.said[self._turn].append(words)

    def _explain(self, why: str) -> None:
        self.found.why[self._turn].add(why)

    async def _called(self, call: ToolCall) -> None:
        if call.duration_ms is not None:
            self.found.calls.append(call)


def _tools() -> dict[str, Any]:
    schema = {"type": "object", "properties": {"item": {"type": "string"}}}
    return {
        "order": _Runnable(Tool("order", "Orders.", schema, side_effects=True), 0.2),
        "stock": _Runnable(Tool("stock", "Tells.", schema), 1.5),
    }


def _no_context(_call_id: str) -> Any:
    return None


def _allowed(utterance: Utterance) -> Verdict:
    return Verdict(Action.ALLOW, utterance.text, ())


async def _nothing(_utterance: Utterance, _verdict: Verdict) -> None:
    pass
