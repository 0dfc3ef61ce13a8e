"""The focus of the keyboard stays where the work is: at what takes the place of what was pressed."""

from playwright.sync_api import expect

from tests.console.conftest import sign_in
from tests.console.simulated_plans import plan, step
from tests.console.simulated_server import PASSWORD


def test_signing_in_leads_to_the_first_thing_to_do_and_signing_out_to_the_form(open_page):
    page = open_page()
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("wrong password")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_focused()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("join")).to_be_focused()
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email")).to_be_focused()


def test_joining_leads_to_leaving_and_back(signed_in):
    page = signed_in()
    page.get_by_test_id("join").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("leave")).to_be_focused()
    expect(page.get_by_test_id("mute")).to_be_enabled()
    expect(page.get_by_test_id("leave")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("join")).to_be_focused()


def test_running_a_plan_leads_to_its_cancelling(signed_in, server):
    session_id = server.add_session("Errands")
    page = signed_in(f"/#session={session_id}")
    made = server.plans.add(session_id, plan(step("note"), step("mail", 0)))
    page.get_by_role("button", name="Run plan").focus()
    page.keyboard.press("Enter")
    server.plans.update(session_id, made, status="running")
    expect(page.get_by_role("button", name="Cancel plan")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Yes, cancel it")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel plan")).to_be_focused()


def test_a_second_thought_stands_where_the_first_was(signed_in, server):
    page = signed_in(f"/#session={server.add_session('Errands')}")
    page.get_by_role("button", name="End conversation").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Yes, end it for good")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="End conversation")).to_be_focused()


def test_who_clicks_beside_everything_keeps_the_focus_away(signed_in, server):
    page = signed_in()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_test_id("leave")).to_be_focused()
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "listening")
    page.get_by_test_id("agent").click()
    server.emit(next(iter(server.sessions)), "session.state", {"state": "thinking"})
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "thinking")
    assert page.evaluate("document.activeElement === document.body")


def test_the_end_of_the_sign_in_leads_to_the_form(open_page, server):
    page = open_page()
    sign_in(page)
    page.get_by_label("Message").focus()
    page.evaluate(
        "localStorage.clear(); dispatchEvent(new StorageEvent('storage', {key: 'orion.signed-in'}))"
    )
    expect(page.get_by_label("Email")).to_be_focused()
