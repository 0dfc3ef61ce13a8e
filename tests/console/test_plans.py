"""The plan view: every state of a step, live and after a reload, of plans short and long."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import OpenPage
from tests.console.simulated_plans import asked, moment, plan, step
from tests.console.simulated_server import SimulatedServer, turn

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><b>bold</b> [a](javascript:alert(1)) \u202egpj.exe"


@pytest.fixture
def session_id(server: SimulatedServer) -> str:
    return server.add_session("Errands")


@pytest.fixture
def page(signed_in: OpenPage, session_id: str) -> Page:
    """The page of a signed-in person, with the session open and followed."""
    opened = signed_in(f"/#session={session_id}")
    expect(opened.get_by_text("Nothing has been said yet")).to_be_visible()
    return opened


def state_of(page: Page, index: int, state: str) -> None:
    row = page.locator(f"[data-testid=plan-step][data-index='{index}']")
    expect(row.get_by_test_id("step-state")).to_contain_text(state)


def test_a_draft_is_read_run_and_seen_through_to_its_end(page, server, session_id):
    drafted = plan(
        step("timer", arguments={"duration": "ten seconds"}),
        step("order", 0, arguments={"what": "coffee"}),
    )
    server.plans.add(session_id, drafted)
    card = page.get_by_test_id("plan")
    expect(card.get_by_test_id("plan-standing")).to_have_text("Draft · 2 steps")
    expect(card.get_by_role("heading")).to_have_text("set a timer, then order coffee")
    expect(card.get_by_test_id("plan-step")).to_have_count(2)
    expect(card).to_contain_text("ten seconds")
    card.get_by_role("button", name="Run plan").click()
    expect(card.get_by_test_id("plan-standing")).to_have_text("Running · 0 of 2 done")
    assert server.plans.sent == [("execute", drafted["id"])]
    server.plans.step(session_id, drafted, 0, status="running", attempts=1, started_at=moment(-61))
    state_of(page, 0, "running")
    expect(card.get_by_test_id("step-time")).to_have_text(re.compile(r"^1:0[1-9]$"))
    server.plans.step(session_id, drafted, 0, status="running", attempts=3)
    expect(card.get_by_test_id("step-retries")).to_have_text("retried 2 times")
    done = {"status": "done", "result": {"spoken": "I will tell you."}}
    begun = "2026-02-01T10:00:00.000Z"
    server.plans.step(session_id, drafted, 0, **done, started_at=begun, ended_at="2026-02-01T10:00:01.240Z")
    state_of(page, 0, "done1.24 s")
    expect(card.get_by_test_id("step-result")).to_have_text("I will tell you.")
    server.plans.step(session_id, drafted, 1, status="failed", error="the shop is closed")
    server.plans.update(session_id, drafted, status="failed", ended_at=moment(0))
    state_of(page, 1, "failed")
    expect(card.get_by_test_id("step-error")).to_have_text("the shop is closed")
    expect(card.get_by_test_id("plan-standing")).to_have_text("Failed · 1 of 2 done")
    expect(page.get_by_test_id("told")).to_have_text("Plan: Failed · 1 of 2 done.")
    expect(card.get_by_role("button", name="Cancel plan")).to_have_count(0)


def test_the_clock_of_a_running_step_runs(page, server, session_id):
    running = step("search", status="running", attempts=1, started_at=moment(-3))
    server.plans.add(session_id, plan(running, status="running"))
    time = page.get_by_test_id("step-time")
    expect(time).to_have_text(re.compile(r"^0:0[3-5]$"))
    first = time.inner_text()
    expect(time).not_to_have_text(first)


def test_each_state_of_a_step_has_words_of_its_own_after_a_reload_too(page, server, session_id):
    over: dict[str, Any] = {"approved": False, "decided_at": moment(-9)}
    steps = [
        step("wait"),
        step("search", status="running", attempts=1, started_at=moment(-2)),
        step("note", status="done", attempts=1, started_at=moment(-9), ended_at=moment(-8)),
        step("mail", status="failed", attempts=2, error="no such address"),
        step("pay", status="waiting_approval", approval=asked()),
        step("sell", status="rejected", approval=asked(**over, decided_by="x"), error="you said no"),
        step("buy", status="rejected", approval=asked(**over), error="nobody said yes in time"),
        step("tidy", 3, status="skipped"),
        step("ship", status="unknown", attempts=1, approval=asked(), error="it was interrupted"),
    ]
    server.plans.add(session_id, plan(*steps, status="running"))
    words = "waiting running done failed needs-your-yes rejected expired skipped unknown".split()
    for _ in range(2):
        for index, word in enumerate(words):
            state_of(page, index, word.replace("-", " "))
        expect(page.get_by_test_id("step-answer")).to_have_text(
            ["Rejected by you", "Expired: nobody said yes in time"]
        )
        page.reload()


def test_steps_that_may_run_together_stand_together_and_others_say_what_they_need(page, server, session_id):
    steps = [step("one"), step("two"), step("three", 0, 1), step("four", 0)]
    server.plans.add(session_id, plan(*steps, status="running"))
    together = page.get_by_test_id("together")
    expect(together).to_have_text(["2 at the same time", "2 at the same time"])
    expect(page.get_by_test_id("step-after")).to_have_text("after 1")
    page.set_viewport_size({"width": 1200, "height": 900})
    first, second = (page.get_by_test_id("plan-step").nth(place).bounding_box() for place in (0, 1))
    assert first["y"] == second["y"]
    assert first["x"] < second["x"]


def test_a_running_plan_is_cancelled_after_a_second_thought(page, server, session_id):
    running = plan(step("search", status="running", attempts=1, started_at=moment(-2)), step("note", 0))
    server.plans.add(session_id, {**running, "status": "running"})
    page.get_by_role("button", name="Cancel plan").click()
    page.get_by_role("button", name="Keep it").click()
    assert server.plans.sent == []
    page.get_by_role("button", name="Cancel plan").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_test_id("plan-standing")).to_have_text("Cancelled · 0 of 2 done")
    state_of(page, 1, "cancelled")


def test_the_two_choices_of_a_draft_stand_on_a_line_of_their_own_on_a_phone(page, server, session_id):
    page.set_viewport_size({"width": 390, "height": 844})
    server.plans.add(session_id, plan(step("note")))
    names = ("Discard", "Run plan")
    discard, run = (page.get_by_role("button", name=name).bounding_box() for name in names)
    sentence = page.get_by_text("Nothing runs before you say so.").bounding_box()
    assert discard["y"] == run["y"] >= sentence["y"] + sentence["height"]


def test_a_draft_is_discarded_at_once(page, server, session_id):
    server.plans.add(session_id, plan(step("note")))
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_test_id("plan")).to_have_attribute("data-status", "cancelled")


def test_a_plan_that_began_elsewhere_before_this_page_came_is_loaded_with_its_first_step(
    page, server, session_id
):
    begun = plan(step("note"), step("mail", 0), status="running")
    server.plans.of_session[session_id] = [begun]
    server.plans.step(session_id, begun, 0, status="done")
    expect(page.get_by_test_id("plan-step")).to_have_count(2)
    state_of(page, 0, "done")


def test_what_tools_and_models_wrote_is_text_and_shows_what_hides(page, server, session_id):
    hostile = step(
        "note",
        status="failed",
        description=HOSTILE,
        arguments={HOSTILE: HOSTILE, "nested": {"html": HOSTILE}},
        result={"html": HOSTILE},
        error=HOSTILE,
    )
    server.plans.add(session_id, plan(hostile, goal=HOSTILE, status="failed", error=HOSTILE))
    card = page.get_by_test_id("plan")
    card.locator("summary").click()
    expect(card.locator("dl")).to_contain_text('<img src=x onerror="document.title')
    expect(card.locator("img, b, a, script")).to_have_count(0)
    assert "\u202e" not in card.inner_text()
    assert "⟨U+202E⟩gpj.exe" in card.inner_text()
    assert page.title() == "Errands · ORION"


def test_a_long_value_is_cut_and_can_be_seen_whole(page, server, session_id):
    long = step("read", status="done", result={"text": "word " * 4000 + "the end"})
    server.plans.add(session_id, plan(long, status="done"))
    card = page.get_by_test_id("plan")
    card.locator("summary").click()
    details = card.locator("dl")
    expect(details).not_to_contain_text("the end")
    assert len(details.inner_text()) < 3000
    details.get_by_role("button", name=re.compile(r"Show all 20,\d+ characters")).click()
    expect(details).to_contain_text("the end")


def test_fifty_steps_fold_around_what_happens_and_unfold(page, server, session_id):
    before = [step("copy", *([i - 1] if i else []), status="done") for i in range(22)]
    now = step("copy", 21, status="running", attempts=1, started_at=moment(-2))
    after = [step("copy", i - 1) for i in range(23, 50)]
    server.plans.add(session_id, plan(*before, now, *after, status="running"))
    card = page.get_by_test_id("plan")
    expect(card.get_by_test_id("plan-step")).to_have_count(5)
    expect(card.get_by_test_id("plan-standing")).to_have_text("Running · 22 of 50 done")
    card.get_by_role("button", name="20 steps done").click()
    expect(card.get_by_test_id("plan-step")).to_have_count(50)
    card.get_by_role("button", name="Show less").click()
    expect(card.get_by_role("button", name="25 steps waiting")).to_be_visible()


def test_the_word_passes_with_a_line_and_each_turn_has_its_speaker(page, server, session_id):
    server.turns[session_id] = [turn("agent", "One moment."), turn("agent", "Hello.", agent="support")]
    page.reload()
    expect(page.get_by_test_id("hand-off")).to_have_text(re.compile("Reception.*Technical support"))
    assert page.get_by_test_id("turn").all_inner_texts() == [
        "Reception\n\nOne moment.",
        "Technical support\n\nHello.",
    ]
    server.emit(session_id, "hand_off", {"from": "support", "to": "receptionist"})
    expect(page.get_by_test_id("hand-off")).to_have_count(2)
    expect(page.get_by_test_id("agent")).to_have_text("Reception")
