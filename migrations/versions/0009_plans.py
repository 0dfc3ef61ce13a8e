"""Plans and their steps, which are the ledger of what their tools have done, and the nodes that run them.

A node is a process: its rows name no workspace, and only the system sees them. DBOS makes its tables in a
schema of its own, as a role of its own that sees nothing else.
"""

from alembic import op

revision = "0009"
down_revision = "0006"

TABLES = (
    """
    CREATE TABLE orion.plans (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        agent TEXT NOT NULL,
        goal TEXT NOT NULL,
        status TEXT NOT NULL,
        error TEXT,
        node_id UUID,
        node_epoch INTEGER,
        fence INTEGER DEFAULT 0 NOT NULL,
        revision INTEGER DEFAULT 0 NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_plans PRIMARY KEY (id),
        CONSTRAINT fk_plans_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_plans_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_plans_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_plans_session_id_id ON orion.plans (session_id, id)
    """,
    """
    CREATE INDEX ix_plans_begun ON orion.plans (id) WHERE status in ('running', 'waiting_approval')
    """,
    """
    CREATE TABLE orion.plan_steps (
        plan_id UUID NOT NULL,
        index INTEGER NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        tool TEXT NOT NULL,
        arguments JSONB DEFAULT '{}' NOT NULL,
        description TEXT NOT NULL,
        after INTEGER[] NOT NULL,
        status TEXT NOT NULL,
        attempts INTEGER DEFAULT 0 NOT NULL,
        fence INTEGER DEFAULT 0 NOT NULL,
        resolved JSONB,
        result JSONB,
        error TEXT,
        fingerprint TEXT,
        expires_at TIMESTAMP WITH TIME ZONE,
        approved BOOLEAN,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        started_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_plan_steps PRIMARY KEY (plan_id, index),
        CONSTRAINT fk_plan_steps_plan_id FOREIGN KEY(plan_id) REFERENCES orion.plans (id) ON DELETE CASCADE,
        CONSTRAINT fk_plan_steps_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_plan_steps_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_plan_steps_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_plan_steps_session_id ON orion.plan_steps (session_id)
    """,
    """
    CREATE TABLE orion.nodes (
        id UUID NOT NULL,
        epoch INTEGER NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        lease_until TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_nodes PRIMARY KEY (id)
    )
    """,
)

WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"
PLANS = "(select current_setting('orion.purpose', true) = 'plans')"
OWN_OR_ADMIN = f"workspace_id = {WORKSPACE} and (user_id = {USER} or {ADMIN})"

POLICIES = {
    "plans": {"member": OWN_OR_ADMIN, "system": PLANS},
    "plan_steps": {"member": OWN_OR_ADMIN, "system": PLANS},
    "nodes": {"system": PLANS},
}
READ = ("sessions", "webhooks")
"""What is read to tell of a plan: whose session it is, and who listens."""
WRITTEN = ("events", "webhook_deliveries")


def upgrade() -> None:
    op.execute(
        """
        do $$ begin
            if not exists (select from pg_roles where rolname = 'orion_dbos') then
                create role orion_dbos nologin nosuperuser nobypassrls nocreatedb nocreaterole;
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$
        """
    )
    op.execute("do $$ begin execute format('grant orion_dbos to %I', current_user); end $$")
    op.execute("create schema if not exists dbos authorization orion_dbos")
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
    for name in READ:
        op.execute(f"create policy plans on orion.{name} for select to orion_app using ({PLANS})")
    for name in WRITTEN:
        op.execute(f"create policy plans on orion.{name} to orion_app using ({PLANS}) with check ({PLANS})")


def downgrade() -> None:
    for name in (*READ, *WRITTEN):
        op.execute(f"drop policy plans on orion.{name}")
    op.execute("drop schema dbos cascade")
    for name in ("plan_steps", "plans", "nodes"):
        op.execute(f"drop table orion.{name}")
