"""What conversations cost: the sums equal what the vendors counted, and who has spent enough is told so."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
import pytest

from orion.pipelines.farewell import FAREWELL
from orion.settings import ProviderSettings
from tests.api.running import running
from tests.journeys.conftest import need
from tests.journeys.phone import calling, spoken
from tests.simulators.anthropic import KEY as ANTHROPIC_KEY
from tests.simulators.anthropic import Told as Said
from tests.simulators.anthropic import anthropic
from tests.simulators.deepgram import KEY as DEEPGRAM_KEY
from tests.simulators.deepgram import deepgram
from tests.simulators.elevenlabs import KEY as ELEVENLABS_KEY
from tests.simulators.elevenlabs import elevenlabs
from tests.simulators.faults import Fault
from tests.simulators.openai import KEY as OPENAI_KEY
from tests.simulators.openai import openai

PRICES = """
openai:
  llm: {gpt-4.1: {input: 2, cached_input: 0.5, output: 8}}
  tts: {gpt-4o-mini-tts: {characters: 10}}
anthropic: {llm: {claude-sonnet-4-6: {input: 3, cached_input: 0.3, cache_write: 3.75, output: 15}}}
deepgram: {stt: {nova-3: {audio_minute: 0.6}}}
elevenlabs: {tts: {eleven_flash_v2_5: {characters: 100}}}
scripted:
  stt: {"*": {audio_minute: 6}}
  tts: {"*": {characters: 10000}}
"""
ANSWERED = 12 * 2 + 8 * Decimal("0.5") + 5 * 8
"""An answer of the simulated OpenAI: 20 tokens of prompt, 8 of them cached, and 5 of answer."""
AGENT = "instructions: Answer.\ngreeting: Hello.\n"
SCRIPT = "stt: [{text: what is it}]\nllm: [{text: It is nine.}]\ntts: {secs: 0.4}\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "orion.toml").touch()
    (tmp_path / "agents" / "guide.yaml").write_text(AGENT)
    (tmp_path / "prices.yaml").write_text(PRICES)
    (tmp_path / "script.yaml").write_text(SCRIPT)
    return tmp_path


@pytest.fixture
def serving(database_url, project):
    @asynccontextmanager
    async def serve(**settings: Any):
        given = {"project": project, "script": project / "script.yaml", "rate_limit_max": 100_000}
        async with running(database_url, project, **given, **settings) as server:
            ada = await server.register("ada")
            async with server.client(ada["access_token"]) as http:
                http.base_url = f"{server.url}/api/v1"
                yield http

    return serve


async def new_session(http: httpx.AsyncClient, **body: Any) -> str:
    made = await http.post("/sessions", json=body)
    assert made.status_code == 201, made.text
    return f"/sessions/{made.json()['id']}"


async def say(http: httpx.AsyncClient, session: str, text: str = "hello") -> dict[str, Any]:
    answer = await http.post(f"{session}/messages", json={"text": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def turns(http: httpx.AsyncClient, session: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await http.get(f"{session}/turns")).json()["items"]
    return items


async def ended(http: httpx.AsyncClient, session: str) -> dict[str, Any]:
    """The session once it has ended."""
    async with asyncio.timeout(20):
        while (found := (await http.get(session)).json())["status"] != "ended":
            await asyncio.sleep(0.05)
    shown: dict[str, Any] = found
    return shown


def keys(**urls: str) -> dict[str, ProviderSettings]:
    known = {
        "openai": OPENAI_KEY,
        "anthropic": ANTHROPIC_KEY,
        "deepgram": DEEPGRAM_KEY,
        "elevenlabs": ELEVENLABS_KEY,
    }
    return {name.upper(): ProviderSettings(known[name], url) for name, url in urls.items()}


def engine(usage: dict[str, Any], kind: str, provider: str) -> dict[str, Any]:
    (found,) = [one for one in usage["engines"] if (one["kind"], one["provider"]) == (kind, provider)]
    return dict(found)


def dollars(micros: Decimal | float) -> float:
    return round(float(micros)) / 1_000_000


async def test_a_written_conversation_costs_what_the_vendor_counted(serving):
    async with openai() as vendor, serving(llm=("openai",), providers=keys(openai=vendor.url)) as http:
        session = await new_session(http)
        for _ in range(2):
            await say(http, session)
        found = (await http.get(session)).json()["usage"]
        assert len(vendor.asked) == 2
        assert found["cost_usd"] == dollars(2 * ANSWERED)
        counted = engine(found, "llm", "openai")
        assert (counted["input_tokens"], counted["cached_tokens"]) == (40, 16)
        assert (counted["output_tokens"], counted["reasoning_tokens"]) == (10, 4)
        assert not counted["estimated"]
        spent = [turn["usage"]["cost_usd"] for turn in await turns(http, session)]
        assert spent == [0, dollars(ANSWERED)] * 2
        (listed,) = (await http.get("/sessions")).json()["items"]
        assert listed["usage"] == found
        (report,) = (await http.get("/usage", params={"group_by": "provider"})).json()["items"]
        assert (report["group"], report["cost_usd"], report["input_tokens"]) == (
            "openai",
            found["cost_usd"],
            40,
        )
        metrics = (await http.get(http.base_url.copy_with(path="/metrics"))).text
        labels = '{kind="llm",provider="openai"}'
        assert f"orion_usage_input_tokens_total{labels} 40" in metrics
        assert f"orion_usage_cost_usd_total{labels} 0.000136" in metrics


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_notes_that_end_after_a_written_messages_call_are_on_the_sessions_bill(serving, api):
    async with openai() as vendor:
        vendor.notes = ["They talk about a garden."]
        order = {"llm": ("openai",), "providers": keys(openai=vendor.url), "openai_api": api}
        async with serving(**order) as http:
            await http.put("/agents/dear", json={"instructions": "Be dear.", "context_tokens": 2000})
            session = await new_session(http, agent="dear")
            async with asyncio.timeout(30):
                while not vendor.noted:
                    await say(http, session, "I would like to tell you of the garden. " * 20)
            answers = len(vendor.asked)
            before = (await http.get(session)).json()["usage"]
            assert engine(before, "llm", "openai")["input_tokens"] == 20 * answers, (
                "the notes are not written"
            )
            vendor.taking.set()
            async with asyncio.timeout(10):
                while (found := (await http.get(session)).json()["usage"]) == before:
                    await asyncio.sleep(0.05)
            assert engine(found, "llm", "openai")["input_tokens"] == 20 * (answers + 1)
            assert found["cost_usd"] == dollars(ANSWERED * (answers + 1))
            said = [turn["usage"]["cost_usd"] for turn in await turns(http, session)]
            assert sum(said) == pytest.approx(dollars(ANSWERED * answers)), "they belong to no turn"


async def test_the_attempt_that_failed_costs_too(serving):
    async with anthropic() as first, openai() as second:
        first.faults.add(Fault("half", after=6))
        providers = keys(anthropic=first.url, openai=second.url)
        async with serving(llm=("anthropic", "openai"), providers=providers) as http:
            session = await new_session(http)
            await say(http, session)
            usage = (await turns(http, session))[1]["usage"]
    broken, whole = engine(usage, "llm", "anthropic"), engine(usage, "llm", "openai")
    assert (broken["input_tokens"], broken["cached_tokens"], broken["cache_write_tokens"]) == (32, 8, 4)
    assert broken["output_tokens"] > 0
    micros = 20 * 3 + 8 * Decimal("0.3") + 4 * Decimal("3.75") + broken["output_tokens"] * 15
    assert broken["cost_usd"] == dollars(micros)
    assert whole["cost_usd"] == dollars(ANSWERED)
    assert usage["cost_usd"] == pytest.approx(broken["cost_usd"] + whole["cost_usd"])


async def test_a_call_costs_what_its_vendors_counted_across_a_fail_over(serving, tmp_path):
    need("flite")
    async with deepgram() as ears, anthropic() as mind, elevenlabs() as voice, openai() as other:
        mind.answers = [Said("That is twelve, and it was easy. Anything else?")]
        voice.faults.add(Fault("drop", after=4))
        other.sound = bytes(24000)
        urls = {"deepgram": ears.url, "anthropic": mind.url, "elevenlabs": voice.url, "openai": other.url}
        order = {"stt": ("deepgram",), "llm": ("anthropic",), "tts": ("elevenlabs", "openai")}
        async with serving(**order, providers=keys(**urls)) as http:
            session = await new_session(http)
            api = httpx.AsyncClient(
                base_url=http.base_url.copy_with(path="/"), headers=http.headers, timeout=30
            )
            async with api, calling(api, session.rpartition("/")[2]) as phone:
                await phone.event("turn.ended", role="agent")
                turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
                await http.patch(f"{session}/status", json={"status": "ended"})
                usage = (await ended(http, session))["usage"]
        heard, spoken_first = engine(usage, "stt", "deepgram"), engine(usage, "tts", "elevenlabs")
        assert heard["audio_secs"] == pytest.approx(ears.secs, abs=0.1)
        assert heard["cost_usd"] == pytest.approx(heard["audio_secs"] * 0.01, abs=2e-5)
        sent = sum(len(text) for texts in voice.said.values() for text in texts)
        assert spoken_first["characters"] == sent
        assert spoken_first["cost_usd"] == dollars(sent * 100)
        went_on = sum(len(body["input"]) for body in other.spoken)
        assert went_on > 0, "the second voice took over"
        assert engine(usage, "tts", "openai")["characters"] == went_on
        assert engine(usage, "llm", "anthropic")["input_tokens"] == 32 * len(mind.asked)
        assert {one["kind"] for one in turn["usage"]["engines"]} == {"llm", "tts"}
        assert usage["cost_usd"] == pytest.approx(sum(one["cost_usd"] for one in usage["engines"]))


async def test_a_model_without_a_price_has_no_cost_rather_than_none(serving):
    async with openai() as vendor:
        order = {"llm": ("openai/gpt-99",), "providers": keys(openai=vendor.url)}
        async with serving(**order, session_budget_usd=0.000001) as http:
            session = await new_session(http)
            await say(http, session)
            found = (await http.get(session)).json()
    assert found["usage"]["cost_usd"] is None
    assert engine(found["usage"], "llm", "openai")["output_tokens"] == 5
    assert found["status"] == "active", "what is not known counts against no budget"


async def test_a_written_session_says_farewell_when_its_budget_is_used_up(serving):
    async with openai() as vendor:
        order = {"llm": ("openai",), "providers": keys(openai=vendor.url)}
        async with serving(**order, session_budget_usd=0.0001) as http:
            session = await new_session(http)
            assert (await say(http, session))["text"] == "Hello there."
            assert (await http.get(session)).json()["status"] == "active"
            assert (await say(http, session))["text"] == "Hello there."
            found = await ended(http, session)
            assert found["end_reason"] == "budget"
            said = [turn["text"] for turn in await turns(http, session)]
            assert said == ["hello", "Hello there.", "hello", "Hello there.", FAREWELL]
            refused = await http.post(f"{session}/messages", json={"text": "hello"})
            assert refused.json()["type"] == "/problems/session-ended"


async def test_an_agent_has_a_budget_of_its_own(serving):
    async with openai() as vendor:
        order = {"llm": ("openai",), "providers": keys(openai=vendor.url)}
        async with serving(**order) as http:
            body = {"instructions": "Be dear.", "budget_usd": 0.00006}
            assert (await http.put("/agents/dear", json=body)).json()["budget_usd"] == 0.00006
            session = await new_session(http, agent="dear")
            await say(http, session)
            assert (await ended(http, session))["end_reason"] == "budget"


async def test_a_call_says_farewell_after_the_turn_and_ends_its_session(serving, tmp_path):
    need("flite")
    async with serving(session_budget_usd=0.15) as http:
        session = await new_session(http)
        api = httpx.AsyncClient(base_url=http.base_url.copy_with(path="/"), headers=http.headers, timeout=30)
        async with api, calling(api, session.rpartition("/")[2]) as phone:
            await phone.event("turn.ended", role="agent", text="Hello.")
            answer = await phone.answer_to(spoken("what is it", tmp_path))
            assert (answer["text"], answer["interrupted"]) == ("It is nine.", False)
            farewell = await phone.event("turn.ended", role="agent", text=FAREWELL)
            over = await phone.event("session.ended")
            told = [event["body"] for event in phone.events if event["name"] == "session.budget"]
        assert over["body"]["end_reason"] == "budget"
        assert phone.sound_since(answer_ended_at(phone, answer)), "it was said, not only written"
        assert farewell["at"] < over["at"]
        (near,) = told
        assert (near["of"], near["budget_usd"]) == ("session", 0.15)
        assert near["spent_usd"] >= 0.9 * 0.15
        assert (await http.get(session)).json()["end_reason"] == "budget"


async def test_who_interrupts_the_farewell_hears_no_other_answer(serving, tmp_path):
    need("flite")
    async with serving(session_budget_usd=0.05) as http:
        session = await new_session(http)
        api = httpx.AsyncClient(base_url=http.base_url.copy_with(path="/"), headers=http.headers, timeout=30)
        async with api, calling(api, session.rpartition("/")[2]) as phone:
            greeting = await phone.event("turn.ended", role="agent", text="Hello.")
            since = phone.events.index(greeting) + 1
            await phone.event("turn.partial", since, role="agent")
            await phone.say(spoken("what is it", tmp_path))
            await phone.event("session.ended")
        said = [turn["text"] for turn in await turns(http, session) if turn["role"] == "agent"]
        assert said[0] == "Hello."
        assert "It is nine." not in said
        assert FAREWELL.startswith(said[1]), "as far as it was heard"
        assert (await http.get(session)).json()["end_reason"] == "budget"


async def test_a_session_that_has_cost_more_than_its_agent_may_is_answered_no_more(serving):
    async with openai() as vendor:
        order = {"llm": ("openai",), "providers": keys(openai=vendor.url)}
        async with serving(**order) as http:
            await http.put("/agents/dear", json={"instructions": "Be dear."})
            session = await new_session(http, agent="dear")
            await say(http, session)
            await http.put("/agents/dear", json={"instructions": "Be dear.", "budget_usd": 0.00001})
            refused = await http.post(f"{session}/messages", json={"text": "hello"})
            assert (refused.status_code, refused.json()["type"]) == (402, "/problems/budget-exhausted")
            plans = f"/agent/sessions/{session.rpartition('/')[2]}/plan"
            refused = await http.post(plans, json={"goal": "tell me the time"})
            assert (refused.status_code, refused.json()["type"]) == (402, "/problems/budget-exhausted")
            assert len(vendor.asked) == 1


def answer_ended_at(phone, answer: dict[str, Any]) -> float:
    (event,) = [
        e for e in phone.events if e["name"] == "turn.ended" and e["body"]["turn"]["id"] == answer["id"]
    ]
    return float(event["at"])


async def test_a_workspace_that_spent_its_budget_ends_its_calls_and_begins_none(serving):
    async with serving() as http:
        session, other = await new_session(http), await new_session(http)
        api = httpx.AsyncClient(base_url=http.base_url.copy_with(path="/"), headers=http.headers, timeout=30)
        async with api, calling(api, session.rpartition("/")[2]) as phone:
            await phone.event("turn.ended", role="agent", text="Hello.")
            spent = (await http.put("/budget", json={"monthly_usd": 0.05})).json()
            assert spent["spent_usd"] >= 0.06
            await phone.event("turn.ended", role="agent", text=FAREWELL)
            over = await phone.event("session.ended")
            assert over["body"]["end_reason"] == "budget"
        refused = await http.post("/sessions", json={})
        assert refused.status_code == 402
        assert refused.json()["type"] == "/problems/budget-exhausted"
        plans = f"/agent/sessions/{other.rpartition('/')[2]}/plan"
        refused = await http.post(plans, json={"goal": "tell me the time"})
        assert (refused.status_code, refused.json()["type"]) == (402, "/problems/budget-exhausted")
        assert (await http.put("/budget", json={"monthly_usd": None})).json()["monthly_usd"] is None
        await new_session(http)
