"""Room tokens that were spent; webhooks, and the outbox of what is delivered to them."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = (
    """
    CREATE TABLE orion.room_tokens (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        spent_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_room_tokens PRIMARY KEY (id),
        CONSTRAINT fk_room_tokens_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_room_tokens_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_room_tokens_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_room_tokens_session_id ON orion.room_tokens (session_id)
    """,
    """
    CREATE TABLE orion.webhooks (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        url TEXT NOT NULL,
        events TEXT[] NOT NULL,
        secret TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        disabled_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_webhooks PRIMARY KEY (id),
        CONSTRAINT fk_webhooks_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_webhooks_workspace_id_id ON orion.webhooks (workspace_id, id)
    """,
    """
    CREATE TABLE orion.webhook_deliveries (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        webhook_id UUID NOT NULL,
        session_id UUID,
        event_id UUID NOT NULL,
        name TEXT NOT NULL,
        body JSONB DEFAULT '{}' NOT NULL,
        status TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        response_status INTEGER,
        error TEXT,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        next_attempt_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
        CONSTRAINT fk_webhook_deliveries_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_webhook_deliveries_webhook_id FOREIGN KEY(webhook_id) REFERENCES orion.webhooks (id) ON DELETE CASCADE,
        CONSTRAINT fk_webhook_deliveries_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE,
        CONSTRAINT uq_webhook_deliveries_webhook_id_event_id UNIQUE (webhook_id, event_id)
    )
    """,
    """
    CREATE INDEX ix_webhook_deliveries_webhook_id_id ON orion.webhook_deliveries (webhook_id, id)
    """,
    """
    CREATE INDEX ix_webhook_deliveries_session_id ON orion.webhook_deliveries (session_id)
    """,
    """
    CREATE INDEX ix_webhook_deliveries_due ON orion.webhook_deliveries (next_attempt_at, id) WHERE status = 'pending'
    """,
)

WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"


def purpose(*names: str) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(select current_setting('orion.purpose', true) in ({listed}))"


OF_ADMINS = f"workspace_id = {WORKSPACE} and {ADMIN}"

POLICIES = {
    "room_tokens": {"member": f"workspace_id = {WORKSPACE} and (user_id = {USER} or {ADMIN})"},
    "webhooks": {"member": OF_ADMINS, "system": purpose("recorder", "webhooks")},
    "webhook_deliveries": {"member": OF_ADMINS, "system": purpose("recorder", "webhooks")},
}


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for name, policies in POLICIES.items():
        op.execute(f"grant select, insert, update, delete on orion.{name} to orion_app")
        op.execute(f"alter table orion.{name} enable row level security")
        op.execute(f"alter table orion.{name} force row level security")
        for policy, condition in policies.items():
            op.execute(
                f"create policy {policy} on orion.{name} to orion_app "
                f"using ({condition}) with check ({condition})"
            )


def downgrade() -> None:
    for name in reversed(POLICIES):
        op.execute(f"drop table orion.{name}")
