"""Cursors of lists: the last id of a page, so that rows that are added meanwhile shift nothing."""

from __future__ import annotations

from uuid import UUID

from orion.errors import Invalid


def cursor_id(cursor: str) -> UUID:
    """The id in a cursor. Raises Invalid for one that no list gave out."""
    try:
        return UUID(cursor)
    except ValueError as error:
        raise Invalid("the cursor is none that this list gave out") from error
