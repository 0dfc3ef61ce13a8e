"""Language models of an Ollama on this machine: found by `auto` where it answers at once.

`OLLAMA_BASE_URL` names another address than http://127.0.0.1:11434/v1. Servers on other machines are the
business of `ORION_LLM_BASE_URL`.
Reference: https://github.com/ollama/ollama/blob/main/docs/openai.md
"""

from __future__ import annotations

import json
import math
import socket
import time
from typing import Any
from urllib.parse import urlsplit

from pipecat.services.llm_service import LLMService

from orion.domain.agent import Agent
from orion.providers import model_for
from orion.providers._models.language import SMALL, ollama_url
from orion.providers._vendor import imported
from orion.settings import Settings

RANK = 25
_PROBE_SECS = 0.2
_KEPT_SECS = 10.0
"""A model that was pulled serves after so many seconds, without a new start."""
_LONGEST_BYTES = 1 << 20


def available(settings: Settings, _kind: str) -> str | None:
    """None where Ollama has a model; it is asked every ten seconds at most, for a fifth of a second."""
    models = _models(ollama_url(settings))
    if models is None:
        return f"Ollama does not answer on this machine; start it, or: orion models pull {SMALL}"
    return None if models else f"Ollama has no model yet: orion models pull {SMALL}"


async def start(_settings: Settings) -> None:
    """Import the SDK, so that no call waits for it."""
    await imported("orion.providers._openai.chat")


async def stop() -> None:
    """Close the connections."""
    from orion.providers._openai.server import close  # noqa: PLC0415 - it imports the SDK

    await close()


def llm(settings: Settings, agent: Agent) -> LLMService[Any]:
    """Chat completions by the agent's model, `ORION_LLM_MODEL`, or the model that was changed last."""
    from orion.providers._openai.chat import Chat  # noqa: PLC0415
    from orion.providers._openai.server import server  # noqa: PLC0415

    base_url = ollama_url(settings)
    model = model_for(settings, agent, "llm", "ollama") or settings.llm_model
    return Chat(server(None, base_url), model or (_models(base_url) or ("",))[0], vendor="ollama")


async def models(settings: Settings, _kind: str) -> list[str]:
    """The models that it has, the newest first."""
    return list(_models(ollama_url(settings)) or ())


_known: dict[str, tuple[float, tuple[str, ...] | None]] = {}
"""By address: until when an answer is good, and the models."""


def _models(base_url: str) -> tuple[str, ...] | None:
    """The names of its models that talk; None where nothing answers in time."""
    until, known = _known.get(base_url, (0.0, None))
    if time.monotonic() < until:
        return known
    kept_secs = _KEPT_SECS
    try:
        known = _asked(base_url)
    except TimeoutError:
        # It thinks, or something else listens there: what was known stays, and no call waits again.
        kept_secs = _KEPT_SECS if known else math.inf
    except (OSError, ValueError, KeyError, TypeError):
        known = None
    _known[base_url] = time.monotonic() + kept_secs, known
    return known


def _asked(base_url: str) -> tuple[str, ...]:
    """Raises OSError, ValueError, KeyError, TypeError where that is no Ollama that answers."""
    parts = urlsplit(base_url)
    answer = _get(parts.hostname or "", parts.port or 80, "/api/tags", time.monotonic() + _PROBE_SECS)
    names = [str(model["name"]) for model in json.loads(answer.partition(b"\r\n\r\n")[2])["models"]]
    return tuple(name for name in names if "embed" not in name)


def _get(host: str, port: int, path: str, until: float) -> bytes:
    """A whole HTTP/1.0 answer. Raises OSError where it does not come in time."""

    def left() -> float:
        return max(0.001, until - time.monotonic())

    with socket.create_connection((host, port), timeout=left()) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        answer = b""
        while len(answer) < _LONGEST_BYTES and time.monotonic() < until:
            connection.settimeout(left())
            piece = connection.recv(65536)
            if not piece:
                return answer
            answer += piece
    raise TimeoutError
