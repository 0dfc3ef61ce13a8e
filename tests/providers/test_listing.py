"""What the vendors tell of themselves: models, voices, and whether the key is good."""

from __future__ import annotations

from typing import Any

import pytest

from orion import providers
from orion.errors import ProviderError
from orion.providers import _listing as listing
from orion.settings import ProviderSettings
from tests.net.origin import answers, serving
from tests.simulators import anthropic, deepgram, elevenlabs, openai

VENDORS: dict[str, tuple[Any, str]] = {
    "anthropic": (anthropic.anthropic, anthropic.KEY),
    "deepgram": (deepgram.deepgram, deepgram.KEY),
    "elevenlabs": (elevenlabs.elevenlabs, elevenlabs.KEY),
    "openai": (openai.openai, openai.KEY),
}
FOUND = {
    "anthropic": ["claude-sonnet-4-6"],
    "deepgram": ["nova-3-general"],
    "elevenlabs": ["eleven_flash_v2_5"],
    "openai": [openai.MODEL],
}


@pytest.fixture(params=list(VENDORS))
async def vendor(request, settings):
    """A vendor's name, and settings with a key for it."""
    simulated, key = VENDORS[request.param]
    async with simulated() as simulator:
        if isinstance(simulator, openai.OpenAI):
            simulator.key = openai.KEY

        def keyed(used: str = key):
            return settings.changed(providers={request.param.upper(): ProviderSettings(used, simulator.url)})

        yield request.param, keyed
        await providers.module(settings, request.param).stop()


async def test_an_engine_that_serves_tells_its_models(vendor):
    name, keyed = vendor
    engines = [e for e in await listing.engines(keyed()) if e.provider == name]
    assert engines
    for engine in engines:
        assert (engine.missing, engine.problem) == (None, None)
        assert list(engine.models) == FOUND[name]


async def test_a_key_that_is_refused_is_told_and_not_quoted(vendor):
    name, keyed = vendor
    engines = [e for e in await listing.engines(keyed("wrong-key")) if e.provider == name]
    told = {engine.problem for engine in engines}
    assert {(problem or "").partition("; ")[0] for problem in told} == {f"{name}: authentication (HTTP 401)"}
    assert all("it does not take the key" in (problem or "") for problem in told)


@pytest.mark.parametrize("name", list(VENDORS))
@pytest.mark.parametrize("body", [{"time": 9}, {"data": None}, {"data": [{"id": 7}]}, [], "no", None])
async def test_an_answer_that_is_no_list_of_models_is_a_problem_of_the_vendor(settings, name, body):
    async with serving(answers(body)) as origin:
        odd = settings.changed(providers={name.upper(): ProviderSettings("k", origin.url)})
        engines = [engine for engine in await listing.engines(odd) if engine.provider == name]
        assert engines
        for engine in engines:
            assert engine.models == ()
            assert engine.problem is None or engine.problem.startswith(f"{name}: ")
        await providers.module(settings, name).stop()


async def test_names_that_can_neither_be_kept_nor_shown_are_left_out(settings):
    odd = {"data": [{"id": name, "object": "model"} for name in ("\ud800", "a" * 201, "", "gpt-small")]}
    async with serving(answers(odd)) as origin:
        keyed = settings.changed(providers={"OPENAI": ProviderSettings("k", origin.url)})
        engines = [engine for engine in await listing.engines(keyed) if engine.provider == "openai"]
        assert {engine.models for engine in engines if engine.kind == "llm"} == {("gpt-small",)}
        await providers.module(settings, "openai").stop()


async def test_elevenlabs_tells_its_voices(settings):
    async with elevenlabs.elevenlabs() as simulator:
        keyed = settings.changed(providers={"ELEVENLABS": ProviderSettings(elevenlabs.KEY, simulator.url)})
        loaded = providers.module(keyed, "elevenlabs")
        assert await loaded.voices(keyed) == [providers.Voice(elevenlabs.VOICE, "George", "en")]


async def test_a_vendor_that_is_not_there_is_told(settings):
    keyed = settings.changed(providers={"OPENAI": ProviderSettings("k", "http://127.0.0.1:9/v1")})
    loaded = providers.module(keyed, "openai")
    with pytest.raises(ProviderError, match="openai: connectivity"):
        await loaded.models(keyed, "llm")
    await loaded.stop()


async def test_what_is_missing_is_told_and_nobody_is_asked(settings):
    engines = {(e.kind, e.provider): e for e in await listing.engines(settings)}
    assert engines["stt", "deepgram"].missing == "set DEEPGRAM_API_KEY"
    assert engines["llm", "offline"].missing is None
    assert engines["llm", "offline"].as_json()["models"] == ()
