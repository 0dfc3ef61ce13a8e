"""The connection of one call to the Realtime API: it is made in time, or given up, and fails once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from pipecat.frames.frames import ErrorFrame, LLMFullResponseEndFrame, TTSSpeakFrame, TTSStoppedFrame
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from orion.domain.deadlines import Deadlines
from orion.providers._openai.realtime_line import Line
from orion.providers._openai.realtime_session import Adapter, Refused
from orion.providers._text.faults import HalfAnswer, MalformedAnswer
from orion.providers._vendor import VendorModel

_CONNECT_SECS = 3.0
_DISPENSABLE = frozenset(
    {
        "conversation.item.delete",
        "conversation.item.truncate",  # past the end of the audio
        "input_audio_buffer.clear",
        "input_audio_buffer.commit",  # of a turn of less than 100 ms
        "response.cancel",
    }
)
"""Client events whose refusal leaves the session as it was."""


class Connected(VendorModel, OpenAIRealtimeLLMService):
    """Pipecat's service, on a line that holds answers back, with deadlines, and an end in good order.

    Attributes:
        orion_serves: It has not failed.
        orion_owes: It had an answer to give when it failed.
    """

    orion_vendor = "openai"
    adapter_class = Adapter
    _websocket: Any
    _receive_task: Any
    _current_audio_response: Any
    _current_assistant_response: Any

    def __init__(
        self,
        key: str | None,
        place: str,
        *,
        model: str,
        asked: events.SessionProperties,
        deadlines: Deadlines,
    ) -> None:
        super().__init__(api_key=key or "none", settings=self.Settings(model=model, session_properties=asked))
        self.base_url = place
        self.orion_serves = True
        self.orion_owes = False
        self._orion_deadlines = deadlines
        self._orion_line: Line | None = None
        self._orion_unchecked = 0
        self._orion_to_say: deque[str] = deque()
        self._orion_saying: str | None = None
        self._orion_sent: deque[str] = deque(maxlen=64)
        self._orion_answer_due: asyncio.TimerHandle | None = None
        self._orion_check_due: asyncio.TimerHandle | None = None

    async def send_client_event(self, event: events.ClientEvent) -> None:
        """Send an event, and remember it if its refusal does no harm."""
        if getattr(event, "type", "") in _DISPENSABLE:
            self._orion_sent.append(event.event_id)
        await super().send_client_event(event)

    async def _connect(self) -> None:
        if self._websocket is not None:
            return
        try:
            async with asyncio.timeout(_CONNECT_SECS):
                socket = await connect(self.base_url, additional_headers=await self._auth_headers())
        except (OSError, WebSocketException, ValueError) as error:
            await self._orion_fail(error)
            return
        line = self._orion_line = Line(socket, self._orion_news, self._orion_passed)
        self._websocket = line
        self._receive_task = self.create_task(self._orion_receive(line))

    async def _orion_receive(self, line: Line) -> None:
        reading = self.create_task(line.read())
        try:
            await self._receive_task_handler()
            await self._orion_fail(HalfAnswer("the session ended"))
        except (WebSocketException, HalfAnswer, MalformedAnswer) as error:
            if not self._disconnecting:
                await self._orion_fail(error)
        finally:
            await self.cancel_task(reading)

    async def _receive_task_handler(self) -> None:
        try:
            await super()._receive_task_handler()
        except (WebSocketException, HalfAnswer, MalformedAnswer):
            raise
        except Exception as error:  # Pipecat's for a message that it cannot parse, which quotes it
            raise MalformedAnswer("not understood") from error

    async def _maybe_handle_evt_retrieve_conversation_item_error(self, evt: events.ErrorEvent) -> bool:
        if evt.error.event_id in self._orion_sent:
            return True
        return bool(await super()._maybe_handle_evt_retrieve_conversation_item_error(evt))

    async def _handle_evt_error(self, evt: events.ErrorEvent) -> None:
        await self._orion_fail(Refused({"code": evt.error.code, "type": evt.error.type}))

    async def _orion_fail(self, error: Exception) -> None:
        """Tell the failure once, and let go of the connection."""
        if not self.orion_serves:
            return
        self.orion_serves = False
        unsaid = [*filter(None, [self._orion_saying]), *self._orion_to_say]
        answering = self._response_active and self._orion_saying is None
        self.orion_owes = answering or self._orion_unchecked > 0
        self._api_session_ready = False
        self._orion_settled()
        self._orion_passed_all()
        line, self._orion_line, self._websocket = self._orion_line, None, None
        if self._current_audio_response is not None:
            await self.push_frame(TTSStoppedFrame())
        if self._response_active:
            await self.push_frame(LLMFullResponseEndFrame())
        for text in unsaid:
            await self.push_frame(TTSSpeakFrame(text, append_to_context=True))
        await self.push_error_frame(ErrorFrame(error="failed", exception=error))
        if line is not None:
            await line.close()

    def _orion_passed(self) -> None:
        """Words of the user have been checked; when all have, the answer is heard."""
        self._orion_unchecked = max(0, self._orion_unchecked - 1)
        if not self._orion_unchecked:
            self._orion_passed_all()

    def _orion_passed_all(self) -> None:
        self._orion_unchecked = 0
        if self._orion_check_due is not None:
            self._orion_check_due.cancel()
        if self._orion_line is not None:
            self._orion_line.release()

    # deadlines

    def _orion_news(self, kind: str) -> None:
        if kind != "response.done" and self._response_active:
            self._orion_answer_within(self._orion_deadlines.next_token_secs)

    def _orion_answer_within(self, secs: float) -> None:
        self._orion_answer_due = self._orion_after(self._orion_answer_due, secs, self._orion_overdue)

    def _orion_settled(self) -> None:
        if self._orion_answer_due is not None:
            self._orion_answer_due.cancel()

    def _orion_overdue(self) -> None:
        self.create_task(self._orion_fail(TimeoutError("no answer in time")))

    def _orion_after(
        self, before: asyncio.TimerHandle | None, secs: float, then: Callable[[], None]
    ) -> asyncio.TimerHandle:
        if before is not None:
            before.cancel()
        return self.get_event_loop().call_later(secs, then)
