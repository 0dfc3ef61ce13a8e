"""What a plan may take: asked for within the server's limits, held, and on the bill."""

from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from orion.settings import ProviderSettings
from tests.api.running import running
from tests.simulators.openai import KEY, Told, openai

GOAL = "set a timer for one minute, then tell me the time in Tokyo, and remember that my car is blue"

AGENT = "instructions: Help.\nllm: offline\nplans: {steps: 2, secs: 60}\n"


@asynccontextmanager
async def owner(database_url, folder, **settings):
    """The REST API as the owner of a session, and the path of its plans."""
    async with running(database_url, folder, **{"llm": ("offline",), **settings}) as server:
        token = (await server.register("ada"))["access_token"]
        async with server.client(token) as http:
            session = (await http.post("/api/v1/sessions", json={})).json()["id"]
            yield http, f"/api/v1/agent/sessions/{session}/plan"


async def test_a_request_may_take_less_and_not_more_than_the_server_allows(database_url, tmp_path):
    limits = {"plan_steps": 5, "plan_secs": 600, "plan_tokens": 1000}
    async with owner(database_url, tmp_path, **limits) as (http, path):
        made = await http.post(path, json={"goal": GOAL, "max_secs": 30})
        assert made.json()["budget"] == {"steps": 5, "secs": 30, "tokens": 1000}
        refused = await http.post(path, json={"goal": GOAL, "max_secs": 601, "max_tokens": 1001})
        assert refused.status_code == 422
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/max_secs", "/max_tokens"]
        for nonsense in (0, -1, 1.5, "many", True):
            assert (await http.post(path, json={"goal": GOAL, "max_steps": nonsense})).status_code == 422


async def test_a_goal_that_takes_too_many_steps_is_asked_about(database_url, tmp_path):
    async with owner(database_url, tmp_path) as (http, path):
        answer = await http.post(path, json={"goal": GOAL, "max_steps": 2})
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("That would take 3 steps, more than the 2")


async def test_an_agent_sets_less_for_its_plans(database_url, tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "orion.toml").touch()
    (tmp_path / "agents" / "brief.yaml").write_text(AGENT)
    async with owner(database_url, tmp_path, project=tmp_path) as (http, path):
        assert (await http.post(path, json={"goal": GOAL})).status_code == 422
        made = await http.post(path, json={"goal": "what is seven plus five"})
        assert made.json()["budget"] == {"steps": 2, "secs": 60, "tokens": 50_000}


@pytest.mark.parametrize(("most", "replies", "status"), [(25, 1, 422), (50, 2, 201), (60, 2, 201)])
async def test_what_models_use_over_a_plan_counts_and_is_on_the_bill(
    database_url, tmp_path, most, replies, status
):
    async with openai() as vendor:
        vendor.answers = [Told("no plan"), Told("none")]
        settings = {"llm": ("openai",), "providers": {"OPENAI": ProviderSettings(KEY, vendor.url)}}
        async with owner(database_url, tmp_path, **settings) as (http, path):
            goal = {"goal": "what is seven plus five", "max_tokens": most}
            answer = await http.post(path, json=goal)
            assert (answer.status_code, len(vendor.asked)) == (status, replies)
            session = (await http.get(path.replace("/agent", "").removesuffix("/plan"))).json()
            (engine,) = session["usage"]["engines"]
            assert engine["input_tokens"] + engine["output_tokens"] == 25 * replies
            if status == 201:
                assert answer.json()["tokens"] == 25 * replies


async def test_the_workspaces_own_key_plans_and_the_servers_does_not(database_url, tmp_path):
    async with openai() as theirs, openai() as ours:
        theirs.answers = [Told("no plan")]
        settings = {"llm": ("openai",), "providers": {"OPENAI": ProviderSettings(KEY, ours.url)}}
        allowed = {"tool_allowed_hosts": (urlsplit(theirs.url).netloc,)}
        async with owner(database_url, tmp_path, **settings, **allowed) as (http, path):
            entered = await http.put("/api/v1/providers/openai", json={"key": KEY, "base_url": theirs.url})
            assert entered.status_code == 200, entered.text
            assert (await http.post(path, json={"goal": "what is seven plus five"})).status_code == 201
        assert theirs.asked
        assert not ours.asked


async def test_tokens_of_the_responses_api_over_a_plan_count(database_url, tmp_path):
    async with openai() as vendor:
        vendor.answers = [Told("no plan"), Told("none")]
        settings = {"llm": ("openai",), "providers": {"OPENAI": ProviderSettings(KEY, vendor.url)}}
        async with owner(database_url, tmp_path, **settings, openai_api="responses") as (http, path):
            answer = await http.post(path, json={"goal": "what is seven plus five"})
            assert answer.json()["tokens"] > 0
