"""Memories by meaning, and receipts of erased accounts.

Embeddings are plain arrays, so that the schema is the same everywhere; where pgvector is at hand (and
the login role may install it) the search compares them by it.
"""

from alembic import op

revision = "0005"
down_revision = "0001"

TABLES = (
    """
    CREATE TABLE orion.memory_vectors (
        memory_id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        model TEXT NOT NULL,
        embedding REAL[] NOT NULL,
        CONSTRAINT pk_memory_vectors PRIMARY KEY (memory_id),
        CONSTRAINT fk_memory_vectors_memory_id FOREIGN KEY(memory_id) REFERENCES orion.memories (id) ON DELETE CASCADE,
        CONSTRAINT fk_memory_vectors_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_memory_vectors_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_memory_vectors_user_id_model ON orion.memory_vectors (user_id, model)
    """,
    """
    CREATE TABLE orion.erasures (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        erased_user_id UUID NOT NULL,
        erased_by UUID NOT NULL,
        rows JSONB DEFAULT '{}' NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_erasures PRIMARY KEY (id),
        CONSTRAINT fk_erasures_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_erasures_workspace_id_id ON orion.erasures (workspace_id, id)
    """,
)

WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"
ERASURE = "(select current_setting('orion.purpose', true) = 'erasure')"

POLICIES = {
    "memory_vectors": {"member": f"workspace_id = {WORKSPACE} and user_id = {USER}"},
    "erasures": {"admin": f"workspace_id = {WORKSPACE} and {ADMIN}", "system": ERASURE},
}


def upgrade() -> None:
    op.execute(
        """
        do $$ begin
            if exists (select from pg_available_extensions where name = 'vector') then
                create extension if not exists vector with schema public;
            end if;
        exception when insufficient_privilege then null;
        end $$
        """
    )
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
    for name in POLICIES:
        op.execute(f"drop table orion.{name}")
