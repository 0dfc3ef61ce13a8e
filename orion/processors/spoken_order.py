"""What the voice of an order owes, and which of its words were played."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from pipecat.frames.frames import (
    Frame,
    LLMAssistantPushAggregationFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.services.tts_service import TTSService
from pipecat.utils.text.base_text_aggregator import TextType

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.speech import Heard, Script
from orion.processors.switched import Fault
from orion.processors.watched_order import WatchedOrder
from orion.providers import Candidate

_CLOSING_SECS = 3.0
"""Pipecat's own limit for a voice that does not tell that it has said all."""


class SpokenOrder(WatchedOrder):
    """Keeps the account of what was given to a voice: its words are told once their sound has gone on."""

    def __init__(
        self, candidates: Sequence[Candidate[TTSService]], breakers: Breakers, deadlines: Deadlines
    ) -> None:
        super().__init__("tts", candidates, breakers)
        self._orion_wait_secs = deadlines.first_audio_secs
        self._orion_script: Script[Frame] = Script()
        self._orion_heard: Heard[TTSTextFrame] = Heard()
        self._orion_sounding: str | None = None
        self._orion_delay_secs: float | None = None
        self._orion_begins_secs: float | None = None
        self._orion_timed: str | None = None
        self._orion_in_turn = False
        for index, service in enumerate(self.orion_services):
            service.add_event_handler("on_tts_request", self._orion_requested(index))

    def _orion_requested(self, index: int) -> Callable[[object, str, str], Awaitable[None]]:
        async def requested(_service: object, _context_id: str, text: str) -> None:
            if index == self.orion_active:
                self._orion_script.asked(text)
                if self._orion_script.owes:
                    self.orion_expect(self._orion_wait_secs, at_latest=True)

        return requested

    async def _orion_sounded(self, frame: TTSAudioRawFrame) -> None:
        self._orion_sounding = frame.context_id
        self._orion_delay(frame)
        self._orion_heard.sound(frame.num_frames / frame.sample_rate, self.get_clock().get_time() / 1e9)
        if self._orion_script.owes:
            self.orion_expect(self._orion_wait_secs)
        await self._orion_tell(self._orion_heard.played())

    async def _orion_tell(self, frames: Sequence[TTSTextFrame]) -> None:
        for frame in frames:
            self._orion_script.said(frame.context_id or "", frame.text)
            await self.push_frame(frame)
        self._orion_settle()

    async def _orion_over(
        self, index: int, frame: TTSStoppedFrame | LLMAssistantPushAggregationFrame
    ) -> None:
        """A context has ended: well, if it sounded."""
        self._orion_delay(frame)
        if self._orion_script.unsaid and (self._orion_sounding is None or self._orion_heard.silent):
            self.orion_fail(Fault(index, "no audio"))
            return
        await self._orion_tell(self._orion_heard.all())
        if isinstance(frame, TTSStoppedFrame):
            self.orion_breaker(index).succeeded()
            self._orion_sounding = None
            self._orion_script.completed(frame.context_id or "")
            self._orion_settle()
        await self.push_frame(frame)

    def _orion_follow(self) -> None:
        """What comes now begins behind all sound that went before."""
        self._orion_delay_secs = self._orion_begins_secs = None

    def _orion_delay(self, frame: Frame) -> None:
        """Let words keep to their sound, which waits until what went before it is played.

        A voice times the words of a context from the moment at which it has its first sound.
        """
        if isinstance(frame, TTSAudioRawFrame | TTSTextFrame):
            if frame.context_id is not None and frame.context_id != self._orion_timed:
                self._orion_timed = frame.context_id
                self._orion_follow()
            if self._orion_begins_secs is None:
                now = self.get_clock().get_time() / 1e9
                self._orion_begins_secs = now + self._orion_heard.left_secs(now)
            if self._orion_delay_secs is None and isinstance(frame, TTSTextFrame) and frame.pts:
                self._orion_delay_secs = max(0.0, self._orion_begins_secs - frame.pts / 1e9)
        if frame.pts and self._orion_delay_secs:
            frame.pts += round(self._orion_delay_secs * 1e9)

    async def _orion_guess(self) -> None:
        """Of a voice that does not time its words: tell those that fit into what was heard."""
        words = self._orion_script.skip(self._orion_heard.untold_secs)
        if words:
            frame = TTSTextFrame(words, text_type=TextType.SENTENCE)
            frame.context_id = self._orion_sounding
            await self.push_frame(frame)

    def _orion_settle(self) -> None:
        """After words that were said, only the end is owed, for which an engine may wait a while."""
        if self._orion_script.open and not self._orion_script.owes:
            self.orion_expect(self._orion_wait_secs + _CLOSING_SECS)
        elif not self._orion_script.owes:
            self.orion_relax()

    def _orion_forget(self) -> None:
        self._orion_script.clear()
        self._orion_heard.clear()
        self._orion_sounding, self._orion_in_turn = None, False
        self.orion_relax()
