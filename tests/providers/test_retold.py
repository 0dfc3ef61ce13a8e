from __future__ import annotations

import pytest

from orion.providers._onnx.retold import beyond


@pytest.mark.parametrize(
    ("told", "heard", "new"),
    [
        ("", "Set a timer.", "Set a timer."),
        ("Set a timer", "Set a timer for ten minutes.", "for ten minutes."),
        ("Remember that I like suits", "Remember that I like soups and bread.", "and bread."),
        ("A piece of", "A pizza and then pay.", "and then pay."),
        ("Twenty", "25 minutes.", "five minutes."),
        ("Yes.", "Yes, yes.", "yes."),
        ("Five, not four.", "5, not 4.", ""),
        ("What is the weather", "What's", ""),
        ("I want 1", "I want 1,000 euros", "thousand euros"),
        ("The number is 0", "The number is 007", "zero seven"),
        ("minus", "-5 degrees", "five degrees"),
        ("Okay.", "Set a timer.", "Set a timer."),
        ("Yes.", "No, wait.", "No, wait."),
        ("Yes.", "", ""),
        ("It was the best of times,", "It was the best of times, it was the worst.", "it was the worst."),
    ],
)
def test_of_a_turn_that_was_heard_again_only_what_is_new_is_told(told, heard, new):
    assert beyond(told, heard) == new
