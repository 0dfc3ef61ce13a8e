"""A natural conversation by text over REST, judged turn by turn by the words and by what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx

from tests.dialogues.dialogue import Dialogue
from tests.dialogues.house import House
from tests.dialogues.natural.kept import Kept, read, works
from tests.dialogues.natural.turns import Conversation, Turn
from tests.dialogues.natural.verdict import Heard, Judged, faults, judge
from tests.dialogues.world import Running, World, world
from tests.dialogues.written import Caller, caller
from tests.journeys.conftest import start_server

_LOOKS = 6
_LOOK_SECS = 0.25
"""Rows are written beside the conversation, and what must not happen could happen late."""
_PLAN_SECS = 60
_NO_WAITING = httpx.Limits(max_keepalive_connections=0)
"""A connection that waits while rows are looked at may be closed by the server just when it is used again."""


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """A server as it is shipped, with the engines that need nothing and no project."""
    folder.mkdir(mode=0o711)
    server = start_server(folder / "data", ORION_LLM="offline")
    try:
        yield server, House(url="")
    finally:
        server.end()


async def talks(
    running: Running, conversations: Sequence[Conversation], at_once: int = 6
) -> list[list[Judged]]:
    """All conversations, each of a person of its own, some at once."""
    places = asyncio.Semaphore(at_once)
    async with world(running) as there:

        async def one(conversation: Conversation) -> list[Judged]:
            async with places:
                return await talk(there, conversation)

        return await asyncio.gather(*map(one, conversations))


async def talk(there: World, conversation: Conversation) -> list[Judged]:
    """Have one conversation; a new session follows where the call has ended."""
    judged: list[Judged] = []
    nobody = Dialogue(id="natural", title=conversation.about, exercises=(), lines=())
    async with httpx.AsyncClient(base_url=there.server.url, timeout=60, limits=_NO_WAITING) as http:
        user = await caller(there, http, nobody)
        for turn in conversation.turns:
            heard = await _heard(user, turn, judged[-1].answer if judged else "")
            judged.append(judge(turn, heard))
            if heard.after.ended:
                await user.new_session()
    return judged


async def _heard(user: Caller, turn: Turn, again: str) -> Heard:
    """Say it, say yes where the agent may ask first and does, and look at what came of it."""
    before = await _now(user)
    heard = await _settled(user, turn, before, await _say(user, turn.say), again=again)
    if turn.may_ask and "?" in heard.answer and any(faults(turn, heard)) and not heard.after.ended:
        answer = f"{heard.answer} {await _say(user, 'yes')}"
        heard = await _settled(user, turn, before, answer, again=again, asked=True)
    return heard


async def _say(user: Caller, text: str) -> str:
    reply = await user.http.post(f"/api/v1/sessions/{user.sessions[-1]}/messages", json={"text": text})
    return str(reply.json().get("text", reply.text))


async def _settled(
    user: Caller, turn: Turn, before: Kept, answer: str, *, again: str, asked: bool = False
) -> Heard:
    """Once plans are done and rows are written: as it is when nothing is wrong and nothing changes."""
    async with asyncio.timeout(_PLAN_SECS):
        while await works(user.world.database, user.sessions):
            await asyncio.sleep(_LOOK_SECS)
    after = before
    for _ in range(_LOOKS):
        await asyncio.sleep(_LOOK_SECS)
        earlier, after = after, await _now(user)
        later = [said for said in after.said[len(before.said) :] if said not in answer]
        whole = " ".join([answer, *later])
        heard = Heard(whole, before, after, datetime.now().astimezone(), asked=asked, again=again)
        if after == earlier and not any(faults(turn, heard)):
            break
    return heard


async def _now(user: Caller) -> Kept:
    return await read(user.world.database, user.user_id, user.sessions)
