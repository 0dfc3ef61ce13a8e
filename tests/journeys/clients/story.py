"""A conversation by the generated Python client: `story.py URL ACCESS_TOKEN`; prints the agent's answer."""

import sys

from orion_client import AuthenticatedClient
from orion_client.api.sessions import sessions_create, sessions_delete, sessions_get, sessions_message
from orion_client.models import Message, NewSession, Problem, Reply, SessionBody

url, token = sys.argv[1:]
with AuthenticatedClient(base_url=url, token=token) as orion:
    session = sessions_create.sync(client=orion, body=NewSession(title="A trip"))
    assert isinstance(session, SessionBody)
    assert session.title == "A trip"
    reply = sessions_message.sync(session.id, client=orion, body=Message(text="two plus two"))
    assert isinstance(reply, Reply)
    assert reply.tool_calls[0].tool == "calculator"
    assert sessions_delete.sync_detailed(session.id, client=orion).status_code == 204
    gone = sessions_get.sync(session.id, client=orion)
    assert isinstance(gone, Problem)
    assert gone.type_ == "/problems/not-found"
    print(reply.text)
