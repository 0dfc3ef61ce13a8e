"""What is open ends with the credentials that opened it: event streams and live calls of this process.

The database tells whose credentials changed, whichever process or program changed them. What was
told is only a hint: every open thing of that user is judged anew, by a transaction as its principal.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from orion.domain.identity import Principal
from orion.domain.session import EndReason
from orion.errors import DatabaseUnavailable, Unauthenticated
from orion.pipelines.calls import Calls
from orion.pipelines.tasks import Tasks
from orion.store.database import Database
from orion.store.notices import CREDENTIALS, listen

_CHECK_SECS = 30.0
"""All is judged so often even if nothing is told: expired keys, and what was told while nobody listened."""


class Revocation:
    """Ends the calls and event streams whose principals may not any more."""

    def __init__(self, database: Database, calls: Calls) -> None:
        self._database = database
        self._calls = calls
        self._tasks = Tasks()

    def start(self) -> None:
        """Begin to listen."""
        listening = listen(self._database.direct_url, CREDENTIALS, self._told, check_secs=_CHECK_SECS)
        self._tasks.spawn(listening, "revocation")

    async def close(self) -> None:
        """Stop listening."""
        await self._tasks.close()

    async def _told(self, payload: str | None) -> None:
        user_id = None
        with suppress(ValueError):  # whoever shares the database can tell anything
            user_id = UUID(payload) if payload else None
        await self.check(user_id)

    async def check(self, user_id: UUID | None = None) -> None:
        """Judge what is open for the user (None: for everybody), and end what may not stay."""
        calls = self._calls.all()
        streams = self._calls.shared.feed.subscriptions()
        principals = {call.principal for call in calls}
        principals |= {stream.principal for stream in streams if stream.principal is not None}
        gone = [
            principal
            for principal in principals
            if user_id in {None, principal.user_id} and not await self._may_stay(principal)
        ]
        for stream in streams:
            if stream.principal in gone:
                stream.close()
        for call in calls:
            if call.principal in gone:
                self._tasks.spawn(call.end(EndReason.HUNG_UP), "revoked call")

    async def _may_stay(self, principal: Principal) -> bool:
        try:
            async with self._database.transaction(principal) as store:
                return store.principal.is_admin or not principal.is_admin
        except Unauthenticated:
            return False
        except DatabaseUnavailable:
            return True  # nobody is cut off because the database is away; the next check tells
