"""Language models for chat and tools, pulled through an Ollama, which downloads, checks and runs them.

What broke off goes on where it stopped: Ollama keeps what has come.
Reference: https://github.com/ollama/ollama/blob/main/docs/api.md (Pull a Model, Delete a Model)
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from orion.errors import NotFound, ProviderError, StartError
from orion.settings import Settings

BASE_URL = "http://127.0.0.1:11434/v1"
_TIMEOUT = httpx2.Timeout(120, connect=3)
_IDLE_ATTEMPTS = 3
"""Attempts in a row that bring nothing, before it is given up."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,120}(:[A-Za-z0-9][A-Za-z0-9._-]{0,60})?\Z")
_NONE_SUCH = ("file does not exist", "not found", "invalid model name")
_FULL = "no space left on device"

Tell = Callable[[int, int], None]
"""Takes the bytes that are there, and those that will be."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model that calls tools; `name` as Ollama's library has it, `gguf` as llama.cpp's server finds it."""

    name: str
    licence: str
    size_bytes: int
    gguf: str = ""


KNOWN = {
    "qwen3-4b": LanguageModel(
        "qwen3:4b-instruct", "Apache-2.0", 2_500_000_000, "unsloth/Qwen3-4B-Instruct-2507-GGUF:Q4_K_M"
    ),
    "granite-2b": LanguageModel(
        "granite3.3:2b", "Apache-2.0", 1_500_000_000, "ibm-granite/granite-3.3-2b-instruct-GGUF:Q4_K_M"
    ),
}
"""What `orion models` offers by a short name; `ollama/NAME` pulls any other."""
SMALL = "qwen3-4b"
"""What the doctor and the page propose."""


def find(name: str) -> LanguageModel | None:
    """The language model of a short name, or of `ollama/NAME`; None for what is neither."""
    if name in KNOWN:
        return KNOWN[name]
    provider, _, model = name.partition("/")
    return LanguageModel(model, "its own", 0) if provider == "ollama" and _NAME.match(model) else None


def ollama_url(settings: Settings) -> str:
    """Where the Ollama is, with `/v1`: `OLLAMA_BASE_URL`, else this machine's."""
    return settings.provider("ollama").base_url or BASE_URL


async def pull(settings: Settings, model: LanguageModel, tell: Tell) -> None:
    """Bring a model; broken off, it goes on from there.

    Raises:
        StartError: Nothing can pull it here; the detail says which command would help. Or the disk is full.
        NotFound: Ollama's library has no such model.
        ProviderError: It cannot be downloaded.
    """
    pulling = _Pulling(tell)
    idle, before, failure = 0, -1, ""
    while idle < _IDLE_ATTEMPTS:
        idle, before = (0, pulling.there_bytes) if pulling.there_bytes > before else (idle + 1, before)
        try:
            if await _attempt(settings, model, pulling):
                return
            failure = "the answer ended early"
        except httpx2.ConnectError as error:
            if before <= 0:
                raise StartError(nothing_pulls(settings, model)) from error
            failure = type(error).__name__
        except httpx2.HTTPError as error:
            failure = type(error).__name__
    raise ProviderError(f"ollama: the pull of {model.name} broke off ({failure}); run it again to go on")


async def names(settings: Settings) -> list[str] | None:
    """The models that the Ollama has; None where none answers."""
    try:
        async with httpx2.AsyncClient(timeout=3) as client:
            answer = await client.get(_api(settings, "tags"))
            return [str(model["name"]) for model in answer.json()["models"]]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return None


async def remove(settings: Settings, model: LanguageModel) -> None:
    """Delete a model. Raises NotFound, StartError."""
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT) as client:
            answer = await client.request("DELETE", _api(settings, "delete"), json={"model": model.name})
    except httpx2.HTTPError as error:
        raise StartError(f"no Ollama answers at {ollama_url(settings)}; start it: ollama serve") from error
    if answer.status_code != 200:
        raise NotFound(f"the model {model.name!r} is not there")


def nothing_pulls(settings: Settings, model: LanguageModel) -> str:
    """Why no language model can be pulled, and the one command that helps."""
    if settings.provider("ollama").base_url:
        return f"no Ollama answers at {ollama_url(settings)}; start it, or correct OLLAMA_BASE_URL"
    if shutil.which("ollama"):
        return "Ollama is installed, but does not run; start it and pull again: ollama serve"
    if shutil.which("llama-server") and model.gguf:
        return (
            "no Ollama runs, but llama.cpp's server is here: it brings and serves the model by\n"
            f"  llama-server -hf {model.gguf} --jinja --port 8080\n"
            "and ORION_LLM_BASE_URL=http://127.0.0.1:8080/v1 gives it to ORION"
        )
    return f"language models are pulled and run by Ollama, which is not installed: {install_ollama()}"


def command(*, answers: bool) -> str:
    """The one line that gives agents a language model here; `answers`: whether an Ollama does."""
    pull_it = f"{program()} models pull {SMALL}"
    if answers:
        return pull_it
    if shutil.which("ollama"):
        return f"ollama serve & {pull_it}"
    return f"{install_ollama()} && {pull_it}"


def program() -> str:
    """`orion`, or where it lies below the working directory if a shell would not find it."""
    own = Path(sys.executable).with_name("orion")
    if shutil.which("orion") or not own.is_relative_to(Path.cwd()):
        return "orion"
    return str(own.relative_to(Path.cwd()))


def install_ollama() -> str:
    """The command that installs Ollama on this system."""
    if sys.platform == "darwin":
        return "brew install ollama"
    return "curl -fsSL https://ollama.com/install.sh | sh"


class _Pulling:
    """What an Ollama has told of a pull so far: each layer's bytes."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._there: dict[str, int] = {}
        self._whole: dict[str, int] = {}

    @property
    def there_bytes(self) -> int:
        """Bytes of all layers that are there."""
        return sum(self._there.values())

    def told(self, message: dict[str, Any]) -> None:
        """Take a line with the progress of a layer."""
        digest, total = message.get("digest"), message.get("total")
        if not isinstance(digest, str) or not isinstance(total, int):
            return
        self._whole[digest] = total
        done = message.get("completed")
        self._there[digest] = max(self._there.get(digest, 0), done if isinstance(done, int) else 0)
        self._tell(self.there_bytes, sum(self._whole.values()))


async def _attempt(settings: Settings, model: LanguageModel, pulling: _Pulling) -> bool:
    """Whether the model is there at the end of one request. Raises HTTPError where the connection breaks."""
    body = {"model": model.name, "stream": True}
    async with (
        httpx2.AsyncClient(timeout=_TIMEOUT) as client,
        client.stream("POST", _api(settings, "pull"), json=body) as answer,
    ):
        async for line in answer.aiter_lines():
            message = _message(line)
            if "error" in message:
                _raise(model, str(message["error"]))
            pulling.told(message)
            if message.get("status") == "success":
                return True
        if answer.status_code != 200:
            raise ProviderError(f"ollama answers {answer.status_code}; is {ollama_url(settings)} an Ollama?")
    return False


def _raise(model: LanguageModel, said: str) -> None:
    """Raise what an Ollama says of its failure as an error that says what to do."""
    if _FULL in said:
        raise StartError(
            f"the disk of Ollama is full; make room for {model.name} "
            f"({model.size_bytes / 1e9 or 2:.1f} GB), and pull it again to go on"
        )
    if any(form in said for form in _NONE_SUCH):
        raise NotFound(f"Ollama's library has no model {model.name!r}; its names: https://ollama.com/library")
    raise ProviderError(f"ollama: {said[:200]}; pull it again to go on")


def _message(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _api(settings: Settings, name: str) -> str:
    return f"{ollama_url(settings).rstrip('/').removesuffix('/v1')}/api/{name}"
