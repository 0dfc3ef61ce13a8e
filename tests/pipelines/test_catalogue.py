import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orion import tools
from orion.agents.prepared import visible
from orion.agents.roster import Roster
from orion.agents.tool_fields import mcp_name
from orion.agents.tool_rows import Outside
from orion.domain.identity import Principal, new_id
from orion.domain.provider_key import ProviderKey
from orion.domain.tool import Risk, ToolKind, ToolRow
from orion.net.client import GuardedClient
from orion.pipelines.catalogue import Catalogue
from orion.pipelines.files import Files
from orion.settings import ProviderSettings
from orion.store.secrets import SecretKeys
from tests.store.rows import fill

FERRY = '''"""Tells."""
from pydantic import BaseModel
class Args(BaseModel): ...
async def run(args, call): ...
'''


def a_catalogue(database, settings):
    outside = Outside(GuardedClient(), SecretKeys(["k"]), {})
    return Catalogue(database, Roster.load(), tools.load_all(), outside, settings)


@pytest.fixture
async def catalogue(database, settings):
    made = a_catalogue(database, settings)
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


async def test_an_offer_tells_that_its_workspace_has_got_a_budget_and_the_others_do_not(database, catalogue):
    ada, _, cleo = await fill(database)
    assert not (await catalogue.of(ada.workspace_id)).budgeted
    async with database.transaction(ada) as store:
        await store.spending.set_budget(ada.workspace_id, 1_000_000)
    assert (await catalogue.of(ada.workspace_id)).budgeted
    assert not (await catalogue.of(cleo.workspace_id)).budgeted


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
        await store.agents.put("clerk", {"instructions": "x", "hand_offs": ["old", "concierge"]})
    roster = (await catalogue.of(ada.workspace_id)).roster
    assert "old" not in roster
    assert roster.get("clerk").hand_offs == ("concierge",)


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


def a_key(owner, provider="openai", **values):
    return replace(ProviderKey(owner.workspace_id, provider, None, None, datetime.now(UTC)), **values)


async def enter(database, catalogue, owner, **values):
    """Keep a key of OpenAI that an admin enters."""
    row = a_key(owner, **values)
    row = replace(row, sealed_key=catalogue.outside.keys.seal("sk-ours", row.place))
    async with database.transaction(owner) as store:
        await store.provider_keys.put(row)
    return row


async def test_a_workspaces_own_key_wins_over_the_servers_for_itself_alone(database, settings):
    keyed = settings.changed(providers={"OPENAI": ProviderSettings("sk-servers", "https://eu.example.org")})
    catalogue = a_catalogue(database, keyed)
    ada, _, cleo = await fill(database)
    before = await catalogue.of(ada.workspace_id)
    await enter(database, catalogue, ada)
    async with database.transaction(cleo) as store:
        await store.provider_keys.delete("openai")
    ours, theirs = await catalogue.of(ada.workspace_id), await catalogue.of(cleo.workspace_id)
    assert ours.settings.provider("openai") == ProviderSettings("sk-ours", "https://eu.example.org")
    assert theirs.settings is keyed
    assert ours.fingerprint != before.fingerprint, "another process of the same database sees it, too"
    assert ours.breakers.of("llm", "openai") is not theirs.breakers.of("llm", "openai")
    assert ours.breakers.of("llm", "anthropic") is theirs.breakers.of("llm", "anthropic")
    assert "sk-ours" not in repr(ours)
    await catalogue.close()


async def test_the_servers_key_never_goes_to_an_address_that_was_entered(database, settings):
    keyed = settings.changed(
        providers={"OPENAI": ProviderSettings("sk-servers")}, tool_allowed_hosts=("inside",)
    )
    catalogue = a_catalogue(database, keyed)
    ada, *_ = await fill(database)  # her row has an address, and a key that cannot be opened
    address = "https://ours.example.org/v1"
    await enter(database, catalogue, ada, base_url=address)
    entered = (await catalogue.of(ada.workspace_id)).settings.provider("openai")
    assert entered == ProviderSettings("sk-ours", address, ("inside",))
    async with database.transaction(ada) as store:
        await store.provider_keys.put(a_key(ada, base_url=address))
    entered = (await catalogue.of(ada.workspace_id)).settings.provider("openai")
    assert entered == ProviderSettings(None, address, ("inside",))
    await catalogue.close()


async def test_a_key_that_cannot_be_opened_is_no_key_and_the_servers_does_not_stand_in(
    database, settings, logs
):
    keyed = settings.changed(providers={"OPENAI": ProviderSettings("sk-servers")})
    catalogue = a_catalogue(database, keyed)
    ada, *_ = await fill(database)
    assert (await catalogue.of(ada.workspace_id)).settings.provider("openai") == ProviderSettings()
    assert [line for line in logs if "cannot be opened" in line]
    await catalogue.close()


async def test_a_workspace_with_an_access_to_openai_leaves_the_server_in_openais_place(database, settings):
    local = settings.changed(llm_base_url="http://127.0.0.1:8000/v1", llm_model="llama", llm_api_key="x")
    catalogue = a_catalogue(database, local)
    ada, *_ = await fill(database)
    await enter(database, catalogue, ada)
    used = (await catalogue.of(ada.workspace_id)).settings
    assert (used.llm_base_url, used.llm_model, used.llm_api_key) == (None, None, None)
    await catalogue.close()


async def test_breakers_outlive_changes_of_tools_and_end_with_the_key(database, catalogue):
    ada, *_ = await fill(database)
    await enter(database, catalogue, ada)
    first = await catalogue.of(ada.workspace_id)
    await keep(database, ada, a_tool(ada))
    second = await catalogue.of(ada.workspace_id)
    assert second.breakers is first.breakers
    await enter(database, catalogue, ada)
    third = await catalogue.of(ada.workspace_id)
    assert third.breakers.of("llm", "openai") is not first.breakers.of("llm", "openai"), (
        "a new key, a new try"
    )


async def test_a_key_of_a_provider_that_is_gone_changes_nothing(database, catalogue, settings):
    ada, *_ = await fill(database)
    async with database.transaction(ada) as store:
        await store.provider_keys.delete("openai")
        await store.provider_keys.put(a_key(ada, "acme", sealed_key="x"))
    assert (await catalogue.of(ada.workspace_id)).settings is settings


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
