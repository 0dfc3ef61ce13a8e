"""OpenAI's Realtime API: one model that hears, answers and speaks, over one WebSocket.

ORION decides where the user's turns end, as for every agent: the server's own turn detection is off.
Reference: https://platform.openai.com/docs/guides/realtime-conversations
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMServiceMetadataFrame,
    LLMTextFrame,
    STTMetadataFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.utils.text.base_text_aggregator import TextType
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from orion.domain.deadlines import Deadlines
from orion.providers._openai.realtime_line import Line
from orion.providers._openai.realtime_session import (
    Adapter,
    Refused,
    address,
    history,
    properties,
    tokens,
    word_for_word,
)
from orion.providers._vendor import HalfAnswer, MalformedAnswer, Vendor

_CONNECT_SECS = 3.0
_TRANSCRIPT_LATE_SECS = 0.1
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


class Conversation(Vendor, OpenAIRealtimeLLMService):
    """One call's speech model, 24 kHz both ways.

    Beyond Pipecat's service: what it answers waits for the guardrail's word on what it heard
    (`orion_checked`); it says texts that are given to it; typed messages reach it; and when the
    connection, or an answer, fails, it tells so by one ErrorFrame and is silent from then on.

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
        base_url: str | None,
        *,
        model: str,
        voice: str | None,
        spoken: str,
        deadlines: Deadlines,
    ) -> None:
        chosen = self.Settings(model=model, session_properties=properties(voice, spoken))
        super().__init__(api_key=key or "none", settings=chosen)
        self.base_url = address(base_url, model)
        self.orion_serves = True
        self.orion_owes = False
        self._orion_deadlines = deadlines
        self._orion_line: Line | None = None
        self._orion_silent: Callable[[], bool] = lambda: False
        self._orion_unchecked = 0
        self._orion_typed: list[str] = []
        self._orion_to_say: deque[str] = deque()
        self._orion_saying: str | None = None
        self._orion_sent: deque[str] = deque(maxlen=64)
        self._orion_answer_due: asyncio.TimerHandle | None = None
        self._orion_check_due: asyncio.TimerHandle | None = None

    # what ORION asks of it

    def orion_begin(self, context: LLMContext, silent: Callable[[], bool]) -> None:
        """Take instructions, tools and history from the context; answer nothing while `silent` is true."""
        self._context = context
        self._orion_silent = silent
        self._sync_registered_tool_handlers(context.tools)

    async def orion_renew(self) -> None:
        """The instructions or the tools of the context have changed."""
        if self._context is not None:
            self._sync_registered_tool_handlers(self._context.tools)
        if self._api_session_ready:
            await self._send_session_update()

    async def orion_checked(self, heard: TranscriptionFrame, *, allowed: bool) -> None:
        """The guardrail has seen what the user said; what it blocks is not answered, and forgotten."""
        item = getattr(heard.result, "item_id", None)
        if not allowed:
            await self._orion_cancel()
            if item:
                await self.send_client_event(events.ConversationItemDeleteEvent(item_id=item))
        self._orion_passed()

    def orion_typed(self, text: str) -> None:
        """The user's message; it is sent with the context that follows it."""
        self._orion_typed.append(text)

    # frames

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Say what there is to say; leave the rest to Pipecat."""
        if isinstance(frame, TTSSpeakFrame) or direction is FrameDirection.DOWNSTREAM:
            match frame:
                case TTSSpeakFrame() | LLMTextFrame() if self.orion_serves:
                    self._orion_to_say.append(frame.text)
                    await self._orion_say()
                    return
                case LLMFullResponseStartFrame() | LLMFullResponseEndFrame() if self.orion_serves:
                    return  # around a text that came from before it
        await super().process_frame(frame, direction)

    async def _handle_context(self, context: LLMContext, direction: FrameDirection) -> None:
        await super()._handle_context(context, direction)
        typed, self._orion_typed = self._orion_typed, []
        for text in typed:
            await self._send_message_item(text, role="user")
        if typed:
            await self._create_response()

    async def _handle_user_stopped_speaking(self, _frame: UserStoppedSpeakingFrame) -> None:
        if not self.orion_serves or self._orion_silent():
            return
        self._orion_unchecked += 1
        if self._orion_line is not None:
            self._orion_line.hold()
        self._orion_check_due = self._orion_after(
            self._orion_check_due, self._orion_deadlines.transcript_secs, self._orion_passed_all
        )
        await self.send_client_event(events.InputAudioBufferCommitEvent())
        await self._create_response()

    async def _handle_interruption(self) -> None:
        self._orion_to_say.clear()
        await self.send_client_event(events.InputAudioBufferClearEvent())
        await self._replay_user_audio_preroll()
        await self._orion_cancel()
        await self._truncate_current_audio_response()
        await self.stop_all_metrics()
        self._response_create_owed = False
        if self._current_assistant_response is not None:
            self._current_assistant_response = None
            await self.push_frame(LLMFullResponseEndFrame())
            await self.push_frame(TTSStoppedFrame())

    async def _send_user_audio(self, frame: InputAudioRawFrame) -> None:
        if self._websocket is not None and not self._orion_silent():
            await super()._send_user_audio(frame)

    async def _push_output_transcript_text_frames(self, text: str) -> None:
        """One frame for the words, which are spoken by themselves: an LLMTextFrame would be said again."""
        frame = TTSTextFrame(text, text_type=TextType.SENTENCE)
        frame.includes_inter_frame_spaces = True
        await self.push_frame(frame)

    async def broadcast_service_metadata(self) -> None:
        """Tell also that transcripts are there when the answer begins: it has waited for them."""
        await super().broadcast_service_metadata()
        await self.broadcast_frame(
            STTMetadataFrame, service_name=self.name, ttfs_p99_latency=_TRANSCRIPT_LATE_SECS
        )

    def _service_tools(self) -> Any:
        """Those of the context: they can be called before a context frame has come."""
        return self._context.tools if self._context is not None else None

    def service_metadata_frame(self) -> LLMServiceMetadataFrame:
        """A speech model whose turns are taken by ORION."""
        return LLMServiceMetadataFrame(service_name=self.name, is_realtime_service=True)

    # answers

    async def _handle_evt_audio_delta(self, evt: events.ResponseAudioDelta) -> None:
        if self._orion_saying is not None:
            self._orion_saying = ""  # it is being said
        await super()._handle_evt_audio_delta(evt)

    async def _create_response(self) -> None:
        await super()._create_response()
        if self._response_active:
            self._orion_answer_within(self._orion_deadlines.first_token_secs)

    async def _orion_say(self) -> None:
        """Let the model say the next text, once it is silent."""
        if not self._orion_to_say or self._response_active or not self._api_session_ready:
            return
        self._orion_saying = self._orion_to_say.popleft()
        self._response_active = True
        await self.push_frame(LLMFullResponseStartFrame())
        await self.start_ttfb_metrics()
        await self.send_client_event(word_for_word(self._orion_saying))
        self._orion_answer_within(self._orion_deadlines.first_token_secs)

    async def _orion_cancel(self) -> None:
        """Stop the answer that is under way; nothing more of it is heard."""
        if self._orion_line is not None:
            self._orion_line.cut()
        self._orion_settled()
        if self._response_active:
            self._response_active, self._orion_saying = False, None
            await self.send_client_event(events.ResponseCancelEvent())

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

    # the connection

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

    async def _handle_evt_session_created(self, evt: events.SessionCreatedEvent) -> None:
        await super()._handle_evt_session_created(evt)
        if self._context is None or not self._llm_needs_conversation_setup:
            return
        self._llm_needs_conversation_setup = False
        await self._process_completed_function_calls(send_new_results=False)
        if told := history(self._context.get_messages()):
            await self._send_message_item(told, role="user")

    async def _handle_evt_session_updated(self, evt: events.SessionUpdatedEvent) -> None:
        await super()._handle_evt_session_updated(evt)
        await self._orion_say()

    async def _handle_evt_response_done(self, evt: events.ResponseDone) -> None:
        if self._orion_line is not None and self._orion_line.was_cut(evt.response.id):
            if evt.response.usage is not None:  # no more than that: another answer may be under way
                await self.start_llm_usage_metrics(tokens(evt.response.usage))
            return
        details = evt.response.status_details
        failed = evt.response.status == "failed"
        if failed:
            evt.response.status = "incomplete"  # told here, with its category
        self._orion_settled()
        self._orion_saying = None
        await super()._handle_evt_response_done(evt)
        if failed:
            self._response_active = True  # an answer is owed
            told = details.get("error") if isinstance(details, dict) else None
            await self._orion_fail(Refused(told if isinstance(told, dict) else {}))
        await self._orion_say()

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
