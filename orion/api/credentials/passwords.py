"""Passwords: argon2id at OWASP's 19 MiB setting, off the event loop, two at a time, behind live calls.

Source: OWASP Password Storage Cheat Sheet (m=19456 KiB, t=2, p=1); about 30 ms of CPU each.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from orion.api.credentials.common_passwords import COMMON
from orion.errors import FieldProblem, Invalid, Overloaded

SHORTEST_PASSWORD = 10
_LONGEST = 256
_THREADS = 2
_QUEUE_LIMIT = 40
"""So many are hashed or wait, about two seconds' work; more are told to come back."""
_NICENESS = 10
"""About a tenth of a busy core: sign-ins slow down under load, but go on."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")

T = TypeVar("T")


class _Pool:
    """Threads that give way to the rest of the process, and a bounded queue before them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "argon2", initializer=_give_way)
        self._queued = 0

    async def run(self, work: Callable[..., T], *arguments: str) -> T:
        """Run `work` in a thread. Raises Overloaded when too many wait already."""
        if self._queued >= _QUEUE_LIMIT:
            raise Overloaded("too many people are signing in; try again soon", retry_after_secs=2)
        self._queued += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._queued -= 1


def _give_way() -> None:
    """Lower this thread's priority: on Linux it is a thread's own (setpriority(2), Notes)."""
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


_POOL = _Pool()


def check_password(password: str, email: str, pointer: str) -> None:
    """See that a new password is none of those that are tried first (NIST SP 800-63B-4, 3.1.1.2).

    Raises:
        Invalid: It is too short or too long, the address itself, or one of the commonest.
    """
    folded = password.casefold()
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST:
        detail = f"the password needs {SHORTEST_PASSWORD} to {_LONGEST} characters"
    elif folded in {email.casefold(), email.casefold().split("@")[0]}:
        detail = "the password must not be the email address"
    elif folded in COMMON or len(set(folded)) == 1:
        detail = "this password is one of the commonest; choose another"
    else:
        return
    raise Invalid(detail, problems=[FieldProblem(pointer, detail)])


async def hash_password(password: str) -> str:
    """The hash to store, in PHC string format. Raises Overloaded."""
    return await _POOL.run(_HASHER.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; without a stored hash it does not, and takes as long. Raises Overloaded."""
    matches = await _POOL.run(_verify, stored or _NOBODY, password)
    return matches and bool(stored)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
