"""The pipeline of a voice call whose engines are one model that hears, answers and speaks."""

from __future__ import annotations

import asyncio

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
    """

    def __init__(
        self, stt: FrameProcessor, llm: FrameProcessor, tts: FrameProcessor, turns: UserTurnStrategies
    ) -> None:
        self.stt, self.llm = Standby(stt), Standby(llm)
        self.tts = Standby(tts, keeps=(TTSSpeakFrame, TTSUpdateSettingsFrame))
        self._turns = turns

    async def take_over(self, pair: LLMContextAggregatorPair, *, owes: bool) -> bool:
        """Wake the engines, and let the aggregators wait for transcripts again.

        Args:
            owes: The user waits for an answer.

        Returns:
            Whether the user's words are known, and are being answered.

        Raises:
            TimeoutError: An engine did not start.
        """
        await asyncio.gather(*(engine.orion_wake() for engine in (self.stt, self.llm, self.tts)))
        user, assistant = pair.user(), pair.assistant()
        # Pipecat knows the way into this mode, by the model's metadata, but none out of it.
        user._realtime_service_mode = assistant._realtime_service_mode = False  # noqa: SLF001
        user._params.empty_user_turn = EmptyUserTurnConfig()  # noqa: SLF001
        await user._user_turn_controller.update_strategies(self._turns)  # noqa: SLF001
        if await user.push_aggregation():
            return True
        messages = user.context.get_messages()
        asked = owes and isinstance(messages[-1], dict) and messages[-1].get("role") == "user"
        if asked:
            await user.push_context_frame()
        return asked


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
