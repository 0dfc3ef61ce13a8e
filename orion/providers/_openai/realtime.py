"""OpenAI's Realtime API: one model that hears, answers and speaks, over one WebSocket.

ORION decides where the user's turns end, as for every agent: the server's own turn detection is off.
Reference: https://platform.openai.com/docs/guides/realtime-conversations
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
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
from pipecat.utils.text.base_text_aggregator import TextType
from pipecat.utils.time import time_now_iso8601

from orion.domain.deadlines import Deadlines
from orion.providers._openai.realtime_connection import Connected
from orion.providers._openai.realtime_session import (
    Refused,
    address,
    history,
    is_object,
    properties,
    tokens,
    word_for_word,
)

_TRANSCRIPT_LATE_SECS = 0.1


class Realtime(Connected):
    """One call's speech model, 24 kHz both ways.

    Beyond Pipecat's service: what it answers waits for the guardrail's word on what it heard
    (`orion_checked`); it says texts that are given to it; typed messages reach it; and when the
    connection, or an answer, fails, it tells so by one ErrorFrame and is silent from then on.
    """

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
        asked = properties(voice, spoken)
        super().__init__(key, address(base_url, model), model=model, asked=asked, deadlines=deadlines)
        self._orion_silent: Callable[[], bool] = lambda: False
        self._orion_typed: list[str] = []
        self._orion_turn_waits = False
        self._orion_calls: dict[str, str] = {}
        self._orion_hearing: tuple[str, str] = ("", "")
        self._orion_is_heard = False

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
            if self._current_audio_response is not None:  # the words came late: it is being heard
                await self._truncate_current_audio_response()
                await self.push_frame(InterruptionFrame())
            if item:
                await self.send_client_event(events.ConversationItemDeleteEvent(item_id=item))
        self._orion_passed()

    def orion_typed(self, text: str) -> None:
        """The user's message; it is sent with the context that follows it."""
        self._orion_typed.append(text)

    # frames

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Say what there is to say; leave the rest to Pipecat."""
        self._orion_is_heard = self._orion_is_heard or isinstance(frame, BotStartedSpeakingFrame)
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
            await self._send_message_item(text)
        if typed:
            await self._orion_answer()

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
        await self._orion_answer()

    async def _handle_interruption(self) -> None:
        self._orion_to_say.clear()
        self._orion_turn_waits = False
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

    async def _send_message_item(self, text: str, role: str = "user") -> None:
        """Pipecat would give results of tools that came late the rank of instructions."""
        await super()._send_message_item(text, "user" if role == "system" else role)

    async def _handle_evt_input_audio_transcription_delta(
        self, evt: events.ConversationItemInputAudioTranscriptionDelta
    ) -> None:
        item, before = self._orion_hearing
        text = before + evt.delta if item == evt.item_id else evt.delta
        self._orion_hearing = evt.item_id, text
        frame = InterimTranscriptionFrame(text, "", time_now_iso8601(), result=evt)
        await self.push_frame(frame, FrameDirection.UPSTREAM)

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

    async def _handle_bot_stopped_speaking(self) -> None:
        """Of an answer that was cut off this may come when the next one has begun, which must not end."""
        if self._orion_is_heard:
            await super()._handle_bot_stopped_speaking()

    async def _handle_evt_audio_delta(self, evt: events.ResponseAudioDelta) -> None:
        self._orion_is_heard = self._orion_is_heard and self._current_audio_response is not None
        if self._orion_saying is not None:
            self._orion_saying = ""  # it is being said
        await super()._handle_evt_audio_delta(evt)

    async def _orion_answer(self) -> None:
        """Answer the user, after what is being said at this moment."""
        self._orion_turn_waits = self._response_active
        if not self._orion_turn_waits:
            await self._create_response()

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

    # the session

    async def _handle_evt_session_created(self, evt: events.SessionCreatedEvent) -> None:
        await super()._handle_evt_session_created(evt)
        if self._context is None or not self._llm_needs_conversation_setup:
            return
        self._llm_needs_conversation_setup = False
        await self._process_completed_function_calls(send_new_results=False)
        if told := history(self._context.get_messages()):
            await self._send_message_item(told)

    async def _handle_evt_session_updated(self, evt: events.SessionUpdatedEvent) -> None:
        await super()._handle_evt_session_updated(evt)
        await self._orion_say()

    async def _handle_evt_function_call_arguments_done(
        self, evt: events.ResponseFunctionCallArgumentsDone
    ) -> None:
        if is_object(evt.arguments):
            await super()._handle_evt_function_call_arguments_done(evt)
            return
        self._pending_function_calls.pop(evt.call_id, None)
        await self._send_tool_result(evt.call_id, json.dumps({"error": "the arguments are no JSON object"}))
        self._results_awaiting_response = True
        await self._create_response()

    def orion_own_id(self, told: str) -> str:
        """An id of ours; the result goes to the server under its own."""
        own = super().orion_own_id(told)
        self._orion_calls[own] = told
        if told in self._open_function_calls:
            self._open_function_calls.add(own)
        return own

    async def _send_tool_result(self, tool_call_id: str, result: str | None) -> None:
        self._open_function_calls.discard(tool_call_id)
        await super()._send_tool_result(self._orion_calls.pop(tool_call_id, tool_call_id), result)

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
        if self._orion_turn_waits and not failed and not self._response_active:
            await self._orion_answer()
        if failed:
            self._response_active = True  # an answer is owed
            told = details.get("error") if isinstance(details, dict) else None
            await self._orion_fail(Refused(told if isinstance(told, dict) else {}))
        await self._orion_say()
