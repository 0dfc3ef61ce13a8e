"""The pipeline of a voice call whose engines are one model that hears, answers and speaks."""

from __future__ import annotations

from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.transports.base_transport import BaseTransport

from orion.pipelines.ordinary import Ordinary
from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords
from orion.processors.settled_calls import SettledCalls
from orion.processors.spoken_guardrail import HeardGuardrail, SaidGuardrail
from orion.processors.window import Window


def build(
    *,
    transport: BaseTransport,
    vad: FrameProcessor,
    ordinary: Ordinary,
    input_guardrail: InputGuardrail,
    context: LLMContextAggregatorPair,
    approval_gate: FrameProcessor,
    heard: HeardGuardrail,
    model: FrameProcessor,
    said: SaidGuardrail,
    output_guardrail: OutputGuardrail,
    played: PlayedWords,
    window: Window,
    pause: Pause,
) -> Pipeline:
    """Audio in, audio out; transcripts of what the model heard go up, of what it says down.

    The ordinary engines pass all by until they are needed; the guardrails beside them see what is typed
    and what ORION itself says.
    """
    return Pipeline(
        [
            transport.input(),
            pause.gate(),
            vad,
            ordinary.stt,
            input_guardrail,
            context.user(),
            approval_gate,
            pause.gate(),
            heard,
            model,
            said,
            window.gate(),
            ordinary.llm,
            window.gate(),
            pause.gate(),
            output_guardrail,
            ordinary.tts,
            transport.output(),
            played,
            SettledCalls(),
            context.assistant(),
        ]
    )
