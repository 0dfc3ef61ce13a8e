"""What a call is built of: the services of its agent's engines, in the pipeline of its kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregatorParams,
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.transports.base_transport import BaseTransport
from pipecat.turns.user_start import TranscriptionUserTurnStartStrategy, VADUserTurnStartStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion import providers
from orion.domain.identity import Principal
from orion.domain.session import EndReason
from orion.media.turn_end import stop_strategy
from orion.media.vad import vad_analyzer
from orion.pipelines import engines, text, voice
from orion.pipelines.call import Call
from orion.pipelines.conversation import Conversation
from orion.processors.client_messages import ClientMessages
from orion.processors.silence import Silence

OnEnded = Callable[[Call, EndReason], Awaitable[None]]

_RATE_HZ = 16000


def voice_call(
    conversation: Conversation,
    transport: BaseTransport,
    on_ended: OnEnded,
    *,
    joiner: str,
    principal: Principal | None,
) -> Call:
    """A call by voice, not started yet. Raises StartError where an engine is missing."""
    shared, agent, deadlines = conversation.shared, conversation.agent, conversation.deadlines
    heard_by = providers.stts(shared.settings, agent)
    # One that ends turns itself does so only where no other may take over.
    pair = _aggregators(conversation, heard_by[0].service if len(heard_by) == 1 else None)
    pipeline = voice.build(
        transport=transport,
        vad=VADProcessor(vad_analyzer=vad_analyzer(_RATE_HZ)),
        stt=engines.stt(heard_by, shared.breakers, deadlines),
        input_guardrail=conversation.input_guardrail(),
        context=pair,
        approval_gate=conversation.approval_gate,
        llm=conversation.llm,
        silence=Silence(conversation.fell_silent),
        output_guardrail=conversation.output_guardrail(),
        tts=engines.tts(providers.ttss(shared.settings, agent), shared.breakers, deadlines),
        played=conversation.played_words(),
        pause=conversation.pause,
    )
    return Call(
        conversation,
        pipeline,
        pair,
        rtvi=ClientMessages(lambda: conversation.pause.on),
        on_ended=on_ended,
        joiner=joiner,
        principal=principal,
    )


def text_call(conversation: Conversation, on_ended: OnEnded) -> Call:
    """A call by text, for one message, not started yet."""
    pair = _aggregators(conversation)
    pipeline = text.build(
        input_guardrail=conversation.input_guardrail(),
        context=pair,
        approval_gate=conversation.approval_gate,
        llm=conversation.llm,
        silence=Silence(conversation.fell_silent),
        output_guardrail=conversation.output_guardrail(),
        played=conversation.played_words(),
    )
    return Call(conversation, pipeline, pair, rtvi=None, on_ended=on_ended)


def _aggregators(conversation: Conversation, stt: object = None) -> LLMContextAggregatorPair:
    if isinstance(stt, providers.TakesTurns):
        strategies = stt.orion_turns()
    else:
        strategies = UserTurnStrategies(
            start=[VADUserTurnStartStrategy(), TranscriptionUserTurnStartStrategy()],
            stop=[stop_strategy(conversation.agent.turn_taking)],
        )
    return LLMContextAggregatorPair(
        conversation.context,
        user_params=LLMUserAggregatorParams(user_turn_strategies=strategies),
        assistant_params=LLMAssistantAggregatorParams(),
    )
