import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.webhook import EVENT_NAMES, RETRY_SECS, family, retry_in_secs, signature, unknown_events


def test_the_signature_is_over_timestamp_dot_body():
    expected = hmac.new(b"secret", b'1700000000.{"a":1}', hashlib.sha256).hexdigest()
    assert signature("secret", "1700000000", b'{"a":1}') == f"v1={expected}"


@given(attempts=st.integers(1, len(RETRY_SECS)), chance=st.floats(0, 1, exclude_max=True))
def test_attempts_spread_around_their_delay(attempts, chance):
    secs = retry_in_secs(attempts, chance)
    assert secs is not None
    assert 0.8 * RETRY_SECS[attempts - 1] <= secs <= 1.2 * RETRY_SECS[attempts - 1]


def test_after_the_last_delay_a_delivery_is_given_up_some_hours_later():
    assert retry_in_secs(len(RETRY_SECS) + 1, 0.5) is None
    assert 6 * 3600 < sum(RETRY_SECS) < 24 * 3600


@pytest.mark.parametrize("name", ["turn.partial", "session.state", "turn", "*", "", "hand_off.*", "none.*"])
def test_what_is_never_delivered_cannot_be_asked_for(name):
    assert unknown_events([name]) == [name]


def test_every_event_and_every_family_can_be_asked_for():
    assert unknown_events(EVENT_NAMES) == []
    assert unknown_events(["turn.*", "session.*", "tool.*"]) == []
    assert family("turn.ended") == "turn.*"
