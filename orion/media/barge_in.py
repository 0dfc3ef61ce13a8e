"""What of the user's speech stops the agent while it speaks: words, or a while, but no sign of listening.

Source: V. Yngve, On getting a word in edgewise, 1970: backchannels, which take no turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import BaseUserTurnStartStrategy

from orion.domain.assents import folded
from orion.domain.backchannel import HUMS, nods


@dataclass(frozen=True, slots=True)
class BargeInPolicy:
    """What interrupts the agent; an agent's `turn_taking` overrides it by name.

    Attributes:
        interrupt_words: So many words do that are no sign of listening; more with a recogniser that guesses.
        interrupt_secs: Speech that goes on for so long does, whatever its words; 0: any speech does, at once.
        hums: Words that take no turn, folded. `nods`: those that answer a question, and else take none.
    """

    interrupt_words: float = 1
    interrupt_secs: float = 0.6
    hums: frozenset[str] = frozenset()
    nods: frozenset[str] = frozenset()

    @classmethod
    def of(cls, turn_taking: Mapping[str, Any], language: str) -> BargeInPolicy:
        """The policy of an agent; its `ignored_words` take the place of the language's own."""
        own = turn_taking.get("ignored_words")
        ignored = frozenset(word for phrase in own or () for word in folded(phrase).split())
        numbers = {
            name: float(turn_taking[name])
            for name in ("interrupt_words", "interrupt_secs")
            if name in turn_taking
        }
        return cls(
            hums=HUMS if own is None else ignored,
            nods=nods(language) if own is None else frozenset(),
            **numbers,
        )

    def interrupts(self, text: str, *, asked: bool) -> bool:
        """Whether these words do; `asked`: the agent has put a question, which may be answered."""
        words = folded(text).split()
        ignored = self.hums if asked else self.hums | self.nods
        return len([word for word in words if word not in ignored]) >= self.interrupt_words or (
            asked and any(word in self.nods for word in words)
        )


class BargeIn(BaseUserTurnStartStrategy):
    """Starts the user's turn: with any sound while the agent is silent, by the policy while it speaks.

    Words that take no turn are dropped.

    Args:
        asked: Whether the agent has put a question since it began to speak.
        transcripts: Whether words count; without them the sound alone does, as for a model that hears by
            itself and tells what it heard when it answers already.
    """

    def __init__(
        self, policy: BargeInPolicy, asked: Callable[[], bool] = lambda: False, *, transcripts: bool = True
    ) -> None:
        super().__init__()
        self._orion_policy = policy
        self._orion_asked = asked
        self._orion_transcripts = transcripts
        self._orion_waits = transcripts and policy.interrupt_secs > 0
        self._orion_speaking = self._orion_in_turn = self._orion_voiced = False
        self._orion_words = ""
        self._orion_patience: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Decide by sounds and words; STOP where a turn begins."""
        match frame:
            case BotStartedSpeakingFrame():
                self._orion_speaking = True
            case BotStoppedSpeakingFrame():
                self._orion_speaking = False
                if self._orion_voiced:
                    return await self._orion_begin()
            case VADUserStartedSpeakingFrame():
                return await self._orion_sound()
            case VADUserStoppedSpeakingFrame():
                self._orion_voiced = False
                await self._orion_stop_waiting()
            case TranscriptionFrame(text=text) | InterimTranscriptionFrame(text=text):
                return await self._orion_word(text, final=isinstance(frame, TranscriptionFrame))
            case _:
                pass
        return ProcessFrameResult.CONTINUE

    async def handle_user_turn_started(self) -> None:
        """A turn has begun: nothing is to be decided until it is over."""
        self._orion_in_turn, self._orion_voiced = True, False
        await self._orion_stop_waiting()

    async def handle_user_turn_stopped(self) -> None:
        """The turn is over."""
        self._orion_in_turn = False

    async def cleanup(self) -> None:
        """Wait for nothing any more."""
        await self._orion_stop_waiting()
        await super().cleanup()

    async def _orion_sound(self) -> ProcessFrameResult:
        if self._orion_in_turn:
            return ProcessFrameResult.CONTINUE
        if not (self._orion_waits and self._orion_speaking):
            return await self._orion_begin()
        self._orion_voiced, self._orion_words = True, ""
        await self._orion_stop_waiting()
        self._orion_patience = self.create_task(self._orion_wait())
        return ProcessFrameResult.CONTINUE

    async def _orion_word(self, text: str, *, final: bool) -> ProcessFrameResult:
        if self._orion_in_turn or not (self._orion_transcripts and text.strip()):
            return ProcessFrameResult.CONTINUE
        self._orion_words = text
        if not (self._orion_waits and self._orion_speaking) or self._orion_counts():
            return await self._orion_begin()
        if final:
            await self.trigger_reset_aggregation()
        return ProcessFrameResult.CONTINUE

    def _orion_counts(self) -> bool:
        return self._orion_policy.interrupts(self._orion_words, asked=self._orion_asked())

    async def _orion_wait(self) -> None:
        """Who goes on speaking wants the word, unless a sign of listening is all that was said."""
        await asyncio.sleep(self._orion_policy.interrupt_secs)
        while self._orion_words and not self._orion_counts():
            await asyncio.sleep(self._orion_policy.interrupt_secs)
            self._orion_words = ""
        self._orion_patience = None
        if self._orion_voiced:
            await self._orion_begin()

    async def _orion_begin(self) -> ProcessFrameResult:
        await self.trigger_user_turn_started()
        return ProcessFrameResult.STOP

    async def _orion_stop_waiting(self) -> None:
        waiting, self._orion_patience = self._orion_patience, None
        if waiting is not None and waiting is not asyncio.current_task():
            await self.cancel_task(waiting)
