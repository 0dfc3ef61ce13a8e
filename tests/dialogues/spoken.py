"""A dialogue by voice: lines are spoken over WebRTC when the agent has ended its turn, as a caller would.

A caller whom the agent has not understood says the same once more, as people do: where something was to be
done and nothing was, where the agent asks the same again, or says nothing.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import httpx

from orion.providers.offline.speech import NOT_CAUGHT
from tests.dialogues import end_state
from tests.dialogues.dialogue import Dialogue, Line
from tests.dialogues.world import World
from tests.dialogues.written import Caller, Ended, caller
from tests.journeys.phone import RATE_HZ, Phone, calling, spoken

_ANSWER_SECS = 25.0
_QUIET_SECS = 1.2
"""So long after the agent's last sound a caller takes the turn for ended."""
_INTO_SECS = 1.0
"""So long into the agent's answer somebody cuts in."""


async def speak(world: World, dialogue: Dialogue, voice: str, folder: Path) -> Ended:
    """Have the dialogue by voice: one of `runs.VOICES`, or `heart`."""
    ended = Ended(dialogue)
    async with httpx.AsyncClient(base_url=world.server.url, timeout=60) as http:
        talk = _Talk(await caller(world, http, dialogue), ended, voice, folder)
        async with talk.line:
            await talk.dial()
            for at, line in enumerate(dialogue.lines):
                follows = dialogue.lines[at + 1] if at + 1 < len(dialogue.lines) else Line("")
                await talk.say(line, cut_in=follows.barge_in)
        user = talk.user
        ended.wrong = await end_state.judged(dialogue, world, user.user_id, user.sessions)
    return ended


class _Talk:
    """One caller on the phone."""

    def __init__(self, user: Caller, ended: Ended, voice: str, folder: Path) -> None:
        self.user = user
        self.line = AsyncExitStack()
        self._ended = ended
        self._voice = voice
        self._folder = folder
        self._phone: Phone
        self._told = 0

    async def dial(self) -> None:
        """Call, and hear the greeting, or what has happened since the last call."""
        await self.line.aclose()
        self._phone = await self.line.enter_async_context(calling(self.user.http, self.user.sessions[-1]))
        self._told = 0
        await self._answer(0, secs=4.0)

    async def say(self, line: Line, *, cut_in: bool) -> None:
        """Say a line, once more if it was not understood; do not wait for the end where the next cuts in."""
        if line.new_session:
            await self.user.new_session()
        if line.new_session or line.hang_up:
            await self.dial()
        if line.once:
            await end_state.reached(self.user.world.database, self.user.sessions, line.once)
        pcm = await asyncio.to_thread(spoken, line.say, self._folder, self._voice)
        before, since = self._last(), await self._phone.say(pcm)
        if cut_in:
            await self._begun(since)
            return
        secs = _ANSWER_SECS + len(pcm) / RATE_HZ
        if self._misunderstood(line, await self._answer(since, secs), before, since):
            self._ended.repeated += 1
            await self._answer(await self._phone.say(pcm), secs)

    async def _begun(self, since: int) -> None:
        """Until the agent has spoken for a while."""
        await self._phone.event("turn.partial", since, role="agent")
        await asyncio.sleep(_INTO_SECS)

    async def _answer(self, since: int, secs: float) -> list[dict[str, Any]]:
        """The agent's turns from there on, once it has said all that it has to say."""
        with suppress(TimeoutError):
            await self._phone.event("turn.ended", since, timeout_secs=secs, role="agent", interrupted=False)
        async with asyncio.timeout(60):
            while not self._listens():
                await asyncio.sleep(0.05)
        turns = [e["body"]["turn"] for e in self._phone.events[self._told :] if e["name"] == "turn.ended"]
        self._told = len(self._phone.events)
        self._ended.said += [(turn["role"], turn["text"]) for turn in turns]
        return [turn for turn in turns if turn["role"] == "agent"]

    def _listens(self) -> bool:
        """Whether the agent has been quiet for a while, and waits for what is said next."""
        events = self._phone.events
        state = next((e["body"]["state"] for e in reversed(events) if e["name"] == "session.state"), "")
        sound = self._phone.sound_since(time.monotonic() - _QUIET_SECS)
        return state in {"", "listening"} and not sound

    def _last(self) -> str:
        return next((text for role, text in reversed(self._ended.said) if role == "agent"), "")

    def _misunderstood(self, line: Line, turns: list[dict[str, Any]], before: str, since: int) -> bool:
        if not turns:
            return all(event["name"] != "session.ended" for event in self._phone.events)
        asked = any(event["name"] == "tool.approval" for event in self._phone.events[since:])
        if line.plan:
            return not asked
        if line.calls:
            return not any(turn["tool_calls"] for turn in turns)
        told: str = turns[-1]["text"]
        return told.startswith(NOT_CAUGHT) or (told.endswith(("?", "yes or no.")) and told == before)
