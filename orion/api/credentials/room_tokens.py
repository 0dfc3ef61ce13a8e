"""Room tokens: JWTs of a kind of their own (RFC 7519), each admits one guest to one session.

A token is spent by the first offer that is accepted; from then on it is good for that connection
alone, also after its expiry. Which were spent is kept in the database (`orion/store/rooms.py`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt

from orion.api.credentials.tokens import key_id as key_id_of
from orion.domain.identity import Principal, new_id
from orion.domain.session import Session
from orion.errors import Unauthenticated

_ISSUER = "orion"
_AUDIENCE = "orion-room"
_TYPE = "room+jwt"
_LEEWAY_SECS = 30


@dataclass(frozen=True, slots=True)
class Guest:
    """Who a room token admits.

    Attributes:
        id: Stays the same over reloads.
        identity: What the participants see.
        token_id: The token's own id, `jti`.
        owner: On whose behalf the guest's connection reads and writes its session.
        expired: The token admits nobody any more.
    """

    id: UUID
    identity: str
    token_id: UUID
    session_id: UUID
    owner: Principal
    expired: bool


@dataclass(frozen=True, slots=True)
class RoomTokens:
    """Makes and checks room tokens. `keys` are those of the access tokens, the newest first."""

    keys: tuple[bytes, ...] = field(repr=False)

    def issue(
        self,
        session: Session,
        identity: str,
        lifetime_secs: int,
        *,
        guest_id: UUID | None = None,
        key_id: UUID | None = None,
    ) -> tuple[str, datetime]:
        """A token for a guest, and when it expires.

        Args:
            guest_id: The guest who comes back; by default a new one.
            key_id: The API key by which it is asked for: the token is good as long as the key is.
        """
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(guest_id or new_id()),
            "jti": str(new_id()),
            "identity": identity,
            "session": str(session.id),
            "workspace": str(session.workspace_id),
            "user": str(session.user_id),
            "iat": now,
            "exp": now + lifetime_secs,
        }
        if key_id is not None:
            claims["key"] = str(key_id)
        headers = {"typ": _TYPE, "kid": key_id_of(self.keys[0])}
        token = jwt.encode(claims, self.keys[0], algorithm="HS256", headers=headers)
        return token, datetime.fromtimestamp(now + lifetime_secs, UTC)

    @staticmethod
    def is_one(token: str) -> bool:
        """Whether this says that it is a room token; it may be forged."""
        try:
            return bool(jwt.get_unverified_header(token).get("typ") == _TYPE)
        except jwt.PyJWTError:
            return False

    def verify(self, token: str) -> Guest:
        """Whom it admits; an expired token is told by `expired`.

        Raises:
            Unauthenticated: It is no room token of this server.
        """
        try:
            named = jwt.get_unverified_header(token).get("kid")
            found = jwt.decode_complete(
                token,
                {key_id_of(key): key for key in self.keys}[str(named)],
                algorithms=["HS256"],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                leeway=_LEEWAY_SECS,
                options={
                    "require": ["exp", "iat", "sub", "aud", "iss", "jti"],
                    "enforce_minimum_key_length": True,
                    "verify_exp": False,
                },
            )
            if found["header"].get("typ") != _TYPE:
                raise Unauthenticated("the token is no room token")
            return _guest(found["payload"])
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise Unauthenticated("the room token is not valid") from error


def _guest(claims: dict[str, Any]) -> Guest:
    return Guest(
        id=UUID(claims["sub"]),
        identity=claims["identity"],
        token_id=UUID(claims["jti"]),
        session_id=UUID(claims["session"]),
        owner=Principal(
            UUID(claims["workspace"]),
            UUID(claims["user"]),
            key_id=UUID(claims["key"]) if "key" in claims else None,
        ),
        expired=time.time() >= claims["exp"],
    )
