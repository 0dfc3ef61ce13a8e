from uuid import uuid4

import pytest

from orion.domain.approval import Approvals
from orion.domain.taint import Taint
from orion.domain.tool import Risk, Tool, ToolCall, ToolCallStatus
from orion.pipelines.approvals import ApprovalPolicy, WaitingCalls

CALL = ToolCall("c1", "send", {"to": "Eve"}, ToolCallStatus.RUNNING)


def status(risk, *, guest=False, tainted=False, by_rule=False, call=CALL):
    """What becomes of a call; None where it may run."""
    approvals, taint = Approvals(), Taint()
    policy = ApprovalPolicy(approvals, taint, lambda: pytest.fail("asked"), lambda _: None, guest=guest)
    if tainted:
        policy.ran(Tool("mail", "Reads.", {}, untrusted=True))
    held = policy.held(Tool("send", "Sends.", {}, risk=risk), call, by_rule=by_rule)
    assert policy.waits("c1") is (held is not None and held.status is ToolCallStatus.WAITING_APPROVAL)
    return held and held.status.value


@pytest.mark.parametrize("by_rule", [True, False])
def test_what_is_dangerous_waits_whoever_calls_it(by_rule):
    assert status(Risk.DANGER, by_rule=by_rule) == "waiting_approval"


def test_what_changes_something_waits_after_what_others_wrote():
    assert status(Risk.WRITE) is None
    assert status(Risk.WRITE, tainted=True) == "waiting_approval"
    assert status(Risk.WRITE, tainted=True, by_rule=True) is None
    assert status(Risk.READ, tainted=True) is None


def test_a_guest_cannot_approve():
    assert status(Risk.DANGER, guest=True) == "refused"
    assert status(Risk.WRITE, guest=True, tainted=True) == "refused"


def test_what_cannot_be_read_out_is_refused():
    long = ToolCall("c1", "send", {"to": "x" * 500}, ToolCallStatus.RUNNING)
    assert status(Risk.DANGER, call=long) == "refused"


def test_the_calls_of_a_session_wait_while_others_come_and_go():
    waiting, session = WaitingCalls(), uuid4()
    kept = waiting.of(session)
    for _ in range(5):
        assert waiting.of(uuid4()) is not kept
    assert waiting.of(session) is kept
