"""The connections of DBOS, which has a schema of its own and acts as a role of its own."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url

SCHEMA = "dbos"
ROLE = "orion_dbos"
"""It owns that schema and sees nothing of ORION's."""
_POOL = 3
_LOST = "connection is bad"


def workflow_engine(url: str) -> Engine:
    """An engine for DBOS on the database that `url` names for asyncpg."""
    wanted = make_url(url).set(drivername="postgresql+psycopg")
    if "ssl" in wanted.query:
        mode = wanted.query["ssl"]
        wanted = wanted.difference_update_query(["ssl"]).update_query_dict({"sslmode": mode})
    engine = create_engine(
        wanted,
        pool_size=_POOL,
        max_overflow=_POOL,
        hide_parameters=True,
        connect_args={"options": f"-c role={ROLE}", "application_name": "orion plans"},
    )

    @event.listens_for(engine, "handle_error")
    def _(context: ExceptionContext) -> None:
        # psycopg 3.3 says so of a lost Unix socket, and DBOS 3.4 looks for other words before it retries.
        if _LOST in str(context.original_exception):
            context.is_disconnect = True

    return engine
