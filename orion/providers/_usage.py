"""What a service consumes, told at once: Pipecat's frames of metrics would be lost with a failed engine.

Pipecat counts in each service, and gives the counts to the service's metrics. Those here hand them on and
push no frame: what is told needs no observer, and reaches its reader from inside an order, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pipecat.metrics.metrics import LLMTokenUsage, STTUsage
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.processors.metrics.frame_processor_metrics import FrameProcessorMetrics
from pipecat.services.ai_service import AIService
from pipecat.services.llm_service import LLMService
from pydantic import BaseModel

from orion.domain.usage import Usage
from orion.providers import Candidate, Kind

_CHARACTERS_PER_TOKEN = 4
"""Of English text, as OpenAI's rule of thumb has it: https://help.openai.com/en/articles/4936856"""

_MOST_TOKENS = 2**31 - 1
"""More than any answer has; a vendor that tells more errs, and the store could not keep their sums."""

Told = Callable[[Usage], None]


class EstimatedTokens(LLMTokenUsage):
    """Tokens of an answer that was cut off before its vendor told them, but is billed."""

    @classmethod
    def of(cls, asked_characters: int, answered_characters: int) -> EstimatedTokens:
        """Tokens by the length of the prompt and of the answer, rounded up."""
        asked, answered = (-(-n // _CHARACTERS_PER_TOKEN) for n in (asked_characters, answered_characters))
        return cls(prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered)


def sound(*counts: object) -> bool:
    """Whether these can be counts of tokens: integers in 0..2^31-1."""
    return all(type(count) is int and 0 <= count <= _MOST_TOKENS for count in counts)


def believed(usage: Any, asked: str, answered: str, **details: Sequence[str]) -> Any:
    """The usage that a vendor told, of which only what can be counts stays; None where the tokens are none.

    SDKs check nothing of a streamed answer, and Pipecat drops a whole one over a count that is null.

    Args:
        asked, answered: What its counts of the prompt and of the answer are called.
        details: The counts that stand in its parts, by their names.
    """
    told = getattr(usage, asked, None), getattr(usage, answered, None)
    if not sound(*told):
        return None
    if not sound(getattr(usage, "total_tokens", None)):
        usage.total_tokens = sum(told)
    for part, names in details.items():
        found = getattr(usage, part, None)
        counts = [getattr(found, name, None) for name in names]
        if not isinstance(found, BaseModel) or not all(one is None or sound(one) for one in counts):
            setattr(usage, part, None)
    return usage


@dataclass(slots=True)
class Streamed:
    """What has come of a streamed answer.

    Attributes:
        told: The vendor has told the tokens.
        characters: Those of the answer so far, arguments of tool calls included.
    """

    told: bool = False
    characters: int = 0


@asynccontextmanager
async def asking(service: LLMService[Any], asked_characters: Callable[[], int]) -> AsyncIterator[None]:
    """Send a request. Where it is withdrawn before an answer began, the tokens of its prompt are estimated.

    So it goes to the loser of a race, to whom is too slow, and where a barge-in comes early: vendors read
    the prompt at once, and bill that. One that refuses it, or cannot be reached, bills nothing.
    """
    try:
        yield
    except asyncio.CancelledError:
        if characters := asked_characters():  # else it was not sent yet
            await service.start_llm_usage_metrics(EstimatedTokens.of(characters, 0))
        raise


@asynccontextmanager
async def counted(service: LLMService[Any], asked_characters: int) -> AsyncIterator[Streamed]:
    """Follow a streamed answer. Where it ends before the vendor has told its tokens, they are estimated.

    Vendors tell them at the end, which an answer that is cut off never gets to; what was generated until
    then is billed all the same.
    """
    streamed = Streamed()
    try:
        yield streamed
    finally:
        if not streamed.told:
            tokens = EstimatedTokens.of(asked_characters, streamed.characters)
            await service.start_llm_usage_metrics(tokens)


class UsageMetrics(FrameProcessorMetrics):
    """Hands on what one service counts."""

    def __init__(self, kind: Kind, candidate: Candidate[AIService], told: Told) -> None:
        super().__init__()
        self._orion_kind = kind
        self._orion_candidate = candidate
        self._orion_told = told
        self.set_processor_name(candidate.service.name)

    async def start_llm_usage_metrics(self, tokens: LLMTokenUsage) -> None:
        """Tokens of one answer. Anthropic tells the prompt without what was cached, OpenAI with it."""
        prompt, answered, total = map(
            _counted, (tokens.prompt_tokens, tokens.completion_tokens, tokens.total_tokens)
        )
        asked = max(prompt, total - answered)
        cached, written = map(_counted, (tokens.cache_read_input_tokens, tokens.cache_creation_input_tokens))
        self._tell(
            input_tokens=asked,
            cached_tokens=min(cached, asked),
            cache_write_tokens=min(written, max(0, asked - cached)),
            output_tokens=answered,
            reasoning_tokens=min(_counted(tokens.reasoning_tokens), answered),
            estimated=isinstance(tokens, EstimatedTokens),
        )

    async def start_stt_usage_metrics(self, usage: STTUsage) -> None:
        """Seconds of audio since they were told last."""
        self._tell(audio_secs=usage.audio_seconds)

    async def start_tts_usage_metrics(self, text: str) -> None:
        """Text that was given to a voice."""
        self._tell(characters=len(text))

    def sounded(self, secs: float) -> None:
        """Seconds of audio that came from a voice."""
        self._tell(audio_secs=secs)

    def _tell(self, **amounts: float) -> None:
        kind, engine = self._orion_kind, self._orion_candidate
        self._orion_told(Usage(kind, engine.provider, engine.model, **amounts))  # type: ignore[arg-type]


def _counted(count: int | None) -> int:
    return count if count is not None and sound(count) else 0


def listen(kind: Kind, candidate: Candidate[AIService], told: Told) -> None:
    """Let `told` hear of all that a service consumes. It is called in the frame path: it must not wait."""
    # Pipecat takes metrics in the constructor alone, which is each provider's.
    candidate.service._metrics = UsageMetrics(kind, candidate, told)  # noqa: SLF001


async def tell_beside(service: FrameProcessor, tokens: LLMTokenUsage) -> None:
    """Tell of tokens of a service that is in no pipeline, as one that plans: Pipecat counts only in one."""
    metrics = service._metrics  # noqa: SLF001
    if not service.usage_metrics_enabled and isinstance(metrics, UsageMetrics):
        await metrics.start_llm_usage_metrics(tokens)


def sounded(service: AIService, secs: float) -> None:
    """Tell of audio that came from a voice whose vendor bills it."""
    metrics = service._metrics  # noqa: SLF001
    if isinstance(metrics, UsageMetrics):
        metrics.sounded(secs)
