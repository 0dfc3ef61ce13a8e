"""The tables of plans, of their steps (the ledger of what tools have done), and of the nodes of plans."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from orion.store.columns import json_object, metadata, moment, own_id, reference

plans = Table(
    "plans",
    metadata,
    own_id(),
    reference("workspace_id", "workspaces"),
    reference("user_id", "users"),
    reference("session_id", "sessions"),
    Column("agent", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("error", Text),
    # No reference: a node's row may be forgotten before its plans are taken over.
    Column("node_id", UUID(as_uuid=True)),
    Column("node_epoch", Integer),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    json_object("budget"),
    Column("tokens", Integer, nullable=False, server_default=text("0")),
    moment("created_at"),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
    Index(None, "session_id", "id"),
    Index("ix_plans_begun", "id", postgresql_where=text("status in ('running', 'waiting_approval')")),
)

plan_steps = Table(
    "plan_steps",
    metadata,
    reference("plan_id", "plans", primary_key=True),
    Column("index", Integer, primary_key=True, autoincrement=False),
    reference("workspace_id", "workspaces"),
    reference("user_id", "users"),
    reference("session_id", "sessions"),
    Column("tool", Text, nullable=False),
    json_object("arguments"),
    Column("description", Text, nullable=False),
    Column("after", ARRAY(Integer), nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Column("resolved", JSONB(none_as_null=True)),
    Column("result", JSONB(none_as_null=True)),
    Column("error", Text),
    Column("fingerprint", Text),
    moment("expires_at", nullable=True),
    Column("approved", Boolean),
    Column("decided_by", UUID(as_uuid=True)),
    moment("decided_at", nullable=True),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
    Index(None, "session_id"),
)

nodes = Table(
    "nodes",
    metadata,
    own_id(),
    Column("epoch", Integer, nullable=False),
    moment("started_at"),
    moment("lease_until"),
)
