"""Refresh and sign-in tokens: only their SHA-256 is stored, each is good once (RFC 9700, 4.14.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.store.tables import refresh_tokens, sign_in_tokens


@dataclass(frozen=True, slots=True)
class SpentRefresh:
    """Whose refresh token was spent, and the family that its successor belongs to."""

    user_id: UUID
    family_id: UUID


class Tokens:
    """Rows of `refresh_tokens` and `sign_in_tokens`; only the purpose `log-in` sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_refresh(
        self, user_id: UUID, family_id: UUID, token_hash: bytes, expires_at: datetime
    ) -> None:
        """A new token; expired ones of the user are cleared away."""
        expired = refresh_tokens.c.expires_at < func.now()
        await self._connection.execute(
            delete(refresh_tokens).where(refresh_tokens.c.user_id == user_id, expired)
        )
        values = {
            "token_hash": token_hash,
            "user_id": user_id,
            "family_id": family_id,
            "expires_at": expires_at,
        }
        await self._connection.execute(insert(refresh_tokens).values(values))

    async def spend_refresh(self, token_hash: bytes) -> SpentRefresh | None:
        """Spend a token, once. None if it is unknown or expired, or spent already: then its family goes.

        The removal of a family must be committed: end the transaction without an exception.
        """
        table = refresh_tokens
        spent = await self._connection.execute(
            update(table)
            .where(
                table.c.token_hash == token_hash, table.c.spent_at.is_(None), table.c.expires_at > func.now()
            )
            .values(spent_at=func.now())
            .returning(table.c.user_id, table.c.family_id)
        )
        row = spent.first()
        if row is not None:
            return SpentRefresh(row.user_id, row.family_id)
        await self.revoke_family(token_hash)
        return None

    async def revoke_family(self, token_hash: bytes) -> None:
        """Remove all tokens of the sign-in that the token came from; an unknown one is no error."""
        table = refresh_tokens
        family = select(table.c.family_id).where(table.c.token_hash == token_hash).scalar_subquery()
        await self._connection.execute(delete(table).where(table.c.family_id == family))

    async def add_sign_in(self, token_hash: bytes, expires_at: datetime) -> None:
        """A new token of a printed link; older ones are void."""
        await self._connection.execute(delete(sign_in_tokens))
        values = {"token_hash": token_hash, "expires_at": expires_at}
        await self._connection.execute(insert(sign_in_tokens).values(values))

    async def spend_sign_in(self, token_hash: bytes) -> bool:
        """Spend the token of a link; whether it was good."""
        spent = await self._connection.execute(
            delete(sign_in_tokens)
            .where(sign_in_tokens.c.token_hash == token_hash)
            .returning(sign_in_tokens.c.expires_at > func.now())
        )
        return bool(spent.scalar_one_or_none())
