"""The record of one call: turns as they were heard, tool calls, verdicts, states; as events and rows.

The recorder is told what happened and never waits: events go to the live feed at once, rows to the
writer's queue. A turn begins with its first word or tool call, so that a cough leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from orion.domain import wire
from orion.domain.guardrail import Utterance, Verdict
from orion.domain.identity import new_id
from orion.domain.storable import storable
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Latency, Speaker, Turn
from orion.pipelines.records.bill import Bill
from orion.pipelines.records.feed import Feed
from orion.pipelines.records.latency import Stopwatch
from orion.pipelines.records.meter import Meter
from orion.pipelines.records.writer import Writer

_PARTS = {
    "stt": "Speech recognition",
    "llm": "The language model",
    "tts": "Speech",
    "speech": "Speech to speech",
}


@dataclass(slots=True)
class _OpenTurn:
    id: UUID
    speaker: Speaker
    agent: str
    started_at: datetime
    text: str = ""
    said: str = ""
    tool_calls: dict[str, ToolCall] = field(default_factory=dict)


class Recorder:
    """Records one call of the session `session_id`.

    Attributes:
        agent: Name of the agent that has the word.
        on_agent_turn: Told of each turn of the agent when it has ended.
        on_unreadable: Told that nothing was left of a typed message: the agent will not answer it.
        paused: The conversation is paused: its state does not change.
        closed: The call is over.
        user_turns: How many of the user's turns have ended.
        untrusted: What the agent says, until the user has said something, holds what others wrote.
    """

    def __init__(
        self,
        session_id: UUID,
        agent: str,
        feed: Feed,
        writer: Writer,
        stopwatch: Stopwatch,
        *,
        meter: Meter,
        bill: Bill,
    ) -> None:
        self.agent = agent
        self.on_agent_turn: Callable[[Turn], None] = lambda _turn: None
        self.on_unreadable: Callable[[], None] = lambda: None
        self.paused = self.closed = self.untrusted = False
        self.user_turns = 0
        self._session_id = session_id
        self._feed = feed
        self._writer = writer
        self._stopwatch = stopwatch
        self._meter = meter
        self._bill = bill
        self._open: dict[Speaker, _OpenTurn] = {}
        self._turn_of: dict[str, str] = {}
        self._filler: _OpenTurn | None = None
        self._state = ""

    def publish(self, name: str, body: dict[str, Any]) -> None:
        """An event for the watchers, kept for those who come later."""
        event = self._feed.publish(self._session_id, name, body)
        self._writer.put(event)

    def state(self, state: str) -> None:
        """The agent is `listening`, `thinking` or `speaking`; said once per change, not kept."""
        if state != self._state and not self.paused:
            self._state = state
            self._feed.publish(self._session_id, "session.state", {"state": state})

    @property
    def thinking(self) -> bool:
        """Whether the user waits for an answer, and nothing is being said."""
        return self._state == "thinking"

    @property
    def speaking(self) -> bool:
        """Whether the agent is heard."""
        return self._state == "speaking"

    @property
    def answering(self) -> bool:
        """Whether words of the agent's turn have been played."""
        turn = self._open.get(Speaker.AGENT)
        return turn is not None and bool(turn.text)

    @property
    def done(self) -> bool:
        """Whether the agent's turn holds tool calls, all of which have done what they were to do."""
        turn = self._open.get(Speaker.AGENT)
        calls = turn.tool_calls.values() if turn else ()
        return bool(calls) and all(call.status is ToolCallStatus.DONE for call in calls)

    @property
    def asks(self) -> bool:
        """Whether what was heard of the agent's turn holds a question."""
        turn = self._open.get(Speaker.AGENT)
        return turn is not None and any(mark in turn.text for mark in "?？؟")

    def partial(self, speaker: Speaker, text: str) -> None:
        """The words so far of the turn that is under way; not kept."""
        turn = self._begin(speaker)
        turn.text = storable(text)
        self._publish_partial(turn)

    def _publish_partial(self, turn: _OpenTurn, *, filler: bool = False) -> None:
        body = {"turn_id": str(turn.id), "role": turn.speaker.value, "agent": turn.agent, "text": turn.text}
        self._feed.publish(self._session_id, "turn.partial", {**body, **({"filler": True} if filler else {})})

    def played(self, words: str) -> None:
        """More words of the agent were played."""
        self._filler = None
        turn = self._begin(Speaker.AGENT)
        self.partial(Speaker.AGENT, f"{turn.text} {words}".strip())

    def filled(self, words: str) -> None:
        """Words of a filler were played: watchers read them, and no turn holds them."""
        opened = self._open.get(Speaker.AGENT)
        if self._filler is None or (opened is not None and opened.id != self._filler.id):
            shown = opened or _OpenTurn(new_id(), Speaker.AGENT, self.agent, datetime.now(UTC))
            self._filler = replace(shown)
        self._filler.text = f"{self._filler.text} {words}".strip()
        self._publish_partial(self._filler, filler=True)

    def user_said(self, text: str) -> None:
        """The user's turn has ended with `text`; an empty one leaves no trace."""
        if text:
            self.user_turns += 1
            self._end(Speaker.USER, text)
        else:
            self._open.pop(Speaker.USER, None)

    def unreadable(self) -> None:
        """Nothing was left of a typed message."""
        self.on_unreadable()

    def agent_said(self, text: str, *, interrupted: bool, goes_on: bool = False) -> None:
        """A response of the agent has ended, and `text` is what was heard of it.

        Its turn ends with it, unless it called a tool (`goes_on`): then with the answer over the result.
        """
        pending = self._open.get(Speaker.AGENT)
        text = f"{pending.said if pending else ''} {text}".strip()
        if goes_on and not interrupted:
            if text:
                pending = self._begin(Speaker.AGENT)
                pending.said = pending.text = storable(text)
        elif text or (interrupted and pending):
            self._end_agent(text, interrupted=interrupted)

    def cut_off(self) -> None:
        """The user has the word: an answer over a tool's result that has not begun will not be said."""
        self.close_idle(interrupted=True)

    def close_idle(self, *, interrupted: bool = False) -> None:
        """End a turn of the agent that is open for an answer over a tool's result, of which no word is heard.

        So what comes next, of the user or of the agent by itself, stands behind it.
        """
        pending = self._open.get(Speaker.AGENT)
        if pending is not None and pending.said == pending.text and (pending.said or pending.tool_calls):
            self._end_agent(pending.said, interrupted=interrupted)

    def _end_agent(self, text: str, *, interrupted: bool) -> None:
        turn = self._end(Speaker.AGENT, text, interrupted=interrupted, latency=self._stopwatch.take())
        self.on_agent_turn(turn)

    async def tool_call(self, call: ToolCall) -> None:
        """A tool call has started, or ended."""
        turn = self._open.get(Speaker.AGENT)
        running = call.status is ToolCallStatus.RUNNING
        if not running and (turn is None or call.id not in turn.tool_calls):
            # Its turn ended while the tool ran: the result is kept with the call's own row.
            turn_id = self._turn_of.get(call.id)
            self.publish("tool.ended", {"turn_id": turn_id, "tool_call": wire.tool_call(call)})
            session_id = self._session_id
            self._writer.put(lambda store: store.turns.update_call(session_id, call))
            return
        turn = self._begin(Speaker.AGENT)
        turn.tool_calls[call.id] = call
        self._turn_of[call.id] = str(turn.id)
        name = "tool.started" if running else "tool.ended"
        self.publish(name, {"turn_id": str(turn.id), "tool_call": wire.tool_call(call)})

    def refused(self, call: ToolCall) -> None:
        """A call that waited for a yes will not run: its turn says so, open or over."""
        turn = self._open.get(Speaker.AGENT)
        if turn is not None and call.id in turn.tool_calls:
            turn.tool_calls[call.id] = call
        else:
            session_id = self._session_id
            self._writer.put(lambda store: store.turns.update_call(session_id, call))

    async def verdict(self, utterance: Utterance, verdict: Verdict) -> None:
        """A guardrail found something. The text itself is not recorded here."""
        findings = [
            {"check": f.check, "kind": f.kind, "action": f.action.value, "score": f.score}
            for f in verdict.findings
        ]
        body = {"channel": utterance.channel.value, "action": verdict.action.value, "findings": findings}
        self.publish("guardrail", body)

    def switched(self, kind: str, failed: str, reason: str, taken: str | None) -> None:
        """An engine failed, and another one of its order goes on, or none is left."""
        self._meter.switched(kind, failed)
        detail = f"{_PARTS[kind]} by {failed} failed; " + (
            f"{taken} goes on." if taken else "no other is left."
        )
        body = {"slug": "provider-error", "detail": detail}
        self.publish("error", {**body, "part": kind, "provider": failed, "reason": reason, "taken": taken})

    def close(self) -> None:
        """The call is over: what was under way ends as it stands."""
        for speaker, turn in list(self._open.items()):
            if turn.text or turn.tool_calls:
                self._end(speaker, turn.text, interrupted=speaker is Speaker.AGENT)
        self.closed = True
        self.settle()

    @property
    def idle(self) -> bool:
        """Whether nobody has the word."""
        return self._state in {"", "listening"} and not self._open

    def settle(self) -> None:
        """What was consumed and belongs to no turn is the session's."""
        session_id, agent, now = self._session_id, self.agent, datetime.now(UTC)
        if used := self._bill.take(*Speaker):
            self._meter.used(used)
            self._writer.put(lambda store: store.usages.add(session_id, used, agent=agent, at=now))

    def _begin(self, speaker: Speaker) -> _OpenTurn:
        turn = self._open.get(speaker)
        if turn is None:
            turn = _OpenTurn(new_id(), speaker, self.agent, datetime.now(UTC))
            self._open[speaker] = turn
            body = {"turn_id": str(turn.id), "role": speaker.value, "agent": turn.agent}
            self.publish("turn.started", body)
        return turn

    def _end(
        self, speaker: Speaker, text: str, *, interrupted: bool = False, latency: Latency | None = None
    ) -> Turn:
        pending = self._begin(speaker)
        del self._open[speaker]
        self._filler = None
        turn = Turn(
            id=pending.id,
            session_id=self._session_id,
            speaker=speaker,
            agent=pending.agent,
            text=storable(text),
            started_at=pending.started_at,
            ended_at=datetime.now(UTC),
            interrupted=interrupted,
            tool_calls=tuple(pending.tool_calls.values()),
            latency=latency or Latency(),
            usage=self._bill.take(speaker),
            untrusted=speaker is Speaker.AGENT and self.untrusted,
        )
        self.untrusted = self.untrusted and speaker is Speaker.AGENT
        self._meter.turn_ended(turn)
        self._meter.used(turn.usage)
        event = self._feed.publish(self._session_id, "turn.ended", {"turn": wire.turn(turn)})
        self._writer.put(lambda store: store.turns.save(turn))
        self._writer.put(event)
        return turn
