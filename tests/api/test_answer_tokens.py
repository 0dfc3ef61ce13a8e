"""A streamed answer: which of a session's events are its tokens."""

from datetime import UTC, datetime
from uuid import UUID

from orion.api.routers.messages import Tokens
from orion.domain.identity import new_id
from orion.domain.session import Event


def event(name, **body):
    return Event(new_id(), UUID(int=1), name, {"turn_id": "t", "role": "agent", **body}, datetime.now(UTC))


def test_words_that_fill_a_pause_are_no_token_and_take_none_away():
    events = [
        event("turn.started"),
        event("turn.partial", text="Let me see."),
        event("turn.partial", text="Let me see. One moment.", filler=True),
        event("turn.partial", text="Let me see. It is noon."),
    ]
    tokens = Tokens()
    told = b"".join(tokens.encode(one) for one in events).decode()
    assert told.count("event: token") == 2
    assert '"Let me see."' in told
    assert '" It is noon."' in told
