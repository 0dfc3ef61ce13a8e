import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.webhook import (
    EVENT_NAMES,
    RETRY_SECS,
    family,
    new_secret,
    refuse_secret,
    retry_in_secs,
    signature,
    signing_key,
    standard_signature,
    unknown_events,
)
from tests.nodes.recipient import verified


def test_the_signature_is_over_timestamp_dot_body():
    expected = hmac.new(b"secret", b'1700000000.{"a":1}', hashlib.sha256).hexdigest()
    assert signature("secret", "1700000000", b'{"a":1}') == f"v1={expected}"


def signed(secret, body):
    stamp = "1614265330"
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": standard_signature(secret, "msg_1", stamp, body),
    }


def test_the_published_example_of_standard_webhooks_is_signed_alike():
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    made = standard_signature(secret, message, "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_new_secret_passes_the_published_verification():
    for _ in range(50):
        secret, body = new_secret(), '{"said": "größer"}'.encode()
        assert refuse_secret(secret) == ""
        assert verified(secret, signed(secret, body), body)
        assert not verified(secret, signed(secret, body), body + b" ")


@pytest.mark.parametrize("secret", ["QUFBQUFBQUFBQUFBQUFBQQ==", "abcdefghijklmnop", "abcdefghijklmnopqrstuv"])
def test_a_secret_of_ones_own_that_is_base64_passes_it_too(secret):
    assert verified(secret, signed(secret, b"{}"), b"{}")


def test_a_secret_that_an_earlier_version_made_signs_with_its_bytes():
    for key in (bytes(range(32)), b"\xff" * 32):
        earlier = "whsec_" + base64.urlsafe_b64encode(key).decode().rstrip("=")
        standard = "whsec_" + base64.b64encode(key).decode()
        assert signing_key(earlier) == key
        assert verified(standard, signed(earlier, b"{}"), b"{}")


def test_a_secret_that_is_no_base64_is_its_own_key():
    assert signing_key("a secret of my own") == b"a secret of my own"


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_dG9vIHNob3J0", "whsec_not base64 at all, is it", "whsec_" + "A" * 88]
)
def test_a_secret_that_claims_to_be_standard_is_held_to_it(secret):
    assert "24 to 64 bytes" in refuse_secret(secret)


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
