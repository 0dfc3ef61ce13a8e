"""The README's example of an agent of one's own, word by word."""

import re
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import calling, spoken

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def lighthouse(tmp_path_factory):
    """The project's files, as the README shows them."""
    root = tmp_path_factory.mktemp("project")
    files = re.findall(
        r"^`(lighthouse/\S+)`\n```\w+\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL
    )
    assert len(files) == 3
    for name, content in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root / "lighthouse"


@pytest.fixture(scope="module")
def server(open_dir, lighthouse):
    need("flite")
    running = start_server(open_dir / "lighthouse-data", "--project", str(lighthouse))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def token(server):
    account = {"email": "keeper@example.org", "password": PASSWORD}
    response = httpx.post(f"{server.url}/api/v1/auth/register", json=account)
    return response.json()["access_token"]


async def test_the_readmes_agent_greets_by_its_name_and_answers_with_its_own_tool(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        greeting = await phone.event("turn.ended", role="agent")
        assert greeting["body"]["turn"]["text"].startswith("The lighthouse keeper speaking.")
        turn = await phone.answer_to(spoken("when is high tide", tmp_path, "heart"))
        assert turn["text"] == "High tide is at half past nine."
        assert turn["agent"] == "keeper"


async def test_the_built_in_tools_stand_beside_it(http, session_id):
    reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "what time is it"})
    assert reply.json()["text"].startswith("It is ")
