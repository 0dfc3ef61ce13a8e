"""Draws the console as the README shows it: `python -m tests.console.drawing` writes `docs/console.png`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.console.conftest import FLAGS, sign_in
from tests.console.simulated_plans import asked, moment, plan, step
from tests.console.simulated_server import SimulatedServer, turn

DRAWING = Path(__file__).parents[2] / "docs" / "console.png"
SIZE: ViewportSize = {"width": 1200, "height": 1080}
GOAL = "Pay the invoice of Globex if the budget allows it"


def scene(server: SimulatedServer) -> str:
    """A conversation whose plan waits for a yes; its id."""
    session_id = server.add_session("Invoice of Globex", agent="support", created_at=moment(-240))
    server.turns[session_id] = [
        turn("user", "Pay the invoice of Globex if the budget allows it.", agent="receptionist"),
        turn("agent", "I have made a plan. Shall I?", agent="support", latency={"first_audio_ms": 640}),
    ]
    found = {"amount": "1,240.00 EUR", "payee": "Globex Ltd"}
    payment = {"payee": "Globex Ltd", "amount": "1,240.00 EUR"}
    steps = [
        _done(step("find_invoice", arguments={"of": "Globex"}, result=found), -9, -7.8),
        _done(step("read_budget", arguments={"team": "Research"}, result={"left": "3,100 EUR"}), -9, -6.1),
        step("pay", 0, 1, status="waiting_approval", arguments=payment, approval=asked(594)),
        step("send_message", 2, arguments={"to": "Ada", "text": "Paid, receipt {{2.receipt}}"}),
    ]
    waiting = plan(*steps, goal=GOAL, status="waiting_approval", started_at=moment(-9.4))
    server.plans.of_session[session_id] = [waiting]
    return session_id


def draw(browser: Browser, server: SimulatedServer, path: Path) -> None:
    """Open the scene and write what is seen as a PNG."""
    session_id = scene(server)
    context = browser.new_context(viewport=SIZE, color_scheme="light")
    page = context.new_page()
    page.goto(f"{server.url}/#session={session_id}")
    sign_in(page)
    page.get_by_test_id("approval").wait_for()
    page.get_by_role("button", name="Approve").and_(page.locator(":enabled")).wait_for()
    page.mouse.move(0, 0)
    page.screenshot(path=path, animations="disabled")
    context.close()


def _done(begun: dict[str, object], start: float, end: float) -> dict[str, object]:
    over = {"started_at": moment(start), "ended_at": moment(end)}
    return {**begun, **over, "status": "done", "attempts": 1}


def main() -> None:
    """Draw with the system's Chromium."""
    server = SimulatedServer()
    server.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        draw(browser, server, DRAWING)
        browser.close()
    server.stop()


if __name__ == "__main__":
    main()
