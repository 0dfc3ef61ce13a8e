"""What a call knows and decides, whatever its transport: agent, context, tools, guardrails, record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.processors.aggregators.llm_context import LLMContext

from orion import guardrails, providers, tools
from orion.agents import recollection
from orion.agents.recollection import Recollection
from orion.agents.roster import Roster
from orion.agents.tool_rows import Outside
from orion.domain.agent import Agent, fill
from orion.domain.approval import SPOKEN_SECS, WRITTEN_SECS, Wanted
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.guardrail import Utterance, Verdict
from orion.domain.identity import Principal
from orion.domain.memory import Memory
from orion.domain.session import Session
from orion.domain.storable import storable
from orion.domain.taint import Taint
from orion.domain.turn import Speaker, Turn
from orion.errors import DatabaseUnavailable
from orion.net.addresses import AllowedHosts
from orion.net.client import GuardedClient
from orion.pipelines import engines
from orion.pipelines.approvals import ApprovalPolicy, WaitingCalls
from orion.pipelines.call_plans import CallPlans
from orion.pipelines.catalogue import Catalogue, Offer
from orion.pipelines.feed import Feed
from orion.pipelines.latency import Stopwatch
from orion.pipelines.meter import Meter
from orion.pipelines.planning import PlanRunner
from orion.pipelines.recorder import Recorder
from orion.pipelines.tool_context import Requests, SessionTools
from orion.pipelines.writer import Writer
from orion.processors.approval_gate import ApprovalGate
from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.llm_order import LLMOrder
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords
from orion.processors.tool_call import ToolCaller, answer
from orion.settings import Settings
from orion.store.database import Database
from orion.store.secrets import SecretKeys


@dataclass(frozen=True, slots=True)
class Shared:
    """What all calls of a process share."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    checks: Mapping[str, guardrails.Check]
    recollection: Recollection
    feed: Feed
    writer: Writer
    meter: Meter = field(default_factory=Meter)
    breakers: Breakers = field(default_factory=Breakers)
    waiting: WaitingCalls = field(default_factory=WaitingCalls)


class Conversation:
    """One call's side of a session.

    Args:
        turns: The session's turns so far; the agent's context is rebuilt from them.
        known: What is known of the user from before, for the agent's instructions.
        announce: Says a text in this session after some seconds.
        guest: Who takes part is a guest, not the user whose session it is.
        speaks: What the agent says is spoken, not written.
        offer: The workspace's agents and tools.
        runner: Runs plans; None where nothing does.
        news: What came of plans while nobody was there; it is among the turns.
    """

    def __init__(
        self,
        shared: Shared,
        session: Session,
        turns: Iterable[Turn],
        known: Sequence[Memory],
        announce: Callable[[float, str], None],
        *,
        offer: Offer,
        guest: bool = False,
        speaks: bool = False,
        runner: PlanRunner | None = None,
        news: str = "",
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
        self.on_slow: Callable[[], None] = lambda: None
        self.on_silent: Callable[[], None] = lambda: None
        self.recorder = Recorder(
            session.id, self.agent.name, shared.feed, shared.writer, self.stopwatch, meter=shared.meter
        )
        self.principal = Principal(session.workspace_id, session.user_id)
        self.guest = guest
        self._known = recollection.note(known)
        tool_context = SessionTools(
            shared.recollection, self.principal, session.id, self.requests, announce, guest=guest
        )
        self.tool_context = tool_context
        self._guardrail_state: guardrails.State = {}
        models = providers.llms(shared.settings, self.agent)
        self._dialogue = next((m.service for m in models if isinstance(m.service, providers.Stateful)), None)
        self.llm = engines.llm(models, shared.breakers, self.deadlines, speaks=speaks)
        if self._dialogue is not None:
            self._dialogue.state = dict(session.dialogue)
        self._approvals, self._taint = shared.waiting.of(session.id), Taint()
        self._policy = ApprovalPolicy(
            self._approvals, self._taint, lambda: self.approval_gate, self._asked, guest=guest
        )
        self.plans = CallPlans(
            shared,
            session,
            agent=lambda: self.agent,
            tools=lambda: self.offer.tools,
            want=self._policy.want,
            taint=self._taint,
            runner=runner,
        )
        self.tool_context.planning = None if guest else self.plans
        self.caller = self._tool_caller(offer)
        self.context = LLMContext([self.instructions(), *messages(turns)], tools=self.tools())
        self.approval_gate = ApprovalGate(
            self._approvals,
            self._taint,
            self.context,
            self._decide,
            self._approval,
            patience_secs=SPOKEN_SECS if speaks else WRITTEN_SECS,
        )
        self.tool_context.agents = self.agent.hand_offs

    def instructions(self) -> Any:
        """The system message of the agent that has the word, with what is known of the user."""
        told = fill(self.agent.instructions, self.session.variables)
        return {"role": "system", "content": "\n\n".join(filter(None, (told, self._known)))}

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

    def instruct(self) -> None:
        """Put today's instructions into the running context.

        Not by a frame, which an interruption would drop: an LLM service reads the context at each inference.
        """
        told = self.instructions()
        self.context.transform_messages(lambda messages: [told, *messages[1:]])

    def greeting(self) -> str:
        """What the agent that has the word says first; empty for nothing."""
        return fill(self.agent.greeting, self.session.variables)

    def tools(self) -> ToolsSchema:
        """The tools of the agent that has the word."""
        return ToolsSchema(standard_tools=list(self.caller.schemas(self.agent.tools)))

    def take(self, offer: Offer) -> None:
        """Give the agent the tools of this offer at its next inference; its agents count in the next call.

        A call of a tool that runs already ends as it began.
        """
        if offer.fingerprint == self.offer.fingerprint:
            return
        self.offer = replace(offer, roster=self.offer.roster)
        self.caller = self._tool_caller(offer)
        # Not as a frame: an interruption would drop it. The LLM service reads the context at each inference.
        self.context.set_tools(self.tools())

    def give_word_to(self, agent: Agent) -> None:
        """Let another agent go on, with its instructions and tools; the caller gives it its voice."""
        before, self.agent = self.agent.name, agent
        self.recorder.agent = agent.name
        self.tool_context.agents = agent.hand_offs
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

    def input_guardrail(self) -> InputGuardrail:
        """The processor that checks what the user says."""
        recorder = self.recorder
        return InputGuardrail(self._evaluate, recorder.verdict, recorder.user_said, recorder.unreadable)

    def output_guardrail(self) -> OutputGuardrail:
        """The processor that checks what the agent says."""
        return OutputGuardrail(self._evaluate, self.recorder.verdict)

    def played_words(self) -> PlayedWords:
        """The processor that tells what was heard."""
        return PlayedWords(self.recorder.played)

    def _tool_caller(self, offer: Offer) -> ToolCaller:
        told, context = self.recorder.tool_call, self.tool_context.for_call
        if isinstance(self.llm, LLMOrder):
            return ToolCaller(
                offer.tools, context, told, self.llm.orion_admits, hold=self._policy, on_slow=self._slow
            )
        return ToolCaller(offer.tools, context, told, hold=self._policy, on_slow=self._slow)

    def fell_silent(self) -> None:
        """The agent's model had no words."""
        self.on_silent()

    def _slow(self) -> None:
        self.on_slow()

    async def _decide(self, wanted: Wanted, approved: bool) -> dict[str, Any]:
        """Do what the user's answer means; a call runs if the agent still has the tool."""
        if wanted.plan_id is not None:
            return await self.plans.decide(wanted, approved=approved)
        if not approved:
            return {"error": "All right, I will not do it.", "status": "rejected"}
        names = self.agent.tools
        runnable = self.offer.tools.get(wanted.tool)
        if runnable is None or (names is not None and wanted.tool not in names):
            return {"error": f"there is no tool {wanted.tool} any more", "status": "refused"}
        return answer(await self.caller.run(runnable, wanted.call_id, wanted.arguments, approved=True))

    def _asked(self, wanted: Wanted) -> None:
        self._approval(wanted, "asked", "")

    def _approval(self, wanted: Wanted, outcome: str, by: str) -> None:
        """Keep for the audit what was asked, and what came of it."""
        body = {"call_id": wanted.call_id, "tool": wanted.tool, "arguments": wanted.arguments}
        told = {"digest": wanted.digest, "state": outcome, "by": by or None}
        self.recorder.publish("tool.approval", {**body, **told})

    def _evaluate(self, utterance: Utterance) -> Verdict:
        checks = self.shared.checks if self.shared.settings.guardrails else {}
        utterance = replace(utterance, text=storable(utterance.text))
        return guardrails.evaluate(utterance, checks, self._guardrail_state)


def messages(turns: Iterable[Turn]) -> list[Any]:
    """The turns as a model's context holds them: what was heard, and what the tools answered."""
    found: list[Any] = []
    for turn in turns:
        if turn.speaker is Speaker.USER:
            found.append({"role": "user", "content": turn.text})
            continue
        for call in turn.tool_calls:
            function = {"name": call.tool, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
            asked = {"id": call.id, "type": "function", "function": function}
            answer = json.dumps(call.result if call.error is None else {"error": call.error})
            found.append({"role": "assistant", "tool_calls": [asked]})
            found.append({"role": "tool", "tool_call_id": call.id, "content": answer})
        if turn.text:
            found.append({"role": "assistant", "content": turn.text})
    return found


def load_shared(
    settings: Settings, database: Database, writer: Writer, embedder: providers.Embedder | None = None
) -> Shared:
    """Load agents, tools and checks: built in, and of the project. Raises StartError for a bad one."""
    project: Path | None = settings.project
    client = GuardedClient(AllowedHosts(settings.tool_allowed_hosts))
    outside = Outside(client, SecretKeys.of(settings), settings.mcp_commands)
    return Shared(
        settings=settings,
        database=database,
        catalogue=Catalogue(database, Roster.load(project), tools.load_all(project), outside),
        checks=guardrails.load_all(project),
        recollection=Recollection(database, embedder),
        feed=Feed(),
        writer=writer,
    )
