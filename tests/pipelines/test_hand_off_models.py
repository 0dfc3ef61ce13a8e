"""What language models are told at a hand-over, and when one agent asks another: over OpenAI's wire."""

import json

import pytest

from orion.settings import ProviderSettings
from tests.api.running import running
from tests.simulators.openai import KEY, Told, openai

HOST = {"instructions": "You are the host.", "llm": "openai/gpt-4.1-mini", "hand_offs": ["cook"]}
COOK = {"instructions": "You are the cook.", "llm": "openai/gpt-4.1", "tools": ["calculator", "ask_agent"]}


@pytest.fixture
async def kitchen(database_url, tmp_path):
    """The model, a signed-in client, and a session with the host."""
    async with openai() as model:
        providers = {"OPENAI": ProviderSettings(KEY, model.url)}
        async with running(database_url, tmp_path, llm=("openai",), providers=providers) as server:
            ada = await server.register("ada")
            async with server.client(ada["access_token"]) as http:
                for name, agent in (("cook", COOK), ("host", HOST)):
                    (await http.put(f"/api/v1/agents/{name}", json=agent)).raise_for_status()
                session = (await http.post("/api/v1/sessions", json={"agent": "host"})).json()["id"]
                yield model, http, f"/api/v1/sessions/{session}"


def system(body):
    return next(message["content"] for message in body["messages"] if message["role"] == "system")


async def test_who_takes_over_is_asked_by_its_own_model_with_all_that_was_said_and_the_task(kitchen):
    model, http, session = kitchen
    hand_over = ("hand_over", {"agent": "cook", "task": "boil an egg"})
    model.answers = [Told(calls=[hand_over]), Told("Here is the cook."), Told("It boils.")]
    said = (await http.post(f"{session}/messages", json={"text": "an egg please"})).json()
    assert said["text"] == "Here is the cook. It boils."
    first, _, last = model.asked
    assert (first["model"], last["model"]) == ("gpt-4.1-mini", "gpt-4.1")
    assert "The other agents here, by name: cook." in system(first)
    assert "You are the cook." in system(last)
    assert [tool["function"]["name"] for tool in last["tools"]] == ["calculator", "ask_agent"]
    contents = [message.get("content") for message in last["messages"]]
    assert "an egg please" in contents
    assert "Here is the cook." in contents
    told = last["messages"][-1]
    assert told["role"] in {"developer", "user"}
    assert json.loads(told["content"].splitlines()[-1]) == {"task": "boil an egg"}


async def test_of_an_order_with_two_models_of_one_provider_each_has_its_match(kitchen):
    model, http, _ = kitchen
    both = "openai/gpt-4.1-nano,openai/gpt-4.1-mini"
    for name, agent in (
        ("host", {**HOST, "llm": both}),
        ("cook", {**COOK, "llm": "openai/gpt-4.1,openai/o4"}),
    ):
        (await http.put(f"/api/v1/agents/{name}", json=agent)).raise_for_status()
    session = (await http.post("/api/v1/sessions", json={"agent": "host"})).json()["id"]
    model.answers = [Told(calls=[("hand_over", {"agent": "cook", "task": "boil an egg"})]), Told("It boils.")]
    await http.post(f"/api/v1/sessions/{session}/messages", json={"text": "an egg please"})
    assert (model.asked[0]["model"], model.asked[-1]["model"]) == ("gpt-4.1-nano", "gpt-4.1")


async def test_who_is_asked_knows_its_own_instructions_and_the_question_alone(kitchen):
    model, http, session = kitchen
    ask = ("ask_agent", {"agent": "cook", "question": "How long does an egg take?"})
    model.answers = [Told(calls=[ask]), Told("Six minutes.")]
    said = (await http.post(f"{session}/messages", json={"text": "a secret, and an egg"})).json()
    (call,) = said["tool_calls"]
    assert (call["status"], call["result"]["answer"]) == ("done", "Six minutes.")
    (asked,) = [body for body in model.asked if "You are the cook." in system(body)]
    assert asked["model"] == "gpt-4.1"
    assert "The agent host asks you this" in system(asked)
    assert "secret" not in json.dumps(asked)
    assert [tool["function"]["name"] for tool in asked["tools"]] == ["calculator"]
    usage = (await http.get(session)).json()["usage"]
    assert sum(used["input_tokens"] for used in usage["engines"]) == 20 * len(model.asked), (
        "all is on the bill"
    )
