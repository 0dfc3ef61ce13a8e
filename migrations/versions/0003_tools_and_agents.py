"""Tools and agents as data: every member of a workspace reads them, its admins write them."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = (
    """
    CREATE TABLE orion.tools (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        kind TEXT NOT NULL,
        config JSONB DEFAULT '{}' NOT NULL,
        headers JSONB DEFAULT '{}' NOT NULL,
        parameters JSONB DEFAULT '{}' NOT NULL,
        examples JSONB DEFAULT '[]' NOT NULL,
        offered JSONB DEFAULT '[]' NOT NULL,
        say TEXT DEFAULT '' NOT NULL,
        risk TEXT NOT NULL,
        timeout_secs FLOAT NOT NULL,
        enabled BOOLEAN NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_tools PRIMARY KEY (id),
        CONSTRAINT fk_tools_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX ix_tools_workspace_id_name ON orion.tools (workspace_id, name)
    """,
    """
    CREATE TABLE orion.agents (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        body JSONB DEFAULT '{}' NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_agents PRIMARY KEY (id),
        CONSTRAINT fk_agents_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX ix_agents_workspace_id_name ON orion.agents (workspace_id, name)
    """,
)

NAMES = ("tools", "agents")

MEMBER = "workspace_id = (select nullif(current_setting('orion.workspace', true), '')::uuid)"
ADMIN = f"{MEMBER} and (select current_setting('orion.role', true) = 'admin')"
RECOGNISER = "(select current_setting('orion.purpose', true) = 'recogniser')"


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for name in NAMES:
        op.execute(f"grant select, insert, update, delete on orion.{name} to orion_app")
        op.execute(f"alter table orion.{name} enable row level security")
        op.execute(f"alter table orion.{name} force row level security")
        op.execute(f"create policy member on orion.{name} for select to orion_app using ({MEMBER})")
        op.execute(f"create policy admin on orion.{name} to orion_app using ({ADMIN}) with check ({ADMIN})")
    # The recogniser of a process is told what people may say to any tool of the server.
    op.execute(f"create policy system on orion.tools for select to orion_app using ({RECOGNISER})")


def downgrade() -> None:
    for name in reversed(NAMES):
        op.execute(f"drop table orion.{name}")
