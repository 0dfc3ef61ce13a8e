"""The columns that many tables have, and what all tables belong to."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, MetaData, text
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


def id_() -> Column[object]:
    """The primary key."""
    return Column("id", UUID(as_uuid=True), primary_key=True)


def reference(name: str, table: str, *, nullable: bool = False, ondelete: str = "CASCADE") -> Column[object]:
    """A reference to the id of another table."""
    key = ForeignKey(f"{SCHEMA}.{table}.id", ondelete=ondelete)
    return Column(name, UUID(as_uuid=True), key, nullable=nullable)


def deferred(table: str) -> ForeignKey:
    """A reference that is checked at commit."""
    return ForeignKey(f"{SCHEMA}.{table}.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")


def time(name: str, *, nullable: bool = False) -> Column[object]:
    """A moment, in UTC."""
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def json(name: str) -> Column[object]:
    """A JSON object, empty by default."""
    return Column(name, JSONB, nullable=False, server_default=text("'{}'"))
