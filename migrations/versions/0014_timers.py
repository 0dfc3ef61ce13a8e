"""Timers: a user sees the own ones alone, as memories; the server rings them for everybody.

To ring, it reads whose session a timer was set in and who listens, and writes the event.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

TABLE = """
    CREATE TABLE orion.timers (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID,
        agent TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        secs FLOAT,
        zone TEXT,
        guest BOOLEAN NOT NULL,
        state TEXT NOT NULL,
        held_until TIMESTAMP WITH TIME ZONE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_timers PRIMARY KEY (id),
        CONSTRAINT fk_timers_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_timers_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_timers_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE SET NULL
    )
    """
INDEXES = (
    "CREATE INDEX ix_timers_due ON orion.timers (due_at) WHERE state = 'set'",
    "CREATE INDEX ix_timers_missed ON orion.timers (user_id) WHERE state = 'missed'",
    "CREATE INDEX ix_timers_ended ON orion.timers (ended_at) WHERE state in ('rung', 'missed', 'cancelled')",
    "CREATE INDEX ix_timers_user_id_due_at ON orion.timers (user_id, due_at)",
    "CREATE INDEX ix_timers_session_id ON orion.timers (session_id)",
)
WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
TIMERS = "(select current_setting('orion.purpose', true) = 'timers')"
OWN = f"workspace_id = {WORKSPACE} and user_id = {USER}"

READ = ("sessions", "webhooks")
WRITTEN = ("events", "webhook_deliveries")


def upgrade() -> None:
    op.execute(TABLE)
    for statement in INDEXES:
        op.execute(statement)
    op.execute("grant select, insert, update, delete on orion.timers to orion_app")
    op.execute("alter table orion.timers enable row level security")
    op.execute("alter table orion.timers force row level security")
    for policy, condition in {"member": OWN, "system": TIMERS}.items():
        op.execute(
            f"create policy {policy} on orion.timers to orion_app using ({condition}) with check ({condition})"
        )
    for name in READ:
        op.execute(f"create policy timers on orion.{name} for select to orion_app using ({TIMERS})")
    for name in WRITTEN:
        op.execute(
            f"create policy timers on orion.{name} to orion_app using ({TIMERS}) with check ({TIMERS})"
        )
    # To put an event into the outbox it locks its webhook, see 0012: it may change nothing.
    op.execute(
        f"create policy timers_hold on orion.webhooks for update to orion_app using ({TIMERS}) with check (false)"
    )


def downgrade() -> None:
    op.execute("drop policy timers_hold on orion.webhooks")
    for name in (*READ, *WRITTEN):
        op.execute(f"drop policy timers on orion.{name}")
    op.execute("drop table orion.timers")
