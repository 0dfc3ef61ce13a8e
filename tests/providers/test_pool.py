"""Who gets which connection to a vendor, and what goes along with it."""

from __future__ import annotations

import pytest

from orion import providers
from orion.domain.agent import Agent
from orion.errors import ProviderError
from orion.providers import anthropic as anthropic_entry
from orion.providers import openai as openai_entry
from orion.settings import ProviderSettings
from tests.providers.conversation import answer, user
from tests.providers.stage import on_stage
from tests.simulators.anthropic import KEY, anthropic
from tests.simulators.openai import openai

AGENT = Agent("test", "")
CASES = [("openai", openai, openai_entry), ("anthropic", anthropic, anthropic_entry)]


@pytest.fixture(params=CASES, ids=[name for name, *_ in CASES])
async def vendor(request, settings):
    """A simulator, and settings for it with a key, an address, and the hosts that the guard lets pass."""
    name, simulated, entry = request.param
    async with simulated() as simulator:

        def with_access(key, base_url=None, allowed=None):
            used = ProviderSettings(key, base_url or simulator.url, allowed)
            return settings.changed(providers={name.upper(): used})

        yield simulator, entry, with_access
        await entry.stop()


def host(simulator):
    return simulator.url.removeprefix("http://").removesuffix("/v1")


async def test_an_address_that_was_entered_is_reached_where_tools_may_and_nowhere_else(vendor):
    simulator, entry, with_access = vendor
    async with on_stage(entry.llm(with_access(KEY, allowed=(host(simulator),)), AGENT)) as stage:
        assert await answer(stage, user("hello"))
    by_name = simulator.url.replace("127.0.0.1", "localhost")
    for base_url in (None, by_name):
        with pytest.raises(ProviderError, match="may not be reached"):
            await entry.models(with_access(KEY, base_url, ("127.0.0.2",)), "llm")


async def test_each_key_has_a_client_and_all_of_an_operators_have_the_same_connections(settings):
    from orion.providers._openai.server import server

    one, other = server("one", None), server("other", None)
    assert one is server("one", None)
    assert one is not other
    assert one.http is other.http
    assert server("one", None, ()).http is not one.http
    assert (one.client.api_key, other.client.api_key) == ("one", "other")
    await providers.module(settings, "openai").stop()
    assert one.http.is_closed


async def test_clients_of_very_many_keys_do_not_stay(settings):
    from orion.providers._openai.server import server

    first, kept = server("first", None), server("kept", None)
    for number in range(499):
        server(f"key {number}", None)
        assert server("kept", None) is kept
    assert server("first", None) is not first
    assert not first.http.is_closed, "a call that has it goes on"
    await providers.module(settings, "openai").stop()


async def test_an_address_that_was_entered_gets_no_header_of_the_environment(vendor, monkeypatch):
    simulator, entry, with_access = vendor
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "X-Gateway: the-operators-secret")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-operator")
    for allowed, secrets in ((None, True), ((host(simulator),), False)):
        async with on_stage(entry.llm(with_access(KEY, allowed=allowed), AGENT)) as stage:
            assert await answer(stage, user("hello"))
        assert ("x-gateway" in simulator.headers[-1]) is secrets
        assert "openai-organization" not in simulator.headers[-1] or secrets
