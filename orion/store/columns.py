"""The schema's metadata, and how columns of a kind are declared."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, ForeignKey, MetaData, Text, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

SCHEMA = "orion"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)


def own_id() -> Column[object]:
    """A row's own id: a UUIDv7 made in Python."""
    return Column("id", UUID(as_uuid=True), primary_key=True)


def reference(
    name: str, table: str, *, nullable: bool = False, ondelete: str = "CASCADE", primary_key: bool = False
) -> Column[object]:
    """A reference to a row that takes this one with it when it goes, unless `ondelete` says otherwise."""
    key = ForeignKey(f"{SCHEMA}.{table}.id", ondelete=ondelete)
    return Column(name, UUID(as_uuid=True), key, nullable=nullable, primary_key=primary_key)


def deferred(table: str) -> ForeignKey:
    """A reference that is checked at commit."""
    return ForeignKey(f"{SCHEMA}.{table}.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")


def moment(name: str, *, nullable: bool = False) -> Column[object]:
    """A moment, in UTC."""
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def json_object(name: str) -> Column[object]:
    """A JSON value; an empty object where none is given."""
    return Column(name, JSONB, nullable=False, server_default=text("'{}'"))


def constant(word: str) -> ColumnElement[str]:
    """A word of ours as part of the statement's text, for conditions that partial indexes have, too.

    A bound value would not do: from a statement's sixth use on, PostgreSQL may plan it for any value. Such
    a plan uses no partial index, and `ON CONFLICT` on one fails.
    """
    assert word.replace("_", "").isalnum()
    return literal_column(f"'{word}'", Text)
