import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orion import tools
from orion.agents.roster import Roster
from orion.agents.tool_fields import mcp_name
from orion.agents.tool_rows import Outside, visible
from orion.domain.identity import Principal, new_id
from orion.domain.tool import Risk, ToolKind, ToolRow
from orion.net.client import GuardedClient
from orion.pipelines.catalogue import Catalogue
from orion.pipelines.files import Files
from orion.store.secrets import SecretKeys
from tests.store.rows import fill

FERRY = '''"""Tells."""
from pydantic import BaseModel
class Args(BaseModel): ...
async def run(args, call): ...
'''


def a_catalogue(database):
    outside = Outside(GuardedClient(), SecretKeys(["k"]), {})
    return Catalogue(database, Roster.load(), tools.load_all(), outside)


@pytest.fixture
async def catalogue(database):
    made = a_catalogue(database)
    yield made
    await made.close()


def a_tool(owner, name="sky", **values):
    now = datetime.now(UTC)
    config = {"method": "GET", "url": "https://example.org"}
    return ToolRow(new_id(), owner.workspace_id, name, "Tells.", ToolKind.HTTP, config, now, now, **values)


async def keep(database, owner, row):
    async with database.transaction(owner) as store:
        await store.tools.add(row)
    return row


async def test_each_workspace_has_the_files_and_its_own_rows(database, catalogue):
    ada, _, cleo = await fill(database)
    await keep(database, ada, a_tool(ada))
    ours, theirs = await catalogue.of(ada.workspace_id), await catalogue.of(cleo.workspace_id)
    assert set(ours.tools) - set(theirs.tools) == {"sky"}
    assert "calculator" in theirs.tools
    assert {"tide", "sky", "calculator"} <= {tool.name for tool in await catalogue.of_all()}
    assert ours.roster.get("keeper").instructions == "Keep."
    assert "keeper" not in catalogue.files.roster


async def test_an_offer_stays_the_same_until_something_changes_even_from_another_process(database, catalogue):
    ada, *_ = await fill(database)
    first = await catalogue.of(ada.workspace_id)
    assert await catalogue.of(ada.workspace_id) is first
    row = await keep(database, ada, a_tool(ada))
    second = await catalogue.of(ada.workspace_id)
    assert "sky" in second.tools
    async with database.transaction(ada) as store:
        await store.tools.replace(replace(row, enabled=False, updated_at=datetime.now(UTC)))
    assert "sky" not in (await catalogue.of(ada.workspace_id)).tools
    async with database.transaction(ada) as store:
        await store.agents.delete("keeper")
    assert "keeper" not in (await catalogue.of(ada.workspace_id)).roster


async def test_no_row_stands_in_for_a_tool_of_a_file(database, catalogue):
    ada, *_ = await fill(database)
    await keep(database, ada, a_tool(ada, "calculator"))
    offer = await catalogue.of(ada.workspace_id)
    assert offer.tools["calculator"] is catalogue.files.tools["calculator"]


async def test_an_agent_that_cannot_be_read_any_more_is_left_out_and_hand_offs_to_nobody_too(
    database, catalogue
):
    ada, *_ = await fill(database)
    async with database.transaction(ada) as store:
        await store.agents.put("old", {"instructions": "x", "gone": 1})
        await store.agents.put("clerk", {"instructions": "x", "hand_offs": ["old", "orion"]})
    roster = (await catalogue.of(ada.workspace_id)).roster
    assert "old" not in roster
    assert roster.get("clerk").hand_offs == ("orion",)


async def test_the_risk_decides_what_is_confirmed_and_what_a_barge_in_cancels(catalogue):
    owner = Principal(new_id(), None)
    found = {
        risk: catalogue.outside.runnables(a_tool(owner, risk=risk))[0].tool
        for risk in (Risk.READ, Risk.WRITE, Risk.DANGER)
    }
    assert [(t.confirm, t.side_effects) for t in found.values()] == [
        (False, False),
        (False, True),
        (True, True),
    ]
    assert found[Risk.READ].parameters["additionalProperties"] is False


async def test_the_parameters_of_a_servers_tools_are_described_visibly():
    program = str(Path(__file__).parents[1] / "net" / "mcp_server.py")
    outside = Outside(GuardedClient(), SecretKeys(["k"]), {"harbour": (sys.executable, program)})
    config = {"transport": "stdio", "command": "harbour", "allow": ["tide"]}
    row = replace(a_tool(Principal(new_id(), None), "harbour"), kind=ToolKind.MCP, config=config)
    (tool,) = await outside.offered(row)
    assert tool["parameters"]["properties"]["port"]["description"] == "A port."
    await outside.client.close()


def test_what_a_server_says_of_its_tools_is_visible_and_short():
    assert visible("Tells\u200b the \U000e0041\U000e0042tide." + "x" * 2000).startswith("Tells the tide.x")
    assert len(visible("x" * 2000)) == 1000
    assert mcp_name("harbour", "Get.Tide-Now") == "harbour_get_tide_now"


async def test_other_files_count_for_another_catalogue_and_rows_for_both(database, catalogue, tmp_path):
    ada, *_ = await fill(database)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "ferry.py").write_text(FERRY)
    before = await catalogue.of(ada.workspace_id)
    files = Files.load(tmp_path)
    other = catalogue.with_files(files.roster, files.tools)
    assert set((await other.of(ada.workspace_id)).tools) - set(before.tools) == {"ferry"}
    assert await catalogue.of(ada.workspace_id) is before
    await keep(database, ada, a_tool(ada))
    assert "ferry" not in (await catalogue.of(ada.workspace_id)).tools
    assert {"ferry", "sky"} <= set((await other.of(ada.workspace_id)).tools)
