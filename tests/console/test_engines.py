from __future__ import annotations

from playwright.sync_api import expect

from tests.console.simulated_server import in_use


def test_the_first_page_says_what_runs_and_what_one_command_would_improve(signed_in):
    page = signed_in()
    page.get_by_text("What runs here").click()
    serving = page.get_by_test_id("serving")
    expect(serving).to_contain_text("Moonshine tiny")
    expect(serving).to_contain_text("hibari")
    expect(serving.get_by_test_id("better").get_by_role("listitem")).to_have_count(1)
    expect(serving.locator("code")).to_have_text("orion models pull qwen3-4b")


def test_where_small_engines_serve_the_page_says_so_and_why(signed_in, server):
    why = "the small engine serves, not Moonshine tiny: there is no wheel for this platform"
    server.in_use = [in_use("stt", "PocketSphinx", why)]
    page = signed_in()
    page.get_by_text("Small engines serve").click()
    expect(page.get_by_test_id("serving")).to_contain_text(why)
    expect(page.get_by_test_id("better")).to_have_count(0)


def test_the_help_names_the_engines_in_use(signed_in):
    page = signed_in()
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("dialog").get_by_test_id("engines")).to_contain_text("the offline agent")
