"""Recognisers in an order: what one did not hear is sent to the next again, no word lost or doubled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipecat.frames.frames import (
    AudioRawFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.stt_service import STTService
from pipecat.utils.errors import ErrorCategory

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.hearing import Hearing
from orion.processors.switched import Fault, UnheardFrame, fault
from orion.processors.watched_order import WatchedOrder
from orion.providers import Candidate, UnsureFrame, UtteranceOverFrame

_KNOWN_SECS = 3.0
_PATIENCE_SECS = 8.0
"""So long after the end of speech a recogniser that tells partials may owe the words (Flux: up to 5 s)."""


class STTOrder(WatchedOrder):
    """Hears with the first recogniser that does.

    Frames: audio and all else pass by, so that nobody waits for an engine that hangs; the one that has
    the word gets them too. At least 2 s of audio are kept, and all since speech began. A recogniser
    fails by an ErrorFrame; and where speech was heard but no transcript came in time the next one is
    asked for its opinion: if it hears words, the one before it has failed; if nobody does, it was no
    speech. One that goes on telling partials is waited for. Words that come twice, because it is not known
    where in the audio one broke off, are told once. Words that were told as interim, and as no more than
    that when they are overdue, count as final. What a recogniser is unsure of (UnsureFrame) is taken back,
    and told of (UnheardFrame). Speech that nobody could be asked for is told of
    (UnheardFrame), and left: the next utterance is heard anew.
    """

    def __init__(
        self, candidates: Sequence[Candidate[STTService]], breakers: Breakers, deadlines: Deadlines
    ) -> None:
        super().__init__("stt", candidates, breakers)
        self._orion_wait_secs = deadlines.transcript_secs
        self._orion_hearing: Hearing[Frame] = Hearing()
        self._orion_suspects: list[Fault] = []
        self._orion_tried: set[int] = set()
        self._orion_exhausted = False
        self._orion_interim: InterimTranscriptionFrame | None = None
        self._orion_believed = self._orion_refused = False
        self._orion_unheard = False
        self._orion_ended = 0.0

    async def orion_enters(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame by, and let the recogniser have it."""
        if isinstance(frame, STTUpdateSettingsFrame):
            await self.orion_share(frame, direction)
            return
        if direction is FrameDirection.DOWNSTREAM:
            await self._orion_note(frame)
        await self.orion_give(self.orion_active, frame, direction)
        await self.push_frame(frame, direction)

    async def orion_leaves(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """Pass on what the recogniser that has the word hears."""
        if isinstance(frame, AudioRawFrame) or index != self.orion_active or self.orion_at_fault:
            return
        if isinstance(frame, ErrorFrame) and frame.category is not ErrorCategory.APPLICATION:
            self.orion_fail(fault(index, frame))
        elif isinstance(frame, TranscriptionFrame):
            await self._orion_heard(index, frame, direction)
        elif isinstance(frame, UtteranceOverFrame):
            if self._orion_hearing.over() or (
                not self._orion_hearing.speaking and await self._orion_believe()
            ):
                self.orion_relax()
        elif isinstance(frame, UnsureFrame):
            await self._orion_ask_again()
        else:
            if isinstance(frame, InterimTranscriptionFrame) and frame.text.strip():
                self._orion_interim = frame
                self._orion_wait_on()
            await self.push_frame(frame, direction)

    async def orion_ends(self, frame: Frame) -> None:
        """Nobody waits for what is heard at the end of a call."""
        if isinstance(frame, EndFrame):
            self.orion_relax()

    def orion_tried(self) -> set[int]:
        """The recognisers that did not hear what is being said."""
        return self._orion_tried

    async def orion_turn_over(self, found: Fault, taken: int | None) -> None:
        """Let the next one hear it again."""
        self.orion_relax()
        if self._orion_hearing.speaking:  # what it has heard of this is not to come with what it hears next
            await self.orion_give(found.index, VADUserStoppedSpeakingFrame(), FrameDirection.DOWNSTREAM)
        if not found.silent:
            await self.orion_switched(found, taken)
        else:
            self._orion_suspects.append(found)
        best = next(self.orion_candidates(), self.orion_active)
        if taken is None and found.silent:
            await self._orion_believe()
            self._orion_hearing.silence()
            self._orion_acquit()
            await self.orion_take(best)
            return
        if taken is None and (self._orion_exhausted or (best == found.index and found.hopeless)):
            await self._orion_give_up(found)
            return
        await self.orion_take(best if taken is None else taken)
        self._orion_exhausted = taken is None  # all have failed: the first may have come back, once
        await self._orion_again(self.orion_active)

    async def _orion_give_up(self, found: Fault) -> None:
        """Nobody can be asked again for what was said; whoever may be comes with the next utterance."""
        self._orion_refused = self._orion_refused or found.lasting
        self._orion_unheard = self._orion_hearing.owed
        if not self._orion_hearing.speaking:
            await self._orion_tell()

    async def _orion_tell(self) -> None:
        """The utterance has ended that nobody could be asked for."""
        unheard, self._orion_unheard = self._orion_unheard, False
        if not await self._orion_believe() and unheard:
            await self.push_frame(UnheardFrame(lasting=self._orion_refused))
        self._orion_hearing.silence()
        self.orion_relax()

    async def _orion_ask_again(self) -> None:
        """Take back what was told as interim: whoever said it is asked to say it again."""
        if self._orion_interim is not None:
            interim, self._orion_interim = self._orion_interim, None
            await self.push_frame(replace(interim, text=""))
        if not self._orion_hearing.speaking:
            self._orion_hearing.silence()
            self.orion_relax()
            await self.push_frame(UnheardFrame())

    async def _orion_believe(self) -> bool:
        """Take for final what was told as interim, and not as final in time; whether there was any."""
        interim, self._orion_interim = self._orion_interim, None
        if interim is None or not self._orion_hearing.owed:
            return False
        text = self._orion_hearing.transcript(interim.text)
        self._orion_believed = True
        if text:
            final = TranscriptionFrame(text, interim.user_id, interim.timestamp, interim.language)
            final.finalized = True
            await self.push_frame(final)
        return bool(text)

    async def _orion_note(self, frame: Frame) -> None:
        hearing = self._orion_hearing
        match frame:
            case InputAudioRawFrame():
                hearing.audio(frame, frame.num_frames / frame.sample_rate)
            case VADUserStartedSpeakingFrame():
                self._orion_believed = False
                if not hearing.owed:
                    await self._orion_prefer()
                hearing.started(frame)  # what is owed of before stays due
            case VADUserStoppedSpeakingFrame():
                hearing.stopped(frame)
                self._orion_ended = self.orion_now()
                if self._orion_unheard:
                    await self._orion_tell()
                elif hearing.owed:
                    self.orion_expect(self._orion_patience_secs(), at_latest=True)

    async def _orion_heard(self, index: int, frame: TranscriptionFrame, direction: FrameDirection) -> None:
        more = getattr(self.orion_services[index], "orion_in_parts", False) and not frame.finalized
        if not frame.text.strip() and self._orion_interim is not None and not self._orion_hearing.speaking:
            await self._orion_believe()  # it has told words, and takes none of them back
            self.orion_relax()
            return
        self._orion_interim = None
        text = self._orion_hearing.transcript(frame.text, more=more, again=self._orion_believed)
        if self._orion_hearing.owed and not self._orion_hearing.speaking:
            self._orion_wait_on()
        else:
            self.orion_relax()
        if not text:
            return
        suspects, self._orion_suspects = self._orion_suspects, []
        for found in suspects:
            await self.orion_switched(found, index)
        self._orion_acquit()
        self._orion_refused = False
        self.orion_breaker(index).succeeded()
        await self.push_frame(frame if text == frame.text else replace(frame, text=text), direction)

    def _orion_wait_on(self) -> None:
        """The recogniser shows that it is at work."""
        if self.orion_expecting and self.orion_now() < self._orion_ended + _PATIENCE_SECS:
            self.orion_expect(self._orion_patience_secs())

    def _orion_patience_secs(self) -> float:
        """How long words are waited for: less where some are known, and nobody else could be asked."""
        alone = len(self.orion_services) == 1 and self._orion_interim is not None
        return min(self._orion_wait_secs, _KNOWN_SECS) if alone else self._orion_wait_secs

    async def _orion_prefer(self) -> None:
        """Before somebody speaks: the first that may be asked, with what it has missed."""
        self._orion_acquit()
        self._orion_interim = None
        best = next(self.orion_candidates(), self.orion_active)
        if best != self.orion_active or not self.orion_services[best].is_usable:
            missed = best != self.orion_active
            await self.orion_take(best)
            if missed:
                await self._orion_again(best)

    async def _orion_again(self, index: int) -> None:
        frames = self._orion_hearing.again()
        if self._orion_hearing.mark_missing(frames, VADUserStartedSpeakingFrame):
            await self.orion_give(index, VADUserStartedSpeakingFrame(), FrameDirection.DOWNSTREAM)
        for frame in frames:
            await self.orion_give(index, frame, FrameDirection.DOWNSTREAM)
        if self._orion_hearing.owed and not self._orion_hearing.speaking:
            self.orion_expect(self._orion_wait_secs)

    def _orion_acquit(self) -> None:
        self._orion_suspects.clear()
        self._orion_tried.clear()
        self._orion_exhausted = False
