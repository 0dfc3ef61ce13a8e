"""Reports of what was spent, and the workspace's budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from orion.domain.identity import Principal
from orion.domain.usage import Usage
from tests.api.running import running

NOW = datetime.now(UTC).replace(hour=12)


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


@pytest.fixture
async def http(server):
    ada = await server.register("ada")
    async with server.client(ada["access_token"]) as client:
        client.base_url = f"{server.url}/api/v1"
        yield client


@pytest.fixture
async def spend(server, http):
    """Lets a session consume something on a day."""
    session_id = UUID((await http.post("/sessions", json={})).json()["id"])

    async def by(provider: str, micros: int | None, at: datetime = NOW, agent: str = "concierge") -> None:
        used = [Usage("llm", provider, "m", input_tokens=10, cost_micros=micros)]
        async with server.parts.database.transaction(Principal.system("recorder")) as store:
            await store.usages.add(session_id, used, agent=agent, at=at)

    return by


async def test_a_report_groups_by_day_agent_or_provider_within_its_days(http, spend):
    yesterday = NOW - timedelta(days=1)
    await spend("openai", 1_500_000)
    await spend("openai", 500_000, yesterday, agent="guide")
    await spend("acme", None, yesterday)
    days = {"from": yesterday.date().isoformat(), "to": NOW.date().isoformat()}
    found = {
        by: [
            (item["group"], item["cost_usd"], item["complete"])
            for item in (await http.get("/usage", params={**days, "group_by": by})).json()["items"]
        ]
        for by in ("day", "agent", "provider")
    }
    assert found == {
        "day": [(days["from"], 0.5, False), (days["to"], 1.5, True)],
        "agent": [("concierge", 1.5, False), ("guide", 0.5, True)],
        "provider": [("acme", 0, False), ("openai", 2, True)],
    }
    today = {"from": days["to"], "to": days["to"]}
    (item,) = (await http.get("/usage", params=today)).json()["items"]
    assert (item["group"], item["input_tokens"]) == (days["to"], 10)


async def test_days_that_end_before_they_begin_hold_nothing(http, spend):
    await spend("openai", 1)
    days = {"from": NOW.date().isoformat(), "to": "2026-01-01"}
    assert (await http.get("/usage", params=days)).json()["items"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"from": "yesterday"},
        {"to": "0"},
        {"to": "2026-02-30"},
        {"group_by": "user"},
    ],
)
async def test_days_that_are_none_are_refused(http, params):
    answer = await http.get("/usage", params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_budget_is_given_seen_and_taken_away(http, spend):
    await spend("openai", 2_500_000)
    given = (await http.put("/budget", json={"monthly_usd": 20})).json()
    month = NOW.date().replace(day=1).isoformat()
    assert given == {"monthly_usd": 20, "spent_usd": 2.5, "month": month, "currency": "USD"}
    assert (await http.get("/budget")).json() == given
    assert (await http.put("/budget", json={"monthly_usd": None})).json()["monthly_usd"] is None


@pytest.mark.parametrize("body", [{}, {"monthly_usd": 0}, {"monthly_usd": -1}, {"monthly_usd": "20"}])
async def test_a_budget_is_an_amount_or_none(http, body):
    assert (await http.put("/budget", json=body)).status_code == 422
