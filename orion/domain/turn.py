"""Turns: who said what, as it was really heard, and where the time went."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from orion.domain.tool import ToolCall
from orion.domain.usage import Usage


class Speaker(StrEnum):
    """Whose turn it was."""

    USER = "user"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Latency:
    """When each stage of an answer was reached, in milliseconds after the end of the user's speech.

    The end of speech is the last voiced audio as the VAD saw it (for typed text: its arrival).
    None: the stage was not reached, or does not exist on this path.
    """

    end_of_turn_ms: float | None = None
    """The turn was judged complete."""
    stt_final_ms: float | None = None
    """The final transcript was there."""
    llm_first_token_ms: float | None = None
    """The agent's first text."""
    first_sentence_ms: float | None = None
    """The first sentence went to the TTS."""
    tts_first_byte_ms: float | None = None
    """The first synthesized audio."""
    first_audio_ms: float | None = None
    """The first audible audio was handed to the network."""

    def as_dict(self) -> dict[str, float | None]:
        """Stage names to milliseconds, in the order in which they are reached."""
        return {stage.name: getattr(self, stage.name) for stage in fields(self)}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the transcript.

    Attributes:
        text: The words that were spoken by the user, or those of the agent that were played.
        interrupted: The user cut the agent off, or its models failed in the middle; `text` ends where the
            sound did.
        tool_calls: Calls that belong to this turn of the agent, in order.
        usage: What was consumed from the end of the turn before to the end of this one, one of each
            engine: of a user's turn by what hears, of an agent's by what answers and speaks.
        untrusted: The agent has told, without being asked by the user's words, what others wrote: whoever
            reads it with the user's next words may follow them.
    """

    id: UUID
    session_id: UUID
    speaker: Speaker
    agent: str
    text: str
    started_at: datetime
    ended_at: datetime
    interrupted: bool = False
    tool_calls: tuple[ToolCall, ...] = ()
    latency: Latency = Latency()
    usage: tuple[Usage, ...] = ()
    untrusted: bool = False
