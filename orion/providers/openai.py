"""OpenAI, or any server that speaks its API: chat, speech recognition, speech, speech to speech, embeddings.

The language model is another server's where `ORION_LLM_BASE_URL` names one (vLLM, llama.cpp, LiteLLM, ...),
with the key `ORION_LLM_API_KEY`, or else `OPENAI_API_KEY`; `OPENAI_BASE_URL` holds for all.

`ORION_OPENAI_API=responses` asks OpenAI by its Responses API, which some of its models need. The default is
`chat`: it does all that a spoken answer takes, and every other server speaks it, so one switch of the address
breaks nothing. Servers of `ORION_LLM_BASE_URL`, and of an address that an admin entered, are always asked by
chat completions; `OPENAI_BASE_URL` is taken for OpenAI's own.
Reference: https://platform.openai.com/docs/api-reference
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.domain.deadlines import Deadlines
from orion.errors import ProviderError, ProviderTimeout, StartError
from orion.providers import Embedder, Voice, model_for
from orion.providers._vendor import imported, told_names
from orion.settings import Settings

RANK = 40
ENTERED = ("key", "base_url")
_LLM_MODEL = "gpt-4.1"
_STT_MODEL = "gpt-4o-transcribe"
_TTS_MODEL = "gpt-4o-mini-tts"
_SPEECH_MODEL = "gpt-realtime"
_KINDS = {
    "llm": re.compile(r"(gpt|o\d|chatgpt)(?!.*(audio|realtime|transcribe|tts|image|search))"),
    "stt": re.compile(r"transcribe|whisper"),
    "tts": re.compile(r"tts"),
    "speech": re.compile(r"gpt-realtime(?!.*(whisper|translate))"),
}
_MODEL = "text-embedding-3-small"
_TIMEOUT_SECS = 20.0


def available(settings: Settings, kind: str) -> str | None:
    """None where a key or another server's address is set, else which."""
    configured = settings.provider("openai")
    if kind == "speech" and configured.allowed_hosts is not None:
        return "a speech model is asked at the operator's address alone, not at one that an admin entered"
    if configured.key or configured.base_url or (kind == "llm" and settings.llm_base_url):
        return None
    own = "ORION_LLM_BASE_URL" if kind == "llm" else "OPENAI_BASE_URL"
    return f"set OPENAI_API_KEY, or {own} of a server of your own"


async def start(_settings: Settings) -> None:
    """Import the SDK, so that no call waits for it."""
    await imported(*(f"orion.providers._openai.{name}" for name in ("chat", "responses", "speech")))


async def stop() -> None:
    """Close the connections."""
    from orion.providers._openai.server import close  # noqa: PLC0415 - it imports the SDK

    await close()


def llm(settings: Settings, agent: Agent) -> LLMService[Any]:
    """The agent's model, `ORION_LLM_MODEL`, or gpt-4.1, asked by the API of `ORION_OPENAI_API`."""
    from orion.providers._openai.chat import Chat  # noqa: PLC0415
    from orion.providers._openai.responses import Responses  # noqa: PLC0415
    from orion.providers._openai.server import server  # noqa: PLC0415

    model = model_for(settings, agent, "llm", "openai") or settings.llm_model or _LLM_MODEL
    service = Responses if _answers_by_responses(settings) else Chat
    return service(server(*_place(settings, "llm")), model)


def stt(settings: Settings, agent: Agent) -> STTService:
    """Transcription of each utterance; the model as `openai/whisper-1`, the language is the agent's."""
    from orion.providers._openai.server import server  # noqa: PLC0415
    from orion.providers._openai.speech import Hearing  # noqa: PLC0415

    model = model_for(settings, agent, "stt", "openai") or _STT_MODEL
    return Hearing(server(*_place(settings, "stt")), model, agent.language)


def tts(settings: Settings, agent: Agent) -> TTSService:
    """Speech by `agent.voice`; a voice that OpenAI does not have counts only on another server."""
    from orion.providers._openai.server import server  # noqa: PLC0415
    from orion.providers._openai.speech import Speech  # noqa: PLC0415

    model = model_for(settings, agent, "tts", "openai") or _TTS_MODEL
    return Speech(server(*_place(settings, "tts")), model, agent.voice, agent.language)


def speech(settings: Settings, agent: Agent) -> LLMService[Any]:
    """The Realtime API by the agent's model (`openai/gpt-realtime-mini`), with `agent.voice`."""
    from orion.providers._openai.realtime import Realtime  # noqa: PLC0415

    configured = settings.provider("openai")
    model = model_for(settings, agent, "speech", "openai") or _SPEECH_MODEL
    return Realtime(
        configured.key,
        configured.base_url,
        model=model,
        voice=agent.voice,
        spoken=agent.language,
        deadlines=Deadlines.of(agent.fail_over),
    )


async def models(settings: Settings, kind: str) -> list[str]:
    """The models of the server that serves `kind`: of own servers all, of OpenAI's those of the kind."""
    from orion.providers._openai.server import server  # noqa: PLC0415

    place = server(*_place(settings, kind))
    listed = place.client.models.list()
    names = await told_names("openai", listed, lambda page: [model.id for model in page.data])
    return [name for name in sorted(names) if not place.official or _KINDS[kind].search(name)]


async def voices(settings: Settings) -> list[Voice]:
    """OpenAI's voices; servers of the protocol do not tell theirs."""
    known = "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split()
    return [] if settings.provider("openai").base_url else [Voice(name, name.title()) for name in known]


def embed(settings: Settings) -> Embedder:
    """Embeddings by `ORION_EMBEDDING_MODEL` (default text-embedding-3-small).

    Raises:
        StartError: Neither a key nor another server's address is set.
    """
    configured = settings.provider("openai")
    if configured.key is None and configured.base_url is None:
        raise StartError("ORION_EMBEDDINGS=openai needs OPENAI_API_KEY, or OPENAI_BASE_URL of another server")
    return _Embeddings(configured.key, configured.base_url, settings.embedding_model or _MODEL)


def _answers_by_responses(settings: Settings) -> bool:
    """Only of OpenAI itself, or of what the operator says is in its place."""
    others = settings.llm_base_url or settings.provider("openai").allowed_hosts is not None
    return settings.openai_api == "responses" and not others


def _place(settings: Settings, kind: str) -> tuple[str | None, str | None, tuple[str, ...] | None]:
    """What serves a kind: key, address (None for OpenAI's), and the hosts that the guard lets pass."""
    configured = settings.provider("openai")
    if kind == "llm" and settings.llm_base_url:
        return settings.llm_api_key or configured.key, settings.llm_base_url, None
    return configured.key, configured.base_url, configured.allowed_hosts


class _Embeddings:
    """One client, shared by all of the process; the vectors are as long as the model makes them."""

    def __init__(self, key: str | None, base_url: str | None, model: str) -> None:
        from openai import AsyncOpenAI  # noqa: PLC0415 - a vendor's SDK, only where it is used

        self.model = model
        self._client = AsyncOpenAI(
            api_key=key or "none", base_url=base_url, timeout=_TIMEOUT_SECS, max_retries=1
        )

    async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        from openai import APITimeoutError, OpenAIError  # noqa: PLC0415

        try:
            answer = await self._client.embeddings.create(
                input=list(texts), model=self.model, encoding_format="float"
            )
        except APITimeoutError as error:
            raise ProviderTimeout("openai: no embedding in time") from error
        except OpenAIError as error:
            raise ProviderError(f"openai: {type(error).__name__}") from error
        return [list(item.embedding) for item in sorted(answer.data, key=lambda item: item.index)]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
