from dataclasses import replace

import pytest

from orion.domain.usage import Usage, cost_micros, known_micros, summed

FLUENT = Usage("llm", "openai", "gpt-4.1", input_tokens=20, cached_tokens=8, output_tokens=5, cost_micros=70)
HEARD = Usage("stt", "deepgram", "nova-3", audio_secs=2.5, cost_micros=200)


def test_usages_of_one_engine_become_one():
    both = summed([FLUENT, HEARD, replace(FLUENT, input_tokens=1, cached_tokens=0, cost_micros=1)])
    assert both == (replace(FLUENT, input_tokens=21, output_tokens=10, cost_micros=71), HEARD)


def test_different_engines_have_no_sum():
    with pytest.raises(ValueError, match="different engines"):
        _ = FLUENT + HEARD


def test_a_cost_that_is_not_known_makes_the_sum_unknown_but_no_smaller_than_what_is():
    unknown = replace(FLUENT, cost_micros=None)
    assert cost_micros([FLUENT, HEARD]) == 270
    assert cost_micros([FLUENT, unknown]) is None
    assert (FLUENT + unknown).cost_micros is None
    assert known_micros([unknown, HEARD]) == 200
    assert cost_micros([]) == 0
