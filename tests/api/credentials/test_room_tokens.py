"""Room tokens by themselves: a kind of their own, that nothing else passes for."""

import time
from datetime import UTC, datetime
from uuid import uuid4

import jwt
import pytest

from orion.api.credentials.room_tokens import RoomTokens
from orion.api.credentials.tokens import AccessTokens
from orion.domain.identity import Role, User, new_id
from orion.domain.session import Session, SessionStatus
from orion.errors import Unauthenticated

KEY = b"k" * 32


@pytest.fixture
def session():
    return Session(new_id(), new_id(), new_id(), "concierge", SessionStatus.ACTIVE, datetime.now(UTC))


def test_a_token_names_the_guest_the_session_and_its_owner(session):
    token, expires_at = RoomTokens((KEY,)).issue(session, "Ben", 60)
    guest = RoomTokens((KEY,)).verify(token)
    assert (guest.identity, guest.session_id, guest.expired) == ("Ben", session.id, False)
    assert (guest.owner.user_id, guest.owner.workspace_id) == (session.user_id, session.workspace_id)
    assert not guest.owner.is_admin
    assert 55 < expires_at.timestamp() - time.time() <= 60


def test_a_guest_who_comes_back_is_the_same_with_another_token(session):
    rooms = RoomTokens((KEY,))
    first = rooms.verify(rooms.issue(session, "Ben", 60)[0])
    again = rooms.verify(rooms.issue(session, "Ben", 60, guest_id=first.id)[0])
    assert first.id == again.id
    assert first.token_id != again.token_id


def test_a_token_is_bound_to_the_key_by_which_it_was_asked_for(session):
    rooms, key_id = RoomTokens((KEY,)), new_id()
    assert rooms.verify(rooms.issue(session, "Ben", 60, key_id=key_id)[0]).owner.key_id == key_id
    assert rooms.verify(rooms.issue(session, "Ben", 60)[0]).owner.key_id is None


def test_an_expired_token_is_read_and_told(session):
    assert RoomTokens((KEY,)).verify(RoomTokens((KEY,)).issue(session, "Ben", -1)[0]).expired


def test_an_access_token_is_no_room_token_nor_the_other_way_round(session):
    access = AccessTokens((KEY,), 60)
    user = User(new_id(), new_id(), "ben@example.org", "Ben", Role.USER, False, datetime.now(UTC))
    with pytest.raises(Unauthenticated):
        RoomTokens((KEY,)).verify(access.issue(user))
    with pytest.raises(Unauthenticated):
        access.verify(RoomTokens((KEY,)).issue(session, "Ben", 60)[0])


@pytest.mark.parametrize(
    "change",
    [
        {"key": b"x" * 32},
        {"headers": {"typ": "at+jwt"}},
        {"aud": "orion-api"},
        {"session": "none"},
        {"identity": None, "drop": "identity"},
        {"drop": "jti"},
    ],
)
def test_a_token_that_was_changed_is_refused(session, change):
    token, _ = RoomTokens((KEY,)).issue(session, "Ben", 60)
    claims = jwt.decode(token, KEY, algorithms=["HS256"], audience="orion-room")
    key, headers = change.pop("key", KEY), change.pop("headers", {"typ": "room+jwt"})
    claims.pop(change.pop("drop", ""), None)
    changed = {name: value for name, value in change.items() if value is not None}
    forged = jwt.encode({**claims, **changed}, key, algorithm="HS256", headers=headers)
    with pytest.raises(Unauthenticated):
        RoomTokens((KEY,)).verify(forged)


def test_what_is_no_token_at_all_is_not_taken_for_one():
    assert not RoomTokens.is_one("nonsense")
    assert not RoomTokens.is_one(f"orion_live_{uuid4().hex}")
