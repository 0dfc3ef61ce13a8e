"""Rows that belong to a session take its workspace and user from it, in the same statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, cast, select

from orion.store.tables import sessions


def owned(table: Table, session_id: UUID, values: dict[str, Any]) -> tuple[list[str], Select[Any]]:
    """Column names and a select for `insert(table).from_select()`: `values` and the session's owner.

    It selects no row, and so inserts none, where the principal sees no such session (any more).
    """
    columns = [cast(value, table.c[name].type) for name, value in values.items()]
    owner = [sessions.c.workspace_id, sessions.c.user_id, sessions.c.id]
    wanted = select(*owner, *columns).where(sessions.c.id == session_id)
    return ["workspace_id", "user_id", "session_id", *values], wanted
