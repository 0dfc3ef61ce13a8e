"""Budgets of requests, and the answers kept for writes that carry an Idempotency-Key.

Budgets are worth nothing after a crash, so their table is not logged. An answer is kept for its user
alone; its references are checked at commit, so that a user can be deleted while a write of his runs.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = (
    """
    CREATE UNLOGGED TABLE orion.budgets (
        key BYTEA NOT NULL,
        tat TIMESTAMP WITH TIME ZONE NOT NULL,
        granted INTEGER NOT NULL,
        CONSTRAINT pk_budgets PRIMARY KEY (key)
    )
    """,
    """
    CREATE TABLE orion.idempotency_keys (
        user_id UUID NOT NULL,
        key TEXT NOT NULL,
        workspace_id UUID NOT NULL,
        fingerprint BYTEA NOT NULL,
        status INTEGER,
        media_type TEXT,
        body BYTEA,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_id, key),
        CONSTRAINT fk_idempotency_keys_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT fk_idempotency_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE INDEX ix_idempotency_keys_created_at ON orion.idempotency_keys (created_at)
    """,
)

WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"


def purpose(name: str) -> str:
    return f"(select current_setting('orion.purpose', true) = '{name}')"


POLICIES = {
    "budgets": {"system": purpose("limits")},
    "idempotency_keys": {
        "member": f"workspace_id = {WORKSPACE} and user_id = {USER}",
        "system": purpose("limits"),
    },
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
