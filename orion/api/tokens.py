"""Access tokens: short-lived JWTs (RFC 7519, checked as RFC 8725 asks), and opaque random ones.

An access token says who somebody is; it is verified without the database, so it lives for minutes.
Refresh and sign-in tokens are random; only their SHA-256 is stored.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt

from orion.domain.identity import Principal, Role, User
from orion.errors import Unauthenticated

_ISSUER = "orion"
_AUDIENCE = "orion-api"
_TYPE = "at+jwt"
"""RFC 9068, 2.1: a token of another kind never passes for an access token."""
_LEEWAY_SECS = 30
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Makes and checks access tokens. `key` has at least 32 bytes; a token lives `lifetime_secs`.

    A token that was good a moment ago is not verified anew until it expires: it costs a tenth of a request.
    """

    key: bytes
    lifetime_secs: int
    _good: OrderedDict[str, tuple[Principal, float]] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )

    def issue(self, user: User) -> str:
        """A token of the user, valid from now."""
        now = int(time.time())
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(user.id),
            "workspace": str(user.workspace_id),
            "role": user.role.value,
            "iat": now,
            "exp": now + self.lifetime_secs,
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, self.key, algorithm="HS256", headers={"typ": _TYPE})

    def verify(self, token: str) -> Principal:
        """Whose token it is. Raises Unauthenticated for anything but a valid access token."""
        principal, good_until = self._good.get(token, (None, 0.0))
        if principal is not None and time.time() < good_until:
            return principal
        principal, expires_at = self._decode(token)
        self._good[token] = principal, expires_at
        if len(self._good) > _REMEMBERED:
            self._good.popitem(last=False)
        return principal

    def _decode(self, token: str) -> tuple[Principal, float]:
        """Whose token it is, and when it expires, in seconds of the epoch."""
        try:
            found = jwt.decode_complete(
                token,
                self.key,
                algorithms=["HS256"],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                leeway=_LEEWAY_SECS,
                options={
                    "require": ["exp", "iat", "sub", "aud", "iss", "jti"],
                    "enforce_minimum_key_length": True,
                },
            )
            if found["header"].get("typ") != _TYPE:
                raise Unauthenticated("the token is no access token")
            return _principal(found["payload"]), float(found["payload"]["exp"])
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("the access token has expired; refresh it") from error
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise Unauthenticated("the access token is not valid") from error


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(UUID(claims["workspace"]), UUID(claims["sub"]), Role(claims["role"]))


def new_token() -> str:
    """A random URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 of a random token, as it is stored: 32 bytes. Its entropy needs no slower hash."""
    return hashlib.sha256(token.encode()).digest()
