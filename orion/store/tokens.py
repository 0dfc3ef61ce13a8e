"""Refresh and sign-in tokens, invitations: stored as SHA-256, each good once (RFC 9700, 4.14.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Role
from orion.store.tables import invitations, refresh_tokens, sign_in_tokens

GRACE_SECS = 10.0
"""So long a refresh token that was just spent is still answered."""


@dataclass(frozen=True, slots=True)
class SpentRefresh:
    """Whose refresh token was spent, and the family that its successor belongs to."""

    user_id: UUID
    family_id: UUID


@dataclass(frozen=True, slots=True)
class SpentLink:
    """Whom a sign-in link signs in; `user_id` None: the first admin."""

    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation makes of who takes it; `email` None: of anybody."""

    workspace_id: UUID
    email: str | None
    role: Role


class Tokens:
    """Rows of `refresh_tokens`, `sign_in_tokens`, `invitations`.

    The purpose `log-in` sees them; an admin its workspace's invitations.
    """

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
        """Spend a token. None if it is unknown or expired, or was spent before: then its family goes.

        For GRACE_SECS after it was first spent it is good again, for a successor of its own: two tabs
        refresh at once, and an answer that was lost is asked for anew. Whoever comes later has stolen it, or
        was stolen from (RFC 9700, 4.14.2).

        The removal of a family must be committed: end the transaction without an exception.
        """
        table = refresh_tokens
        now = datetime.now(UTC)
        unspent = or_(table.c.spent_at.is_(None), table.c.spent_at > now - timedelta(seconds=GRACE_SECS))
        spent = await self._connection.execute(
            update(table)
            .where(table.c.token_hash == token_hash, unspent, table.c.expires_at > now)
            .values(spent_at=func.coalesce(table.c.spent_at, now))
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

    async def revoke_user(self, user_id: UUID, *, but: UUID | None = None) -> None:
        """Remove all sign-ins of the user, `but` one family."""
        table = refresh_tokens
        gone = delete(table).where(table.c.user_id == user_id)
        await self._connection.execute(gone if but is None else gone.where(table.c.family_id != but))

    async def add_invitation(self, token_hash: bytes, invitation: Invitation, expires_at: datetime) -> None:
        """A new invitation; expired ones of the workspace are cleared away."""
        table = invitations
        await self._connection.execute(
            delete(table).where(
                table.c.workspace_id == invitation.workspace_id, table.c.expires_at < func.now()
            )
        )
        values = {
            "token_hash": token_hash,
            "workspace_id": invitation.workspace_id,
            "email": invitation.email,
            "role": invitation.role.value,
            "expires_at": expires_at,
        }
        await self._connection.execute(insert(table).values(values))

    async def spend_invitation(self, token_hash: bytes, email: str) -> Invitation | None:
        """Spend an invitation, once; None if it is unknown or expired, or meant for another address."""
        table = invitations
        spent = await self._connection.execute(
            delete(table)
            .where(
                table.c.token_hash == token_hash,
                table.c.expires_at > func.now(),
                or_(table.c.email.is_(None), table.c.email == email),
            )
            .returning(table.c.workspace_id, table.c.email, table.c.role)
        )
        row = spent.first()
        return Invitation(row.workspace_id, row.email, Role(row.role)) if row else None

    async def forget_invitations(self, email: str) -> int:
        """Remove the invitations for an address; how many there were."""
        gone = delete(invitations).where(invitations.c.email == email)
        return (await self._connection.execute(gone)).rowcount

    async def add_sign_in(self, token_hash: bytes, expires_at: datetime, user_id: UUID | None = None) -> None:
        """A new token of a sign-in link, for the user or the first admin; older ones of the same are void."""
        same = sign_in_tokens.c.user_id.is_not_distinct_from(user_id)
        await self._connection.execute(delete(sign_in_tokens).where(same))
        values = {"token_hash": token_hash, "user_id": user_id, "expires_at": expires_at}
        await self._connection.execute(insert(sign_in_tokens).values(values))

    async def spend_sign_in(self, token_hash: bytes) -> SpentLink | None:
        """Spend the token of a link; None if it was not good."""
        spent = await self._connection.execute(
            delete(sign_in_tokens)
            .where(sign_in_tokens.c.token_hash == token_hash)
            .returning(sign_in_tokens.c.user_id, sign_in_tokens.c.expires_at > func.now())
        )
        row = spent.first()
        return SpentLink(row[0]) if row and row[1] else None
