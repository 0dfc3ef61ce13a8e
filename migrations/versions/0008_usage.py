"""What engines consumed, by turn, and what a workspace spent, by day; its budget for a month.

`usage` is personal and goes with its session. `spending` has no person in it and stays: a budget is not
refilled by deleting what was paid for.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = (
    """
    CREATE TABLE orion.usage (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        session_id UUID NOT NULL,
        turn_id UUID,
        kind TEXT NOT NULL,
        provider TEXT NOT NULL,
        model TEXT NOT NULL,
        input_tokens BIGINT NOT NULL,
        cached_tokens BIGINT NOT NULL,
        cache_write_tokens BIGINT NOT NULL,
        output_tokens BIGINT NOT NULL,
        reasoning_tokens BIGINT NOT NULL,
        characters BIGINT NOT NULL,
        audio_secs FLOAT NOT NULL,
        estimated BOOLEAN NOT NULL,
        cost_micros BIGINT,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_usage PRIMARY KEY (id),
        CONSTRAINT fk_usage_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_usage_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT fk_usage_session_id FOREIGN KEY(session_id) REFERENCES orion.sessions (id) ON DELETE CASCADE,
        CONSTRAINT fk_usage_turn_id FOREIGN KEY(turn_id) REFERENCES orion.turns (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_usage_session_id ON orion.usage (session_id)
    """,
    """
    CREATE INDEX ix_usage_turn_id ON orion.usage (turn_id)
    """,
    """
    CREATE TABLE orion.spending (
        workspace_id UUID NOT NULL,
        day DATE NOT NULL,
        agent TEXT NOT NULL,
        kind TEXT NOT NULL,
        provider TEXT NOT NULL,
        model TEXT NOT NULL,
        input_tokens BIGINT NOT NULL,
        cached_tokens BIGINT NOT NULL,
        cache_write_tokens BIGINT NOT NULL,
        output_tokens BIGINT NOT NULL,
        reasoning_tokens BIGINT NOT NULL,
        characters BIGINT NOT NULL,
        audio_secs FLOAT NOT NULL,
        cost_micros BIGINT NOT NULL,
        complete BOOLEAN NOT NULL,
        CONSTRAINT pk_spending PRIMARY KEY (workspace_id, day, agent, kind, provider, model),
        CONSTRAINT fk_spending_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """,
    "ALTER TABLE orion.workspaces ADD COLUMN budget_micros BIGINT",
)

WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"


def purpose(*names: str) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(select current_setting('orion.purpose', true) in ({listed}))"


POLICIES = (
    ("usage", "member", "all", f"workspace_id = {WORKSPACE} and (user_id = {USER} or {ADMIN})"),
    ("usage", "system", "all", purpose("recorder", "sweeper")),
    ("spending", "admin", "select", f"workspace_id = {WORKSPACE} and {ADMIN}"),
    ("spending", "system", "all", purpose("recorder")),
    ("spending", "budget", "select", purpose("budget")),
    ("workspaces", "budget", "select", purpose("budget")),
    ("workspaces", "member", "select", f"id = {WORKSPACE}"),
    ("workspaces", "admin", "update", f"id = {WORKSPACE} and {ADMIN}"),
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for name in ("usage", "spending"):
        op.execute(f"grant select, insert, update, delete on orion.{name} to orion_app")
        op.execute(f"alter table orion.{name} enable row level security")
        op.execute(f"alter table orion.{name} force row level security")
    op.execute("drop policy member on orion.workspaces")  # it let every member set the budget
    for table, policy, command, condition in POLICIES:
        check = "" if command == "select" else f" with check ({condition})"
        op.execute(
            f"create policy {policy} on orion.{table} for {command} to orion_app using ({condition}){check}"
        )


def downgrade() -> None:
    for policy in ("budget", "admin", "member"):
        op.execute(f"drop policy {policy} on orion.workspaces")
    op.execute(
        "create policy member on orion.workspaces to orion_app "
        f"using (id = {WORKSPACE}) with check (id = {WORKSPACE})"
    )
    op.execute("alter table orion.workspaces drop column budget_micros")
    for name in ("spending", "usage"):
        op.execute(f"drop table orion.{name}")
