"""An audit of admins; sign-in links for one account; accounts without a password; keys held by long writes.

A row of `audit` names people and sessions by their ids alone and outlives both, as a receipt of an
erasure does. Nobody changes or removes one: `orion_app` may only read and add.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

TABLE = """
    CREATE TABLE orion.audit (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        admin_id UUID NOT NULL,
        owner_id UUID NOT NULL,
        session_id UUID NOT NULL,
        action TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_audit PRIMARY KEY (id),
        CONSTRAINT fk_audit_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """
WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"
OF_ADMIN = f"workspace_id = {WORKSPACE} and {ADMIN}"


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_audit_workspace_id_id ON orion.audit (workspace_id, id)")
    op.execute("grant select, insert on orion.audit to orion_app")
    op.execute("alter table orion.audit enable row level security")
    op.execute("alter table orion.audit force row level security")
    op.execute(f"create policy reads on orion.audit for select to orion_app using ({OF_ADMIN})")
    op.execute(
        f"create policy adds on orion.audit for insert to orion_app with check ({OF_ADMIN} and admin_id = {USER})"
    )
    op.execute(
        """
        alter table orion.sign_in_tokens add column user_id uuid
            constraint fk_sign_in_tokens_user_id references orion.users (id) on delete cascade
        """
    )
    op.execute("create index ix_sign_in_tokens_user_id on orion.sign_in_tokens (user_id)")
    op.execute(
        "alter table orion.idempotency_keys add column held_by uuid, add column held_until timestamptz"
    )
    # The account of the printed link had the hash of a password that nobody knew. Row-level security
    # binds the owner of the table, too, so this is done as the role that may.
    op.execute("set local role orion_app")
    op.execute("select set_config('orion.purpose', 'log-in', true)")
    op.execute("update orion.users set password_hash = '' where email = 'admin@localhost' and name = 'Admin'")
    op.execute("select set_config('orion.purpose', '', true)")
    op.execute("reset role")


def downgrade() -> None:
    op.execute("alter table orion.idempotency_keys drop column held_by, drop column held_until")
    op.execute("alter table orion.sign_in_tokens drop column user_id")
    op.execute("drop table orion.audit")
