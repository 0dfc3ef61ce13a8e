"""The tool calls that wait for the user's yes: a restart forgets none, and any way in may answer.

And what a plan may take: a plan of before has the budget that all had.

Users read theirs; what changes them is the server alone, which keeps who answered, how, and when.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLE = """
    CREATE TABLE orion.approvals (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        call_id TEXT NOT NULL,
        agent TEXT NOT NULL,
        tool TEXT NOT NULL,
        arguments JSON NOT NULL,
        digest TEXT NOT NULL,
        question TEXT NOT NULL,
        state TEXT NOT NULL,
        answered_by TEXT,
        decided_by UUID,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_approvals PRIMARY KEY (id),
        CONSTRAINT fk_approvals_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_approvals_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_approvals_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE
    )
    """
INDEXES = (
    "CREATE INDEX ix_approvals_session_id_id ON orion.approvals (session_id, id)",
    "CREATE UNIQUE INDEX uq_approvals_waiting ON orion.approvals (session_id, call_id) WHERE state = 'waiting'",
    """
    CREATE INDEX ix_approvals_open ON orion.approvals (expires_at)
    WHERE state = 'waiting' or (state = 'approved' and ended_at is null)
    """,
)
WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"
APPROVALS = "(select current_setting('orion.purpose', true) = 'approvals')"
OWN_OR_ADMIN = f"workspace_id = {WORKSPACE} and (user_id = {USER} or {ADMIN})"

READ = ("sessions", "webhooks")
"""What is read to tell of an answer: whose session it is, and who listens."""
WRITTEN = ("events", "webhook_deliveries")


def upgrade() -> None:
    op.execute("alter table orion.plans add column budget jsonb not null default '{}'")
    op.execute("alter table orion.plans add column tokens integer not null default 0")
    op.execute(TABLE)
    for statement in INDEXES:
        op.execute(statement)
    op.execute("grant select, insert, update, delete on orion.approvals to orion_app")
    op.execute("alter table orion.approvals enable row level security")
    op.execute("alter table orion.approvals force row level security")
    op.execute(f"create policy member on orion.approvals for select to orion_app using ({OWN_OR_ADMIN})")
    op.execute(
        f"create policy system on orion.approvals to orion_app using ({APPROVALS}) with check ({APPROVALS})"
    )
    for name in READ:
        op.execute(f"create policy approvals on orion.{name} for select to orion_app using ({APPROVALS})")
    for name in WRITTEN:
        op.execute(
            f"create policy approvals on orion.{name} to orion_app "
            f"using ({APPROVALS}) with check ({APPROVALS})"
        )


def downgrade() -> None:
    for name in (*READ, *WRITTEN):
        op.execute(f"drop policy approvals on orion.{name}")
    op.execute("drop table orion.approvals")
    op.execute("alter table orion.plans drop column budget, drop column tokens")
