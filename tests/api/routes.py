"""Who may call which route: the documented truth, which the tests hold every route to.

A new route needs a line here, or `test_access.py` fails.
"""

from dataclasses import dataclass
from typing import Any

from orion.domain.identity import Scope

ANYONE = "anyone"
"""Without credentials."""
PERSON = "person"
"""A signed-in person, by no key."""
ADMIN = "admin"
"""An admin, in person or by a key with the scope admin."""

V1 = "/api/v1"
SESSION = f"{V1}/sessions/{{session_id}}"
PLANS = f"{V1}/agent/sessions/{{session_id}}"
NO_ID = "01900000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Route:
    """Who may call it (one of the words above, or the scopes of which a key needs one), and a valid body.

    `shared`: what it gives belongs to the workspace, and everybody in it sees it.
    """

    who: str | frozenset[str]
    body: Any = None
    shared: bool = False


def scopes(*names: str) -> frozenset[str]:
    return frozenset(names)


SESSIONS = scopes("sessions")
MEMORY = scopes("memory")
MORE_THAN_JOIN = frozenset(set(Scope) - {Scope.CONNECT})
TOOL = {
    "name": "tide",
    "description": "Tells the tide.",
    "parameters": {"type": "object", "properties": {}},
    "kind": "http",
    "config": {"method": "GET", "url": "https://example.org/tide"},
}

ROUTES = {
    ("POST", f"{V1}/auth/register"): Route(ANYONE),
    ("POST", f"{V1}/auth/login"): Route(ANYONE),
    ("POST", f"{V1}/auth/refresh"): Route(ANYONE),
    ("POST", f"{V1}/auth/logout"): Route(ANYONE),
    ("POST", f"{V1}/auth/sign-in"): Route(ANYONE),
    ("GET", f"{V1}/auth/profile"): Route(MORE_THAN_JOIN),
    ("POST", f"{V1}/auth/password"): Route(
        PERSON, {"current_password": "is wrong", "new_password": "a good new one"}
    ),
    ("POST", f"{V1}/auth/api-keys"): Route(PERSON, {"name": "another"}),
    ("GET", f"{V1}/auth/api-keys"): Route(PERSON),
    ("DELETE", f"{V1}/auth/api-keys/{{key_id}}"): Route(PERSON),
    ("POST", f"{V1}/auth/invitations"): Route(ADMIN, {}),
    ("GET", f"{V1}/users"): Route(ADMIN),
    ("PATCH", f"{V1}/users/{{user_id}}"): Route(ADMIN, {"name": "Another"}),
    ("POST", f"{V1}/users/{{user_id}}/export"): Route(PERSON),
    ("DELETE", f"{V1}/users/{{user_id}}"): Route(PERSON),
    ("GET", f"{V1}/audit"): Route(ADMIN),
    ("POST", f"{V1}/sessions"): Route(SESSIONS, {}),
    ("GET", f"{V1}/sessions"): Route(SESSIONS),
    ("GET", SESSION): Route(SESSIONS),
    ("PATCH", SESSION): Route(SESSIONS, {"title": "Dinner"}),
    ("DELETE", SESSION): Route(SESSIONS),
    ("PATCH", f"{SESSION}/status"): Route(SESSIONS, {"status": "ended"}),
    ("GET", f"{SESSION}/turns"): Route(SESSIONS),
    ("POST", f"{SESSION}/messages"): Route(SESSIONS, {"text": "hello"}),
    ("GET", f"{SESSION}/events"): Route(SESSIONS),
    ("POST", f"{SESSION}/say"): Route(SESSIONS, {"text": "hello"}),
    ("GET", f"{SESSION}/approvals"): Route(SESSIONS),
    ("POST", f"{SESSION}/approvals/{{call_id}}"): Route(SESSIONS, {"approve": True, "digest": "0" * 64}),
    ("POST", f"{SESSION}/room-token"): Route(SESSIONS, {}),
    ("POST", f"{V1}/connect"): Route(scopes("connect"), {}),
    ("GET", f"{V1}/webhooks"): Route(ADMIN),
    ("POST", f"{V1}/webhooks"): Route(
        ADMIN, {"url": "https://example.org/hook", "events": ["session.ended"]}
    ),
    ("PATCH", f"{V1}/webhooks/{{webhook_id}}"): Route(ADMIN, {"enabled": True}),
    ("DELETE", f"{V1}/webhooks/{{webhook_id}}"): Route(ADMIN),
    ("POST", f"{V1}/webhooks/{{webhook_id}}/test"): Route(ADMIN),
    ("GET", f"{V1}/webhooks/{{webhook_id}}/deliveries"): Route(ADMIN),
    ("POST", f"{SESSION}/offer"): Route(SESSIONS, {"sdp": "v=0", "type": "offer"}),
    ("PATCH", f"{SESSION}/offer"): Route(SESSIONS, {"pc_id": "none", "candidates": []}),
    ("POST", f"{SESSION}/memory"): Route(MEMORY, {"type": "fact", "content": "a fact"}),
    ("GET", f"{SESSION}/memory"): Route(MEMORY),
    ("GET", f"{SESSION}/memory/type/{{kind}}"): Route(MEMORY),
    ("DELETE", f"{SESSION}/memory/{{memory_id}}"): Route(MEMORY),
    ("POST", f"{PLANS}/plan"): Route(SESSIONS, {"goal": "what is seven plus five"}),
    ("POST", f"{PLANS}/execute"): Route(SESSIONS, {"plan_id": NO_ID}),
    ("GET", f"{PLANS}/plans"): Route(SESSIONS),
    ("GET", f"{PLANS}/plans/{{plan_id}}"): Route(SESSIONS),
    ("POST", f"{PLANS}/plans/{{plan_id}}/cancel"): Route(SESSIONS),
    ("POST", f"{PLANS}/plans/{{plan_id}}/steps/{{index}}/approve"): Route(SESSIONS),
    ("POST", f"{PLANS}/plans/{{plan_id}}/steps/{{index}}/reject"): Route(SESSIONS),
    ("GET", f"{V1}/agents"): Route(scopes("agents", "admin")),
    ("GET", f"{V1}/agents/{{name}}"): Route(scopes("agents", "admin"), shared=True),
    ("PUT", f"{V1}/agents/{{name}}"): Route(ADMIN, {"instructions": "Keep the lighthouse."}),
    ("DELETE", f"{V1}/agents/{{name}}"): Route(ADMIN),
    ("GET", f"{V1}/tools"): Route(scopes("tools", "admin"), shared=True),
    ("POST", f"{V1}/tools"): Route(ADMIN, TOOL),
    ("GET", f"{V1}/tools/{{tool_id}}"): Route(scopes("tools", "admin"), shared=True),
    ("PATCH", f"{V1}/tools/{{tool_id}}"): Route(ADMIN, {"enabled": False}),
    ("DELETE", f"{V1}/tools/{{tool_id}}"): Route(ADMIN),
    ("POST", f"{V1}/tools/{{tool_id}}/test"): Route(ADMIN, {"arguments": {}}),
    ("GET", f"{V1}/providers"): Route(MORE_THAN_JOIN),
    ("PUT", f"{V1}/providers/{{name}}"): Route(ADMIN, {"key": "sk-entered"}),
    ("DELETE", f"{V1}/providers/{{name}}"): Route(ADMIN),
    ("GET", f"{V1}/usage"): Route(ADMIN),
    ("GET", f"{V1}/budget"): Route(ADMIN),
    ("PUT", f"{V1}/budget"): Route(ADMIN, {"monthly_usd": 1_000_000}),
    ("GET", f"{V1}/ice-servers"): Route(MORE_THAN_JOIN),
    ("GET", "/healthz"): Route(ANYONE),
    ("GET", "/readyz"): Route(ANYONE),
    ("GET", "/metrics"): Route(ANYONE),  # on the machine itself; from elsewhere it is an admin's
    ("GET", "/problems/{slug}"): Route(ANYONE),
}
