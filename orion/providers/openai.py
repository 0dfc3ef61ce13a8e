"""OpenAI, or any server that speaks its API: embeddings for the search of memories by meaning.

Reference: https://platform.openai.com/docs/api-reference/embeddings
"""

from __future__ import annotations

from collections.abc import Sequence

from orion.errors import ProviderError, ProviderTimeout, StartError
from orion.providers import Embedder
from orion.settings import Settings

_MODEL = "text-embedding-3-small"
_TIMEOUT_SECS = 20.0


def embed(settings: Settings) -> Embedder:
    """Embeddings by `ORION_EMBEDDING_MODEL` (default text-embedding-3-small).

    Raises:
        StartError: Neither a key nor another server's address is set.
    """
    configured = settings.provider("openai")
    if configured.key is None and configured.base_url is None:
        raise StartError("ORION_EMBEDDINGS=openai needs OPENAI_API_KEY, or OPENAI_BASE_URL of another server")
    return _Embeddings(configured.key, configured.base_url, settings.embedding_model or _MODEL)


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
