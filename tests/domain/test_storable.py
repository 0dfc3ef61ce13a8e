import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.storable import MOST_DEPTH, cut_short, is_longer, is_nested, parsed, storable

_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
)


def test_what_cannot_be_kept_is_replaced_wherever_it_stands():
    assert storable({"a\x00": ["\ud800x", {"b": "\udfff"}, 1, None]}) == {
        "a\ufffd": ["\ufffdx", {"b": "\ufffd"}, 1, None]
    }


def test_numbers_that_json_does_not_know_are_null():
    assert storable([float("nan"), {"x": float("-inf")}, 1.5]) == [None, {"x": None}, 1.5]


def test_all_else_stays_as_it_is():
    assert storable("Grüße 🐕 \n") == "Grüße 🐕 \n"


@pytest.mark.parametrize("text", ["NaN", '{"x": -Infinity}', "{", ""])
def test_what_is_no_json_is_refused_though_python_reads_it(text):
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        parsed(text)


def test_json_is_read_from_text_and_from_bytes():
    assert parsed('{"a": [1.5, null]}') == parsed(b'{"a": [1.5, null]}') == {"a": [1.5, None]}


@pytest.mark.parametrize("levels", [1, MOST_DEPTH, MOST_DEPTH + 1, 200, 100_000])
def test_nesting_is_counted_and_cut_however_deep_it_is(levels):
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    assert is_nested(value) == (levels > MOST_DEPTH)
    kept = storable(value, MOST_DEPTH)
    assert (kept == value) if levels <= MOST_DEPTH else not is_nested(kept)


def test_a_text_that_is_cut_says_so():
    assert cut_short("milk", 4) == "milk"
    assert cut_short("milk and tea" * 1000, 4) == "milk\u2026 (cut short: it has 12,000 characters)"


@given(_JSON, st.integers(0, 100))
def test_only_what_is_longer_as_json_is_called_longer(value, chars):
    text = json.dumps(storable(value, MOST_DEPTH), ensure_ascii=False)
    assert not is_longer(value, len(text))
    if is_longer(value, chars):
        assert len(text) > chars


@pytest.mark.parametrize("value", ["x" * 17, [1] * 9, {"x": 1, "y" * 12: 2}, [[[["a" * 20]]]]])
def test_what_is_far_too_long_is_called_longer(value):
    assert is_longer(value, 16)


def test_what_is_cut_for_its_depth_has_no_length():
    value: Any = ["x" * 1000]
    for _ in range(MOST_DEPTH):
        value = [value]
    assert not is_longer(value, 500)
