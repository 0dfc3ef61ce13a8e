"""Alembic's environment: the connection comes from orion.store.schema."""

from alembic import context
from sqlalchemy import text

from orion.store.tables import SCHEMA, metadata

connection = context.config.attributes["connection"]
connection.execute(text(f"create schema if not exists {SCHEMA}"))
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
