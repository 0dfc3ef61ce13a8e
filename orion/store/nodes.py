"""The nodes, each with a lease that it renews while it lives. A node without a row is dead."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.node import Node

_SWEEP_LOCK = 0x0410_0115
_LEASE = "clock_timestamp() + make_interval(secs => :lease_secs)"
_JOIN = text(
    f"""
    insert into orion.nodes (id, epoch, started_at, lease_until) values (:id, :epoch, now(), {_LEASE})
    on conflict (id) do update set epoch = excluded.epoch, lease_until = excluded.lease_until
    """  # noqa: S608 - the text is ours
)
_RENEW = text(
    f"update orion.nodes set lease_until = {_LEASE} where id = :id and epoch = :epoch"  # noqa: S608
)
_LEAVE = text("delete from orion.nodes where id = :id")
_EXPIRE = text(
    """
    delete from orion.nodes
    where greatest(lease_until, pg_postmaster_start_time() + make_interval(secs => :lease_secs))
        < clock_timestamp()
    returning id
    """
)
"""While the database was away nobody could renew: leases count from its start at the earliest."""


class Nodes:
    """Rows of `nodes`; all times are the database's."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def join(self, node: Node, lease_secs: float) -> None:
        """Let the node be alive for a while."""
        values = {"id": node.id, "epoch": node.epoch, "lease_secs": lease_secs}
        await self._connection.execute(_JOIN, values)

    async def renew(self, node: Node, lease_secs: float) -> bool:
        """Let the node live on for a while; False where it was taken for dead meanwhile."""
        values = {"id": node.id, "epoch": node.epoch, "lease_secs": lease_secs}
        return (await self._connection.execute(_RENEW, values)).rowcount == 1

    async def leave(self, node_id: UUID) -> None:
        """The node ends; what it ran is anybody's at once."""
        await self._connection.execute(_LEAVE, {"id": node_id})

    async def sweeps(self) -> bool:
        """Whether this transaction is the only one that sweeps now."""
        lock = select(text("pg_try_advisory_xact_lock(:key)")).params(key=_SWEEP_LOCK)
        return bool((await self._connection.execute(lock)).scalar_one())

    async def expire(self, lease_secs: float) -> list[UUID]:
        """Take the nodes for dead whose lease is over; which they are."""
        return list((await self._connection.execute(_EXPIRE, {"lease_secs": lease_secs})).scalars())
