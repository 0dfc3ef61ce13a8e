import pytest

from orion.domain.storable import parsed, storable


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
