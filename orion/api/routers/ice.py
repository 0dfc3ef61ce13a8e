"""STUN and TURN servers for whoever joins, with TURN credentials that expire.

The credentials are those of draft-uberti-behave-turn-rest-00, which coturn checks with
`use-auth-secret`: the server and the relay share a secret, and no list of users.
"""

from __future__ import annotations

import hmac
import re
import time
from base64 import b64encode
from typing import Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from orion.api.access import CurrentDep, PartsDep, more_than_join
from orion.api.fields import example
from orion.settings import Settings

router = APIRouter(prefix="/api/v1", tags=["webrtc"])

EXAMPLE_SERVERS = [
    {"urls": ["turn:relay.example.org:3478"], "username": "1769855400:0192f0c1", "credential": "c2VjcmV0"}
]


class IceServer(BaseModel):
    """A STUN or TURN server as a browser's RTCPeerConnection takes it (W3C WebRTC, 4.2.4)."""

    urls: str | list[str]
    username: str | None = None
    credential: str | None = None


class IceServers(BaseModel):
    """For the browser's RTCConfiguration; `policy` is its `iceTransportPolicy`."""

    model_config = example({"ice_servers": EXAMPLE_SERVERS, "policy": "all"})

    ice_servers: list[IceServer]
    policy: Literal["all", "relay"]


_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]")


@router.get(
    "/ice-servers",
    response_model=IceServers,
    response_model_exclude_none=True,
    dependencies=[Depends(more_than_join)],
)
async def list_ice_servers(caller: CurrentDep, parts: PartsDep) -> Any:
    """STUN and TURN servers for a page that joins, and whether its media must go by a relay."""
    settings = parts.settings
    return {"ice_servers": ice_servers(settings, str(caller.user_id)), "policy": settings.ice_policy}


def ice_servers(settings: Settings, identity: str) -> list[dict[str, Any]]:
    """The `iceServers` of an RTCConfiguration: those named, then TURN with credentials of its own.

    Args:
        settings: The server's settings.
        identity: Who joins. It goes to the relay and into its log, so give an id, no name.
    """
    servers = list(settings.ice_servers)
    if settings.turn_urls and settings.turn_secret:
        expires_at = int(time.time()) + settings.call_max_secs
        username, credential = turn_credentials(settings.turn_secret, identity, expires_at)
        servers.append({"urls": list(settings.turn_urls), "username": username, "credential": credential})
    return servers


def turn_credentials(secret: str, identity: str, expires_at: int) -> tuple[str, str]:
    """User name and password of one who may relay until `expires_at` (seconds since 1970).

    The draft's separator is a colon, so the identity keeps only letters, digits and `._-`.
    """
    username = f"{expires_at}:{_NOT_PLAIN.sub('-', identity)[:64]}"
    password = hmac.digest(secret.encode(), username.encode(), "sha1")
    return username, b64encode(password).decode()
