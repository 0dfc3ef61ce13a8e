"""Secrets at rest: AES-256-GCM under the keys of ORION_SECRET_KEYS, the newest of which seals.

A sealed text is `v1.<key id>.<base64url of nonce and ciphertext>`. It is bound to its place (workspace,
row, field) as additional data: copied elsewhere, it cannot be opened. Nonces are 96 random bits (NIST
SP 800-38D, 8.2.2: at most 2^32 texts per key).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orion.errors import Unavailable
from orion.settings import Settings

_VERSION = "v1"
_NONCE_BYTES = 12


class SecretKeys:
    """Seals and opens small texts.

    Args:
        keys: Texts of any length with at least 128 bits of chance in them, newest first.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = {_key_id(key): AESGCM(_derived(key)) for key in keys}
        self._newest = _key_id(keys[0])

    @classmethod
    def of(cls, settings: Settings) -> SecretKeys:
        """The keys of the settings, else one that is kept in the data directory."""
        return cls(settings.secret_keys or (kept_secret(settings.data_dir / "secret-key"),))

    def seal(self, text: str, place: str) -> str:
        """The text, encrypted for the place."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._newest]
        sealed = base64.urlsafe_b64encode(nonce + cipher.encrypt(nonce, text.encode(), place.encode()))
        return f"{_VERSION}.{self._newest}.{sealed.decode()}"

    def open(self, sealed: str, place: str) -> str:
        """The text that was sealed for the place.

        Raises:
            Unavailable: Its key is not among the keys (any more), or it was sealed for another place.
        """
        version, _, rest = sealed.partition(".")
        key_id, _, content = rest.partition(".")
        cipher = self._ciphers.get(key_id)
        if version != _VERSION or cipher is None:
            raise Unavailable("a stored secret was sealed with a key that ORION_SECRET_KEYS does not hold")
        try:
            raw = base64.urlsafe_b64decode(content)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Unavailable("a stored secret cannot be opened") from error

    def is_newest(self, sealed: str) -> bool:
        """Whether the newest key sealed it; the others can go when no text needs them."""
        return sealed.startswith(f"{_VERSION}.{self._newest}.")


def kept_secret(path: Path) -> str:
    """The secret kept in the data directory (0600), made on the first start."""
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        return path.read_text()


def _key_id(key: str) -> str:
    """Names a key without telling anything of it."""
    return hashlib.sha256(b"orion key id" + _derived(key)).hexdigest()[:12]


def _derived(key: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"orion secrets at rest").derive(key.strip().encode())
