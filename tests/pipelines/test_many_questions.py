"""The thousandth question is asked, and its answer counts, as the first."""

from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from orion.domain.identity import Principal
from orion.settings.database_url import DatabaseUrl
from orion.store.approval_tables import approvals
from orion.store.tables import tool_calls
from tests.pipelines.test_waiting_calls import owner
from tests.store.servers import Pooler, debian_cluster, own_folder

SHORT = [("embedded", 40), ("debian", 20), ("pooled", 20)]
LONG = [pytest.param(where, 1_000, marks=pytest.mark.soak) for where, _ in SHORT]


@contextmanager
def addresses(where, open_dir, postgres, database_url):
    """Where the database is, and its own address where that is another one."""
    if where == "embedded":
        yield database_url, None
    elif where == "pooled":
        with Pooler(own_folder(open_dir, "pooler-"), postgres.socket_dir) as pooler:
            yield pooler.url("orion", DatabaseUrl.read(database_url).database), database_url
    else:
        with debian_cluster(open_dir) as cluster:
            yield cluster.url("super", "postgres"), None


async def kept(ada):
    """The rows of the calls that have waited."""
    await ada.server.parts.calls.shared.writer.flush()
    async with ada.server.parts.database.transaction(Principal.system("approvals")) as store:
        return (await store.connection.execute(select(approvals))).all()


async def statuses(ada):
    """What became of the calls, as the transcript has it."""
    async with ada.server.parts.database.transaction(Principal.system("recorder")) as store:
        return set((await store.connection.execute(select(tool_calls.c.status))).scalars())


@pytest.fixture
def where(request, open_dir, postgres, database_url):
    """The server's addresses."""
    with addresses(request.param, open_dir, postgres, database_url) as found:
        yield found


@pytest.mark.parametrize(("where", "questions"), [*SHORT, *LONG], indirect=["where"])
async def test_each_dangerous_call_of_many_is_asked_for_and_decided(where, tmp_path, questions):
    url, direct_url = where
    async with owner(url, tmp_path, database_direct_url=direct_url, rate_limit_max=10**6) as ada:
        done = 0
        for number in range(questions):
            told = await ada.say(f"send {number + 1} euros to Bob")
            (call,) = await ada.waiting()
            assert (call["arguments"], call["state"]) == ({"amount": number + 1, "to": "Bob"}, "waiting")
            assert "Shall I run send money" in told["text"]
            match number % 4:
                case 0:
                    await ada.say("yes")
                case 1:
                    await ada.say("no")
                case _:
                    assert (await ada.answer(call, approve=number % 4 == 2)).status_code == 200
            done += number % 2 == 0
        await ada.told(f"{questions - 1} euros went to Bob.")
        assert len(ada.done()) == done
        rows = await kept(ada)
        assert Counter(row.state for row in rows) == {"approved": done, "rejected": questions - done}
        assert all(row.ended_at for row in rows if row.state == "approved")
        assert "running" not in await statuses(ada)
