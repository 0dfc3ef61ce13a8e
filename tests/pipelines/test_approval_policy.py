from dataclasses import replace
from typing import Any

import pytest

from orion.domain.agent import Agent
from orion.domain.approval import Approvals
from orion.domain.taint import Taint
from orion.domain.tool import MAY_HAVE_HAPPENED, Risk, Tool, ToolCall, ToolCallStatus
from orion.pipelines.approvals import ApprovalPolicy

CALL = ToolCall("c1", "send", {"to": "Eve"}, ToolCallStatus.RUNNING)


async def status(risk, *, guest=False, tainted=False, by_rule=False, call=CALL, kept=True, confirm=False):
    """What becomes of a call; None where it may run."""
    approvals, taint = Approvals(), Taint()
    gate: Any = lambda: pytest.fail("asked")  # noqa: E731

    async def keep(_wanted):
        if isinstance(kept, Exception):
            raise kept
        return kept

    agent = lambda: Agent("orion", "Help.")  # noqa: E731
    policy = ApprovalPolicy(approvals, taint, gate, keep, lambda _: None, agent=agent, guest=guest)
    if tainted:
        policy.ran(Tool("mail", "Reads.", {}, untrusted=True))
    sends = Tool("send", "Sends.", {}, risk=risk, confirm=confirm)
    try:
        held = await policy.held(sends, call, by_rule=by_rule)
    finally:
        assert kept is True or len(approvals) == 0, "no yes would count for it, so it is not asked"
    assert policy.waits("c1") is (held is not None and held.status is ToolCallStatus.WAITING_APPROVAL)
    return held and held.status.value


@pytest.mark.parametrize("by_rule", [True, False])
async def test_what_is_dangerous_waits_whoever_calls_it(by_rule):
    assert await status(Risk.DANGER, by_rule=by_rule) == "waiting_approval"


async def test_what_changes_something_waits_after_what_others_wrote():
    assert await status(Risk.WRITE) is None
    assert await status(Risk.WRITE, tainted=True) == "waiting_approval"
    assert await status(Risk.WRITE, tainted=True, by_rule=True) is None
    assert await status(Risk.READ, tainted=True) is None


@pytest.mark.parametrize("risk", [Risk.READ, Risk.WRITE])
async def test_a_tool_that_asks_first_waits_where_no_rules_have_asked(risk):
    assert await status(risk, confirm=True) == "waiting_approval"
    assert await status(risk, confirm=True, by_rule=True) is None
    assert await status(risk, confirm=True, guest=True) == "refused"


async def test_a_guest_cannot_approve():
    assert await status(Risk.DANGER, guest=True) == "refused"
    assert await status(Risk.WRITE, guest=True, tainted=True) == "refused"


async def test_what_cannot_be_read_out_is_refused():
    long = ToolCall("c1", "send", {"to": "x" * 500}, ToolCallStatus.RUNNING)
    assert await status(Risk.DANGER, call=long) == "refused"


async def test_what_cannot_be_kept_is_refused_and_asked_of_nobody():
    assert await status(Risk.DANGER, kept=False) == "refused"


async def test_what_fails_while_it_is_kept_is_asked_of_nobody():
    with pytest.raises(RuntimeError):
        await status(Risk.DANGER, kept=RuntimeError())


async def test_the_same_write_once_more_is_asked_about_where_nobody_knows_whether_it_has_happened():
    approvals, kept = Approvals(), []

    async def keep(wanted):
        kept.append(wanted)
        return True

    gate: Any = lambda: pytest.fail("asked")  # noqa: E731
    agent = lambda: Agent("orion", "Help.")  # noqa: E731
    policy = ApprovalPolicy(approvals, Taint(), gate, keep, lambda _: None, agent=agent, guest=False)
    writes = Tool("send", "Sends.", {}, risk=Risk.WRITE)
    error = f"no answer within 1 seconds. {MAY_HAVE_HAPPENED}"
    policy.ended(replace(CALL, id="c0", status=ToolCallStatus.TIMED_OUT, error=error))
    other = replace(CALL, arguments={"to": "Bob"})
    assert await policy.held(writes, other, by_rule=True) is None
    held = await policy.held(writes, CALL, by_rule=True)
    assert held is not None
    assert held.status is ToolCallStatus.WAITING_APPROVAL
    assert kept[0].question.startswith('Nobody knows whether send with to "Eve" has happened. Shall I run')
    policy.ended(replace(CALL, status=ToolCallStatus.DONE))
    assert await policy.held(writes, CALL, by_rule=True) is None
