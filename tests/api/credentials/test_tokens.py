from datetime import UTC, datetime

import jwt
import pytest

from orion.api.credentials.tokens import AccessTokens, digest, key_id, new_api_key, read_api_key
from orion.domain.identity import Role, User, new_id
from orion.errors import Unauthenticated

OLD, NEW = b"o" * 32, b"n" * 32
ADA = User(new_id(), new_id(), "ada@example.org", "Ada", Role.ADMIN, False, datetime.now(UTC))


def test_a_token_tells_user_role_and_sign_in():
    sign_in_id = new_id()
    tokens = AccessTokens((NEW,), 60)
    found = tokens.verify(tokens.issue(ADA, sign_in_id))
    assert (found.user_id, found.role, found.sign_in_id) == (ADA.id, Role.ADMIN, sign_in_id)
    assert found.claimed, "the database has the last word on the role"
    assert tokens.verify(tokens.issue(ADA)).sign_in_id is None


def test_a_key_is_changed_without_signing_anybody_out():
    before, between, after = (AccessTokens(keys, 60) for keys in ((OLD,), (NEW, OLD), (NEW,)))
    old = before.issue(ADA)
    assert between.verify(old).user_id == ADA.id
    assert after.verify(between.issue(ADA)).user_id == ADA.id
    with pytest.raises(Unauthenticated):
        after.verify(old)


def forged(headers, key=NEW, **claims):
    now = int(datetime.now(UTC).timestamp())
    given = {
        "iss": "orion",
        "aud": "orion-api",
        "sub": str(ADA.id),
        "workspace": str(ADA.workspace_id),
        "role": "admin",
        "iat": now,
        "exp": now + 60,
        "jti": "1",
        **claims,
    }
    return jwt.encode(given, key, algorithm="HS256", headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"typ": "at+jwt"},
        {"typ": "at+jwt", "kid": "unknown"},
        {"typ": "at+jwt", "kid": key_id(OLD)},
        {"typ": "JWT", "kid": key_id(NEW)},
    ],
)
def test_a_token_of_no_known_key_or_of_another_kind_is_refused(headers):
    with pytest.raises(Unauthenticated):
        AccessTokens((NEW,), 60).verify(forged(headers))


def test_what_is_forged_without_a_key_is_refused():
    tokens, good = AccessTokens((NEW,), 60), {"typ": "at+jwt", "kid": key_id(NEW)}
    assert tokens.verify(forged(good)).user_id == ADA.id
    for bad in (
        forged(good, key=OLD),
        forged(good, sid="x"),
        forged(good, sub="x"),
        forged(good, exp=1),
        forged(good, aud="other"),
        forged(good)[:-2],
        "",
        "a.b.c",
    ):
        with pytest.raises(Unauthenticated):
            tokens.verify(bad)


def test_an_api_key_has_a_public_part_a_secret_and_a_checksum():
    public_id, key = new_api_key()
    prefix, shown, secret, checksum = key.split("_")
    assert (prefix, shown, len(shown), len(secret), len(checksum)) == ("orion", public_id, 8, 43, 8)
    assert read_api_key(key) == (public_id, digest(secret))
    assert new_api_key()[1] != key


def test_a_mistyped_api_key_is_refused_before_anybody_looks_it_up():
    _, key = new_api_key()
    other = "b" if key[20] != "b" else "c"
    for bad in (
        key[:-1],
        key + "0",
        key[:20] + other + key[21:],
        key.upper(),
        f" {key}",
        f"{key}\n",
        "orion_",
    ):
        with pytest.raises(Unauthenticated):
            read_api_key(bad)


def test_keys_do_not_show():
    assert "nnnn" not in repr(AccessTokens((NEW,), 60))
