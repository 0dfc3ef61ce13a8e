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
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_transport import BaseTransport

from orion import providers
from orion.domain.identity import Principal
from orion.domain.session import EndReason
from orion.errors import OrionError
from orion.media.vad import vad_analyzer
from orion.pipelines import engines, speech, text, turns, voice
from orion.pipelines.call import Call
from orion.pipelines.conversation import Conversation
from orion.pipelines.ordinary import Ordinary
from orion.processors.client_messages import ClientMessages
from orion.processors.silence import Silence
from orion.processors.spoken_language import SpokenLanguage
from orion.processors.unknown_tool import refuse_unknown
from orion.providers import Candidate
from orion.providers._usage import listen

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
    """A call by voice, not started yet. Raises Unavailable where no engine serves the agent's language."""
    agent, breakers, deadlines = conversation.agent, conversation.offer.breakers, conversation.deadlines
    model = _speech_model(conversation)
    if model is not None:
        warn_of_budgets(agent.name, conversation.budget_micros, conversation.month.budget_micros)
        return _speech_call(conversation, model, transport, on_ended, joiner=joiner, principal=principal)
    heard_by, spoken_by = _heard_and_spoken_by(conversation)
    # One that ends turns itself does so only where no other may take over.
    pair = _aggregators(conversation, heard_by[0].service if len(heard_by) == 1 else None)
    pipeline = voice.build(
        transport=transport,
        vad=VADProcessor(vad_analyzer=vad_analyzer(_RATE_HZ)),
        stt=engines.stt(heard_by, breakers, deadlines),
        input_guardrail=conversation.guards.input(),
        context=pair,
        approval_gate=conversation.approval_gate,
        llm=conversation.llm,
        silence=Silence(conversation.fell_silent),
        output_guardrail=conversation.guards.output(),
        tts=engines.tts(spoken_by, breakers, deadlines),
        played=conversation.played,
        window=conversation.window,
        pause=conversation.pause,
        spoken_language=SpokenLanguage() if agent.language == "auto" else None,
    )
    return Call(
        conversation,
        pipeline,
        pair,
        rtvi=ClientMessages(lambda: conversation.pause.on),
        hearing=[recogniser.service for recogniser in heard_by],
        voices=spoken_by,
        on_ended=on_ended,
        joiner=joiner,
        principal=principal,
    )


def _heard_and_spoken_by(
    conversation: Conversation,
) -> tuple[list[Candidate[STTService]], list[Candidate[TTSService]]]:
    """The recognisers and voices of the agent, in order; what they consume goes on the call's bill.

    Raises:
        Unavailable: None takes the agent's language.
    """
    settings, agent = conversation.offer.settings, conversation.agent
    heard_by, spoken_by = providers.stts(settings, agent), providers.ttss(settings, agent)
    for recogniser in heard_by:
        listen("stt", recogniser, conversation.bill.used)
    for speaker in spoken_by:
        listen("tts", speaker, conversation.bill.used)
    return heard_by, spoken_by


def _speech_model(conversation: Conversation) -> LLMService[Any] | None:
    """The agent's speech model; None where it names none, or another call has just seen it fail."""
    offer, agent = conversation.offer, conversation.agent
    if agent.speech is None:
        return None
    try:
        found = providers.speech(offer.settings, agent)
    except OrionError as error:
        logger.warning("the speech model of {} cannot serve: {}", agent.name, error.slug)
        conversation.speech_failed("not available")
        return None
    listen("llm", found, conversation.bill.used)
    breaker = offer.breakers.of("speech", found.provider)
    return found.service if breaker.admits(asyncio.get_running_loop().time()) else None


def warn_of_budgets(agent: str, *limits_micros: int | None) -> None:
    """Say in the log that no budget ends this call of an agent with a speech model, which has no price."""
    if any(limit is not None for limit in limits_micros):
        logger.warning("no budget ends a call of {}: its speech model has no price", agent)


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
    breakers, deadlines = conversation.offer.breakers, conversation.deadlines
    heard_by, spoken_by = _heard_and_spoken_by(conversation)
    assert isinstance(model, providers.SpeechModel)
    model.orion_begin(conversation.context, lambda: conversation.pause.on)
    refuse_unknown(model, conversation.recorder.tool_call)
    conversation.speech = model
    pair = _aggregators(conversation, transcripts=False)
    ordinary = Ordinary(
        engines.stt(heard_by, breakers, deadlines),
        conversation.llm,
        engines.tts(spoken_by, breakers, deadlines),
        turns.strategies(conversation.agent, conversation.asked),
    )
    pipeline = speech.build(
        transport=transport,
        vad=VADProcessor(vad_analyzer=vad_analyzer(_RATE_HZ)),
        ordinary=ordinary,
        input_guardrail=conversation.guards.input(),
        context=pair,
        approval_gate=conversation.approval_gate,
        heard=conversation.guards.heard(model),
        model=model,
        said=conversation.guards.said(model),
        output_guardrail=conversation.guards.output(),
        played=conversation.played,
        window=conversation.window,
        pause=conversation.pause,
    )
    return Call(
        conversation,
        pipeline,
        pair,
        rtvi=ClientMessages(lambda: conversation.pause.on),
        ordinary=ordinary,
        hearing=[recogniser.service for recogniser in heard_by],
        voices=spoken_by,
        on_ended=on_ended,
        joiner=joiner,
        principal=principal,
    )


def text_call(conversation: Conversation, on_ended: OnEnded) -> Call:
    """A call by text, for one message, not started yet."""
    pair = _aggregators(conversation)
    pipeline = text.build(
        input_guardrail=conversation.guards.input(),
        context=pair,
        approval_gate=conversation.approval_gate,
        llm=conversation.llm,
        silence=Silence(conversation.fell_silent),
        output_guardrail=conversation.guards.output(),
        played=conversation.played,
        window=conversation.window,
    )
    return Call(conversation, pipeline, pair, rtvi=None, on_ended=on_ended)


def _aggregators(
    conversation: Conversation, stt: object = None, *, transcripts: bool = True
) -> LLMContextAggregatorPair:
    if isinstance(stt, providers.TakesTurns):
        strategies = stt.orion_turns()
    else:
        strategies = turns.strategies(conversation.agent, conversation.asked, transcripts=transcripts)
    return LLMContextAggregatorPair(
        conversation.context,
        user_params=LLMUserAggregatorParams(user_turn_strategies=strategies),
        assistant_params=LLMAssistantAggregatorParams(),
    )
