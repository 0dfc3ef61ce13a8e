"""The table of what admins did with other people's sessions; `tables.py` holds it with all others."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from orion.store.columns import metadata, moment, own_id, reference

audit = Table(
    "audit",
    metadata,
    own_id(),
    reference("workspace_id", "workspaces"),
    # No references: a row outlives the people and the session that it names.
    Column("admin_id", UUID(as_uuid=True), nullable=False),
    Column("owner_id", UUID(as_uuid=True), nullable=False),
    Column("session_id", UUID(as_uuid=True), nullable=False),
    Column("action", Text, nullable=False),
    moment("created_at"),
    Index(None, "workspace_id", "id"),
)
