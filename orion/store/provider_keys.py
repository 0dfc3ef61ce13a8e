"""Keys of providers that admins have entered: a workspace's calls read them, its admins write them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.provider_key import ProviderKey
from orion.errors import NotFound
from orion.store.tables import provider_keys


class ProviderKeys:
    """Rows of `provider_keys`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> tuple[ProviderKey, ...]:
        """All that the principal sees, by provider."""
        order = (provider_keys.c.provider, provider_keys.c.workspace_id)
        rows = await self._connection.execute(select(provider_keys).order_by(*order))
        return tuple(map(_provider_key, rows))

    async def put(self, key: ProviderKey) -> None:
        """Keep it, in place of what there is of the provider."""
        changed = {"key": key.sealed_key, "base_url": key.base_url, "updated_at": key.updated_at}
        named = {"workspace_id": key.workspace_id, "provider": key.provider}
        statement = upsert(provider_keys).values({**named, **changed})
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=list(named), set_=changed)
        )

    async def delete(self, provider: str) -> None:
        """Forget the provider's. Raises NotFound where there is none."""
        gone = await self._connection.execute(
            delete(provider_keys).where(provider_keys.c.provider == provider)
        )
        if gone.rowcount == 0:
            raise NotFound(f"the workspace has no key of {provider}")


def _provider_key(row: Row[Any]) -> ProviderKey:
    return ProviderKey(row.workspace_id, row.provider, row.key, row.base_url, row.updated_at)
