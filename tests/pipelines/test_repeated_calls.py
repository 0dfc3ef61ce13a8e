"""Every path of a voice call again and again: the last call goes as the first, and leaves nothing."""

import asyncio
import json
from uuid import UUID

import pytest

from tests.api.running import running
from tests.journeys.phone import calling, voice
from tests.pipelines.test_approvals import PROJECT, tool

PAY = "send 5 euros to Bob"
ASKED = 'Shall I run send money with amount "5", to "Bob"? Please say yes or no.'
SPOKEN = (
    "what is seven plus five",
    "what can you do",
    "what is two plus two",
    PAY,
    "no",
    PAY,
    "yes",
    "twelve times nine",
    "let me talk to the scheduler",
)
ANSWERS = {"what can you do": 0, "let me talk to the scheduler": 2}
"""How many answers are heard to their end, if it is not one: the first of these is cut off."""
SCRIPT = {
    "stt": [{"text": text, "partials": [text.split()[0]]} for text in SPOKEN],
    "tts": [{"secs": secs} for secs in (1.0, 1.0, 6.0, *[1.0] * 20)],
}


class Round:
    """One call with all that may happen in it; `said` is what was heard of both, in order."""

    def __init__(self, server, http, session_id):
        self.server, self.http, self.session_id = server, http, session_id
        self.url = f"/api/v1/sessions/{session_id}"

    async def ask(self, phone):
        """Speak, and hear the whole answer."""
        return (await phone.answer_to(voice(0.8)))["text"]

    async def barge_in(self, phone):
        """Ask, and ask again into the answer."""
        speech = voice(0.8)
        since = await phone.say(speech)
        await phone.event("session.state", since, state="speaking")
        since = await phone.say(speech)
        event = await phone.event("turn.ended", since, role="agent", interrupted=False)
        assert event["body"]["turn"]["text"] == "That is 4."

    async def write(self, text):
        response = await self.http.post(f"{self.url}/messages", json={"text": text})
        response.raise_for_status()
        return response.json()["text"]

    async def status(self, status):
        (await self.http.patch(f"{self.url}/status", json={"status": status})).raise_for_status()

    async def approvals(self, phone):
        """A no, and a yes."""
        assert await self.ask(phone) == ASKED
        assert await self.ask(phone) == "All right, I will not do it."
        assert await self.ask(phone) == ASKED
        assert await self.ask(phone) == "5 euros went to Bob."

    async def call(self):
        """Dial, talk, hang up; the events of the call."""
        async with calling(self.http, self.session_id) as phone:
            await phone.event("turn.ended", role="agent")
            assert await self.ask(phone) == "That is 12."
            await self.barge_in(phone)
            await self.approvals(phone)
            assert await self.write("two plus three") == "That is 5."
            await self.status("paused")
            await self.status("active")
            assert await self.ask(phone) == "That is 108."
            since = len(phone.events)
            await phone.say(voice(0.8))
            await phone.event("hand_off", since, to="scheduler")
            await phone.event("turn.ended", since, role="agent", agent="scheduler")
            return list(phone.events)

    async def ended(self):
        """Wait until the server has let go of the call."""
        async with asyncio.timeout(20):
            while self.server.parts.calls.get(UUID(self.session_id)) is not None:
                await asyncio.sleep(0.05)

    async def all(self):
        """The whole round; who said what."""
        events = await self.call()
        await self.ended()
        bodies = [(event["name"], event["body"]) for event in events]
        begun = [body["turn_id"] for name, body in bodies if name == "turn.started"]
        over = [body["turn"]["id"] for name, body in bodies if name == "turn.ended"]
        assert sorted(begun) == sorted(over), "each turn ends, once"
        assert not [body for name, body in bodies if name == "error"]
        paid = [entry for entry in tool("send_money").LEDGER if str(entry["session"]) == self.session_id]
        assert len(paid) == 1
        turns = (await self.http.get(f"{self.url}/turns?limit=100")).json()["items"]
        assert all(
            call["status"] not in {"running", "waiting_approval"} for t in turns for call in t["tool_calls"]
        )
        return [(turn["role"], turn["text"], turn["interrupted"]) for turn in turns]


def questions(said):
    """What the user said and wrote, and how many turns of the agent followed each."""
    found = []
    for role, text, cut in said:
        if cut:
            continue
        if role == "user":
            found.append([text, 0])
        elif found:
            found[-1][1] += 1
    return found


async def at_rest(most=0):
    """The tasks of this process once they are no more than that, or after ten seconds."""
    for _ in range(200):
        if len(asyncio.all_tasks()) <= most:
            break
        await asyncio.sleep(0.05)
    return len(asyncio.all_tasks())


@pytest.mark.parametrize("rounds", [3, pytest.param(200, marks=pytest.mark.soak)])
async def test_every_path_of_a_call_goes_the_last_time_as_the_first(database_url, tmp_path, rounds):
    script = tmp_path / "script.yaml"
    script.write_text(json.dumps(SCRIPT))
    patient = {"rate_limit_max": 1_000_000, "jwt_expires_secs": 86_400}
    options = {"llm": ("offline",), "project": PROJECT, "script": script, **patient}
    async with running(database_url, tmp_path, **options) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            heard = []
            for nth in range(rounds):
                session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
                said = await Round(server, http, session_id).all()
                # Of an answer that is cut off it is chance how much was heard, if anything was.
                heard.append([(role, text) for role, text, cut in said if not cut])
                if nth == 0:
                    asked = (*SPOKEN[:7], "two plus three", *SPOKEN[7:])
                    assert questions(said) == [[text, ANSWERS.get(text, 1)] for text in asked]
                    tasks = await at_rest()
                assert heard[-1] == heard[0], nth
            assert await at_rest(tasks) <= tasks
