"""The table of the tool calls that wait, or waited, for a yes."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSON, UUID

from orion.store.columns import metadata, moment, own_id, reference

approvals = Table(
    "approvals",
    metadata,
    own_id(),
    reference("workspace_id", "workspaces"),
    reference("user_id", "users"),
    reference("session_id", "sessions"),
    Column("call_id", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("tool", Text, nullable=False),
    # As text, for the digest is of the arguments to the letter: JSONB would write numbers anew.
    Column("arguments", JSON, nullable=False),
    Column("digest", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answered_by", Text),
    Column("decided_by", UUID(as_uuid=True)),
    moment("asked_at"),
    moment("expires_at"),
    moment("decided_at", nullable=True),
    moment("ended_at", nullable=True),
    Index(None, "session_id", "id"),
    Index(
        "uq_approvals_waiting",
        "session_id",
        "call_id",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_approvals_open",
        "expires_at",
        postgresql_where=text("state = 'waiting' or (state = 'approved' and ended_at is null)"),
    ),
)
