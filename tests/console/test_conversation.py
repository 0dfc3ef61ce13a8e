import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import OpenPage
from tests.console.simulated_server import SimulatedServer, tool_call, turn

LATENCY = {
    "end_of_turn_ms": 320,
    "stt_final_ms": 280,
    "llm_first_token_ms": 610,
    "first_sentence_ms": 742,
    "tts_first_byte_ms": 861,
    "first_audio_ms": 902,
}


@pytest.fixture
def session_id(server: SimulatedServer) -> str:
    return server.add_session("Opening hours")


@pytest.fixture
def page(signed_in: OpenPage, session_id: str) -> Page:
    """The page of a signed-in person, with the session open and followed."""
    opened = signed_in(f"/#session={session_id}")
    expect(opened.get_by_text("Nothing has been said yet")).to_be_visible()
    return opened


def test_a_past_conversation_is_opened_again_with_its_turns(signed_in, server, session_id):
    server.turns[session_id] = [turn("user", "When do you open?"), turn("agent", "At nine.", latency=LATENCY)]
    page = signed_in()
    page.get_by_role("button", name="Opening hours").first.click()
    expect(page.get_by_test_id("turn-text")).to_have_text(["When do you open?", "At nine."])
    expect(page.get_by_test_id("latency")).to_have_attribute("data-total-ms", "902")
    page.get_by_test_id("latency").locator("summary").click()
    expect(page.get_by_role("row", name="Sound out")).to_contain_text("902 ms")
    assert session_id in page.url
    page.reload()
    expect(page.get_by_test_id("turn-text")).to_have_count(2)


def test_a_typed_message_opens_a_session_and_is_answered(signed_in, server):
    page = signed_in(timezone_id="Asia/Tokyo")
    page.get_by_label("Message").fill("Hello there")
    page.get_by_label("Message").press("Enter")
    expect(page.get_by_test_id("turn-text")).to_have_text(["Hello there", "You wrote: Hello there"])
    expect(page.get_by_test_id("pending")).to_have_count(0)
    assert server.variables == [{"timezone": "Asia/Tokyo"}], "by which alarms ring"


def test_a_message_that_failed_is_told_and_can_be_sent_again(page):
    page.get_by_label("Message").fill("fail")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_test_id("failure")).to_contain_text("The agent did not answer in time.")
    expect(page.get_by_label("Message")).to_have_value("fail")


def test_a_line_is_sent_while_an_answer_is_under_way_and_both_are_shown_at_once(page, server):
    server.answers.clear()
    box = page.get_by_label("Message")
    box.fill("Read the plan")
    box.press("Enter")
    expect(page.get_by_test_id("turn-text")).to_have_text(["Read the plan"])
    box.press_sequentially("yes")
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    box.press("Enter")
    expect(box).to_have_value("")
    expect(page.get_by_test_id("pending")).to_have_text(["yes"])
    server.answers.set()
    answers = ["You wrote: Read the plan", "You wrote: yes"]
    expect(page.get_by_test_id("turn-text")).to_have_text(["Read the plan", answers[0], "yes", answers[1]])
    expect(page.get_by_test_id("pending")).to_have_count(0)
    assert server.messages == ["Read the plan", "yes"]


def test_lines_typed_before_there_is_a_session_go_to_one_in_their_order(signed_in, server):
    page = signed_in()
    server.answers.clear()
    box = page.get_by_label("Message")
    with page.expect_response("**/messages", timeout=20_000):
        for line in ("one", "two", "three"):
            box.fill(line)
            box.press("Enter")
        expect(page.get_by_test_id("pending").last).to_have_text("three")
        server.answers.set()
    expect(page.get_by_test_id("turn-text")).to_have_count(6)
    assert server.messages == ["one", "two", "three"]
    assert len(server.sessions) == 1


def test_each_line_that_failed_says_so_and_what_is_being_typed_stays(page, server):
    server.answers.clear()
    box = page.get_by_label("Message")
    for line in ("first", "fail", "fail"):
        box.fill(line)
        box.press("Enter")
    box.fill("something else")
    server.answers.set()
    expect(page.get_by_test_id("unsent")).to_have_count(2)
    expect(page.get_by_test_id("unsent").first).to_contain_text("The agent did not answer in time.")
    expect(page.get_by_test_id("pending")).to_have_text(["fail", "fail"])
    expect(box).to_have_value("something else")
    page.get_by_role("button", name="Discard").first.click()
    expect(page.get_by_test_id("unsent")).to_have_count(1)
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_test_id("unsent")).to_have_count(1)
    assert server.messages == ["first", "fail", "fail", "fail"]


def test_what_failed_before_the_conversation_was_left_does_not_follow_to_another(page, server):
    other = server.add_session("Other")
    server.answers.clear()
    page.reload()
    box = page.get_by_label("Message")
    for line in ("first", "fail"):
        box.fill(line)
        box.press("Enter")
    expect(page.get_by_test_id("pending")).to_have_text(["fail"])
    with page.expect_response(lambda response: response.status == 504):
        page.locator(f"[data-session='{other}']").first.click()
        expect(page.get_by_test_id("pending")).to_have_count(0)
        server.answers.set()
    expect(page.get_by_text("Nothing has been said yet")).to_be_visible()
    expect(box).to_have_value("")
    expect(page.get_by_test_id("failure")).to_have_count(0)


def test_partials_are_shown_but_only_final_words_are_announced(page, server, session_id):
    server.emit(session_id, "turn.partial", {"turn_id": "t", "role": "user", "agent": "a", "text": "when do"})
    expect(page.get_by_test_id("partials")).to_contain_text("when do")
    expect(page.get_by_test_id("partials")).to_have_attribute("aria-live", "off")
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-relevant", "additions")
    server.emit(session_id, "turn.ended", {"turn": turn("user", "When do you open?", id="t")})
    expect(log).to_contain_text("When do you open?")
    expect(page.get_by_test_id("partials")).to_have_count(0)


def test_an_interrupted_turn_and_a_tool_card_say_what_happened(page, server, session_id):
    server.emit(session_id, "tool.started", {"turn_id": "t", "tool_call": tool_call("running")})
    card = page.get_by_test_id("tool-call")
    expect(card).to_have_attribute("data-status", "running")
    done = tool_call("done", result={"time": "18:04"}, duration_ms=12.4)
    server.emit(session_id, "tool.ended", {"turn_id": "t", "tool_call": done})
    ended = turn("agent", "In Tokyo it", id="t", interrupted=True, tool_calls=[done])
    server.emit(session_id, "turn.ended", {"turn": ended})
    expect(page.get_by_test_id("interrupted")).to_contain_text("interrupted")
    expect(card).to_contain_text("done · 12 ms")
    card.locator("summary").click()
    expect(card).to_contain_text("18:04")


def test_two_tabs_show_the_same(page, server, session_id):
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("Nothing has been said yet")).to_be_visible()
    server.emit(session_id, "participant.joined", {"participant": "user", "transport": "webrtc"})
    server.emit(session_id, "session.state", {"state": "speaking"})
    server.emit(session_id, "turn.ended", {"turn": turn("agent", "Good morning.")})
    for each in (page, other):
        expect(each.get_by_test_id("turn-text")).to_have_text(["Good morning."])
        expect(each.get_by_test_id("agent-state")).to_have_attribute("data-state", "speaking")


def test_a_broken_event_stream_resumes_where_it_broke(page, server, session_id):
    server.emit(session_id, "turn.ended", {"turn": turn("agent", "One.")})
    expect(page.get_by_text("One.")).to_be_visible()
    server.cut_streams()
    server.emit(session_id, "hand_off", {"from": "guide", "to": "sales_desk"})
    expect(page.get_by_test_id("hand-off")).to_contain_text("Guide")
    expect(page.get_by_test_id("hand-off")).to_contain_text("Sales desk")
    assert server.resumed[-1] == "00000000-0000-7000-8000-000000000000"


def test_a_conversation_is_ended_after_a_second_thought(page, server, session_id):
    page.get_by_role("button", name="End conversation").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="End conversation").click()
    page.get_by_role("button", name="Yes, end it for good").click()
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "ended")
    expect(page.get_by_label("Message")).to_be_disabled()
    assert server.sessions[session_id]["status"] == "ended"


def test_the_event_log_is_filtered(page, server, session_id):
    server.emit(session_id, "hand_off", {"from": "a", "to": "b"})
    server.emit(session_id, "session.state", {"state": "thinking"})
    log = page.get_by_test_id("event-log")
    log.locator("summary").first.click()
    expect(log.get_by_role("listitem")).to_have_count(2)
    page.get_by_label("Filter events").fill("hand")
    expect(log.get_by_role("listitem")).to_have_text(re.compile("hand_off"))


def test_somebody_elses_session_in_the_address_leads_to_the_start_page(signed_in, server):
    page = signed_in("/#session=00000000-0000-7000-8000-00000000dead")
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "idle")
    expect(page).to_have_url(f"{server.url}/")


def test_a_join_before_the_session_is_back_on_the_page_joins_that_session(signed_in, server):
    session_id = server.add_session("Opening hours")
    page = signed_in()
    page.goto(f"{server.url}/#session={session_id}")
    server.answers_for_sessions.clear()
    page.reload()
    page.get_by_test_id("join").click()
    server.answers_for_sessions.set()
    expect(page.get_by_role("button", name="Mute")).to_be_enabled()
    assert len(server.offers) == 1
    assert list(server.sessions) == [session_id]


def test_a_long_conversation_is_shown_from_its_first_turn_on(signed_in, server):
    session_id = server.add_session("Long")
    server.turns[session_id] = [turn("user", f"sentence {number}") for number in range(120)]
    page = signed_in()
    page.goto(f"{server.url}/#session={session_id}")
    page.reload()
    expect(page.get_by_text("sentence 119", exact=True)).to_be_visible()
    assert page.get_by_text("sentence 0", exact=True).count() == 1


def test_what_it_costs_grows_with_each_turn_and_stands_in_the_list(signed_in, server):
    engine = {"kind": "llm", "provider": "openai", "model": "gpt-4.1", "cost_usd": 0.0021}
    amounts = {"input_tokens": 900, "output_tokens": 37, "characters": 0, "audio_secs": 0}
    usage = {"cost_usd": 0.0021, "currency": "USD", "engines": [engine | amounts]}
    session_id = server.add_session("Opening hours", usage=usage)
    page = signed_in(f"/#session={session_id}")
    cost = page.get_by_test_id("cost")
    expect(cost.locator("summary")).to_contain_text("$0.0021")
    server.emit(session_id, "turn.ended", {"turn": turn("agent", "At nine.", usage=usage)})
    expect(cost.locator("summary")).to_contain_text("$0.0042")
    cost.locator("summary").click()
    expect(cost.get_by_role("listitem")).to_have_text("openai gpt-4.1: 1800 tokens in, 74 out, $0.004200")
    expect(page.locator(f"[data-session='{session_id}']").first).to_contain_text("$0.0042")


def test_a_conversation_that_is_free_shows_no_cost(signed_in, server):
    free = {"cost_usd": 0, "currency": "USD", "engines": []}
    page = signed_in(f"/#session={server.add_session('Opening hours', usage=free)}")
    expect(page.get_by_text("Nothing has been said yet")).to_be_visible()
    expect(page.get_by_test_id("cost")).to_have_count(0)
