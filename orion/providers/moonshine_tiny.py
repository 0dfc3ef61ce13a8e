"""Speech to text by Moonshine tiny, which needs no key and no download: English, with words while one speaks.

The model is a part of the wheel `moonshine-voice` (MIT), of which ORION runs no code: it is read as files, by
a process of its own on onnxruntime. Where no such wheel exists, PocketSphinx hears.
Reference: https://arxiv.org/abs/2410.15608
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from loguru import logger
from pipecat.services.stt_service import STTService

from orion.domain.agent import Agent
from orion.errors import OrionError
from orion.providers._onnx.hearing import Hearing
from orion.providers._onnx.recogniser import WORKER, Recogniser
from orion.settings import Settings

RANK = 14
MODEL = "moonshine-tiny-en"
_PACKAGE = "moonshine_voice"
_FILES = {
    "encoder": ("encoder_model.ort", "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221"),
    "decoder": (
        "decoder_model_merged.ort",
        "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    ),
    "tokenizer": ("tokenizer.bin", "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d"),
}
"""The files of moonshine-voice 0.1.0, with their SHA-256; those of other versions were not tried."""
_LATENCY_SECS = 0.9
_MISSING = "there is no wheel of moonshine-voice 0.1.0 for this platform, or it is not installed"


class _Bundle:
    """The model of this installation, and the process that has loaded it."""

    def __init__(self) -> None:
        self.damage: str | None = None
        self._recogniser: Recogniser | None = None

    @property
    def recogniser(self) -> Recogniser:
        """The process; it is started when it is first needed."""
        if self._recogniser is None:
            worker = WORKER.with_name("moonshine_worker.py")
            self._recogniser = Recogniser("moonshine_tiny", _places(), worker)
        return self._recogniser

    async def stop(self) -> None:
        """End the process."""
        recogniser, self._recogniser = self._recogniser, None
        if recogniser is not None:
            await recogniser.stop()


_BUNDLE = _Bundle()


def available(_settings: Settings, _kind: str) -> str | None:
    """None where the wheel is there, else what is missing."""
    folder = _folder()
    if folder is None or not all((folder / name).is_file() for name, _ in _FILES.values()):
        return _MISSING
    return _BUNDLE.damage


def languages(_settings: Settings, _kind: str) -> frozenset[str]:
    """English alone."""
    return frozenset({"en"})


async def start(_settings: Settings) -> None:
    """Check the files and load the model; where it cannot be, others take over."""
    _BUNDLE.damage = await asyncio.to_thread(_damage)
    try:
        if _BUNDLE.damage is None:
            await _BUNDLE.recogniser.start()
    except (OrionError, OSError) as error:
        _BUNDLE.damage = str(error) or type(error).__name__
    if _BUNDLE.damage is not None:
        logger.error("moonshine_tiny: {}", _BUNDLE.damage)


async def expect(_settings: Settings, phrases: Iterable[str]) -> None:
    """Of several hearings prefer those that are like what tools expect."""
    _BUNDLE.recogniser.expect(phrases)


async def stop() -> None:
    """End the process."""
    await _BUNDLE.stop()


def stt(_settings: Settings, agent: Agent) -> STTService:
    """A service for one call."""
    return Hearing(
        _BUNDLE.recogniser, MODEL, agent.language, latency_secs=_LATENCY_SECS, partial=True, together=True
    )


def _folder() -> Path | None:
    """Where the wheel's model lies; the package is found, never imported: it would open a sound card."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "assets" / "tiny-en"


def _places() -> dict[str, str]:
    folder = _folder() or Path(_PACKAGE)
    return {part: str(folder / name) for part, (name, _) in _FILES.items()}


def _damage() -> str | None:
    """What is wrong with the files; None where they are those that were meant."""
    folder = _folder()
    if folder is None:
        return _MISSING
    for name, sha256 in _FILES.values():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                return f"{name} is not that of moonshine-voice 0.1.0: install ORION anew"
    return None
