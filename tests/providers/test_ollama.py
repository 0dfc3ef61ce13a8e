"""The Ollama of this machine: found by `auto` if it answers at once."""

from __future__ import annotations

import asyncio
import time

import pytest

from orion import providers
from orion.domain.agent import Agent
from orion.providers import ollama as entry
from orion.settings import ProviderSettings
from tests.providers.conversation import answer, user
from tests.providers.stage import on_stage
from tests.simulators.openai import openai

AGENT = Agent("test", "")


@pytest.fixture
async def vendor():
    async with openai() as simulator:
        simulator.models = ("nomic-embed-text:latest", "llama3.2:3b", "qwen3:8b")
        yield simulator
        await entry.stop()


@pytest.fixture
def at(settings):
    """Settings with an Ollama at a URL."""
    return lambda url: settings.changed(providers={"OLLAMA": ProviderSettings(None, url)})


async def test_auto_takes_it_and_it_talks_by_its_first_model_that_can(at, vendor):
    settings = at(vendor.url)
    choice = await asyncio.to_thread(providers.choose, settings, "llm")
    assert choice.provider == "ollama"
    async with on_stage(providers.llm(settings, AGENT)) as stage:
        assert await answer(stage, user("hello")) == "Hello there."
    assert vendor.asked[0]["model"] == "llama3.2:3b"
    assert vendor.paths.count("/api/tags") == 1, "it is asked every ten seconds at most"


async def test_a_key_wins_over_it_and_it_stands_behind(at, vendor):
    settings = at(vendor.url)
    keyed = settings.changed(providers={**settings.providers, "OPENAI": ProviderSettings("k")})
    order = await asyncio.to_thread(providers.order, keyed, "llm")
    assert [choice.provider for choice in order] == ["openai", "ollama", "offline"]


async def test_without_a_model_it_does_not_serve(at, vendor):
    vendor.models = ("nomic-embed-text:latest",)
    assert "orion models pull" in str(await asyncio.to_thread(entry.available, at(vendor.url), "llm"))


def test_where_nothing_listens_it_is_known_at_once(at):
    begun = time.monotonic()
    assert entry.available(at("http://127.0.0.1:9/v1"), "llm") is not None
    assert time.monotonic() - begun < 0.1


@pytest.mark.parametrize("manner", ["silent", "dripping", "endless", "foreign"])
async def test_what_does_not_answer_as_ollama_at_once_is_passed_over_in_time(at, manner):
    async def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if manner == "foreign":
                writer.write(b"HTTP/1.0 200 OK\r\n\r\n<html>")
                writer.close()
            while manner in {"dripping", "endless"}:
                writer.write(b"x" * (1 if manner == "dripping" else 65536))
                await writer.drain()
                await asyncio.sleep(0.01 if manner == "dripping" else 0)
            await _reader.read()
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    begun = time.monotonic()
    lack = await asyncio.to_thread(entry.available, at(url), "llm")
    assert lack is not None
    assert time.monotonic() - begun < 0.5
    server.close()
