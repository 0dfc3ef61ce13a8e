"""Which conversations take notes just now: one model at a time in a session, also after a call is over."""

from __future__ import annotations

import asyncio
from uuid import UUID

from orion.pipelines.conversation import Conversation
from orion.pipelines.tasks import Tasks

_PAUSE_SECS = 120.0
"""Where no model could take notes, which costs as much as if one could, none is asked again for so long."""


class NoteTaking:
    """Lets the calls of a process take notes beside themselves."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._sessions: set[UUID] = set()

    def watch(self, conversation: Conversation) -> None:
        """Take notes whenever its window fills."""
        conversation.window.on_filling = lambda: self._begin(conversation)

    def _begin(self, conversation: Conversation) -> None:
        session_id = conversation.session.id
        if session_id not in self._sessions:
            self._sessions.add(session_id)
            self._tasks.spawn(self._take(conversation), "notes")

    async def _take(self, conversation: Conversation) -> None:
        try:
            if not await conversation.take_notes():
                await asyncio.sleep(_PAUSE_SECS)
        finally:
            self._sessions.discard(conversation.session.id)
