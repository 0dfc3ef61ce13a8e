"""Turns that hold what others than the user wrote: the next conversation knows it, too."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("alter table orion.turns add column untrusted boolean not null default false")


def downgrade() -> None:
    op.execute("alter table orion.turns drop column untrusted")
