"""Approvals on the page: what is asked is shown exactly, answered by mouse or keyboard, and expires."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import OpenPage
from tests.console.simulated_plans import ADA, asked, moment, plan, step
from tests.console.simulated_server import SimulatedServer, tool_call, turn

PAYMENT = {"payee": "Globex Ltd", "amount": "1,240.00 EUR", "note": "x" * 3000 + "<b>end</b>\u202e"}


@pytest.fixture
def session_id(server: SimulatedServer) -> str:
    return server.add_session("Errands")


@pytest.fixture
def page(signed_in: OpenPage, session_id: str) -> Page:
    """The page of a signed-in person, with the session open and followed."""
    opened = signed_in(f"/#session={session_id}")
    expect(opened.get_by_text("Nothing has been said yet")).to_be_visible()
    return opened


@pytest.fixture
def payment(server: SimulatedServer, session_id: str, page: Page):
    """A plan whose second step asks."""
    paying = step("pay", 0, status="waiting_approval", arguments=PAYMENT, approval=asked(125))
    made = plan(step("note", status="done"), paying, status="waiting_approval")
    return server.plans.add(session_id, made)


def buttons(page: Page) -> list[str]:
    return page.get_by_test_id("approval").get_by_role("button").all_inner_texts()


def test_a_step_is_asked_for_with_all_that_it_would_do(page, payment):
    question = page.get_by_test_id("approval")
    expect(question.get_by_test_id("approval-tool")).to_have_text("pay")
    shown = question.get_by_test_id("approval-arguments").inner_text()
    assert "Globex Ltd" in shown
    assert "1,240.00 EUR" in shown
    assert f"{'x' * 3000}<b>end</b>⟨U+202E⟩" in shown, "nothing of what is approved is cut or hidden"
    expect(question).to_contain_text("Step 2 of the plan “set a timer, then order coffee”")
    expect(question.get_by_test_id("expires")).to_have_text(re.compile(r"expires in 2:0\d"))
    left = question.get_by_test_id("expires").inner_text()
    expect(question.get_by_test_id("expires")).not_to_have_text(left)
    expect(page.get_by_test_id("told")).to_have_text("Pay waits for your approval.")


def test_a_tool_has_one_name_and_its_exact_one_only_where_it_is_approved(page, server, session_id):
    server.turns[session_id] = [turn("agent", "Done.", tool_calls=[tool_call("done", tool="open_safe")])]
    page.reload()
    steps = [
        step("open_safe", status="waiting_approval", approval=asked()),
        step("open_safe", description="open the safe again"),
    ]
    server.plans.add(session_id, plan(*steps, status="waiting_approval"))
    expect(page.get_by_test_id("approval-tool")).to_have_text("open_safe")
    page.get_by_test_id("plan-step").last.locator("summary").click()
    shown = page.get_by_test_id("captions").inner_text()
    assert shown.count("Open safe") == 4, "in the tool card, of each step, and in a step's details"
    assert "open_safe" not in shown
    assert "open safe" not in shown
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_test_id("settled")).to_have_text(re.compile("Open safe Approved on this page"))


def test_a_click_approves_and_the_page_says_that_it_was_here(page, server, payment, session_id):
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_test_id("settled")).to_have_text(re.compile("Pay Approved on this page"))
    expect(page.get_by_test_id("approval")).to_have_count(0)
    assert server.plans.sent == [("approve", 1)]
    expect(page.get_by_test_id("step-answer")).to_have_text("Approved on this page")
    page.reload()
    expect(page.get_by_test_id("step-answer")).to_have_text("Approved by you")


def test_the_keyboard_rejects_and_nobody_loses_the_focus(page, server, payment):
    expect(page.get_by_test_id("approvals")).to_be_focused()
    expect(page.get_by_role("button", name="Reject")).to_be_enabled()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Reject")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("settled")).to_contain_text("Rejected on this page")
    assert server.plans.sent == [("reject", 1)]
    expect(page.get_by_test_id("approvals")).to_be_focused()
    expect(page.get_by_test_id("plan-step").nth(1)).to_have_attribute("data-state", "rejected")


def test_who_is_typing_keeps_the_focus_and_is_told(page, server, session_id):
    page.get_by_label("Message").fill("and please")
    made = plan(step("pay", status="waiting_approval", approval=asked()), status="waiting_approval")
    server.plans.add(session_id, made)
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    expect(page.get_by_label("Message")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Pay waits for your approval.")).to_have_count(1)
    page.keyboard.press("Enter")
    assert server.plans.sent == [], "what was typed answers nothing on the page"


def test_a_question_that_expires_can_be_answered_no_more_and_says_so(page, server, session_id):
    asking = step("pay", status="waiting_approval", approval=asked(2))
    made = server.plans.add(session_id, plan(asking, status="waiting_approval"))
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    expect(page.get_by_test_id("expires")).to_have_text("expired")
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()
    gone = {**made["steps"][0]["approval"], "approved": False, "decided_at": moment(0)}
    server.plans.step(session_id, made, 0, status="rejected", approval=gone, error="nobody said yes in time")
    server.plans.update(session_id, made, status="failed", ended_at=moment(0))
    expect(page.get_by_test_id("step-answer")).to_have_text("Expired: nobody said yes in time")
    expect(page.get_by_test_id("approval")).to_have_count(0)


def test_an_answer_that_comes_too_late_is_told(page, server, payment):
    server.plans.refuses = True
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_test_id("failure")).to_contain_text("The question has expired.")


@pytest.mark.parametrize("answer", [("voice", "by voice"), ("key", "by a key press")], ids=lambda one: one[0])
def test_an_answer_by_voice_or_key_is_told_as_that(page, server, payment, answer):
    by, words = answer
    session_id = next(iter(server.sessions))
    expect(page.get_by_test_id("approval")).to_be_visible()
    call = {"call_id": f"{payment['id']}:1", "tool": "pay", "arguments": PAYMENT, "digest": "d" * 64}
    server.plans.told(session_id, call, "approved", by)
    yes = {"approved": True, "decided_by": ADA, "decided_at": moment(0)}
    server.plans.step(
        session_id, payment, 1, status="pending", approval={**payment["steps"][1]["approval"], **yes}
    )
    expect(page.get_by_test_id("settled")).to_contain_text(f"Approved {words}")
    expect(page.get_by_test_id("step-answer")).to_have_text(f"Approved {words}")


def test_a_step_of_which_nobody_knows_the_end_is_run_again_or_left(page, server, session_id):
    lost = step("ship", status="unknown", attempts=1, error="it was interrupted", approval=asked())
    server.plans.add(session_id, plan(lost, status="waiting_approval"))
    expect(page.get_by_test_id("approval")).to_contain_text("nobody knows whether it has happened")
    assert buttons(page) == ["Leave it", "Run it again"]
    page.get_by_role("button", name="Run it again").click()
    expect(page.get_by_test_id("settled")).to_contain_text("Approved on this page")
    assert server.plans.sent == [("approve", 0)]


def test_of_two_questions_either_can_be_answered_first(page, server, session_id):
    steps = [
        step(tool, status="waiting_approval", approval=asked(secs))
        for tool, secs in (("pay", 60), ("ship", 90))
    ]
    server.plans.add(session_id, plan(*steps, status="waiting_approval"))
    expect(page.get_by_test_id("approval-tool")).to_have_text("pay")
    page.get_by_role("button", name="1 of 2: show the next").click()
    expect(page.get_by_test_id("approval-tool")).to_have_text("ship")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_test_id("approval-tool")).to_have_text("pay")
    assert server.plans.sent == [("approve", 1)]


@pytest.mark.parametrize(("button", "approve"), [("Approve", True), ("Reject", False)])
def test_a_single_call_is_answered_bound_to_what_was_shown(page, server, session_id, button, approve):
    server.plans.waiting = []
    call = server.plans.ask(session_id)
    expect(page.get_by_test_id("approval-arguments")).to_have_text(re.compile(r"amount\s*5"))
    expect(page.get_by_test_id("approval")).to_contain_text("Reception asks")
    expect(page.get_by_test_id("expires")).to_have_text(re.compile(r"expires in (0:5\d|1:00)"))
    page.get_by_role("button", name=button).click()
    state = "Approved" if approve else "Rejected"
    expect(page.get_by_test_id("settled")).to_contain_text(f"{state} on this page")
    assert server.plans.sent == [("call-7", {"approve": approve, "digest": call["digest"]})]


def test_a_single_call_waits_on_over_a_reload(page, server, session_id):
    server.plans.waiting = []
    server.plans.ask(session_id)
    page.reload()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_test_id("approval")).to_have_count(0)
    assert [path for path, _ in server.plans.sent] == ["call-7"]


def test_where_the_server_takes_no_answer_over_rest_the_agent_is_answered(page, server, session_id):
    waiting = tool_call("waiting_approval", id="call-7", tool="pay", arguments={"amount": "5"})
    server.emit(session_id, "turn.ended", {"turn": turn("agent", "Shall I?", tool_calls=[waiting])})
    call = server.plans.ask(session_id)
    expect(page.get_by_test_id("approval")).to_contain_text("say or write yes or no")
    assert buttons(page) == []
    expect(page.get_by_test_id("tool-call")).to_contain_text("waits for your yes")
    server.plans.told(session_id, call, "approved", "text")
    expect(page.get_by_test_id("settled")).to_contain_text("Approved in writing")
    expect(page.get_by_test_id("tool-call")).to_contain_text("approved in writing")


def test_the_server_that_forgot_a_call_asks_for_it_no_more(page, server, session_id):
    server.plans.waiting = []
    server.plans.ask(session_id)
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    server.plans.waiting = []
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_test_id("failure")).to_contain_text("No such call waits.")
    expect(page.get_by_test_id("approval")).to_have_count(0)
