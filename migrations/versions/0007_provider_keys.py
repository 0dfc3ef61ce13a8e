"""Keys of providers, entered by admins: every member's calls read them, admins write them."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLE = """
    CREATE TABLE orion.provider_keys (
        workspace_id UUID NOT NULL,
        provider TEXT NOT NULL,
        key TEXT,
        base_url TEXT,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_provider_keys PRIMARY KEY (workspace_id, provider),
        CONSTRAINT fk_provider_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """

MEMBER = "workspace_id = (select nullif(current_setting('orion.workspace', true), '')::uuid)"
ADMIN = f"{MEMBER} and (select current_setting('orion.role', true) = 'admin')"


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("grant select, insert, update, delete on orion.provider_keys to orion_app")
    op.execute("alter table orion.provider_keys enable row level security")
    op.execute("alter table orion.provider_keys force row level security")
    op.execute(f"create policy member on orion.provider_keys for select to orion_app using ({MEMBER})")
    op.execute(
        f"create policy admin on orion.provider_keys to orion_app using ({ADMIN}) with check ({ADMIN})"
    )


def downgrade() -> None:
    op.execute("drop table orion.provider_keys")
