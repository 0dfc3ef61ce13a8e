"""A dialogue by text: each line is a message over REST, sent when the one before it was answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.dialogues import end_state
from tests.dialogues.dialogue import Dialogue, Line
from tests.dialogues.world import World
from tests.journeys.conftest import PASSWORD


@dataclass
class Ended:
    """How a dialogue went.

    Attributes:
        said: What was said, by whom, for those who look for a cause.
        wrong: What of the end state is not as it was published.
        repeated: How many lines were said twice.
    """

    dialogue: Dialogue
    said: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    repeated: int = 0


@dataclass
class Caller:
    """The user of one dialogue: nobody else knows what is remembered of them."""

    world: World
    http: httpx.AsyncClient
    user_id: str
    sessions: list[str]

    async def new_session(self) -> None:
        self.sessions.append((await self.http.post("/api/v1/sessions", json={})).json()["id"])


async def caller(world: World, http: httpx.AsyncClient, dialogue: Dialogue) -> Caller:
    """Somebody who has signed up."""
    account = {"email": f"{dialogue.id}-{uuid4().hex}@example.org", "password": PASSWORD}
    signed_up = (await http.post("/api/v1/auth/register", json=account)).json()
    http.headers["Authorization"] = f"Bearer {signed_up['access_token']}"
    found = Caller(world, http, signed_up["user"]["id"], [])
    await found.new_session()
    return found


async def write(world: World, dialogue: Dialogue) -> Ended:
    """Have the dialogue by text."""
    ended = Ended(dialogue)
    async with httpx.AsyncClient(base_url=world.server.url, timeout=60) as http:
        user = await caller(world, http, dialogue)
        for line in dialogue.lines:
            await _say(user, line, ended)
        ended.wrong = await end_state.judged(dialogue, world, user.user_id, user.sessions)
    return ended


async def _say(user: Caller, line: Line, ended: Ended) -> None:
    if line.new_session:
        await user.new_session()
    if line.once:
        await end_state.reached(user.world.database, user.sessions, line.once)
    path = f"/api/v1/sessions/{user.sessions[-1]}/messages"
    reply = await user.http.post(path, json={"text": line.say})
    ended.said += [("user", line.say), ("agent", reply.json().get("text", reply.text))]
