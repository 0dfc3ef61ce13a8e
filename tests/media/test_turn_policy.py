import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.media.turn_policy import TurnPolicy

POLICY = TurnPolicy(complete_at=0.5, unsure_secs=0.5, unfinished_secs=1.2)


@pytest.mark.parametrize(
    ("probability", "transcript", "secs"),
    [
        (0.9, "what time is it", 0.0),
        (0.9, "", 0.0),
        (0.5, "what time is it", 0.0),
        (0.3, "what time is it", 0.5),
        (0.3, "", 1.2),
        (0.05, "what time is it", 1.2),
        (0.3, "What time is it?", 0.0),
        (0.05, "What time is it?", 0.5),
        (0.3, "It is five.", 0.5),
        (0.3, "What is seven plus?", 1.2),
        (0.99, "set a timer for", 1.2),
        (0.99, "Set a timer for.", 1.2),
        (0.99, "um,", 1.2),
        (0.0, "", 1.2),
    ],
)
def test_the_sound_and_the_last_word_decide_how_long_silence_is_waited_for(probability, transcript, secs):
    assert POLICY.patience_secs(probability, transcript) == secs


@given(st.floats(0, 1), st.text(max_size=50))
def test_it_never_waits_longer_than_for_an_unfinished_turn(probability, transcript):
    assert POLICY.patience_secs(probability, transcript) in {0.0, 0.5, 1.2}


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["", "what time is it", "and"]))
def test_a_sound_more_complete_is_never_waited_for_longer(one, other, transcript):
    low, high = sorted((one, other))
    assert POLICY.patience_secs(high, transcript) <= POLICY.patience_secs(low, transcript)
