"""The first schema: accounts, sessions, turns, tool calls, memories, events; all behind row security.

Each connection acts as the role `orion_app`, which can neither log in nor pass the policies. A
transaction says who it is for by the settings orion.workspace, orion.user, orion.role and
orion.purpose; without them it sees nothing.
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """
    CREATE TABLE orion.workspaces (
        id UUID NOT NULL,
        name TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_workspaces PRIMARY KEY (id),
        CONSTRAINT uq_workspaces_name UNIQUE (name)
    )
    """,
    """
    CREATE TABLE orion.users (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        email TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        disabled BOOLEAN DEFAULT false NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_users PRIMARY KEY (id),
        CONSTRAINT fk_users_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT uq_users_email UNIQUE (email)
    )
    """,
    """
    CREATE INDEX ix_users_workspace_id ON orion.users (workspace_id)
    """,
    """
    CREATE TABLE orion.refresh_tokens (
        token_hash BYTEA NOT NULL,
        user_id UUID NOT NULL,
        family_id UUID NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        spent_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_refresh_tokens PRIMARY KEY (token_hash),
        CONSTRAINT fk_refresh_tokens_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_refresh_tokens_family_id ON orion.refresh_tokens (family_id)
    """,
    """
    CREATE INDEX ix_refresh_tokens_user_id ON orion.refresh_tokens (user_id)
    """,
    """
    CREATE TABLE orion.sign_in_tokens (
        token_hash BYTEA NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_sign_in_tokens PRIMARY KEY (token_hash)
    )
    """,
    """
    CREATE TABLE orion.sessions (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        agent TEXT NOT NULL,
        status TEXT NOT NULL,
        title TEXT,
        metadata JSONB DEFAULT '{}' NOT NULL,
        variables JSONB DEFAULT '{}' NOT NULL,
        dialogue JSONB DEFAULT '{}' NOT NULL,
        end_reason TEXT,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        last_active_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_sessions PRIMARY KEY (id),
        CONSTRAINT fk_sessions_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_sessions_open ON orion.sessions (last_active_at) WHERE status <> 'ended'
    """,
    """
    CREATE INDEX ix_sessions_user_id_id ON orion.sessions (user_id, id)
    """,
    """
    CREATE INDEX ix_sessions_workspace_id_id ON orion.sessions (workspace_id, id)
    """,
    """
    CREATE TABLE orion.turns (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        speaker TEXT NOT NULL,
        agent TEXT NOT NULL,
        text TEXT NOT NULL,
        interrupted BOOLEAN NOT NULL,
        latency JSONB DEFAULT '{}' NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_turns PRIMARY KEY (id),
        CONSTRAINT fk_turns_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_turns_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_turns_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_turns_session_id_id ON orion.turns (session_id, id)
    """,
    """
    CREATE TABLE orion.tool_calls (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        turn_id UUID NOT NULL,
        call_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        arguments JSONB DEFAULT '{}' NOT NULL,
        status TEXT NOT NULL,
        result JSONB,
        error TEXT,
        duration_ms FLOAT,
        started_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_tool_calls PRIMARY KEY (id),
        CONSTRAINT fk_tool_calls_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_tool_calls_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_tool_calls_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE,
        CONSTRAINT fk_tool_calls_turn_id FOREIGN KEY(turn_id) REFERENCES orion.turns (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX ix_tool_calls_session_id_call_id ON orion.tool_calls (session_id, call_id)
    """,
    """
    CREATE INDEX ix_tool_calls_turn_id ON orion.tool_calls (turn_id)
    """,
    """
    CREATE TABLE orion.memories (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID,
        type TEXT NOT NULL,
        content TEXT NOT NULL,
        metadata JSONB DEFAULT '{}' NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        words TSVECTOR GENERATED ALWAYS AS (to_tsvector('english'::regconfig, content)) STORED,
        CONSTRAINT pk_memories PRIMARY KEY (id),
        CONSTRAINT fk_memories_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_memories_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_memories_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE SET NULL
    )
    """,
    """
    CREATE INDEX ix_memories_user_id_id ON orion.memories (user_id, id)
    """,
    """
    CREATE INDEX ix_memories_words ON orion.memories USING gin (words)
    """,
    """
    CREATE TABLE orion.events (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        name TEXT NOT NULL,
        body JSONB DEFAULT '{}' NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_events PRIMARY KEY (id),
        CONSTRAINT fk_events_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_events_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_events_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_events_session_id_id ON orion.events (session_id, id)
    """,
)

NAMES = (
    "workspaces",
    "users",
    "refresh_tokens",
    "sign_in_tokens",
    "sessions",
    "turns",
    "tool_calls",
    "memories",
    "events",
)

WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"


def purpose(*names: str) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(select current_setting('orion.purpose', true) in ({listed}))"


OWN_OR_ADMIN = f"workspace_id = {WORKSPACE} and (user_id = {USER} or {ADMIN})"

POLICIES = {
    "workspaces": {"member": f"id = {WORKSPACE}", "system": purpose("log-in")},
    "users": {
        "member": f"workspace_id = {WORKSPACE} and (id = {USER} or {ADMIN})",
        "system": purpose("log-in"),
    },
    "refresh_tokens": {"system": purpose("log-in")},
    "sign_in_tokens": {"system": purpose("log-in")},
    "sessions": {"member": OWN_OR_ADMIN, "system": purpose("recorder", "sweeper")},
    "turns": {"member": OWN_OR_ADMIN, "system": purpose("recorder", "sweeper")},
    "tool_calls": {"member": OWN_OR_ADMIN, "system": purpose("recorder", "sweeper")},
    "memories": {"member": f"workspace_id = {WORKSPACE} and user_id = {USER}"},
    "events": {"member": OWN_OR_ADMIN, "system": purpose("recorder", "sweeper")},
}


def upgrade() -> None:
    op.execute(
        """
        do $$ begin
            if not exists (select from pg_roles where rolname = 'orion_app') then
                create role orion_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$
        """
    )
    op.execute("do $$ begin execute format('grant orion_app to %I', current_user); end $$")
    op.execute("grant usage on schema orion to orion_app")
    for statement in TABLES:
        op.execute(statement)
    for name in NAMES:
        op.execute(f"grant select, insert, update, delete on orion.{name} to orion_app")
        op.execute(f"alter table orion.{name} enable row level security")
        op.execute(f"alter table orion.{name} force row level security")
        for policy, condition in POLICIES[name].items():
            op.execute(
                f"create policy {policy} on orion.{name} to orion_app "
                f"using ({condition}) with check ({condition})"
            )


def downgrade() -> None:
    for name in reversed(NAMES):
        op.execute(f"drop table orion.{name}")
