"""Consultations: one agent asks another, who answers in writing, by its own instructions, tools and models.

Each is a small pipeline of its own beside the call, which the user does not hear. Who is asked cannot hand
over, ask others, plan or end the call, and what needs the user's yes is refused.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import ErrorFrame, LLMRunFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.workers.runner import WorkerRunner

from orion import providers
from orion.domain.agent import Agent, fill
from orion.domain.deadlines import Deadlines
from orion.domain.draft import CONVERSATIONAL
from orion.domain.guardrail import Action, Channel
from orion.domain.tool import ToolCall, ToolCallStatus, ToolFailure
from orion.errors import OrionError
from orion.pipelines import engines
from orion.pipelines.conversation import Conversation
from orion.pipelines.tasks import Tasks
from orion.pipelines.teardown import climb_down
from orion.pipelines.tool_context import Requests, SessionTools
from orion.pipelines.worker import make_worker
from orion.processors.played_words import PlayedWords
from orion.processors.settled_calls import SettledCalls
from orion.processors.silence import Silence
from orion.processors.tool_call import ToolCaller
from orion.processors.unknown_tool import refuse_unknown
from orion.processors.written_speech import WrittenSpeech
from orion.providers._usage import listen

_MOST = 2
"""So many agents may be at an answer at once."""
_SECS = 30.0
_TOLD = (
    "The agent {asker} asks you this while it talks with the user, who does not hear you. Answer "
    "completely in one to three sentences, and ask nothing back. What needs the user's yes cannot be done "
    "here: say so."
)


class Consultations:
    """The other agents of one conversation, to be asked (`domain.tool.Consulting`)."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._running = 0

    async def ask(self, agent: str, question: str) -> dict[str, Any]:
        """What the agent of that name answers, and what it did for it.

        Raises:
            ToolFailure: It may not be asked, or not that; it cannot answer, or does not in time.
        """
        conversation = self._conversation
        if agent not in conversation.agent.hand_offs or agent not in conversation.offer.roster:
            raise ToolFailure(f"I cannot ask the {agent}.")
        if self._running >= _MOST:
            raise ToolFailure("I am still waiting for an answer. Please ask again in a moment.")
        verdict = conversation.guards.checked(question, Channel.INPUT)
        if verdict.action is Action.BLOCK:
            raise ToolFailure(verdict.reply)
        self._running += 1
        try:
            asked = _Asked(conversation, conversation.offer.roster.get(agent), verdict.text)
            try:
                async with asyncio.timeout(_SECS):
                    return await self._answer(asked)
            except TimeoutError:
                raise ToolFailure(f"The {agent} has not answered in time.{asked.left()}") from None
            except ToolFailure as failure:
                raise ToolFailure(failure.message + asked.left()) from failure
        except OrionError as error:
            raise ToolFailure(f"The {agent} cannot answer now.") from error
        finally:
            self._running -= 1

    async def _answer(self, asked: _Asked) -> dict[str, Any]:
        try:
            text = await asked.answer()
        finally:
            await asked.end()
        asked.hold.delivered()
        calls = [
            {"tool": call.tool, "arguments": call.arguments, "status": call.status.value}
            | ({} if call.error is None else {"error": call.error})
            for call in asked.calls.values()
            if call.tool in asked.offered
        ]
        return {"answer": text, "tool_calls": calls}


@dataclass(slots=True)
class _Answer:
    """The words of an answer, as they come."""

    done: asyncio.Future[str]
    said: list[str] = field(default_factory=list)

    def over(self) -> None:
        """Nothing more will be said."""
        if self.done.done():
            return
        if self.said:
            self.done.set_result(" ".join(self.said))
        else:
            self.done.set_exception(ToolFailure("There was no answer."))


class _Asked:
    """One agent at its answer.

    Attributes:
        calls: The tool calls that it made, by id.
        offered: The tools that it may have, by name.
        hold: What decides which calls it may make.
    """

    def __init__(self, conversation: Conversation, agent: Agent, question: str) -> None:
        self.calls: dict[str, ToolCall] = {}
        self.hold = conversation.consulted()
        self.offered = {
            name: tool for name, tool in conversation.offer.tools.items() if name not in CONVERSATIONAL
        }
        self._tasks = Tasks()
        self._answer = _Answer(asyncio.get_running_loop().create_future())
        offer = conversation.offer
        models = providers.llms(offer.settings, agent)
        for model in models:
            listen("llm", model, conversation.bill.used)
        llm = engines.llm(models, offer.breakers, Deadlines.of(agent.fail_over), speaks=False)
        caller = ToolCaller(
            self.offered,
            _tools_of(conversation).for_call,
            self._called,
            llm.orion_admits,
            hold=self.hold,
        )
        for model in models:
            refuse_unknown(model.service, self._called, llm.orion_admits)
        told = (
            fill(agent.instructions, conversation.session.variables).strip(),
            conversation.shared.prompts["written"].told(agent),
            _TOLD.format(asker=conversation.agent.name),
        )
        messages: list[Any] = [
            {"role": "system", "content": "\n\n".join(filter(None, told))},
            {"role": "user", "content": question},
        ]
        tools = ToolsSchema(standard_tools=list(caller.schemas(agent.tools)))
        self._pair = LLMContextAggregatorPair(LLMContext(messages, tools=tools))
        self._played = PlayedWords(lambda _words: None)
        pipeline = Pipeline(
            [
                self._pair.user(),
                llm,
                Silence(self._silent),
                conversation.guards.output(),
                WrittenSpeech(),
                self._played,
                SettledCalls(),
                self._pair.assistant(),
            ]
        )
        self._runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
        self._worker = make_worker(pipeline, [], None)
        self._run: asyncio.Task[Any] | None = None
        self._listen(llm)

    async def answer(self) -> str:
        """Ask, and wait for the answer. Raises ToolFailure where there is none."""
        await self._runner.add_workers(self._worker)
        self._run = self._tasks.spawn(self._runner.run(), "consultation")
        self._run.add_done_callback(lambda _: self._answer.over())
        await self._worker.queue_frame(LLMRunFrame())
        return await self._answer.done

    def left(self) -> str:
        """What it has changed, or may have, though there is no answer; empty for nothing."""
        changes = [
            call
            for call in self.calls.values()
            if call.tool in self.offered and self.offered[call.tool].tool.changes
        ]
        done = ", ".join(call.tool for call in changes if call.status is ToolCallStatus.DONE)
        unclear = ", ".join(
            call.tool for call in changes if call.unclear or call.status is ToolCallStatus.RUNNING
        )
        told = [f"This was done: {done}."] if done else []
        told += [f"This may have happened all the same: {unclear}."] if unclear else []
        return "".join(f" {one}" for one in told)

    async def end(self) -> None:
        """Let go of the pipeline."""
        await climb_down(self._worker, self._run, self._tasks, politely=False)
        await self._tasks.close()

    def _listen(self, llm: object) -> None:
        @self._worker.event_handler("on_pipeline_error")
        async def _(_worker: Any, frame: ErrorFrame) -> None:
            if frame.processor is llm:
                self._answer.over()

        @self._pair.assistant().event_handler("on_assistant_turn_stopped")
        async def _(_aggregator: Any, message: Any) -> None:
            if message.content:
                self._answer.said.append(message.content)
            if message.content and not self._goes_on():
                self._answer.over()

    def _goes_on(self) -> bool:
        return self._played.goes_on or self._pair.assistant().has_function_calls_in_progress

    def _silent(self) -> None:
        if not self._goes_on():
            self._answer.over()

    async def _called(self, call: ToolCall) -> None:
        self.calls[call.id] = call


def _tools_of(conversation: Conversation) -> SessionTools:
    """What the tools of an agent that is asked reach: nobody to hand over to, no plans, nobody to ask."""
    tools = conversation.tool_context
    return SessionTools(
        tools.recollection,
        tools.principal,
        tools.session_id,
        Requests(),
        tools.announce,
        timers=tools.timers,
        guest=tools.guest,
    )
