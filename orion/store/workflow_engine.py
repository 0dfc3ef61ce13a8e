"""The connections of DBOS, which has a schema of its own and acts as a role of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

from orion.settings.database_url import DatabaseUrl

SCHEMA = "dbos"
ROLE = "orion_dbos"
"""It owns that schema and sees nothing of ORION's."""
_POOL = 3
_LOST = "connection is bad"


def workflow_engine(url: str) -> Engine:
    """An engine for DBOS on the database that `url` names; it needs connections that last."""
    address = DatabaseUrl.read(url)
    engine = create_engine(
        "postgresql+psycopg://",
        pool_size=_POOL,
        max_overflow=_POOL,
        hide_parameters=True,
        connect_args={"application_name": "orion plans"},
    )

    @event.listens_for(engine, "do_connect")
    def _(_dialect: object, _record: object, arguments: list[str], _named: object) -> None:
        arguments[:] = [address.libpq]  # libpq reads more than SQLAlchemy does, as several hosts

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        # By a statement: poolers refuse a connection that sets it by its options.
        connection.execute(f"set role {ROLE}")
        connection.commit()

    @event.listens_for(engine, "handle_error")
    def _(context: ExceptionContext) -> None:
        # psycopg 3.3 says so of a lost Unix socket, and DBOS 3.4 looks for other words before it retries.
        if _LOST in str(context.original_exception):
            context.is_disconnect = True

    return engine
