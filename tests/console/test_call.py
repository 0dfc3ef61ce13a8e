import re

from playwright.sync_api import Page, expect

from tests.console.simulated_server import turn


def join(page: Page) -> None:
    page.get_by_role("button", name="Join").click()
    state_of(page, "listening")


def sound_is_seen(page: Page) -> None:
    """The fake microphone beeps once a second: look at every frame."""
    page.evaluate(
        """() => new Promise((resolve, reject) => {
            const meter = document.querySelector('[role=meter]')
            const look = () => Number(meter.ariaValueNow) > 9 ? resolve() : requestAnimationFrame(look)
            setTimeout(() => reject(new Error('no sound was seen')), 8000)
            look()
        })"""
    )


def state_of(page: Page, state: str) -> None:
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", state)


def test_joining_offers_one_audio_line_and_no_video(signed_in, server):
    page = signed_in()
    join(page)
    state_of(page, "listening")
    sdp = server.offers[0]["sdp"]
    sections = [line.split()[0] for line in sdp.splitlines() if line.startswith("m=")]
    assert sections == ["m=audio", "m=application"]
    assert "a=sendrecv" in sdp
    expect(page.get_by_test_id("quality")).to_contain_text("Connection good")


def test_on_a_phone_the_call_leaves_four_fifths_of_the_height_to_what_is_said(signed_in):
    page = signed_in(viewport={"width": 390, "height": 844})
    join(page)
    expect(page.get_by_test_id("quality")).to_have_text(re.compile("Connection good"))
    assert page.get_by_test_id("captions").bounding_box()["y"] <= 844 / 5
    mute, leave = (page.get_by_test_id(name).bounding_box() for name in ("mute", "leave"))
    assert mute["y"] == leave["y"]
    assert min(mute["width"], mute["height"], leave["width"], leave["height"]) >= 44


def test_leaving_keeps_the_conversation_and_lets_go_of_the_microphone(signed_in):
    page = signed_in()
    join(page)
    page.get_by_role("button", name="Leave").click()
    state_of(page, "idle")
    join(page)


def test_mute_by_button_and_by_key_but_not_while_writing(signed_in, server):
    page = signed_in()
    join(page)
    mute = page.get_by_role("button", name="Mute")
    mute.click()
    expect(page.get_by_role("button", name="Unmute")).to_be_visible()
    expect(page.get_by_test_id("agent-state")).to_contain_text("you are muted")
    page.get_by_label("Message").fill("")
    page.get_by_label("Message").press("m")
    expect(page.get_by_label("Message")).to_have_value("m")
    expect(page.get_by_role("button", name="Unmute")).to_be_visible()
    page.get_by_test_id("captions").click()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    assert server.track_enabled[-2:] == [False, True]


def test_the_mute_key_can_be_turned_off(signed_in):
    page = signed_in()
    join(page)
    page.get_by_role("button", name="Help").click()
    page.get_by_label("mutes and unmutes").uncheck()
    page.get_by_role("button", name="Close").click()
    page.get_by_test_id("captions").click()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Mute", exact=True)).to_be_visible()


def test_a_denied_microphone_is_explained_and_the_call_goes_on_without(signed_in, server):
    page = signed_in(microphone=False)
    join(page)
    expect(page.get_by_test_id("microphone-help")).to_have_attribute("data-problem", "denied")
    page.get_by_label("Message").fill("I write")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_test_id("turn-text").last).to_have_text("You wrote: I write")
    assert "m=audio" in server.offers[0]["sdp"]
    expect(page.get_by_test_id("pill")).to_have_text("text only: no microphone")
    expect(page.get_by_test_id("mute")).to_have_count(0)


def test_a_microphone_granted_during_the_call_is_used(signed_in, server):
    page = signed_in(microphone=False)
    join(page)
    page.context.grant_permissions(["microphone"])
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("microphone-help")).to_have_count(0)
    expect(page.get_by_test_id("pill")).to_have_count(0)
    expect(page.get_by_role("button", name="Mute", exact=True)).to_be_enabled()


def test_the_microphone_is_tested_and_changed_before_and_in_the_call(signed_in):
    page = signed_in()
    page.get_by_test_id("devices").locator("summary").click()
    page.get_by_role("button", name="Test the microphone").click()
    picker = page.get_by_label("Microphone", exact=True)
    expect(picker.get_by_role("option")).not_to_have_count(1)
    sound_is_seen(page)
    join(page)
    values = picker.evaluate("select => [...select.options].map(option => option.value)")
    picker.select_option(values[-1])
    sound_is_seen(page)


def test_a_lost_peer_is_joined_again_by_itself(signed_in, server):
    page = signed_in()
    join(page)
    session_id = next(iter(server.sessions))
    server.emit(session_id, "turn.ended", {"turn": turn("agent", "Before the loss.")})
    server.emit(session_id, "participant.left", {"participant": "user", "reason": "shutdown"})
    with page.expect_request("**/offer", timeout=20_000):
        server.drop_peers()
    expect(page.get_by_role("button", name="Mute")).to_be_enabled(timeout=20_000)
    state_of(page, "listening")
    expect(page.get_by_text("Before the loss.")).to_be_visible()


def test_a_refused_join_says_why(signed_in, server):
    page = signed_in(f"/#session={server.add_session('Old')}")
    expect(page.get_by_text("Nothing has been said yet")).to_be_visible()
    for session in server.sessions.values():
        session["status"] = "ended"
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_test_id("failure")).to_contain_text("This conversation has ended.")


def test_a_call_that_moved_to_another_tab_says_so_there_and_can_be_moved_back(signed_in, server):
    page = signed_in()
    join(page)
    session_id = next(iter(server.sessions))
    other = page.context.new_page()
    server.sessions[session_id] |= {"live": True, "participants": ["user"]}
    other.goto(page.url)
    state_of(other, "elsewhere")
    expect(other.get_by_test_id("pill")).to_have_text("not on this page")
    expect(other.get_by_test_id("join")).to_have_text(re.compile("Move call here"))
    server.emit(session_id, "participant.left", {"participant": "user", "reason": "hung_up"})
    server.emit(session_id, "participant.joined", {"participant": "user", "transport": "webrtc"})
    server.hang_up()
    expect(page.get_by_test_id("lost")).to_have_text(re.compile("This call moved to another tab"))
    page.get_by_role("button", name="Move call here").click()
    state_of(page, "listening")
    expect(page.get_by_test_id("lost")).to_have_count(0)


def test_a_call_that_the_agent_ended_is_not_joined_again_by_itself(signed_in, server):
    page = signed_in()
    join(page)
    session_id = next(iter(server.sessions))
    server.emit(session_id, "participant.left", {"participant": "user", "reason": "agent"})
    server.drop_peers()
    expect(page.get_by_test_id("lost")).to_contain_text("The agent ended the call.")
    page.get_by_role("button", name="Rejoin").click()
    expect(page.get_by_role("button", name="Mute")).to_be_enabled()
    expect(page.get_by_test_id("lost")).to_have_count(0)
