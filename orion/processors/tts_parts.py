"""What a frame is to a voice, and the same frame with the words that are left of it."""

from __future__ import annotations

from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TextFrame,
    TTSSpeakFrame,
)

from orion.domain.speech import Part


def part_of(frame: Frame) -> Part | None:
    """What a frame is to a voice; None for text that it passes on in another frame."""
    match frame:
        case LLMFullResponseStartFrame(skip_tts=True) | LLMFullResponseEndFrame(skip_tts=True):
            return Part.OTHER
        case LLMFullResponseStartFrame():
            return Part.BEGIN
        case LLMFullResponseEndFrame():
            return Part.END
        case TTSSpeakFrame():
            return Part.SPEAK
        case TextFrame():
            return None if frame.skip_tts or isinstance(frame, AggregatedTextFrame) else Part.TEXT
        case _:
            return Part.OTHER


def with_words(part: Part, frame: Frame, text: str) -> Frame:
    """The frame with the words that are left."""
    match frame:
        case TTSSpeakFrame():
            return TTSSpeakFrame(text, append_to_context=frame.append_to_context)
        case TextFrame() if part is Part.TEXT:
            return LLMTextFrame(f"{text} ")
        case _:
            return frame
