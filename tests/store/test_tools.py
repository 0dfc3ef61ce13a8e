from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orion.domain.identity import new_id
from orion.domain.tool import Risk, ToolKind, ToolRow
from orion.errors import Conflict, NotFound


def a_tool(owner, name="tide", **values):
    now = datetime.now(UTC)
    return ToolRow(
        new_id(), owner.workspace_id, name, "Tells.", ToolKind.HTTP, {"url": "x"}, now, now, **values
    )


async def test_a_tool_is_read_as_it_was_written(database, ada, ben):
    tool = a_tool(
        ada,
        parameters={"type": "object"},
        examples=("when is high tide",),
        say="At {time}.",
        risk=Risk.DANGER,
        timeout_secs=2.5,
        enabled=False,
        sealed_headers={"X": "v1.a.b"},
        offered=[{"name": "a"}],
    )
    async with database.transaction(ada) as store:
        await store.tools.add(tool)
    async with database.transaction(ben) as store:
        assert await store.tools.get(tool.id) == tool
        assert await store.tools.all() == [tool]
    assert "v1.a.b" not in repr(tool)


async def test_a_name_is_there_once_in_a_workspace(database, ada):
    async with database.transaction(ada) as store:
        await store.tools.add(a_tool(ada))
        other = await store.tools.add(a_tool(ada, "sky"))
    with pytest.raises(Conflict):
        async with database.transaction(ada) as store:
            await store.tools.add(a_tool(ada))
    with pytest.raises(Conflict):
        async with database.transaction(ada) as store:
            await store.tools.replace(replace(other, name="tide"))


async def test_what_is_not_there_is_neither_read_nor_changed_nor_deleted(database, ada, ben):
    tool = a_tool(ada)
    async with database.transaction(ada) as store:
        with pytest.raises(NotFound):
            await store.tools.get(tool.id)
        with pytest.raises(NotFound):
            await store.tools.replace(tool)
        with pytest.raises(NotFound):
            await store.tools.delete(tool.id)
        with pytest.raises(NotFound):
            await store.agents.delete("nobody")
        await store.tools.add(tool)
    async with database.transaction(ben) as store:
        with pytest.raises(NotFound):
            await store.tools.delete(tool.id)


async def test_the_fingerprint_tells_of_every_change_and_of_nothing_else(database, ada, ben):
    seen = []

    async def changed(work=None):
        async with database.transaction(ada) as store:
            if work is not None:
                await work(store)
        async with database.transaction(ben) as store:
            fingerprint = await store.tools.fingerprint()
            assert await store.tools.fingerprint() == fingerprint
        new = fingerprint not in seen
        seen.append(fingerprint)
        return new

    tool = a_tool(ada)
    later = replace(tool, enabled=False, updated_at=tool.updated_at + timedelta(microseconds=1))
    assert await changed()
    assert not await changed()
    assert await changed(lambda store: store.tools.add(tool))
    assert await changed(lambda store: store.tools.replace(later))
    assert await changed(lambda store: store.agents.put("keeper", {}))
    assert await changed(lambda store: store.agents.put("keeper", {"title": "x"}))
    assert await changed(lambda store: store.tools.delete(tool.id))
    assert not await changed()


async def test_an_agent_counts_its_versions(database, ada, ben):
    async with database.transaction(ada) as store:
        first = await store.agents.put("keeper", {"instructions": "Keep."})
        second = await store.agents.put("keeper", {"instructions": "Keep well."})
        assert (first.version, second.version) == (1, 2)
    async with database.transaction(ben) as store:
        assert await store.agents.all() == [second]
    async with database.transaction(ada) as store:
        await store.agents.delete("keeper")
        assert await store.agents.all() == []
