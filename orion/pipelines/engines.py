"""The engines of a call, in orders in which one takes over from the other; one alone is an order of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.processors.llm_order import LLMOrder
from orion.processors.stt_order import STTOrder
from orion.processors.tts_order import TTSOrder
from orion.providers import Candidate


def stt(
    candidates: Sequence[Candidate[STTService]], breakers: Breakers, deadlines: Deadlines
) -> FrameProcessor:
    """What hears."""
    return STTOrder(candidates, breakers, _of(candidates, deadlines))


def llm(
    candidates: Sequence[Candidate[LLMService[Any]]],
    breakers: Breakers,
    deadlines: Deadlines,
    *,
    speaks: bool,
) -> LLMOrder:
    """What answers; `speaks`: it may say that it takes a moment."""
    return LLMOrder(candidates, breakers, _of(candidates, deadlines), speaks=speaks)


def tts(
    candidates: Sequence[Candidate[TTSService]], breakers: Breakers, deadlines: Deadlines
) -> FrameProcessor:
    """What speaks."""
    return TTSOrder(candidates, breakers, _of(candidates, deadlines))


def _of(candidates: Sequence[object], deadlines: Deadlines) -> Deadlines:
    return deadlines.alone() if len(candidates) == 1 else deadlines
