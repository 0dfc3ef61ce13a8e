from orion.testing import Conversation
from orion.tools import end_call


async def test_the_call_ends_when_asked_to():
    call = Conversation()
    assert await end_call.run(end_call.Args(), call) == {"ended": True, "spoken": "Goodbye!"}
    assert call.ended


def test_a_barge_in_does_not_stop_it():
    assert end_call.SIDE_EFFECTS
