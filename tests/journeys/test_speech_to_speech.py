"""Whole calls whose engines are one model, with a server that speaks its protocol in the vendor's place."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import numpy as np
import pytest
import pytest_asyncio

from orion.domain.text.said import plain
from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import RATE_HZ, Phone, calling, spoken
from tests.simulators.faults import Fault
from tests.simulators.realtime import KEY, TONE_HZ, Realtime, Says, realtime

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCOUNT = {"email": "ada@example.org", "password": PASSWORD}
GREETING = "Good evening, this is Orion."
SEVEN_PLUS_FIVE = ("calculator", {"expression": "7 + 5"})
AGENT = {
    "instructions": "You are Orion.",
    "greeting": GREETING,
    "speech": "openai/gpt-realtime",
    "stt": "moonshine_tiny",
    "llm": "offline",
    "tts": "flite",
}

GOLD = '''"""Nobody talks about gold."""

from orion.domain.guardrail import Action, Finding


def check(utterance, state):
    at = utterance.text.find("gold")
    if at < 0:
        return []
    told = {"action": Action.BLOCK, "reply": "I do not talk about that."}
    return [Finding("gold", "gold", at, at + 4, **told)]
'''
ASKED = "what is seven plus five"
LONG = " ".join(["and so on."] * 60)


class Line:
    """A server with an agent that speaks by itself, and the vendor behind it."""

    def __init__(self, http: httpx.AsyncClient, vendor: Realtime) -> None:
        self.http = http
        self.vendor = vendor

    @asynccontextmanager
    async def call(self, **agent):
        (await self.http.put("/api/v1/agents/talker", json={**AGENT, **agent})).raise_for_status()
        made = (await self.http.post("/api/v1/sessions", json={"agent": "talker"})).json()
        async with calling(self.http, made["id"]) as phone:
            yield phone

    async def turns(self, phone: Phone) -> list[tuple[str, str]]:
        path = f"/api/v1/sessions/{phone.session_id}/turns"
        return [(turn["role"], turn["text"]) for turn in (await self.http.get(path)).json()["items"]]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with a check of its own."""
    root = tmp_path_factory.mktemp("project")
    (root / "guardrails").mkdir()
    (root / "guardrails" / "gold.py").write_text(GOLD)
    return root


@asynccontextmanager
async def serving(data_dir, project):
    """A server, the vendor behind it, and a client that is signed in."""
    need("flite")
    async with AsyncExitStack() as stack:
        vendor = await stack.enter_async_context(realtime())
        environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": vendor.url}
        server = await asyncio.to_thread(start_server, data_dir, "--project", str(project), **environ)
        stack.push_async_callback(asyncio.to_thread, server.stop)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=30))
        account = (await http.post("/api/v1/auth/register", json=ACCOUNT)).json()
        http.headers["Authorization"] = f"Bearer {account['access_token']}"
        yield Line(http, vendor)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(open_dir, project):
    async with serving(open_dir / "speech", project) as line:
        yield line


@pytest_asyncio.fixture(loop_scope="module")
async def line(running):
    """The running server, and a vendor that has forgotten the test before."""
    fresh = Realtime(running.vendor.url)
    for name in ("heard", "answers", "late_secs", "pace_secs", "faults"):
        setattr(running.vendor, name, getattr(fresh, name))
    running.vendor.got.clear()
    running.vendor.sessions.clear()
    return running


def pitch_hz(pcm: np.ndarray) -> float:
    """The loudest frequency."""
    spectrum = np.abs(np.fft.rfft(pcm.astype(float) * np.hanning(len(pcm))))
    return float(np.fft.rfftfreq(len(pcm), 1 / RATE_HZ)[spectrum.argmax()])


async def test_the_model_greets_hears_calls_a_tool_and_answers_in_its_own_voice(line, tmp_path):
    line.vendor.answers = [Says(calls=[SEVEN_PLUS_FIVE]), Says("That is 12. Anything else?")]
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent", text=GREETING)
        turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
        assert turn["text"] == "That is 12. Anything else?"
        assert [(c["tool"], c["status"]) for c in turn["tool_calls"]] == [("calculator", "done")]
        heard = phone.sound_since(phone.microphone.said_at)
        pcm = np.concatenate([block for _, block in heard])
        assert pitch_hz(pcm) == pytest.approx(TONE_HZ, abs=5)
        assert len(pcm) / RATE_HZ == pytest.approx(len("That is 12. Anything else?") / 15, abs=0.3)
        assert 0 < turn["latency"]["first_audio_ms"] < 3000
        assert turn["latency"]["end_of_turn_ms"] < turn["latency"]["first_audio_ms"]
        assert await line.turns(phone) == [
            ("agent", GREETING),
            ("user", "what is seven plus five"),
            ("agent", "That is 12. Anything else?"),
        ]
    (item,) = [event["item"] for event in line.vendor.all("conversation.item.create")]
    assert json.loads(item["output"])["result"] == "12"
    assert any(tool["name"] == "calculator" for tool in line.vendor.sessions[0]["tools"])


async def test_a_barge_in_stops_the_model_and_both_records_hold_what_was_heard(line, tmp_path):
    line.vendor.heard = ["what is seven plus five", "stop please"]
    line.vendor.answers = [Says(f"That is 12, {LONG}"), Says("Stopped.")]
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent")
        since = await phone.say(spoken("what is seven plus five", tmp_path))
        await phone.event("session.state", since, state="speaking")
        await phone.event("turn.partial", since, role="agent", timeout_secs=5)
        turn = await phone.answer_to(spoken("stop please", tmp_path))
        assert turn["interrupted"]
        assert turn["text"].startswith("That is 12,")
        await phone.event("turn.ended", since, role="agent", text="Stopped.")
        said = await line.turns(phone)
    assert [role for role, _ in said] == ["agent", "user", "agent", "user", "agent"]
    assert [said[1][1], said[3][1]] == ["what is seven plus five", "stop please"]
    cut = line.vendor.all("conversation.item.truncate")[-1]
    words_secs = len(turn["text"]) / 15
    assert cut["audio_end_ms"] / 1000 == pytest.approx(words_secs, abs=0.7), "the model remembers the same"


async def test_what_the_user_may_not_say_is_not_answered(line, tmp_path):
    line.vendor.heard = ["where is the gold"]
    line.vendor.answers = [Says("Under the old oak.", [SEVEN_PLUS_FIVE]), Says("Under the old oak.")]
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent")
        turn = await phone.answer_to(spoken("where is the gold", tmp_path))
        assert turn["text"] == "I do not talk about that."
        found = await phone.event("guardrail", channel="input")
        assert found["body"]["findings"][0]["check"] == "gold"
        path = f"/api/v1/sessions/{phone.session_id}/messages"
        answer = (await line.http.post(path, json={"text": "And who has gold?"})).json()
        assert answer["text"] == "I do not talk about that."
        assert "gold" not in str(await line.turns(phone))
        assert "tool.started" not in [event["name"] for event in phone.events]
    assert line.vendor.all("conversation.item.delete")


async def test_a_sentence_that_the_model_may_not_say_is_cut_and_the_reply_said(line, tmp_path):
    line.vendor.answers = [Says(f"It is under the tree. The gold is yours, {LONG}"), Says("Yes.")]
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent")
        since = await phone.say(spoken("what is seven plus five", tmp_path))
        await phone.event("turn.ended", since, role="agent", text="I do not talk about that.")
        await phone.event("guardrail", channel="output")
        await phone.quiet()
        said = await line.turns(phone)
        secs = len(phone.sound_since(phone.microphone.said_at)) * 0.02
    assert said[-1] == ("agent", "I do not talk about that.")
    assert "gold" not in str(said)
    assert secs < 8, "of the sentence only what had been played by then"


async def test_a_typed_message_is_answered_aloud_in_the_call(line):
    line.vendor.answers = [Says("You wrote to me.")]
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent")
        path = f"/api/v1/sessions/{phone.session_id}/messages"
        answer = (await line.http.post(path, json={"text": "Do you read this?"})).json()
        assert answer["text"] == "You wrote to me."
        assert await line.turns(phone) == [
            ("agent", GREETING),
            ("user", "Do you read this?"),
            ("agent", "You wrote to me."),
        ]
    (item,) = [event["item"] for event in line.vendor.all("conversation.item.create")]
    assert (item["role"], item["content"][0]["text"]) == ("user", "Do you read this?")


async def test_in_a_pause_the_model_hears_and_says_nothing_and_goes_on_afterwards(line, tmp_path):
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent")
        path = f"/api/v1/sessions/{phone.session_id}"
        (await line.http.patch(f"{path}/status", json={"status": "paused"})).raise_for_status()
        asked = len(line.vendor.all("response.create"))
        await phone.say(spoken("what is seven plus five", tmp_path))
        await asyncio.sleep(3)
        assert len(line.vendor.all("response.create")) == asked
        (await line.http.patch(f"{path}/status", json={"status": "active"})).raise_for_status()
        turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
        assert turn["text"] == "That is 12."


async def test_the_next_agent_goes_on_with_its_own_instructions(line, tmp_path):
    host = {"instructions": "You are the host.", "greeting": "The host speaking.", "speech": "openai"}
    (await line.http.put("/api/v1/agents/host", json=host)).raise_for_status()
    line.vendor.answers = [Says(calls=[("hand_over", {"agent": "host"})]), Says("One moment.")]
    async with line.call(hand_offs=["host"]) as phone:
        await phone.event("turn.ended", role="agent")
        since = await phone.say(spoken("what is seven plus five", tmp_path))
        await phone.event("hand_off", since)
        await phone.event("turn.ended", since, role="agent", text="The host speaking.")
    assert "You are the host." in line.vendor.sessions[0]["instructions"]
    assert "You are Orion." not in line.vendor.sessions[0]["instructions"]


async def test_the_conversation_goes_on_in_writing_and_in_the_next_call(line, tmp_path):
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent")
        await phone.answer_to(spoken("what is seven plus five", tmp_path))
    path = f"/api/v1/sessions/{phone.session_id}/messages"
    answer = (await line.http.post(path, json={"text": "What is two plus two?"})).json()
    assert answer["text"] == "That is 4.", "the agent's language model writes"
    line.vendor.got.clear()
    line.vendor.answers = [Says("You asked for sums.")]
    async with calling(line.http, phone.session_id) as again:
        turn = await again.answer_to(spoken("thank you", tmp_path))
        assert turn["text"] == "You asked for sums."
    (item,) = [event["item"] for event in line.vendor.all("conversation.item.create")]
    told = item["content"][0]["text"]
    assert told.index(GREETING) < told.index("seven plus five") < told.index("That is 4.")


async def test_the_agent_ends_the_call_when_its_last_words_were_heard(line, tmp_path):
    line.vendor.answers = [Says(calls=[("end_call", {})]), Says("Goodbye.")]
    async with line.call() as phone:
        await phone.event("turn.ended", role="agent")
        since = await phone.say(spoken("goodbye", tmp_path))
        await phone.event("turn.ended", since, role="agent", text="Goodbye.")
        ended = await phone.event("session.ended", since)
        assert ended["body"]["end_reason"] == "agent"


async def goes_on(line, folder) -> None:
    """A call whose model fails: everything is answered, once, by the ordinary engines."""
    question = spoken(ASKED, folder)
    async with line.call(fail_over={"first_token_secs": 1.5}) as phone:
        await phone.event("turn.ended", role="agent", text=GREETING)
        turn = await phone.answer_to(question)
        assert turn["text"] == "That is 12."
        told = await phone.event("error", part="speech")
        assert (told["body"]["provider"], told["body"]["taken"]) == ("openai", "offline")
        again = await phone.answer_to(question)
        assert (again["text"], again["interrupted"]) == ("That is 12.", False)
        said = await line.turns(phone)
    turns = [(role, plain(text)) for role, text in said]
    assert turns == [("agent", plain(GREETING)), *[("user", plain(ASKED)), ("agent", "that is 12")] * 2]


async def test_where_the_model_refuses_the_key_the_ordinary_engines_greet_and_go_on(
    open_dir, project, tmp_path
):
    async with serving(open_dir / "speech-refused", project) as line:
        line.vendor.faults.add(Fault("status", status=401))
        await goes_on(line, tmp_path)
        async with line.call() as phone:
            await phone.event("turn.ended", role="agent", text=GREETING)
        assert len(line.vendor.queries) == 0, "for a while the vendor is left alone"


@pytest.mark.parametrize(
    "says", [Says("Too late.", wait_secs=30), Says(failed="server_error")], ids=["stall", "failed"]
)
async def test_where_the_model_does_not_answer_the_ordinary_engines_do(line, tmp_path, says):
    line.vendor.answers = [says]
    await goes_on(line, tmp_path)


async def test_a_line_that_breaks_is_not_noticed_while_nobody_speaks_and_else_asks_again(line, tmp_path):
    question = spoken("what is seven plus five", tmp_path)
    for owes in (False, True):
        line.vendor.joined = asyncio.Queue()
        line.vendor.late_secs, line.vendor.answers = 30, [Says("Never.", wait_secs=30)]
        async with line.call() as phone:
            socket = await line.vendor.joined.get()
            await phone.event("turn.ended", role="agent", text=GREETING)
            since = len(phone.events)
            if owes:
                await phone.say(question)
                await phone.event("session.state", since, state="thinking")
            await socket.close(1011, "going away")
            await phone.event("error", since, part="speech", reason="connectivity")
            if owes:
                turn = (await phone.event("turn.ended", since, role="agent"))["body"]["turn"]
                assert turn["text"] == "Sorry, something went wrong on my side. Please say that again."
            assert (await phone.answer_to(question))["text"] == "That is 12."
            said = [text for _, text in await line.turns(phone)]
        assert said.count("What is seven plus five?") == 1
        assert any("Sorry" in text for text in said) is owes
