"""The table of timers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Table, Text, text

from orion.store.columns import metadata, moment, own_id, reference

timers = Table(
    "timers",
    metadata,
    own_id(),
    reference("workspace_id", "workspaces"),
    reference("user_id", "users"),
    reference("session_id", "sessions", nullable=True, ondelete="SET NULL"),
    Column("agent", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    moment("due_at"),
    Column("secs", Float),
    Column("zone", Text),
    Column("guest", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    # Whoever says it now keeps others from saying it, too, for a while.
    moment("held_until", nullable=True),
    moment("created_at"),
    moment("ended_at", nullable=True),
    Index("ix_timers_due", "due_at", postgresql_where=text("state = 'set'")),
    Index("ix_timers_missed", "user_id", postgresql_where=text("state = 'missed'")),
    Index("ix_timers_ended", "ended_at", postgresql_where=text("state in ('rung', 'missed', 'cancelled')")),
    Index(None, "user_id", "due_at"),
    Index(None, "session_id"),
)
