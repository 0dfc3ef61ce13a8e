"""Access tokens: short-lived JWTs (RFC 7519, checked as RFC 8725 asks), and opaque random ones.

An access token says who somebody is and by which sign-in; its signature is checked without the
database, and the transaction that it leads to asks whether that still holds. Refresh and sign-in
tokens and API keys are random; only their SHA-256 is stored.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import time
import zlib
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
_LOWER = string.ascii_lowercase + string.digits
_LETTERS = string.ascii_letters + string.digits
_API_KEY = re.compile(
    r"(?P<content>orion_(?P<public_id>[a-z0-9]{8})_(?P<secret>[A-Za-z0-9]{43}))_(?P<checksum>[0-9a-f]{8})\Z"
)
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Makes and checks access tokens; a token lives `lifetime_secs`.

    A token that was good a moment ago is not verified anew until it expires: that costs a tenth of a
    request. What it claims is checked against the database each time, see `Database.transaction`.

    `keys` have at least 32 bytes each, the newest first: that one signs, all of them verify, so a
    key is changed without signing anybody out. A token names its key (`kid`, RFC 7515, 4.1.4).
    """

    keys: tuple[bytes, ...] = field(repr=False)
    lifetime_secs: int
    _good: OrderedDict[str, tuple[Principal, float]] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )

    @property
    def key(self) -> bytes:
        """The key that signs."""
        return self.keys[0]

    def issue(self, user: User, sign_in_id: UUID | None = None) -> str:
        """A token of the user, valid from now, and only as long as the sign-in, if it is of one."""
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
        if sign_in_id is not None:
            claims["sid"] = str(sign_in_id)
        headers = {"typ": _TYPE, "kid": key_id(self.key)}
        return jwt.encode(claims, self.key, algorithm="HS256", headers=headers)

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
            named = jwt.get_unverified_header(token).get("kid")
            found = jwt.decode_complete(
                token,
                {key_id(key): key for key in self.keys}[str(named)],
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
    return Principal(
        UUID(claims["workspace"]),
        UUID(claims["sub"]),
        Role(claims["role"]),
        sign_in_id=UUID(claims["sid"]) if "sid" in claims else None,
        claimed=True,
    )


def key_id(key: bytes) -> str:
    """The name of a signing key: the beginning of its SHA-256, which tells nothing about it."""
    return hashlib.sha256(key).hexdigest()[:8]


def new_api_key() -> tuple[str, str]:
    """A new API key: its public id, and the whole `orion_<public id>_<secret>_<checksum>`.

    The secret has 256 bits; the prefix and the CRC-32 let scanners find keys that leaked.
    """
    public_id = _random(_LOWER, 8)
    content = f"orion_{public_id}_{_random(_LETTERS, 43)}"
    return public_id, f"{content}_{zlib.crc32(content.encode()):08x}"


def is_api_key(credential: str) -> bool:
    """Whether this means to be an API key; an access token begins otherwise."""
    return credential.startswith("orion_")


def read_api_key(key: str) -> tuple[str, bytes]:
    """Public id and the secret's SHA-256. Raises Unauthenticated for what nobody ever was given."""
    match = _API_KEY.match(key)
    if match is None or int(match["checksum"], 16) != zlib.crc32(match["content"].encode()):
        raise Unauthenticated("the API key is not valid")
    return match["public_id"], digest(match["secret"])


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_token() -> str:
    """A random URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 of a random token, as it is stored: 32 bytes. Its entropy needs no slower hash."""
    return hashlib.sha256(token.encode()).digest()
