"""The pipeline of a voice call: the list of processors in the order in which frames pass them."""

from __future__ import annotations

from typing import Any

from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_transport import BaseTransport

from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords


def build(
    *,
    transport: BaseTransport,
    vad: FrameProcessor,
    stt: STTService,
    input_guardrail: InputGuardrail,
    context: LLMContextAggregatorPair,
    llm: LLMService[Any],
    output_guardrail: OutputGuardrail,
    tts: TTSService,
    played: PlayedWords,
    pause: Pause,
) -> Pipeline:
    """Audio in, audio out: 16-bit mono PCM, 16 kHz in and 24 kHz out."""
    return Pipeline(
        [
            transport.input(),
            pause.gate(),
            vad,
            stt,
            input_guardrail,
            context.user(),
            pause.gate(),
            llm,
            pause.gate(),
            output_guardrail,
            tts,
            transport.output(),
            played,
            context.assistant(),
        ]
    )
