"""What a call is built of: the services of its agent's engines, in the pipeline of its kind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from loguru import logger
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregatorParams,
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.services.llm_service import LLMService
from pipecat.transports.base_transport import BaseTransport
from pipecat.turns.user_start import (
    BaseUserTurnStartStrategy,
    TranscriptionUserTurnStartStrategy,
    VADUserTurnStartStrategy,
)
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion import providers
from orion.domain.identity import Principal
from orion.domain.session import EndReason
from orion.errors import OrionError
from orion.media.turn_end import stop_strategy
from orion.media.vad import vad_analyzer
from orion.pipelines import engines, speech, text, voice
from orion.pipelines.call import Call
from orion.pipelines.conversation import Conversation
from orion.pipelines.ordinary import Ordinary
from orion.processors.client_messages import ClientMessages

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
    model = _speech_model(conversation)
    if model is not None:
        return _speech_call(conversation, model, transport, on_ended, joiner=joiner, principal=principal)
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
        llm=conversation.llm,
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


def _speech_model(conversation: Conversation) -> LLMService[Any] | None:
    """The agent's speech model; None where it names none, or another call has just seen it fail."""
    shared, agent = conversation.shared, conversation.agent
    if agent.speech is None:
        return None
    try:
        found = providers.speech(shared.settings, agent)
    except OrionError as error:
        logger.warning("the speech model of {} cannot serve: {}", agent.name, error.detail)
        conversation.speech_failed("not available")
        return None
    breaker = shared.breakers.of("speech", found.provider)
    return found.service if breaker.admits(asyncio.get_running_loop().time()) else None


def _speech_call(
    conversation: Conversation,
    model: LLMService[Any],
    transport: BaseTransport,
    on_ended: OnEnded,
    *,
    joiner: str,
    principal: Principal | None,
) -> Call:
    """A call whose engines are one model, with the ordinary ones in reserve."""
    shared, agent, deadlines = conversation.shared, conversation.agent, conversation.deadlines
    assert isinstance(model, providers.SpeechModel)
    model.orion_begin(conversation.context, lambda: conversation.pause.on)
    conversation.speech = model
    pair = _aggregators(conversation, transcripts=False)
    ordinary = Ordinary(
        engines.stt(providers.stts(shared.settings, agent), shared.breakers, deadlines),
        conversation.llm,
        engines.tts(providers.ttss(shared.settings, agent), shared.breakers, deadlines),
        _turns(conversation),
    )
    pipeline = speech.build(
        transport=transport,
        vad=VADProcessor(vad_analyzer=vad_analyzer(_RATE_HZ)),
        ordinary=ordinary,
        input_guardrail=conversation.input_guardrail(),
        context=pair,
        heard=conversation.heard_guardrail(model),
        model=model,
        said=conversation.said_guardrail(model),
        output_guardrail=conversation.output_guardrail(),
        played=conversation.played_words(),
        pause=conversation.pause,
    )
    return Call(
        conversation,
        pipeline,
        pair,
        rtvi=ClientMessages(lambda: conversation.pause.on),
        ordinary=ordinary,
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
        llm=conversation.llm,
        output_guardrail=conversation.output_guardrail(),
        played=conversation.played_words(),
    )
    return Call(conversation, pipeline, pair, rtvi=None, on_ended=on_ended)


def _turns(conversation: Conversation, *, transcripts: bool = True) -> UserTurnStrategies:
    """When the user's turns begin and end; without `transcripts` by the sound alone."""
    started: list[BaseUserTurnStartStrategy] = [VADUserTurnStartStrategy()]
    ended = stop_strategy(conversation.agent.turn_taking, transcripts=transcripts)
    if transcripts:
        started.append(TranscriptionUserTurnStartStrategy())
    return UserTurnStrategies(start=started, stop=[ended])


def _aggregators(
    conversation: Conversation, stt: object = None, *, transcripts: bool = True
) -> LLMContextAggregatorPair:
    if isinstance(stt, providers.TakesTurns):
        strategies = stt.orion_turns()
    else:
        strategies = _turns(conversation, transcripts=transcripts)
    return LLMContextAggregatorPair(
        conversation.context,
        user_params=LLMUserAggregatorParams(user_turn_strategies=strategies),
        assistant_params=LLMAssistantAggregatorParams(),
    )
