"""What an admin sees of other people's conversations: everything, read-only, and their end."""

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import OpenPage
from tests.console.simulated_plans import asked, plan, step
from tests.console.simulated_server import SimulatedServer, turn

BEN = {"id": "00000000-0000-7000-8000-000000000beb", "name": "Ben", "email": "ben@example.org"}


@pytest.fixture
def his(server: SimulatedServer) -> str:
    """A conversation of Ben's, who is in its call."""
    session_id = server.add_session("Dinner", owner=BEN, live=True, participants=["user"])
    server.turns[session_id] = [turn("user", "A table for two."), turn("agent", "At seven?")]
    return session_id


@pytest.fixture
def page(signed_in: OpenPage, server: SimulatedServer, his: str) -> Page:
    """The page of an admin who reads Ben's conversation."""
    server.add_session("Mine")
    opened = signed_in()
    opened.get_by_test_id("others").first.get_by_role("button", name="Dinner").click()
    expect(opened.get_by_test_id("turn-text")).to_have_text(["A table for two.", "At seven?"])
    return opened


def test_the_list_parts_ones_own_from_those_of_others_which_name_their_owner(signed_in, server, his):
    server.add_session("Mine")
    page = signed_in()
    expect(page.get_by_test_id("sessions").first.get_by_role("button")).to_have_count(1)
    expect(page.get_by_test_id("sessions").first).to_contain_text("Mine")
    others = page.get_by_test_id("others").first
    expect(others.get_by_role("button")).to_have_count(1)
    expect(others.get_by_test_id("owner")).to_have_text("Ben")
    expect(others).to_contain_text("live")


def test_a_user_has_one_list(signed_in, server):
    server.user["role"] = "user"
    server.add_session("Mine")
    page = signed_in()
    expect(page.get_by_test_id("sessions").first).to_contain_text("Mine")
    expect(page.get_by_test_id("others")).to_have_count(0)
    expect(page.get_by_role("heading", name="Conversations", exact=True)).to_have_count(1)


def test_it_is_followed_live_and_nothing_is_offered_that_only_its_owner_may_do(page, server, his):
    server.emit(his, "turn.ended", {"turn": turn("user", "Seven is fine.")})
    expect(page.get_by_test_id("turn-text").last).to_have_text("Seven is fine.")
    expect(page.get_by_test_id("reading")).to_contain_text("This conversation belongs to Ben.")
    expect(page.get_by_test_id("agent-state")).to_contain_text("A call is going on")
    expect(page).to_have_title("Ben: Dinner · ORION")
    for testid in ("join", "mute", "devices", "failure"):
        expect(page.get_by_test_id(testid)).to_have_count(0)
    expect(page.get_by_label("Message")).to_have_count(0)


def test_plans_and_questions_are_seen_and_not_answered(page, server, his):
    paying = step("pay", status="waiting_approval", approval=asked())
    server.plans.add(his, plan(paying, status="waiting_approval"))
    server.plans.add(his, plan(step("note"), goal="later"))
    expect(page.get_by_test_id("approval-tool")).to_have_text("pay")
    expect(page.get_by_test_id("approval")).to_contain_text(
        "Only the owner of the conversation answers this."
    )
    expect(page.get_by_test_id("plan")).to_have_count(2)
    for name in ("Approve", "Reject", "Run plan", "Discard", "Cancel plan"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_it_is_ended_after_a_second_thought(page, server, his):
    page.get_by_role("button", name="End conversation").click()
    page.get_by_role("button", name="Yes, end it for good").click()
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "ended")
    assert server.sessions[his]["status"] == "ended"


def test_it_is_deleted_after_a_second_thought(page, server, his):
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_test_id("others")).to_have_count(0)
    expect(page.get_by_test_id("join")).to_be_visible()
    assert his not in server.sessions
    assert page.url == f"{server.url}/"
