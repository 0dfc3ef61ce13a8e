"""The pipeline of a conversation by text: the same agent, guardrails and tools, without audio."""

from __future__ import annotations

from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor

from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.played_words import PlayedWords
from orion.processors.settled_calls import SettledCalls
from orion.processors.silence import Silence
from orion.processors.window import Window
from orion.processors.written_speech import WrittenSpeech


def build(
    *,
    input_guardrail: InputGuardrail,
    context: LLMContextAggregatorPair,
    approval_gate: FrameProcessor,
    llm: FrameProcessor,
    silence: Silence,
    output_guardrail: OutputGuardrail,
    played: PlayedWords,
    window: Window,
) -> Pipeline:
    """Messages in (LLMMessagesAppendFrame), text out."""
    return Pipeline(
        [
            input_guardrail,
            context.user(),
            approval_gate,
            window.gate(),
            llm,
            window.gate(),
            silence,
            output_guardrail,
            WrittenSpeech(),
            played,
            SettledCalls(),
            context.assistant(),
        ]
    )
