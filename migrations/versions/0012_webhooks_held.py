"""Whoever puts an event into the outbox may hold its webhook meanwhile: a deletion waits, and no event is lost.

A row is locked (`FOR KEY SHARE`) by whom a policy lets update it. These purposes only read webhooks, so the
check lets no row through: they can lock, and change nothing.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

HOLDERS = "(select current_setting('orion.purpose', true) in ('plans', 'approvals'))"


def upgrade() -> None:
    op.execute(
        f"create policy held on orion.webhooks for update to orion_app using ({HOLDERS}) with check (false)"
    )


def downgrade() -> None:
    op.execute("drop policy held on orion.webhooks")
