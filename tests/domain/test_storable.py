from orion.domain.storable import storable


def test_what_cannot_be_kept_is_replaced_wherever_it_stands():
    assert storable({"a\x00": ["\ud800x", {"b": "\udfff"}, 1, None]}) == {
        "a\ufffd": ["\ufffdx", {"b": "\ufffd"}, 1, None]
    }


def test_numbers_that_json_does_not_know_are_null():
    assert storable([float("nan"), {"x": float("-inf")}, 1.5]) == [None, {"x": None}, 1.5]


def test_all_else_stays_as_it_is():
    assert storable("Grüße 🐕 \n") == "Grüße 🐕 \n"
