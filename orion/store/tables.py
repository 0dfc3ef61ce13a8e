"""All tables, as SQLAlchemy Core sees them. Ids are UUIDv7 made in Python, times are UTC.

Every table holds `workspace_id`, and `user_id` where its rows are personal: the policies in the
migrations bind both to the principal of the transaction.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL, TSVECTOR, UUID

from orion.store.audit_tables import audit
from orion.store.columns import SCHEMA, metadata
from orion.store.columns import deferred as _deferred
from orion.store.columns import json_object as _json
from orion.store.columns import moment as _time
from orion.store.columns import own_id as _id
from orion.store.columns import reference as _reference
from orion.store.usage_tables import spending, usage

__all__ = [
    "SCHEMA",
    "agents",
    "api_keys",
    "audit",
    "budgets",
    "erasures",
    "events",
    "idempotency_keys",
    "invitations",
    "log_in_failures",
    "memories",
    "memory_vectors",
    "metadata",
    "refresh_tokens",
    "room_tokens",
    "sessions",
    "sign_in_tokens",
    "spending",
    "tool_calls",
    "tools",
    "turns",
    "usage",
    "users",
    "webhook_deliveries",
    "webhooks",
    "workspaces",
]

workspaces = Table(
    "workspaces",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _time("created_at"),
    Column("budget_micros", BigInteger),
)

users = Table(
    "users",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    _time("created_at"),
    Index(None, "workspace_id"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _reference("user_id", "users"),
    Column("family_id", UUID(as_uuid=True), nullable=False),
    _time("expires_at"),
    _time("spent_at", nullable=True),
    Index(None, "family_id"),
    Index(None, "user_id"),
)

sign_in_tokens = Table(
    "sign_in_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _reference("user_id", "users", nullable=True),
    _time("expires_at"),
    Index(None, "user_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    Column("public_id", Text, nullable=False, unique=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("agents", ARRAY(Text)),
    Column("origins", ARRAY(Text)),
    Column("max_sessions", Integer),
    _time("created_at"),
    _time("expires_at", nullable=True),
    _time("last_used_at", nullable=True),
    Index(None, "user_id", "id"),
    Index(None, "workspace_id", "id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _reference("workspace_id", "workspaces"),
    Column("email", Text),
    Column("role", Text, nullable=False),
    _time("expires_at"),
    Index(None, "workspace_id"),
)

log_in_failures = Table(
    "log_in_failures",
    metadata,
    Column("email_hash", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    _time("last_at"),
    Index(None, "last_at"),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    Column("agent", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("title", Text),
    _json("metadata"),
    _json("variables"),
    _json("dialogue"),
    Column("end_reason", Text),
    _time("created_at"),
    _time("started_at", nullable=True),
    _time("ended_at", nullable=True),
    _time("last_active_at"),
    _reference("api_key_id", "api_keys", nullable=True, ondelete="SET NULL"),
    Index(None, "user_id", "id"),
    Index(None, "workspace_id", "id"),
    Index("ix_sessions_open", "last_active_at", postgresql_where=text("status <> 'ended'")),
    Index("ix_sessions_api_key_id", "api_key_id", postgresql_where=text("api_key_id IS NOT NULL")),
)

turns = Table(
    "turns",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    _reference("session_id", "sessions"),
    Column("speaker", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("interrupted", Boolean, nullable=False),
    Column("untrusted", Boolean, nullable=False, server_default=text("false")),
    _json("latency"),
    _time("started_at"),
    _time("ended_at"),
    Index(None, "session_id", "id"),
)

tool_calls = Table(
    "tool_calls",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    _reference("session_id", "sessions"),
    _reference("turn_id", "turns"),
    Column("call_id", Text, nullable=False),
    Column("tool", Text, nullable=False),
    _json("arguments"),
    Column("status", Text, nullable=False),
    Column("result", JSONB(none_as_null=True)),
    Column("error", Text),
    Column("duration_ms", Float),
    _time("started_at", nullable=True),
    Index(None, "turn_id"),
    Index(None, "session_id", "call_id", unique=True),
)


memories = Table(
    "memories",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    _reference("session_id", "sessions", nullable=True, ondelete="SET NULL"),
    Column("type", Text, nullable=False),
    Column("content", Text, nullable=False),
    _json("metadata"),
    _time("created_at"),
    Column("words", TSVECTOR, Computed("to_tsvector('english'::regconfig, content)", persisted=True)),
    Index(None, "user_id", "id"),
    Index("ix_memories_words", "words", postgresql_using="gin"),
)

memory_vectors = Table(
    "memory_vectors",
    metadata,
    Column(
        "memory_id",
        UUID(as_uuid=True),
        ForeignKey(f"{SCHEMA}.memories.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    Column("model", Text, nullable=False),
    # An array, not pgvector's type: the schema is the same where the extension is missing.
    Column("embedding", ARRAY(REAL), nullable=False),
    Index(None, "user_id", "model"),
)

erasures = Table(
    "erasures",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    Column("erased_user_id", UUID(as_uuid=True), nullable=False),
    Column("erased_by", UUID(as_uuid=True), nullable=False),
    _json("rows"),
    _time("created_at"),
    Index(None, "workspace_id", "id"),
)

events = Table(
    "events",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    _reference("session_id", "sessions"),
    Column("name", Text, nullable=False),
    _json("body"),
    _time("created_at"),
    Index(None, "session_id", "id"),
)

room_tokens = Table(
    "room_tokens",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("user_id", "users"),
    _reference("session_id", "sessions"),
    _time("spent_at"),
    Index(None, "session_id"),
)

webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("secret", Text, nullable=False),
    _time("created_at"),
    _time("disabled_at", nullable=True),
    Index(None, "workspace_id", "id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    _reference("webhook_id", "webhooks"),
    _reference("session_id", "sessions", nullable=True),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("name", Text, nullable=False),
    _json("body"),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("response_status", Integer),
    Column("error", Text),
    _time("created_at"),
    _time("next_attempt_at", nullable=True),
    _time("ended_at", nullable=True),
    UniqueConstraint("webhook_id", "event_id"),
    Index(None, "webhook_id", "id"),
    Index(None, "session_id"),
    Index(
        "ix_webhook_deliveries_due",
        "next_attempt_at",
        "id",
        postgresql_where=text("status = 'pending'"),
    ),
)

budgets = Table(
    "budgets",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    _time("tat"),
    Column("granted", Integer, nullable=False),
    prefixes=["UNLOGGED"],
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("user_id", UUID(as_uuid=True), _deferred("users"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("workspace_id", UUID(as_uuid=True), _deferred("workspaces"), nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("media_type", Text),
    Column("body", LargeBinary),
    _time("created_at"),
    Column("held_by", UUID(as_uuid=True)),
    _time("held_until", nullable=True),
    Index(None, "created_at"),
)

tools = Table(
    "tools",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _json("config"),
    _json("headers"),
    _json("parameters"),
    Column("examples", JSONB, nullable=False, server_default=text("'[]'")),
    Column("offered", JSONB, nullable=False, server_default=text("'[]'")),
    Column("say", Text, nullable=False, server_default=""),
    Column("risk", Text, nullable=False),
    Column("timeout_secs", Float, nullable=False),
    Column("enabled", Boolean, nullable=False),
    _time("created_at"),
    _time("updated_at"),
    Index(None, "workspace_id", "name", unique=True),
)

agents = Table(
    "agents",
    metadata,
    _id(),
    _reference("workspace_id", "workspaces"),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    _json("body"),
    _time("created_at"),
    _time("updated_at"),
    Index(None, "workspace_id", "name", unique=True),
)

provider_keys = Table(
    "provider_keys",
    metadata,
    Column(
        "workspace_id",
        UUID(as_uuid=True),
        ForeignKey(f"{SCHEMA}.workspaces.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("provider", Text, primary_key=True),
    Column("key", Text),
    Column("base_url", Text),
    _time("updated_at"),
)
