"""The polite end of a call whose budget is used up: its turn ends, one line is said, then it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Literal

from pipecat.services.stt_service import STTService

from orion.domain.budget import Budget
from orion.domain.identity import Principal
from orion.domain.spending import Month
from orion.domain.usage import known_micros
from orion.errors import DatabaseUnavailable
from orion.pipelines.conversation import Conversation

FAREWELL = "I have to end our conversation here, the budget for it is used up. Goodbye."
_TICK_SECS = 10.0
_PATIENCE = 3
"""After so many ticks a line of which nothing was heard is not waited for any longer."""


class Farewell:
    """Watches the budgets of one call, that of its session and that of its workspace.

    Args:
        hearing: The recognisers, which tell what they heard only at the end of an utterance.
        say: Lets the agent say a line.
        end: Ends the session; it must not wait.

    Attributes:
        over: Set once the farewell was said, or cannot be.
    """

    def __init__(
        self,
        conversation: Conversation,
        hearing: Sequence[STTService],
        *,
        say: Callable[[str], Awaitable[None]],
        end: Callable[[], None],
    ) -> None:
        self.over = asyncio.Event()
        self._bill, self._recorder = conversation.bill, conversation.recorder
        self._database = conversation.shared.database
        self._workspace_id = conversation.session.workspace_id
        self._hearing = hearing
        self._say = say
        self._end = end
        self._stage: Literal["open", "due", "said"] = "open"
        self._patience = _PATIENCE
        self._before_micros = known_micros(conversation.session.usage)
        self._session = Budget("session", conversation.budget_micros)
        self._workspace = Budget("workspace")
        self._others_micros = 0
        self._take(conversation.month)
        self._bill.on_used = self.look
        for budget in (self._session, self._workspace):
            budget.told = budget.state == "near"  # it was told when it came to that

    @property
    def begun(self) -> bool:
        """Whether a budget is used up: the call ends, or is about to."""
        return self._stage != "open"

    def look(self) -> None:
        """Look at the budgets, tell what is new, and note whether it is time to go."""
        own_micros = self._bill.micros
        self._session.spent_micros = self._before_micros + own_micros
        self._workspace.spent_micros = self._others_micros + own_micros
        for budget in (self._session, self._workspace):
            if budget.news():
                self._recorder.publish("session.budget", budget.event())
            if self._stage == "open" and budget.state == "used up":
                self._stage = "due"

    async def proceed(self) -> None:
        """Nobody has the word: say the line where it is due; where it was said, go."""
        if self._stage == "due":
            self._stage = "said"
            await self._say(FAREWELL)
        elif self._stage == "said" and not self.over.is_set():
            self.over.set()
            self._end()

    async def watch(self) -> None:
        """Look from time to time, also while nobody speaks: what listens is paid for."""
        while True:
            await asyncio.sleep(_TICK_SECS)
            for recogniser in self._hearing:
                await recogniser.emit_stt_usage_metrics()
            with suppress(DatabaseUnavailable):
                await self._refresh()
            self.look()
            self._patience -= self._stage == "said"
            if self._recorder.idle and (self._stage == "due" or self._patience <= 0):
                await self.proceed()

    async def _refresh(self) -> None:
        async with self._database.transaction(Principal.system("budget")) as store:
            months = await store.spending.months([self._workspace_id])
        if self._workspace_id in months:
            self._take(months[self._workspace_id])

    def _take(self, month: Month) -> None:
        """What the workspace spent beside what this call has given to its record, which is in it."""
        self._workspace.limit_micros = month.budget_micros
        self._others_micros = month.spent_micros - self._bill.settled_micros
        self._session.spent_micros = self._before_micros + self._bill.micros
        self._workspace.spent_micros = self._others_micros + self._bill.micros
