"""Secrets at rest: sealed with a key that the database does not hold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from orion.errors import Unavailable


class Sealer:
    """Seals with the first of the keys, opens with any (Fernet: AES-128-CBC with HMAC-SHA256).

    Args:
        keys: Random texts of at least 32 characters, newest first.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_key(text)) for text in keys])

    def seal(self, secret: str) -> bytes:
        """The secret as it may be stored."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """The secret again. Raises Unavailable where none of the keys has sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Unavailable("a stored secret was sealed with a key that this server lacks") from error


def _key(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
