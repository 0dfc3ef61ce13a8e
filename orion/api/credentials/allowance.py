"""What a key with the scope `connect` may begin: which agents, from which pages, how many sessions."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from orion.domain.session import Session
from orion.errors import Limited, Refused
from orion.store.store import Store

_RETRY_AFTER_SECS = 10


async def begin_by_key(
    store: Store, session: Session, *, origin: str | None, connected: Collection[UUID], token_secs: float
) -> None:
    """Let the caller's key, if it came by one, begin `session`, which `store` has just created.

    Call it in the transaction that created the session: an exception takes the session back. Begins
    by one key wait for each other, so the cap is exact. Without a key nothing is asked.

    Args:
        origin: The request's `Origin` header.
        connected: The sessions that are live here (`calls.all()`).
        token_secs: For how long a session's first token admits who joins it.

    Raises:
        Refused: The key does not allow the agent, or the page's origin.
        Limited: As many sessions as the key allows are live.
    """
    key_id = store.principal.key_id
    if key_id is None:
        return
    key = await store.api_keys.locked(key_id)
    if key.agents is not None and session.agent not in key.agents:
        raise Refused("this API key does not allow this agent")
    if key.origins is not None and (origin or "").lower() not in key.origins:
        raise Refused("this API key does not allow this origin")
    if key.max_sessions is not None:
        live = await store.api_keys.live_sessions(key_id, connected, token_secs)
        if live >= key.max_sessions:
            raise Limited(
                "as many sessions as this API key allows are live", retry_after_secs=_RETRY_AFTER_SECS
            )
    await store.api_keys.begun(key_id, session.id)
