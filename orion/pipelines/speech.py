"""The pipeline of a voice call whose engines are one model that hears, answers and speaks."""

from __future__ import annotations

import asyncio
from typing import Any

from pipecat.frames.frames import TTSSpeakFrame, TTSUpdateSettingsFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.transports.base_transport import BaseTransport
from pipecat.turns.empty_user_turn import EmptyUserTurnConfig
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.pause import Pause
from orion.processors.played_words import PlayedWords
from orion.processors.spoken_guardrail import HeardGuardrail, SaidGuardrail
from orion.processors.standby import Standby


class Ordinary:
    """The ordinary engines of a call, which wait to go on where its speech model fails.

    Args:
        turns: The strategies by which they take turns.

    Attributes:
        serve: They go on.
    """

    def __init__(
        self, stt: FrameProcessor, llm: FrameProcessor, tts: FrameProcessor, turns: UserTurnStrategies
    ) -> None:
        self.stt, self.llm = Standby(stt), Standby(llm)
        self.tts = Standby(tts, keeps=(TTSSpeakFrame, TTSUpdateSettingsFrame))
        self.serve = False
        self._turns = turns

    async def take_over(self, pair: LLMContextAggregatorPair, *, owes: bool) -> str | None:
        """Wake the engines, and let the aggregators wait for transcripts again.

        Args:
            owes: The user waits for an answer.

        Returns:
            What the user said, where it is known and being answered; empty if it had been told already.

        Raises:
            TimeoutError: An engine did not start.
        """
        self.serve = True
        user, assistant = pair.user(), pair.assistant()
        # Pipecat knows the way into this mode, by the model's metadata, but none out of it.
        user._realtime_service_mode = assistant._realtime_service_mode = False  # noqa: SLF001
        user._params.empty_user_turn = EmptyUserTurnConfig()  # noqa: SLF001
        await user._cancel_realtime_handoff_flush_task()  # noqa: SLF001
        await asyncio.gather(*(engine.orion_wake() for engine in (self.stt, self.llm, self.tts)))
        await user._user_turn_controller.update_strategies(self._turns)  # noqa: SLF001
        if said := await user.push_aggregation():
            return said
        last: Any = user.context.get_messages()[-1]
        if not owes or not isinstance(last, dict) or last.get("role") != "user":
            return None
        await user.push_context_frame()
        return ""


def build(
    *,
    transport: BaseTransport,
    vad: FrameProcessor,
    ordinary: Ordinary,
    input_guardrail: InputGuardrail,
    context: LLMContextAggregatorPair,
    heard: HeardGuardrail,
    model: FrameProcessor,
    said: SaidGuardrail,
    output_guardrail: OutputGuardrail,
    played: PlayedWords,
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
            pause.gate(),
            heard,
            model,
            said,
            ordinary.llm,
            pause.gate(),
            output_guardrail,
            ordinary.tts,
            transport.output(),
            played,
            context.assistant(),
        ]
    )
