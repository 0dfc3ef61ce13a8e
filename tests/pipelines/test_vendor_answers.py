"""What models of vendors write, in conversations by text: strict servers take it all, users get words."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import Any

import pytest

from orion import registry
from orion.providers import anthropic as anthropic_entry
from orion.providers import openai as openai_entry
from orion.settings import ProviderSettings
from tests.api.running import running
from tests.simulators.anthropic import KEY as ANTHROPIC_KEY
from tests.simulators.anthropic import anthropic
from tests.simulators.faults import Fault
from tests.simulators.openai import KEY as OPENAI_KEY
from tests.simulators.openai import Told, openai

SECRET = "Offer 500 dollars. Do not tell."
ORDER = '''"""Orders something."""

from pydantic import BaseModel

LEDGER = []


class Args(BaseModel):
    """What to order."""

    item: str


async def run(args, _call):
    """Take it down."""
    LEDGER.append(args.item)
    return {"ordered": args.item}
'''
STOCK = ORDER.replace("Orders something.", "Tells what is in stock.").replace("ordered", "in_stock")
TEA = ("order", {"item": "tea"})
BOTH = {
    "tool_uses": [
        {"recipient_name": "functions.order", "parameters": {"item": "tea"}},
        {"recipient_name": "functions.stock", "parameters": {"item": "milk"}},
    ]
}
APIS = {"chat": "openai", "responses": "openai", "messages": "anthropic"}


@pytest.fixture
def project(tmp_path):
    tools = tmp_path / "project" / "tools"
    tools.mkdir(parents=True)
    (tools / "order.py").write_text(ORDER)
    (tools / "stock.py").write_text(STOCK)
    return tmp_path / "project"


@asynccontextmanager
async def talking(database_url, tmp_path, project, api="chat", llm=None):
    """A session, and the simulators of OpenAI and Anthropic behind it."""
    async with openai() as gpt, anthropic() as claude:
        access = {
            "OPENAI": ProviderSettings(OPENAI_KEY, gpt.url),
            "ANTHROPIC": ProviderSettings(ANTHROPIC_KEY, claude.url),
        }
        given = {"llm": llm or (APIS[api],), "openai_api": "responses" if api == "responses" else "chat"}
        async with running(database_url, tmp_path, project=project, providers=access, **given) as server:
            token = (await server.register("ada"))["access_token"]
            async with server.client(token) as http:
                talk = Talk(http, gpt, claude, project)
                await talk.begin()
                yield talk
        await openai_entry.stop()
        await anthropic_entry.stop()


class Talk:
    def __init__(self, http, gpt, claude, project):
        self.http, self.gpt, self.claude = http, gpt, claude
        self._project = project

    async def begin(self):
        """A session of its own."""
        self.url = f"/api/v1/sessions/{(await self.http.post('/api/v1/sessions', json={})).json()['id']}"
        self.ledger().clear()

    def tells(self, *answers):
        self.gpt.answers, self.claude.answers = list(answers), list(answers)

    @property
    def asked(self):
        return [*self.gpt.asked, *self.claude.asked]

    async def post(self, text, **headers):
        return await self.http.post(f"{self.url}/messages", json={"text": text}, headers=headers)

    async def say(self, text):
        answer = await self.post(text)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def turns(self):
        return (await self.http.get(f"{self.url}/turns")).json()["items"]

    def ordered(self):
        return list(self.ledger())

    def ledger(self, tool="order"):
        return registry.load("tools", tool, self._project).LEDGER


HIDDEN = (
    f"<think>{SECRET}</think> Hello there.",
    f"[THINK]{SECRET}[/THINK]Hello there.<|im_end|>",
    f"<|channel|>analysis<|message|>{SECRET}<|end|><|start|>assistant<|channel|>final<|message|>Hello there.",
)
NAMES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "functions.order": ({"item": "tea"}, ["tea"]),
    "multi_tool_use.parallel": (BOTH, ["tea"]),
    "n" * 70: ({"item": "tea"}, []),
    "made.up": ({"item": "tea"}, []),
}
WRITTEN = (
    '<tool_call>\n{"name": "order", "arguments": {"item": "tea"}}\n</tool_call>',
    '{"name": "order", "parameters": {"item": "tea"}}',
    '[TOOL_CALLS] [{"name": "order", "arguments": {"item": "tea"}}]',
)


@pytest.mark.parametrize("api", APIS)
async def test_what_a_model_thinks_is_neither_said_nor_recorded_nor_sent_back(
    database_url, tmp_path, project, api
):
    async with talking(database_url, tmp_path, project, api) as talk:
        for answer in (f"{SECRET}</think> Hello there.", *HIDDEN):
            await talk.begin()
            talk.tells(Told(answer), Told("Bye."))
            assert (await talk.say("hello"))["text"] == "Hello there."
            assert (await talk.say("bye"))["text"] == "Bye."
            assert "500" not in json.dumps([await talk.turns(), talk.asked])


@pytest.mark.parametrize("api", APIS)
async def test_names_that_a_vendor_would_refuse_never_reach_a_context(database_url, tmp_path, project, api):
    async with talking(database_url, tmp_path, project, api) as talk:
        for name, (given, ordered) in NAMES.items():
            await talk.begin()
            talk.tells(Told("", [(name, given)]), Told("Done."), Told("And this."), Told("And that."))
            assert (await talk.say("tea please"))["text"] == "Done."
            assert talk.ordered() == ordered
            assert [(await talk.say(text))["text"] for text in ("this", "that")] == ["And this.", "And that."]
            calls = [call for turn in await talk.turns() for call in turn["tool_calls"]]
            assert calls
            assert all(call["status"] == ("done" if ordered else "refused") for call in calls)
            assert all(call["error"] is None or "there is no tool" in call["error"] for call in calls)


@pytest.mark.parametrize("api", APIS)
async def test_a_call_of_no_tool_beside_a_real_one_is_answered_once_and_recorded(
    database_url, tmp_path, project, api
):
    async with talking(database_url, tmp_path, project, api) as talk:
        talk.tells(Told("", [("nope", {}), TEA]), Told("Answer one."), Told("Answer two."))
        answer = await talk.say("tea please")
        assert len(talk.asked) == 2, "the model is asked once more, over both"
        assert "IN_PROGRESS" not in json.dumps(talk.asked)
    assert answer["text"] == "Answer one."
    assert [(c["tool"], c["status"]) for c in answer["tool_calls"]] == [
        ("nope", "refused"),
        ("order", "done"),
    ]


@pytest.mark.parametrize("api", APIS)
async def test_a_call_that_is_written_as_text_is_run_and_not_said(database_url, tmp_path, project, api):
    async with talking(database_url, tmp_path, project, api) as talk:
        for answer in WRITTEN:
            await talk.begin()
            talk.tells(Told(answer), Told("It is ordered."))
            assert (await talk.say("tea please"))["text"] == "It is ordered."
            assert talk.ordered() == ["tea"]
            assert [turn["text"] for turn in await talk.turns()][-1] == "It is ordered."


@pytest.mark.parametrize("api", APIS)
async def test_white_space_before_a_call_is_no_text(database_url, tmp_path, project, api):
    async with talking(database_url, tmp_path, project, api) as talk:
        talk.tells(Told("\n\n", [TEA]), Told("It is ordered."), Told("Bye."))
        assert (await talk.say("tea please"))["text"] == "It is ordered."
        assert (await talk.say("bye"))["text"] == "Bye."


async def test_whoever_takes_over_takes_what_another_vendor_made_up(database_url, tmp_path, project):
    async with talking(database_url, tmp_path, project, llm=("openai", "anthropic")) as talk:
        talk.gpt.answers = [Told("", [("functions.order", {"item": "tea"})]), Told("It is ordered.")]
        await talk.say("tea please")
        talk.gpt.faults.always = Fault("status", status=503)
        talk.claude.answers = [Told("I know of the tea.")]
        assert (await talk.say("well?"))["text"] == "I know of the tea."
    assert '"type": "tool_use"' in json.dumps(talk.claude.asked[-1]["messages"])


@pytest.mark.parametrize("kind", ["drop", "half", "error"])
async def test_a_written_answer_that_broke_off_is_a_failure_and_marked(database_url, tmp_path, project, kind):
    long = "The first sentence is whole. The second one goes on and on and on and on."
    async with talking(database_url, tmp_path, project) as talk:
        talk.tells(Told("Hello."))
        await talk.say("hello")
        talk.tells(Told(long))
        talk.gpt.faults.always = Fault(kind, after=9)
        broken = await talk.post("go on")
        assert (broken.status_code, broken.json()["type"]) == (502, "/problems/provider-error")
        streamed = await talk.post("go on", accept="text/event-stream")
        turns = [turn for turn in await talk.turns() if turn["role"] == "agent"]
    assert "event: error" in streamed.text
    assert "event: done" not in streamed.text
    assert ("The first sentence is whole.", True) in [(t["text"], t["interrupted"]) for t in turns]
