"""What the page says of its server, its call and its lists stays true as they change."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.console.conftest import OpenPage
from tests.console.simulated_plans import moment
from tests.console.simulated_server import SimulatedServer, turn
from tests.console.test_call import join, state_of


@pytest.fixture
def page(signed_in: OpenPage, server: SimulatedServer) -> Page:
    """The page of a signed-in person, with an open session."""
    opened = signed_in(f"/#session={server.add_session('Opening hours')}")
    expect(opened.get_by_text("Nothing has been said yet")).to_be_visible()
    return opened


def write(page: Page, text: str) -> None:
    page.get_by_label("Message").fill(text)
    page.get_by_label("Message").press("Enter")


def test_a_server_that_is_away_is_told_and_forgotten_when_it_is_back(page):
    page.context.set_offline(True)
    write(page, "Hello?")
    expect(page.get_by_test_id("failure")).to_contain_text("The server cannot be reached.")
    expect(page.get_by_label("Message")).to_have_value("Hello?")
    state_of(page, "unreachable")
    page.context.set_offline(False)
    expect(page.get_by_test_id("failure")).to_have_count(0)
    state_of(page, "idle")


def test_a_line_that_was_not_sent_still_says_so_when_the_server_is_back(page):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/messages", hold)
    with page.expect_request("**/messages"):
        write(page, "Hello?")
    page.get_by_label("Message").press_sequentially("and")
    held[0].abort()
    page.unroute("**/messages")
    expect(page.get_by_test_id("unsent")).to_contain_text("This was not sent.")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_test_id("turn-text").last).to_have_text("You wrote: Hello?")


def test_what_failed_is_forgotten_when_the_next_words_are_taken(page, server):
    write(page, "fail")
    expect(page.get_by_test_id("failure")).to_contain_text("The agent did not answer in time.")
    session_id = next(iter(server.sessions))
    server.emit(session_id, "turn.ended", {"turn": turn("user", "by voice then")})
    expect(page.get_by_test_id("failure")).to_have_count(0)


def test_a_voice_of_which_nothing_comes_any_more_is_told_within_two_seconds(page, server):
    join(page)
    expect(page.get_by_test_id("quality")).to_contain_text("Connection good")
    server.freeze()
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "interrupted", timeout=3000)
    expect(page.get_by_test_id("agent-state")).to_contain_text("No answer from the server")
    expect(page.get_by_test_id("quality")).to_have_text("Connection lost")


def test_a_page_that_is_loaded_anew_during_a_call_says_that_the_call_goes_on(page, server):
    session_id = next(iter(server.sessions))
    join(page)
    server.sessions[session_id] |= {"live": True, "participants": ["user"]}
    page.reload()
    state_of(page, "elsewhere")
    expect(page.get_by_test_id("join")).to_have_text(re.compile("Move call here"))
    expect(page.locator(f"[data-session='{session_id}']").first).to_contain_text("live")
    server.emit(session_id, "participant.left", {"participant": "user", "reason": "idle"})
    state_of(page, "idle")
    expect(page.get_by_test_id("join")).to_have_text(re.compile("Join"))
    expect(page.locator(f"[data-session='{session_id}']").first).to_contain_text("open")


def test_the_list_tells_the_time_and_who_is_live_as_they_change(signed_in, server):
    other = server.add_session("Other", created_at=moment(-40), live=True)
    page = signed_in()
    row = page.locator(f"[data-session='{other}']").first
    expect(row).to_contain_text("just now")
    expect(row).to_contain_text("live")
    server.sessions[other]["live"] = False
    expect(row).to_contain_text("1 minute ago", timeout=25_000)
    expect(row).to_contain_text("open", timeout=15_000)


def test_back_and_forward_stay_in_the_page(signed_in, server):
    first, second = server.add_session("First"), server.add_session("Second")
    page = signed_in()
    page.get_by_role("button", name="First").first.click()
    page.get_by_role("button", name="Second").first.click()
    expect(page).to_have_title("Second · ORION")
    page.go_back()
    expect(page).to_have_title("First · ORION")
    assert page.url.endswith(first)
    page.go_back()
    expect(page).to_have_title("ORION")
    expect(page.get_by_role("heading", name="Start a conversation")).to_be_attached()
    page.go_forward()
    page.go_forward()
    expect(page).to_have_title("Second · ORION")
    assert page.url.endswith(second)


def test_back_from_a_conversation_that_began_here_leads_to_the_start_page(signed_in, server):
    page = signed_in()
    join(page)
    expect(page).to_have_title("● Live call: Reception · ORION")
    page.get_by_test_id("mute").click()
    expect(page).to_have_title("● Muted call: Reception · ORION")
    page.go_back()
    expect(page).to_have_title("ORION")
    expect(page.get_by_role("combobox", name="Talk to")).to_be_visible()
    assert page.url == f"{server.url}/"


def test_a_typed_question_counts_from_its_arrival_and_the_bars_compare_answers(page, server):
    session_id = next(iter(server.sessions))
    slow = turn("agent", "Slow.", latency={"end_of_turn_ms": 300, "first_audio_ms": 6000})
    quick = turn("agent", "Quick.", latency={"llm_first_token_ms": 60})
    for each in (slow, quick):
        server.emit(session_id, "turn.ended", {"turn": each})
    widths = page.locator(".took").evaluate_all("bars => bars.map(bar => bar.width.baseVal.value)")
    assert widths == [100, 2]
    for at, since in enumerate(("the end of your speech", "the arrival of your text")):
        page.get_by_test_id("latency").nth(at).locator("summary").click()
        expect(page.get_by_test_id("latency").nth(at)).to_contain_text(f"Times count from {since}.")
