import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console.simulated_server import PASSWORD, SimulatedServer

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    # A page that needs another origin fails visibly.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; skipped where it is missing, unless everything is required."""
    path = shutil.which("chromium")
    if path is None:
        reason = "chromium is not installed"
        if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[SimulatedServer]:
    running = SimulatedServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def open_page(chromium: Browser, server: SimulatedServer) -> Iterator[OpenPage]:
    """Opens a page in a browser of its own; at the end it must have kept to its origin, policy and code."""
    contexts = []
    faults: list[str] = []

    def open_page(path: str = "/", *, microphone: bool = True, **options: Any) -> Page:
        context = chromium.new_context(permissions=["microphone"] if microphone else [], **options)
        contexts.append(context)
        context.on("weberror", lambda error: faults.append(f"error in the page: {error.error}"))
        context.on("request", lambda request: note_foreign(request.url))
        context.on("console", lambda message: note_violation(message.text))
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(server.url + path)
        return page

    def note_foreign(url: str) -> None:
        if not url.startswith((server.url, "blob:", "data:")):
            faults.append(f"request to another origin: {url}")

    def note_violation(text: str) -> None:
        if "Content Security Policy" in text:
            faults.append(text)

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def signed_in(open_page: OpenPage) -> OpenPage:
    """Opens a page and signs in by the form."""

    def signed_in(path: str = "/", **options: Any) -> Page:
        page = open_page(path, **options)
        sign_in(page)
        return page

    return signed_in


def sign_in(page: Page) -> None:
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_test_id("user")).to_contain_text("Ada")
