"""A yes after the word has passed is a yes to who has asked, and what does not run is not told of as lost."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.pipelines.test_waiting_calls import owner

PAY = '[[send_money {"to": "Bob", "amount": 5}]]'
HELPER = {"instructions": "Help.", "tools": ["post_note"], "language": "de"}


async def told_of_as_lost(database_url, folder, session_id):
    """What a later process tells of calls that were approved, and of which nobody has heard since."""
    async with owner(database_url, folder, session_id) as ada:
        await ada.change(decided_at=datetime.now(UTC) - timedelta(minutes=5))
        await ada.server.parts.calls.approved.sweep()
        await ada.server.parts.calls.shared.writer.flush()
        turns = (await ada.http.get(f"{ada.path}/turns")).json()["items"]
        return [turn["text"] for turn in turns if "nobody knows" in turn["text"]]


@pytest.fixture
async def host(database_url, tmp_path):
    """The owner of a session with an agent that obeys, and hands over to one with other tools and words."""
    async with owner(database_url, tmp_path, llm=("obedient",)) as ada:
        for name, agent in (
            ("helper", HELPER),
            ("concierge", {"instructions": "Hi.", "hand_offs": ["helper"]}),
        ):
            (await ada.http.put(f"/api/v1/agents/{name}", json=agent)).raise_for_status()
        yield ada


async def test_a_call_runs_with_the_tools_and_by_the_language_of_who_has_asked(host):
    asked = await host.say(f'{PAY} [[hand_over {{"agent": "helper"}}]]')
    assert "Shall I run send money" in asked["text"]
    assert (await host.http.get(host.path)).json()["agent"] == "helper"
    said = await host.say("yes")
    assert [(call["tool"], call["status"]) for call in said["tool_calls"]] == [("send_money", "done")]
    assert len(host.done()) == 1


async def test_a_call_whose_tool_is_gone_does_not_run_and_is_not_told_of_as_lost(
    host, database_url, tmp_path
):
    await host.say(PAY)
    (
        await host.http.put("/api/v1/agents/concierge", json={"instructions": "Hi.", "tools": []})
    ).raise_for_status()
    await host.say("yes")
    assert host.done() == []
    await host.server.parts.calls.shared.writer.flush()
    turns = (await host.http.get(f"{host.path}/turns")).json()["items"]
    (call,) = [call for turn in turns for call in turn["tool_calls"]]
    assert (call["status"], call["error"]) == ("refused", "there is no tool send_money any more")
    assert await told_of_as_lost(database_url, tmp_path, host.session_id) == []
