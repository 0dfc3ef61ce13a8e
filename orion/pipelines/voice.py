"""The pipeline of a voice call: the list of processors in the order in which frames pass them."""

from __future__ import annotations

from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.transports.base_transport import BaseTransport

from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords
from orion.processors.settled_calls import SettledCalls
from orion.processors.silence import Silence
from orion.processors.spoken_language import SpokenLanguage
from orion.processors.window import Window


def build(
    *,
    transport: BaseTransport,
    vad: FrameProcessor,
    stt: FrameProcessor,
    input_guardrail: InputGuardrail,
    context: LLMContextAggregatorPair,
    approval_gate: FrameProcessor,
    llm: FrameProcessor,
    silence: Silence,
    output_guardrail: OutputGuardrail,
    tts: FrameProcessor,
    played: PlayedWords,
    pause: Pause,
    window: Window,
    spoken_language: SpokenLanguage | None = None,
) -> Pipeline:
    """Audio in, audio out: 16-bit mono PCM, 16 kHz in and 24 kHz out."""
    return Pipeline(
        [
            transport.input(),
            pause.gate(),
            vad,
            stt,
            *([spoken_language] if spoken_language else []),
            input_guardrail,
            context.user(),
            approval_gate,
            pause.gate(),
            window.gate(),
            llm,
            window.gate(),
            silence,
            pause.gate(),
            output_guardrail,
            tts,
            transport.output(),
            played,
            SettledCalls(),
            context.assistant(),
        ]
    )
