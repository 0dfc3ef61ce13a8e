"""The ordinary engines of a call whose speech model may fail: recognition, language model and speech."""

from __future__ import annotations

import asyncio
from typing import Any

from pipecat.frames.frames import ErrorFrame, TTSSpeakFrame, TTSUpdateSettingsFrame
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.turns.empty_user_turn import EmptyUserTurnConfig
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion.pipelines.conversation import Conversation
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

    async def go_on(
        self, conversation: Conversation, pair: LLMContextAggregatorPair, failed: ErrorFrame
    ) -> str | None:
        """Wake the engines, and let them answer what the speech model owes.

        Returns:
            What the user said and waits to be answered, if it was not told before: else empty. None where
            an answer is owed, but nobody knows to what.

        Raises:
            TimeoutError: An engine did not start.
        """
        owes = conversation.speech is not None and conversation.speech.orion_owes
        conversation.speech_failed(failed.category.value if failed.category else "unknown")
        await self._take_turns(pair)
        user = pair.user()
        if said := await user.push_aggregation():
            return said
        last: Any = user.context.get_messages()[-1]
        if owes and isinstance(last, dict) and last.get("role") == "user":
            await user.push_context_frame()
            return ""
        return None if owes else ""

    async def _take_turns(self, pair: LLMContextAggregatorPair) -> None:
        self.serve = True
        user, assistant = pair.user(), pair.assistant()
        # Pipecat knows the way into this mode, by the model's metadata, but none out of it.
        user._realtime_service_mode = assistant._realtime_service_mode = False  # noqa: SLF001
        user._params.empty_user_turn = EmptyUserTurnConfig()  # noqa: SLF001
        await user._cancel_realtime_handoff_flush_task()  # noqa: SLF001
        await asyncio.gather(*(engine.orion_wake() for engine in (self.stt, self.llm, self.tts)))
        await user._user_turn_controller.update_strategies(self._turns)  # noqa: SLF001
