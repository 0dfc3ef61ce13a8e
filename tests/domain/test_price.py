"""The arithmetic of prices: exact, in whole micro-dollars."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.price import FREE, Price, PriceList, undated
from orion.domain.usage import Engine, Usage

SONNET = Price(input=Decimal(3), cached_input=Decimal("0.3"), cache_write=Decimal("3.75"), output=Decimal(15))
NOVA = Price(audio_minute=Decimal("0.0048"))
LLM: Engine = ("llm", "anthropic", "claude-sonnet-4-6")

tokens = st.integers(0, 10_000_000)
dollars = st.decimals(0, 200, places=4)


def test_each_kind_of_token_has_its_price():
    usage = Usage(*LLM, input_tokens=1000, cached_tokens=600, cache_write_tokens=300, output_tokens=50)
    assert SONNET.cost_micros(usage) == 100 * 3 + 180 + 1125 + 750


def test_cached_tokens_cost_as_others_where_the_vendor_has_no_price_for_them():
    plain = Price(input=Decimal(2), output=Decimal(8))
    assert plain.cost_micros(Usage("llm", "a", "b", input_tokens=10, cached_tokens=4)) == 20


def test_audio_is_billed_by_the_second_and_characters_by_the_character():
    assert NOVA.cost_micros(Usage("stt", "deepgram", "nova-3", audio_secs=90.0)) == 7200
    assert Price(characters=Decimal(50)).cost_micros(Usage("tts", "e", "m", characters=100)) == 5000


@given(st.tuples(tokens, tokens, tokens, tokens), st.tuples(dollars, dollars, dollars, dollars))
def test_a_cost_is_within_half_a_micro_dollar_of_the_exact_one(amounts, each):
    fresh, cached, written, told = amounts
    price = Price(input=each[0], cached_input=each[1], cache_write=each[2], output=each[3])
    usage = Usage(
        *LLM,
        input_tokens=fresh + cached + written,
        cached_tokens=cached,
        cache_write_tokens=written,
        output_tokens=told,
    )
    exact = sum((Fraction(n) * Fraction(one) for n, one in zip(amounts, each, strict=True)), Fraction(0))
    assert abs(price.cost_micros(usage) - exact) <= Fraction(1, 2)


@given(st.lists(st.tuples(tokens, tokens), max_size=20), dollars, dollars)
def test_it_makes_no_difference_in_which_pieces_a_usage_is_told(pieces, a, b):
    prices = PriceList({LLM: Price(input=a, output=b)})
    told = [Usage(*LLM, input_tokens=asked, output_tokens=answered) for asked, answered in pieces]
    whole = Usage(*LLM, input_tokens=sum(p[0] for p in pieces), output_tokens=sum(p[1] for p in pieces))
    assert prices.priced(told) == (prices.priced([whole]) if pieces else ())


def test_an_unknown_model_has_an_unknown_cost_and_a_free_one_costs_nothing():
    prices = PriceList({LLM: SONNET, ("llm", "offline", "*"): FREE})
    priced = prices.priced([Usage("llm", "anthropic", "new"), Usage("llm", "offline", "", output_tokens=9)])
    assert [usage.cost_micros for usage in priced] == [None, 0]


@pytest.mark.parametrize("model", ["claude-sonnet-4-6-20251001", "claude-sonnet-4-6-2025-10-01"])
def test_a_snapshot_costs_what_its_model_does(model):
    assert PriceList({LLM: SONNET}).of(("llm", "anthropic", model)) == SONNET


def test_a_snapshot_with_a_price_of_its_own_has_that():
    dated = (*LLM[:2], "claude-sonnet-4-6-20251001")
    cheap = replace(SONNET, input=Decimal(1))
    assert PriceList({LLM: SONNET, dated: cheap}).of(dated) == cheap


@pytest.mark.parametrize("model", ["gpt-4.1", "nova-3", "-2025-04-14", "m-20250414x", "eleven_flash_v2_5"])
def test_a_name_without_a_date_stays_as_it_is(model):
    assert undated(model) == model
