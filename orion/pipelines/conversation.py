"""What a call knows and decides, whatever its transport: agent, context, tools, guardrails, record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from loguru import logger
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.services.llm_service import LLMService

from orion import providers
from orion.agents import recollection
from orion.agents.timer_book import TimerBook
from orion.domain import hand_off, window
from orion.domain.agent import Agent, fill
from orion.domain.approval import SPOKEN_SECS, WRITTEN_SECS, Approvals, Wanted
from orion.domain.assents import Assent, assent
from orion.domain.breaker import Breaker
from orion.domain.deadlines import Deadlines
from orion.domain.identity import Principal
from orion.domain.memory import Memory
from orion.domain.session import Session
from orion.domain.spending import Month
from orion.domain.taint import Taint
from orion.domain.turn import Turn
from orion.errors import DatabaseUnavailable, OrionError
from orion.pipelines import engines, notes
from orion.pipelines.approvals import Answers, ApprovalPolicy, Consulted
from orion.pipelines.call_plans import CallPlans
from orion.pipelines.catalogue import Offer
from orion.pipelines.guards import Guards
from orion.pipelines.planning import PlanRunner
from orion.pipelines.rebuilt import is_owed, messages, recent
from orion.pipelines.records import budgets
from orion.pipelines.records.bill import Bill
from orion.pipelines.records.latency import Stopwatch
from orion.pipelines.records.recorder import Recorder
from orion.pipelines.shared import Shared
from orion.pipelines.tool_context import Announce, Requests, SessionTools
from orion.processors.approval_gate import ApprovalGate
from orion.processors.joined_context import JoinedContext
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords
from orion.processors.tool_call import ToolCaller
from orion.processors.unknown_tool import refuse_unknown
from orion.processors.window import Window
from orion.providers._usage import listen

_REFRESH_SECS = 2.0
_LASTING = frozenset({"authentication", "authorization", "quota"})
"""Failures of a speech model after which the next call does without it, for a while."""


class Conversation:
    """One call's side of a session.

    Args:
        turns: The session's turns so far; the agent's context is rebuilt from them.
        known: What is known of the user from before, for the agent's instructions.
        kept: The notes of this conversation, which stand for its first turns.
        announce: Says a text in this session after some seconds.
        guest: Who takes part is a guest, not the user whose session it is.
        speaks: What the agent says is spoken, not written.
        offer: The workspace's agents, tools and engines.
        month: What the workspace has spent of its budget.
        runner: Runs plans; None where nothing does.
        news: What happened while nobody was there; what is written of it is among the turns.
        losses: How many promised texts its end would lose, if the user has not been told yet.
    """

    def __init__(
        self,
        shared: Shared,
        session: Session,
        turns: Sequence[Turn],
        known: Sequence[Memory],
        announce: Announce,
        *,
        offer: Offer,
        month: Month,
        kept: Memory | None = None,
        guest: bool = False,
        speaks: bool = False,
        runner: PlanRunner | None = None,
        news: str = "",
        losses: Callable[[], int] = lambda: 0,
    ) -> None:
        self.shared = shared
        self.session = session
        self.news = news
        self.offer = offer
        self.agent = offer.roster.get(session.agent)
        self.deadlines = Deadlines.of(self.agent.fail_over)
        self.requests = Requests()
        self.pause = Pause()
        self.stopwatch = Stopwatch()
        self.bill = Bill(offer.prices)
        self.month = month
        self.on_slow: Callable[[], None] = lambda: None
        self.on_silent: Callable[[], None] = lambda: None
        self.recorder = Recorder(
            session.id,
            self.agent.name,
            shared.feed,
            shared.writer,
            self.stopwatch,
            meter=shared.meter,
            bill=self.bill,
        )
        self.principal = Principal(session.workspace_id, session.user_id)
        self.guest = guest
        self._known = recollection.note(known)
        self._notes = kept.content if kept else ""
        self._notes_kept = kept is not None
        self.window = Window(
            self.agent.context_tokens or shared.settings.context_tokens, kept.user_turns if kept else 0
        )
        self._style = shared.prompts["spoken" if speaks else "written"]
        self.tool_context = SessionTools(
            shared.recollection,
            self.principal,
            session.id,
            self.requests,
            announce,
            timers=TimerBook.of(shared.database, session, guest=guest),
            guest=guest,
            losses=losses,
        )
        self.guards = Guards(shared, self.recorder, self._typed, speaks=speaks)
        self.played = PlayedWords(self.recorder.played, self.recorder.filled)
        models = providers.llms(offer.settings, self.agent)
        for model in models:
            listen("llm", model, self.bill.used)
        self._first_llm = models[0].provider
        self.models = [m for m in models if not isinstance(m.service, providers.Stateful)]
        self._dialogue = next((m.service for m in models if isinstance(m.service, providers.Stateful)), None)
        self.speech: providers.SpeechModel | None = None
        self._speech_provider = (self.agent.speech or "").partition("/")[0]
        self.llm = engines.llm(models, offer.breakers, self.deadlines, speaks=speaks)
        if self._dialogue is not None:
            self._dialogue.state = dict(session.dialogue)
        # A guest is asked nothing, not even what waits for the session's user.
        self._approvals, self._taint = Approvals() if guest else shared.waiting.of(session.id), Taint()
        if (news and speaks) or is_owed(turns):
            self.owe()
        self._policy = ApprovalPolicy(
            self._approvals,
            self._taint,
            lambda: self.approval_gate,
            lambda wanted: shared.waiting.keep(session.id, wanted, self.recorder),
            lambda wanted: self._answers.of_plan(wanted, "asked", None),
            agent=lambda: self.agent,
            guest=guest,
        )
        self.plans = CallPlans(
            shared,
            session,
            agent=lambda: self.agent,
            offer=lambda: self.offer,
            want=self._policy.want,
            approvals=self._approvals,
            taint=self._taint,
            runner=runner,
        )
        self.tool_context.planning = None if guest else self.plans
        self.caller = self._tool_caller(offer)
        self._refuse_unknown([model.service for model in models])
        self.context = JoinedContext(
            [*self.head(), *messages(recent(turns, self.window.noted))], tools=self.tools()
        )
        self._answers = Answers(
            shared.waiting,
            session,
            offer=lambda: self.offer,
            assent=self._assent,
            caller=lambda: self.caller,
            plan=self.plans.decide,
            publish=self.recorder.publish,
            on_late=lambda words, untrusted: announce(0.0, words, untrusted=untrusted),
        )
        self.approval_gate = ApprovalGate(
            self._approvals,
            self._taint,
            self.context,
            self._answers.decide,
            self._answers.drop,
            language=self._assent,
            patience_secs=SPOKEN_SECS if speaks else WRITTEN_SECS,
        )
        self.tool_context.serve(self.agent)

    def instructions(self) -> Any:
        """What the agent that has the word is told: its own, how to answer, what is known of the user."""
        told = fill(self.agent.instructions, self.session.variables)
        parts = (told.strip(), hand_off.others(self.agent), self._style.told(self.agent), self._known)
        return {"role": "system", "content": "\n\n".join(filter(None, parts))}

    def head(self) -> list[Any]:
        """What stands before the turns in the agent's context: instructions, then notes if there are any."""
        return [self.instructions(), *notes.messages(self._notes)]

    async def remind(self, said: str) -> bool:
        """Look up what fits the user's words; whether the instructions have changed by it.

        A guest's words bring nothing of the user's memory to light.
        """
        if self.guest:
            return False
        try:
            found = await self.shared.recollection.relevant(self.principal, said)
        except DatabaseUnavailable:
            return False
        before, self._known = self._known, recollection.note(found)
        return self._known != before

    async def take_notes(self) -> bool:
        """Let a model write down what was said before the last turns, which then leave the context.

        Beside the frames, and one at a time. Where it fails, or while it takes long, the window drops the
        oldest turns by itself.

        Returns:
            Whether a model could write them, or none was needed.
        """
        said = self.window.to_note(self.context)
        if not said or not self.models:
            return True
        await self._read_notes()
        told = self.shared.prompts["summary"].told(self.agent)
        written = await notes.take(self.models, self.offer.breakers, told, self._notes, said)
        if self.recorder.closed:  # a written message's call is over by now: its bill is open for these alone
            self.recorder.settle()
        if written is None:
            return False
        self._notes = written
        self.window.forget(self.context, said)
        self.instruct()
        if not self.guest:  # a guest's words are no memory of the user's
            kept = await notes.keep(
                self.shared.database, self.principal, self.session.id, written, self.window.noted
            )
            self._notes_kept = self._notes_kept or kept
        return True

    async def _read_notes(self) -> None:
        """Go on from the newest notes: each written message is a call, which may have begun before them.

        Notes that were kept and are gone were forgotten by the user: what they told does not come back.
        """
        with suppress(OrionError):
            async with self.shared.database.transaction(self.principal) as store:
                kept = await store.memories.notes_of(self.session.id)
            if kept or self._notes_kept:
                self._notes = kept.content if kept else ""
                self._notes_kept = kept is not None

    def record_prompts(self) -> None:
        """Keep which prompts the models of this call are told; the offline agent reads none."""
        if self.models:
            self.recorder.publish("session.prompts", {"prompts": {self._style.name: self._style.version}})

    def instruct(self) -> None:
        """Put today's instructions into the running context.

        Not by a frame, which an interruption would drop: an LLM service reads the context at each inference.
        """
        told = self.head()
        self.context.transform_messages(lambda messages: [*told, *messages[window.head(messages) :]])

    @property
    def is_new(self) -> bool:
        """Whether nothing has been said in it."""
        return len(self.context.messages) == 1 and not self._notes

    @property
    def budget_micros(self) -> int | None:
        """What the session may cost, in micro-dollars; None for no end."""
        return budgets.session_micros(self.shared.settings, self.agent)

    async def renew(self) -> None:
        """Tell a speech model of new instructions or tools: it does not read the context by itself."""
        if self.speech is not None:
            await self.speech.orion_renew()

    def is_speech(self, processor: object) -> bool:
        """Whether this is the call's speech model."""
        return self.speech is not None and processor is self.speech

    def speech_answered(self) -> None:
        """The agent has said something; if by its speech model, that one works."""
        if self.speech is not None and self.speech.orion_serves:
            self._speech_breaker().succeeded()

    def speech_failed(self, reason: str) -> None:
        """The agent's speech model failed: its ordinary engines go on."""
        self._speech_breaker().failed(asyncio.get_running_loop().time(), lasting=reason in _LASTING)
        self.recorder.switched("speech", self._speech_provider, reason, self._first_llm)

    def _speech_breaker(self) -> Breaker:
        return self.offer.breakers.of("speech", self._speech_provider)

    def greeting(self) -> str:
        """What the agent that has the word says first; empty for nothing."""
        return fill(self.agent.greeting, self.session.variables)

    def tools(self) -> ToolsSchema:
        """The tools of the agent that has the word."""
        return ToolsSchema(standard_tools=list(self.caller.schemas(self.agent.tools)))

    async def refresh_tools(self) -> None:
        """Look for changes of the workspace's tools; a database that is away or slow changes nothing."""
        try:
            async with asyncio.timeout(_REFRESH_SECS):
                offer = await self.shared.catalogue.of(self.session.workspace_id)
        except (DatabaseUnavailable, TimeoutError):
            logger.warning("the tools of a call wait for the database")
        else:
            if self.take(offer):
                await self.renew()

    def take(self, offer: Offer) -> bool:
        """Give the agent the tools of this offer at its next inference; its agents count in the next call.

        A call of a tool that runs already ends as it began.

        Returns:
            Whether anything has changed.
        """
        if offer.fingerprint == self.offer.fingerprint:
            return False
        self.offer = replace(offer, roster=self.offer.roster)
        self.caller = self._tool_caller(offer)
        # Not as a frame: an interruption would drop it. The LLM service reads the context at each inference.
        self.context.set_tools(self.tools())
        return True

    def give_word_to(self, agent: Agent) -> None:
        """Let another agent go on, with its instructions and tools (see `HandOffs` for the rest)."""
        before, self.agent = self.agent.name, agent
        self.requests.hand_offs += 1
        self.recorder.agent = agent.name
        self.tool_context.serve(agent)
        if self._dialogue is not None:
            self._dialogue.agent = agent
        self.instruct()
        self.context.set_tools(self.tools())
        self.recorder.publish("hand_off", {"from": before, "to": agent.name})
        session_id = self.session.id
        self.shared.writer.put(lambda store: store.sessions.set_agent(session_id, agent.name))

    def save_dialogue(self) -> None:
        """Keep what the offline agent remembers of this conversation."""
        if self._dialogue is not None:
            session_id, state = self.session.id, json.loads(json.dumps(self._dialogue.state))
            self.shared.writer.put(lambda store: store.sessions.save_dialogue(session_id, state))

    def owe(self) -> None:
        """The agent tells, unasked, what others wrote: a model reads it with the user's next words."""
        self._taint.owe()
        self.recorder.untrusted = True

    def consulted(self) -> Consulted:
        """What decides which calls an agent may make that is asked by the one that has the word."""
        return Consulted(self._taint, self._approvals)

    def _tool_caller(self, offer: Offer) -> ToolCaller:
        told, context, slow = self.recorder.tool_call, self.tool_context.for_call, self._slow
        return ToolCaller(offer.tools, context, told, self.llm.orion_admits, hold=self._policy, on_slow=slow)

    def _refuse_unknown(self, models: Sequence[LLMService[Any]]) -> None:
        for model in models:
            refuse_unknown(model, self.recorder.tool_call, self.llm.orion_admits)

    def _assent(self, wanted: Wanted | None) -> Assent:
        """Yes and no in the language of who has asked; where nothing is asked, of who has the word."""
        asker = self.offer.asker(wanted) if wanted is not None else None
        return assent((asker or self.agent).language)

    def asked(self) -> bool:
        """Whether the agent has put a question, or the server has: a word may be the answer."""
        return self.recorder.asks or self.approval_gate.orion_waits

    def fell_silent(self) -> None:
        """The agent's model had no words."""
        self.on_silent()

    def _slow(self) -> None:
        self.on_slow()

    def _typed(self, text: str) -> None:
        self.recorder.user_said(text)
        self.requests.hand_offs = 0
        if self.speech is not None:
            self.speech.orion_typed(text)
