"""API keys, invitations, failed log-ins; transactions begin by `orion.act_as`, which asks whether who acts still may.

The function runs as its invoker: it sets who acts, as a plain user, and then reads that user's own
rows under the same policies as everybody. The server's own work, which has a purpose, is not asked.
Changes of credentials are told on the channel `orion_credentials`, whoever makes them.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    """
    CREATE TABLE orion.api_keys (
        id UUID NOT NULL,
        workspace_id UUID NOT NULL,
        user_id UUID NOT NULL,
        public_id TEXT NOT NULL,
        secret_hash BYTEA NOT NULL,
        name TEXT NOT NULL,
        scopes TEXT[] NOT NULL,
        agents TEXT[],
        origins TEXT[],
        max_sessions INTEGER,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE,
        last_used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_api_keys PRIMARY KEY (id),
        CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE,
        CONSTRAINT fk_api_keys_user_id FOREIGN KEY(user_id) REFERENCES orion.users (id) ON DELETE CASCADE,
        CONSTRAINT uq_api_keys_public_id UNIQUE (public_id)
    )
    """,
    """
    CREATE INDEX ix_api_keys_user_id_id ON orion.api_keys (user_id, id)
    """,
    """
    CREATE INDEX ix_api_keys_workspace_id_id ON orion.api_keys (workspace_id, id)
    """,
    """
    ALTER TABLE orion.sessions ADD COLUMN api_key_id UUID
        CONSTRAINT fk_sessions_api_key_id REFERENCES orion.api_keys (id) ON DELETE SET NULL
    """,
    """
    CREATE INDEX ix_sessions_api_key_id ON orion.sessions (api_key_id) WHERE api_key_id IS NOT NULL
    """,
    """
    CREATE TABLE orion.invitations (
        token_hash BYTEA NOT NULL,
        workspace_id UUID NOT NULL,
        email TEXT,
        role TEXT NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_invitations PRIMARY KEY (token_hash),
        CONSTRAINT fk_invitations_workspace_id FOREIGN KEY(workspace_id) REFERENCES orion.workspaces (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_invitations_workspace_id ON orion.invitations (workspace_id)
    """,
    """
    CREATE TABLE orion.log_in_failures (
        email_hash BYTEA NOT NULL,
        failures INTEGER NOT NULL,
        last_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_log_in_failures PRIMARY KEY (email_hash)
    )
    """,
    """
    CREATE INDEX ix_log_in_failures_last_at ON orion.log_in_failures (last_at)
    """,
)

NAMES = ("api_keys", "invitations", "log_in_failures")

WORKSPACE = "(select nullif(current_setting('orion.workspace', true), '')::uuid)"
USER = "(select nullif(current_setting('orion.user', true), '')::uuid)"
ADMIN = "(select current_setting('orion.role', true) = 'admin')"


def purpose(*names: str) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(select current_setting('orion.purpose', true) in ({listed}))"


POLICIES = {
    "api_keys": {
        "member": f"workspace_id = {WORKSPACE} and (user_id = {USER} or {ADMIN})",
        "system": purpose("log-in", "recorder"),
    },
    "invitations": {"admin": f"workspace_id = {WORKSPACE} and {ADMIN}", "system": purpose("log-in")},
    "log_in_failures": {"system": purpose("log-in")},
}

ACT_AS = """
create function orion.act_as(
    workspace_id text, user_id text, asked_role text, purpose text, key_id text, sign_in_id text, claimed boolean
) returns text language plpgsql volatile security invoker as $$
declare
    actual text;
begin
    perform set_config('orion.workspace', act_as.workspace_id, true),
            set_config('orion.user', act_as.user_id, true),
            set_config('orion.role', 'user', true),
            set_config('orion.purpose', act_as.purpose, true);
    if act_as.user_id = '' or act_as.purpose <> '' then
        perform set_config('orion.role', act_as.asked_role, true);
        return act_as.asked_role;
    end if;
    select u.role into actual from orion.users u
    where u.id = act_as.user_id::uuid
      and not u.disabled
      and (act_as.key_id = '' or exists (
          select from orion.api_keys k
          where k.id = act_as.key_id::uuid and k.user_id = u.id and (k.expires_at is null or k.expires_at > now())))
      and (act_as.sign_in_id = '' or exists (
          select from orion.refresh_tokens t
          where t.family_id = act_as.sign_in_id::uuid and t.user_id = u.id and t.expires_at > now()));
    if actual is null then
        perform set_config('orion.workspace', '', true), set_config('orion.user', '', true),
                set_config('orion.purpose', '', true);
        return null;
    end if;
    if not act_as.claimed and act_as.asked_role <> 'admin' then
        actual := 'user';
    end if;
    perform set_config('orion.role', actual, true);
    return actual;
end
$$
"""

TELL = """
create function orion.tell_credentials() returns trigger language plpgsql as $$
begin
    perform pg_notify('orion_credentials', to_jsonb(old) ->> tg_argv[0]);
    return null;
end
$$
"""

TRIGGERS = {
    "users": "after update of role, disabled, workspace_id or delete on orion.users for each row "
    "execute function orion.tell_credentials('id')",
    "api_keys": "after update of expires_at, user_id or delete on orion.api_keys for each row "
    "execute function orion.tell_credentials('user_id')",
    "refresh_tokens": "after delete on orion.refresh_tokens for each row "
    "execute function orion.tell_credentials('user_id')",
}


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for name in NAMES:
        op.execute(f"grant select, insert, update, delete on orion.{name} to orion_app")
        op.execute(f"alter table orion.{name} enable row level security")
        op.execute(f"alter table orion.{name} force row level security")
        for policy, condition in POLICIES[name].items():
            op.execute(
                f"create policy {policy} on orion.{name} to orion_app "
                f"using ({condition}) with check ({condition})"
            )
    op.execute(
        f"create policy member on orion.refresh_tokens for select to orion_app using (user_id = {USER})"
    )
    op.execute(ACT_AS)
    op.execute(TELL)
    for table, trigger in TRIGGERS.items():
        op.execute(f"create trigger tell_{table} {trigger}")


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(f"drop trigger tell_{table} on orion.{table}")
    op.execute("drop function orion.tell_credentials")
    op.execute("drop function orion.act_as")
    op.execute("drop policy member on orion.refresh_tokens")
    op.execute("alter table orion.sessions drop column api_key_id")
    for name in reversed(NAMES):
        op.execute(f"drop table orion.{name}")
