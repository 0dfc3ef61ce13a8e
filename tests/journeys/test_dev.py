"""`orion dev`: what is saved counts for the next session, what runs goes on, what is broken is told."""

import asyncio
import re

import pytest

from orion.cli import init
from tests.journeys.conftest import need
from tests.journeys.development import Development, answered, asked, new_session
from tests.journeys.phone import calling

QUESTION = "when do you open on monday"
NINE = "On Monday we are open from nine to six."
SEVEN = "On Monday we are open from seven to six."
WITHIN_SECS = 2.0
DICE = '''"""Throws the dice."""
from pydantic import BaseModel
EXAMPLES = ("throw the dice", "roll the dice")
SAY = "It is a {number}."
class Args(BaseModel): ...
async def run(args, call):
    return {"number": "four"}
'''
POLITE = """
from orion.domain.guardrail import Action, Channel, Finding
def check(utterance, state):
    at = utterance.text.find("darn")
    if at < 0 or utterance.channel is not Channel.INPUT:
        return []
    return [Finding("polite", "rude", at, at + 4, Action.BLOCK, reply="Please be polite.")]
"""
PARROT = """
from orion.providers import scripted
RANK = 90
def llm(settings, agent):
    return scripted.llm(settings, agent)
"""


@pytest.fixture(scope="module")
def running(open_dir, tmp_path_factory):
    need("flite")
    folder = tmp_path_factory.mktemp("projects") / "shop"
    init.write(folder)
    found = Development(folder, open_dir / "dev-data")
    yield found
    found.end()


@pytest.fixture
def saved(running):
    """Writes a file of the project; afterwards the project is as it was made, and served so."""
    before = {path: path.read_text() for path in running.folder.rglob("*") if path.is_file()}

    def save(name, old, new):
        path = running.folder / name
        text = path.read_text() if path.exists() else ""
        assert old in text
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace(old, new) if old else new)

    yield save
    since = len(running.lines)
    new = [path for path in running.folder.rglob("*") if path.is_file() and path not in before]
    changed = [path for path, text in before.items() if path.read_text() != text]
    for path in new:
        path.unlink()
    for path in changed:
        path.write_text(before[path])
    for path in (*new, *changed):
        name = re.escape(path.relative_to(running.folder).as_posix())
        running.printed(rf"^{name}: reloaded|^ORION is back", since)


@pytest.fixture
async def http(running):
    async with running.client() as client:
        yield client


async def test_a_saved_tool_counts_within_two_seconds(http, saved):
    assert await asked(http, QUESTION) == NINE
    took = []
    for old, new in (("nine", "seven"), ("seven", "eight"), ("eight", "seven"), ("seven", "nine")):
        saved("tools/opening_hours.py", f'("{old}", "six")', f'("{new}", "six")')
        took.append(await answered(http, QUESTION, f"On Monday we are open from {new} to six."))
        await asyncio.sleep(0.5)  # two looks of the watcher: the next save is one of its own
    print("from save to the next session:", sorted(took))
    assert sorted(took)[1] < WITHIN_SECS


async def test_a_running_call_keeps_its_agent_and_tools_and_is_not_dropped(http, running, saved):
    session_id = await new_session(http)
    async with calling(http, session_id) as phone:
        await phone.event("turn.ended", role="agent")
        since = len(running.lines)
        saved("tools/opening_hours.py", '("nine", "six")', '("seven", "six")')
        saved("agents/reception.yaml", "Hello, this is the reception.", "Good morning.")
        await answered(http, QUESTION, SEVEN)
        assert "1 running call keeps the old version" in await asyncio.to_thread(
            running.printed, "reception.yaml: reloaded", since
        )
        assert await asked(http, QUESTION, session_id) == NINE
        assert phone.pc.connectionState == "connected"
    async with calling(http, await new_session(http)) as phone:
        greeting = await phone.event("turn.ended", role="agent")
        assert greeting["body"]["turn"]["text"].startswith("Good morning.")


async def test_a_new_tool_is_there_with_a_new_agent(http, saved):
    saved("tools/dice.py", "", DICE)
    saved("agents/reception.yaml", "tools: [opening_hours", "tools: [dice, opening_hours")
    await answered(http, "throw the dice", "It is a four.")
    plans = f"/api/v1/agent/sessions/{await new_session(http)}"
    plan = (await http.post(f"{plans}/plan", json={"goal": "throw the dice"})).json()
    assert (await http.post(f"{plans}/execute", json={"plan_id": plan["id"]})).status_code == 202
    while (plan := (await http.get(f"{plans}/plans/{plan['id']}")).json())["status"] == "running":
        await asyncio.sleep(0.05)
    assert plan["steps"][0]["result"] == {"number": "four"}


async def test_a_broken_file_is_told_with_its_line_and_the_last_good_one_serves_on(http, running, saved):
    since = len(running.lines)
    saved("tools/opening_hours.py", "_HOURS = {", "nothing()\n_HOURS = {")
    told = await asyncio.to_thread(running.printed, "NameError: ", since)
    assert told.startswith(f"{running.folder}/tools/opening_hours.py:")
    assert told.endswith("NameError: name 'nothing' is not defined, fix it here")
    assert await asked(http, QUESTION) == NINE
    saved("agents/reception.yaml", "language: en", "language: english")
    told = await asyncio.to_thread(running.printed, "no language", since)
    assert told.endswith("there is no language 'english', did you mean 'en'?")
    saved("tools/opening_hours.py", "nothing()\n_HOURS = {", '_HOURS = {"monday": ("seven", "six"), ')
    assert await asked(http, QUESTION) == NINE
    saved("agents/reception.yaml", "language: english", "language: en")
    await answered(http, QUESTION, SEVEN)


async def test_a_guardrail_counts_from_the_next_session_on(http, saved):
    saved("guardrails/polite.py", "", POLITE)
    await answered(http, "that is a darn question", "Please be polite.")


async def test_env_is_refused_with_its_line_and_else_counts_when_no_call_is_live(http, running, saved):
    since = len(running.lines)
    saved(".env", "# PORT=3000\n", "ORION_SST=auto\n")
    told = await asyncio.to_thread(running.printed, "unknown setting", since)
    assert told.startswith(f"{running.folder}/.env:")
    assert told.endswith("unknown setting ORION_SST, did you mean ORION_STT?")
    session_id = await new_session(http)
    async with calling(http, session_id) as phone:
        await phone.event("turn.ended", role="agent")
        saved(".env", "ORION_SST=auto\n", "ORION_LLM=scripted\n")
        await asyncio.to_thread(running.printed, "anew when no call is live", since)
        assert await asked(http, QUESTION, session_id) == NINE
        assert phone.pc.connectionState == "connected"
    await asyncio.to_thread(running.printed, "ORION is back", since)
    async with running.client() as again:
        assert "open" not in await asked(again, QUESTION)


async def test_a_projects_provider_is_taken_up_anew(http, running, saved):
    since = len(running.lines)
    saved("providers/parrot.py", "", PARROT.replace("RANK = 90", "RANK = nothing"))
    told = await asyncio.to_thread(running.printed, "parrot.py:", since)
    assert "NameError: name 'nothing' is not defined" in told
    saved("providers/parrot.py", "nothing", "90")
    await asyncio.to_thread(running.printed, "ORION is back", since)
    async with running.client() as again:
        assert "open" not in await asked(again, QUESTION)
