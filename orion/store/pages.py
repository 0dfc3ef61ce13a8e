"""Pages of a list: the cursor is the last id of the page before, so rows added meanwhile shift nothing."""

from __future__ import annotations

from uuid import UUID

from orion.errors import Invalid


def after(cursor: str) -> UUID:
    """The id that a cursor stands for. Raises Invalid for one that was not given out."""
    try:
        return UUID(cursor)
    except ValueError as error:
        raise Invalid("the cursor is none that this list gave out") from error
