"""`orion models pull` of a language model, by an Ollama that speaks its wire protocol."""

from __future__ import annotations

import asyncio
import os

import pytest

from orion import providers
from orion.errors import NotFound, ProviderError, StartError
from orion.providers._models import language
from orion.settings import ProviderSettings
from tests.simulators.ollama import LAYERS, ollama

WHOLE = sum(LAYERS.values())


@pytest.fixture
async def vendor():
    async with ollama() as simulator:
        yield simulator


@pytest.fixture
def at(settings, vendor):
    """Settings with the simulated Ollama."""
    return settings.changed(providers={"OLLAMA": ProviderSettings(None, vendor.url)})


@pytest.fixture
def told():
    return []


async def pull(settings, told, name="qwen3-4b"):
    model = language.find(name)
    assert model is not None
    await language.pull(settings, model, lambda there, whole: told.append((there, whole)))


async def test_a_pull_tells_its_progress_and_the_model_is_the_default_of_agents(at, vendor, told):
    assert "orion models pull" in str(await asyncio.to_thread(providers.lack, at, "llm", "ollama"))
    await pull(at, told)
    assert vendor.models == ["qwen3:4b-instruct"]
    assert vendor.asked[-1] == ("/api/pull", {"model": "qwen3:4b-instruct", "stream": True})
    assert told[-1] == (WHOLE, WHOLE)
    assert [there for there, _ in told] == sorted(there for there, _ in told)
    fresh = at.changed(
        providers={"OLLAMA": ProviderSettings(None, vendor.url.replace("127.0.0.1", "localhost"))}
    )
    assert (await asyncio.to_thread(providers.choose, fresh, "llm")).provider == "ollama"


async def test_a_pull_that_breaks_off_goes_on_where_it_stopped(at, vendor, told):
    vendor.breaks_off = 3
    await pull(at, told)
    assert vendor.models == ["qwen3:4b-instruct"]
    assert len({there for there, _ in told}) == len(told), "nothing was brought twice"


async def test_one_that_breaks_off_for_good_says_that_it_can_go_on(at, vendor, told):
    vendor.hangs_up = True
    with pytest.raises(ProviderError, match=r"qwen3:4b-instruct broke off .* run it again to go on"):
        await pull(at, told)
    assert len(vendor.asked) <= 4


async def test_a_full_disk_says_how_much_room_it_needs_and_goes_on_later(at, vendor, told):
    vendor.room_bytes = 1_200_000
    with pytest.raises(StartError, match=r"is full; make room for qwen3:4b-instruct \(2.5 GB\)"):
        await pull(at, told)
    vendor.room_bytes = None
    told.clear()
    await pull(at, told)
    assert told[0][0] > 1_000_000


async def test_a_model_that_the_library_has_not_is_not_found(at, told):
    with pytest.raises(NotFound, match="no model 'nonsense:1b'"):
        await pull(at, told, "ollama/nonsense:1b")


async def test_what_else_fails_is_told_in_ollamas_words(at, vendor, told):
    vendor.error = "max retries exceeded: unexpected EOF"
    with pytest.raises(ProviderError, match="max retries exceeded"):
        await pull(at, told)


async def test_where_no_ollama_answers_the_one_command_is_told(settings, told):
    nowhere = settings.changed(providers={"OLLAMA": ProviderSettings(None, "http://127.0.0.1:9/v1")})
    with pytest.raises(StartError, match=r"no Ollama answers at http://127\.0\.0\.1:9/v1"):
        await pull(nowhere, told)


@pytest.mark.parametrize(
    ("programs", "expected"),
    [
        ((), "not installed: curl|not installed: brew"),
        (("ollama",), "ollama serve"),
        (("llama-server",), "llama-server -hf unsloth/Qwen3"),
    ],
)
def test_the_advice_follows_from_what_is_installed(settings, monkeypatch, tmp_path, programs, expected):
    for name in programs:
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    advice = language.nothing_pulls(settings, language.KNOWN["qwen3-4b"])
    assert any(part in advice for part in expected.split("|"))


@pytest.mark.parametrize("name", ["ollama/", "ollama/../x y", "ollama/a b", "whisper-base", "qwen3:4b"])
def test_what_is_no_language_model_is_left_to_the_catalogue(name):
    assert language.find(name) is None


async def test_the_command_pulls_lists_and_removes(on_database, vendor):
    def run(*arguments):
        return asyncio.to_thread(on_database, "models", *arguments, OLLAMA_BASE_URL=vendor.url)

    code, out, _ = await run("pull", "ollama/tiny:1b")
    assert code == 0
    assert "tiny:1b is there (licence: its own).\nAgents of ORION talk by it from the next call on." in out
    assert "100%" in out
    code, out, _ = await run("pull", "ollama/tiny:1b")
    assert (code, out) == (0, "tiny:1b is there.\n")
    _, out, _ = await run()
    rows = {line.split()[0]: line.split()[-1] for line in out.splitlines()}
    assert (rows["ollama/tiny:1b"], rows["qwen3-4b"]) == ("pulled", "-")
    assert (await run("remove", "ollama/tiny:1b"))[0] == 0
    code, _, err = await run("remove", "ollama/tiny:1b")
    assert (code, err) == (1, "orion: the model 'tiny:1b' is not there\n")
    assert os.sep not in err
