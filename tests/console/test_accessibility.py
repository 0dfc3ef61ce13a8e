import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import sign_in
from tests.console.simulated_plans import asked, moment, plan, step
from tests.console.simulated_server import tool_call, turn

AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET = """[...document.querySelectorAll('button, select, summary, input, a')]
    .map(element => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24)).map(([html]) => html)"""


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        reason = "axe-core is not installed (make console)"
        if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE.read_text()


def assert_accessible(page: Page, axe: str) -> None:
    script = f"{axe}; axe.run(document, {{runOnly: {RULES}}})"
    violations = page.evaluate(script)["violations"]
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SMALLEST_TARGET) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 860), (390, 844)])
def test_every_view_is_accessible_in_both_themes_and_on_a_phone(open_page, server, axe, scheme, size):
    session_id = server.add_session("Opening hours")
    call = tool_call("failed", error="no answer", duration_ms=900)
    latency = {"end_of_turn_ms": 300, "llm_first_token_ms": 500, "first_audio_ms": 900}
    answer = turn("agent", "It is", interrupted=True, tool_calls=[call], latency=latency)
    server.turns[session_id] = [turn("user", "What time is it?"), answer]
    page = open_page("/", viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    expect(page.get_by_label("Email")).to_be_visible()
    assert_accessible(page, axe)
    sign_in(page)
    page.get_by_test_id("devices").locator("summary").click()
    assert_accessible(page, axe)
    page.goto(f"{server.url}/#session={session_id}")
    page.reload()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("button", name="Mute")).to_be_enabled()
    page.get_by_test_id("tool-call").locator("summary").click()
    page.get_by_test_id("latency").locator("summary").click()
    server.emit(session_id, "guardrail", {"channel": "input", "action": "block", "findings": []})
    server.emit(session_id, "error", {"slug": "provider-error", "detail": "The voice failed."})
    expect(page.get_by_test_id("note")).to_have_count(2)
    assert_accessible(page, axe)
    page.get_by_role("button", name="Help").click()
    assert_accessible(page, axe)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("button", name="Add key of OpenAI").click()
    assert_accessible(page, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 860), (390, 844)])
def test_plans_and_approvals_are_accessible_in_both_themes_and_on_a_phone(
    signed_in, server, axe, scheme, size
):
    session_id = server.add_session("Errands")
    server.turns[session_id] = [turn("agent", "One moment."), turn("agent", "Hello.", agent="support")]
    over = asked(approved=False, decided_at=moment(-9))
    steps = [
        step("search", status="running", attempts=2, started_at=moment(-2)),
        step("note", status="done", result={"a": 1}, started_at=moment(-9), ended_at=moment(-8)),
        step("mail", 0, 1, status="failed", error="no such address", started_at=moment(-5)),
        step("pay", 0, status="waiting_approval", arguments={"to": "x" * 5000}, approval=asked()),
        step("buy", 1, status="rejected", approval=over),
        step("tidy", 3, status="skipped"),
        step("ship", 4, status="unknown", approval=asked(), error="it was interrupted"),
    ]
    running = plan(*steps, status="running", error="a part of it failed")
    long = plan(*(step("copy", *([i - 1] if i else [])) for i in range(50)), goal="long")
    server.plans.of_session[session_id] = [running, long]
    viewport = {"width": size[0], "height": size[1]}
    page = signed_in(f"/#session={session_id}", viewport=viewport, color_scheme=scheme)
    expect(page.get_by_test_id("plan")).to_have_count(2)
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    assert_accessible(page, axe)
    page.get_by_test_id("plan-step").nth(1).locator("summary").click()
    page.get_by_role("button", name="Cancel plan").click()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_test_id("settled")).to_be_visible()
    assert_accessible(page, axe)


def test_the_theme_switch_goes_around_and_is_kept(signed_in):
    page = signed_in(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Theme: as the system").click()
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(ground) != light
    page.reload()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert page.evaluate(ground) != light


def test_a_call_is_made_by_keyboard_alone(signed_in):
    page = signed_in()
    expect(page.get_by_test_id("join")).to_be_visible()
    page.get_by_test_id("join").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Leave")).to_be_visible()
    page.locator("body").press("Tab")
    expect(page.locator(":focus-visible")).to_have_count(1)
