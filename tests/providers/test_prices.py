"""The price list as data: each row says where it is from, and a project's own wins."""

from datetime import date
from decimal import Decimal

import pytest
import yaml

from orion import providers, registry
from orion.domain.usage import Engine
from orion.errors import StartError
from orion.providers import _prices
from orion.settings import ProviderSettings

BUILT_IN = yaml.safe_load(_prices._BUILT_IN.read_text())
ROWS = [
    (name, kind, model, row)
    for name, seller in BUILT_IN.items()
    for kind in providers.KINDS
    for model, row in seller.get(kind, {}).items()
    if model != "*"
]
NEEDED = {"llm": [{"input", "output"}], "stt": [{"audio_minute"}], "tts": [{"characters"}, {"audio_minute"}]}
DEFAULTS = [
    ("llm", "openai", "gpt-4.1"),
    ("stt", "openai", "gpt-4o-transcribe"),
    ("tts", "openai", "gpt-4o-mini-tts"),
    ("llm", "anthropic", "claude-sonnet-4-6"),
    ("stt", "deepgram", "nova-3"),
    ("tts", "elevenlabs", "eleven_flash_v2_5"),
]


@pytest.mark.parametrize(("name", "kind", "model", "row"), ROWS, ids=lambda value: str(value)[:20])
def test_each_row_has_what_its_kind_is_billed_by_and_says_where_it_is_from(name, kind, model, row):
    assert name in registry.names("providers"), "a price of nobody"
    assert any(needed <= row.keys() for needed in NEEDED[kind])
    assert row["source"].startswith("https://")
    assert isinstance(row["seen"], date)


@pytest.mark.parametrize("engine", DEFAULTS)
def test_the_models_that_are_asked_by_default_have_a_price(settings, engine):
    assert _prices.load(settings).of(engine) is not None


def test_engines_of_this_machine_are_free_and_strangers_unknown(settings):
    prices = _prices.load(settings)
    for engine in (("stt", "pocketsphinx", ""), ("tts", "espeak", ""), ("llm", "ollama", "llama3.2")):
        price = prices.of(engine)
        assert price is not None, engine
        assert price.input is price.audio_minute is None
    assert prices.of(("llm", "openai", "gpt-99")) is None
    assert prices.of(("llm", "acme", "m")) is None


def test_a_vendors_prices_do_not_hold_at_another_address(settings):
    own = {"OPENAI": ProviderSettings("k", "https://eu.api.openai.com/v1")}
    other = {"OPENAI": ProviderSettings("k", "https://proxy.example.org/v1")}
    engine: Engine = ("llm", "openai", "gpt-4.1")
    assert _prices.load(settings.changed(providers=own)).of(engine)
    assert _prices.load(settings.changed(providers=other)).of(engine) is None
    assert _prices.load(settings.changed(llm_base_url="http://127.0.0.1:8080/v1")).of(engine) is None
    local = _prices.load(settings.changed(llm_base_url="http://127.0.0.1:8080/v1"))
    assert local.of(("tts", "openai", "tts-1")), "only the language model is another server's"


def test_a_projects_list_wins_model_by_model(settings, tmp_path):
    own = "openai: {llm: {gpt-4.1: {input: 1.5, output: 6}}}\nacme: {stt: {'*': {audio_minute: 0.01}}}\n"
    (tmp_path / "prices.yaml").write_text(own)
    prices = _prices.load(settings.changed(project=tmp_path))
    found = prices.of(("llm", "openai", "gpt-4.1"))
    assert found
    assert (found.input, found.cached_input) == (Decimal("1.5"), None)
    assert prices.of(("stt", "acme", "any"))
    assert prices.of(("llm", "openai", "gpt-4o"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("openai: {llm: {m: {input: -1}}}", "openai"),
        ("a: {llm: {m: {input: -1}}}", "llm.m.input"),
        ("a: {llm: {m: {inptu: 1}}}", "llm.m.inptu"),
        ("[1]", "a mapping"),
        ("a: {", "cannot be read"),
    ],
)
def test_a_list_that_is_not_valid_stops_the_start_and_names_the_place(settings, tmp_path, text, complaint):
    (tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(StartError, match=complaint):
        _prices.load(settings.changed(project=tmp_path))
