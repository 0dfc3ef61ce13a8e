"""Puts models into a data directory as `orion models pull` does, out of a hub on this machine."""

from __future__ import annotations

from pathlib import Path

from orion.providers._models import catalogue as models
from orion.providers._models.pull import pull
from orion.settings import Settings
from tests.providers import tiny_models
from tests.providers.hub import Hub, catalogue, hub

VOICES = ["af_heart", "bf_emma", "jf_alpha"]
_ROLES = {
    "moonshine": {"encoder": "encoder.onnx", "decoder": "decoder.onnx", "tokens": "tokens.txt"},
    "whisper": {
        "encoder": "tiny-encoder.int8.onnx",
        "decoder": "tiny-decoder.int8.onnx",
        "tokens": "tiny-tokens.txt",
    },
    "piper": {"model": "voice.onnx", "tokens": "tokens.txt"},
    "kokoro": {"model": "model.onnx", "tokens": "tokens.txt", "voices": "voices.bin"},
}


async def put(settings: Settings, folder: Path, **providers: str) -> Settings:
    """Pull one tiny model per name, `name=provider`; German where the name begins with `de`.

    Returns:
        The settings with a project that lists the models.
    """
    project = folder / "project"
    project.mkdir(exist_ok=True)
    ready = settings.changed(project=project)
    with hub() as source:
        entries = {name: _entry(source, name, provider) for name, provider in providers.items()}
        catalogue(project, **entries)
        for name in providers:
            await pull(ready, models.find(ready, name), lambda _: None)
    return ready


def _entry(source: Hub, name: str, provider: str) -> dict[str, object]:
    language = "de" if name.startswith("de") else "en"
    speaks = {"en": "en-us"} if language == "en" else {"de": "de"}
    made = tiny_models.kokoro(VOICES) if provider == "kokoro" else getattr(tiny_models, provider)()
    values: dict[str, object] = {"provider": provider, "files": _ROLES[provider], "languages": [language]}
    if provider == "whisper":
        values["languages"] = ["en", "de", "fr", "auto"]
    if provider in {"piper", "kokoro"}:
        values |= {"kind": "tts", "speaks": speaks, "voices": VOICES if provider == "kokoro" else []}
    return source.entry(name, made, **values)
