"""The tables of what was consumed and spent; `tables.py` holds them with all others."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from orion.store.columns import SCHEMA, metadata, moment, own_id, reference


def _amounts() -> list[Column[object]]:
    names = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
    counted = [Column(name, BigInteger, nullable=False) for name in (*names, "characters")]
    return [*counted, Column("audio_secs", Float, nullable=False)]


usage = Table(
    "usage",
    metadata,
    own_id(),
    reference("workspace_id", "workspaces"),
    reference("user_id", "users"),
    reference("session_id", "sessions"),
    reference("turn_id", "turns", nullable=True),
    Column("kind", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    *_amounts(),
    Column("estimated", Boolean, nullable=False),
    Column("cost_micros", BigInteger),
    moment("created_at"),
    Index(None, "session_id"),
    Index(None, "turn_id"),
)

spending = Table(
    "spending",
    metadata,
    Column(
        "workspace_id",
        UUID(as_uuid=True),
        ForeignKey(f"{SCHEMA}.workspaces.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("day", Date, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    *_amounts(),
    Column("cost_micros", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
)
