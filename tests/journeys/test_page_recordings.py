"""Recordings of people as the microphone of real Chromium, and a project's tools that they ask for."""

import re
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.journeys.browser import chromium, expect, microphone_file, signed_in
from tests.journeys.conftest import ADA, need, start_server
from tests.journeys.phone import read_wav

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECORDINGS = Path(__file__).parents[1] / "recordings"
ROVER = {
    "orion.toml": 'default_agent = "rover"\n',
    "agents/rover.yaml": "greeting: The rover is ready.\ninstructions: You drive a rover, and play cards.\n",
    "tools/go_forward.py": '''
        """Drives the rover forward."""
        from pydantic import BaseModel
        EXAMPLES = ("go forward {distance} meters", "drive forward {distance} meters")
        SAID = {"distance": ["two", "five", "ten", "twenty", "fifty"]}
        SAY = "Going forward {distance} meters."
        class Args(BaseModel):
            distance: int
        async def run(args, call):
            return {"distance": args.distance}
    ''',
    "tools/play_card.py": '''
        """Plays a card of clubs."""
        from pydantic import BaseModel
        EXAMPLES = ("{rank} of clubs", "play the {rank} of clubs")
        SAID = {"rank": "two three four five six seven eight nine ten jack queen king ace".split()}
        SAY = "I play the {rank} of clubs."
        class Args(BaseModel):
            rank: str
        async def run(args, call):
            return {"rank": args.rank}
    ''',
}


@pytest.fixture(scope="module")
def server(open_dir):
    """A server with the rover's project, and ada as its user."""
    need("flite")
    project = open_dir / "rover"
    for name, content in ROVER.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"^ {8}", "", content, flags=re.MULTILINE).strip() + "\n")
    running = start_server(open_dir / "rover-data", "--project", str(project))
    httpx.post(f"{running.url}/api/v1/auth/register", json=ADA).raise_for_status()
    yield running
    running.end()


@pytest.fixture
def token(server):
    """Ada is registered with the rover's server."""


async def card_is(tab, tool, **arguments):
    card = tab.cards.last
    await expect(card).to_have_attribute("data-tool", tool)
    await expect(card).to_have_attribute("data-status", "done")
    for name, value in arguments.items():
        await expect(card).to_contain_text(f"{name}: {value}")


async def test_a_recording_of_a_person_is_the_microphone_and_the_rover_goes(server, tmp_path):
    need("chromium")
    person = read_wav(RECORDINGS / "go_forward_ten_meters.wav")
    microphone = microphone_file(tmp_path / "microphone.wav", person, quiet_secs=4)
    async with chromium(microphone) as own, signed_in(own, server.url, ADA, commanded=False) as tab:
        await tab.join()
        await expect(tab.turns("agent")).to_have_count(2, timeout=20_000)
        greeting, answer = await tab.turns("agent").get_by_test_id("turn-text").all_inner_texts()
        assert (greeting, answer) == ("The rover is ready.", "Going forward 10 meters.")
        assert await tab.turns("user").get_by_test_id("turn-text").all_inner_texts() == [
            "Go forward 10 meters."
        ]
        await card_is(tab, "go_forward", distance=10)
        heard = await tab.heard()
        assert max(np.diff(heard)) > 1500, "the answer was heard apart from the greeting"


async def test_recorded_cards_are_played_and_a_read_sentence_calls_no_tool(tab):
    await tab.greeted()
    for rank in ("seven", "ten"):
        text, said = await tab.answer_to(read_wav(RECORDINGS / f"{rank}_of_clubs.wav"))
        assert text.lower() == f"i play the {rank} of clubs."
        await card_is(tab, "play_card", rank=rank.capitalize())
        assert await tab.latency(said)
    await tab.answer_to(read_wav(RECORDINGS / "he_might_even_have_been_made_amiable_himself.wav"))
    await expect(tab.cards).to_have_count(2)
