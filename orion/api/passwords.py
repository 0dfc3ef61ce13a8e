"""Passwords: argon2id at OWASP's 19 MiB setting, off the event loop, two at a time.

Source: OWASP Password Storage Cheat Sheet (m=19456 KiB, t=2, p=1); about 30 ms of CPU each.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_POOL = ThreadPoolExecutor(2, thread_name_prefix="argon2")
_NOBODY = _HASHER.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """The hash to store, in PHC string format."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _HASHER.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; with no stored hash it takes as long, and does not."""
    matches = await asyncio.get_running_loop().run_in_executor(_POOL, _verify, stored or _NOBODY, password)
    return matches and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
