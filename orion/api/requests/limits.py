"""Budgets of requests per caller: which there are, who pays from which, what the headers say.

The budgets lie in the database, so that all nodes share them. A node takes a few units at once (a
lot: a twentieth of the budget) and hands them out from memory, so that most requests cost
no statement; what it does not hand out is void once the budget has grown by as much. A refusal is
remembered until it ends, so that a flood of refused requests costs no statement at all.

| budget     | who pays                          | units per window                         |
|------------|-----------------------------------|------------------------------------------|
| default    | user, API key, else the address   | `RATE_LIMIT_MAX` in `RATE_LIMIT_TTL`     |
| messages   | user or API key                   | the same, for typed messages             |
| signalling | user or API key                   | ten times that: a page trickles a lot    |
| sign-in    | address (IPv6: its /64)           | 60 a minute, more with `RATE_LIMIT_MAX`  |

Headers: draft-ietf-httpapi-ratelimit-headers-11.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakValueDictionary

from loguru import logger
from starlette.types import Scope

from orion.api.requests.addresses import household
from orion.domain.identity import Principal
from orion.errors import DatabaseUnavailable, Limited
from orion.pipelines.tasks import Tasks
from orion.settings import Settings
from orion.store.database import Database

_LIMITS = Principal.system("limits")
_SWEEP_SECS = 60.0
_AWAY_SECS = 1.0
_LOTS = 20_000
_CLASSES = {"offer": "signalling", "messages": "messages"}
"""The last word of a route's path: which budget it draws from, if not from the default one."""


@dataclass(frozen=True, slots=True)
class Budget:
    """So many requests per window for each caller; they may come all at once."""

    name: str
    requests: int
    window_secs: int

    @property
    def lot(self) -> int:
        """How many units a node takes at once."""
        return max(self.requests // 20, 1)

    @property
    def interval_secs(self) -> float:
        """How long one unit takes to grow again."""
        return self.window_secs / self.requests

    @property
    def policy(self) -> str:
        """The budget as an item of `RateLimit-Policy`."""
        return f'"{self.name}";q={self.requests};w={self.window_secs}'


@dataclass(slots=True)
class Lot:
    """Units of one caller that this node may hand out.

    Attributes:
        left: Units in hand.
        behind: Units that the database still held when the lot was taken.
        until: When the lot is void, or the refusal over, in monotonic seconds.
        whole_at: When the budget is whole again, in monotonic seconds.
        refused: Whether there was nothing to take.
    """

    left: int
    behind: int
    until: float
    whole_at: float
    refused: bool

    def decides(self, now: float) -> bool:
        """Whether it says, without the database, if the next request may pass."""
        return self.until > now and (self.left > 0 or self.refused)

    def state(self, name: str, now: float) -> str:
        """The lot as an item of `RateLimit`."""
        return f'"{name}";r={self.left + self.behind};t={max(math.ceil(self.whole_at - now), 0)}'


class Limits:
    """The budgets of all callers, as this node sees them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        requests, window_secs = settings.rate_limit_max, settings.rate_limit_ttl_secs
        self._database = database
        self._budgets = {
            "default": Budget("default", requests, window_secs),
            "messages": Budget("messages", requests, window_secs),
            "signalling": Budget("signalling", requests * 10, window_secs),
        }
        self._sign_in = Budget("sign-in", max(60, requests * 60 // 100), 60)
        self._lots: OrderedDict[bytes, Lot] = OrderedDict()
        self._locks: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        self._away_until = 0.0
        self._tasks = Tasks()

    def start(self) -> None:
        """Begin to clear away budgets that are whole again, and answers that were kept long enough."""
        self._tasks.spawn(self._sweep(), "limits sweeper")

    async def close(self) -> None:
        """Stop clearing away."""
        await self._tasks.close()

    async def spend(self, scope: Scope, principal: Principal | None) -> None:
        """One request of the caller; None if it is nobody known. Raises Limited."""
        route = getattr(scope.get("route"), "path", "")
        budget = self._budgets[_CLASSES.get(route.rsplit("/", 1)[-1], "default")]
        await self._spend(scope, budget, _caller(scope, principal))

    async def spend_sign_in(self, scope: Scope) -> None:
        """One attempt to sign in, register or refresh from the address. Raises Limited."""
        await self._spend(scope, self._sign_in, _caller(scope, None))

    async def _spend(self, scope: Scope, budget: Budget, caller: str) -> None:
        key = _key(budget, caller)
        now = time.monotonic()
        lot = self._lots.get(key)
        if lot is None or not lot.decides(now):
            lot = await self._lot(key, budget)
            now = time.monotonic()
        if lot is None:
            return
        lot.left -= not lot.refused
        scope.setdefault("orion.limits", []).append((budget.policy, lot.state(budget.name, now)))
        if lot.refused:
            wait_secs = max(math.ceil(lot.until - now), 1)
            raise Limited("too many requests; wait a little", retry_after_secs=wait_secs)

    async def _lot(self, key: bytes, budget: Budget) -> Lot | None:
        """A lot that can be used now, by one statement for all who wait for it; None without a database."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        async with lock:
            lot = self._lots.get(key)
            if lot is not None and lot.decides(time.monotonic()):
                return lot
            lot = await self._take(key, budget)
            if lot is not None:
                self._lots[key] = lot
                self._lots.move_to_end(key)
                if len(self._lots) > _LOTS:
                    self._lots.popitem(last=False)
            return lot

    async def _take(self, key: bytes, budget: Budget) -> Lot | None:
        if time.monotonic() < self._away_until:
            return None
        try:
            async with self._database.transaction(_LIMITS) as store:
                grant = await store.budgets.spend(
                    key, budget.lot, requests=budget.requests, window_secs=budget.window_secs
                )
        except DatabaseUnavailable:
            # Let it pass: what needs the database says so itself, by 503.
            if not self._away_until:
                logger.warning("requests are not counted until the database is back")
            self._away_until = time.monotonic() + _AWAY_SECS
            return None
        self._away_until = 0.0
        now = time.monotonic()
        room_secs = budget.window_secs - grant.whole_in_secs
        until = now + (grant.units * budget.interval_secs or budget.interval_secs - room_secs)
        behind = max(int(room_secs / budget.interval_secs + 0.001), 0)
        return Lot(grant.units, behind, until, now + grant.whole_in_secs, refused=not grant.units)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECS)
            try:
                async with self._database.transaction(_LIMITS) as store:
                    await store.budgets.sweep()
                    await store.idempotency_keys.sweep()
            except DatabaseUnavailable:
                continue


def _key(budget: Budget, caller: str) -> bytes:
    """The key of a caller's budget: 16 bytes, so that no address is stored."""
    return hashlib.blake2b(f"{budget.name} {caller}".encode(), digest_size=16).digest()


def _caller(scope: Scope, principal: Principal | None) -> str:
    if principal is None or principal.user_id is None:
        return f"address {household(scope['client'][0] if scope.get('client') else '')}"
    key_id = getattr(principal, "key_id", None)
    return f"key {key_id}" if key_id else f"user {principal.user_id}"
