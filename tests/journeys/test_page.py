"""ORION's page in real Chromium against the real server, with a voice as its microphone."""

import re

import pytest

from tests.journeys.browser import Tab, chromium, expect, microphone_file, signed_in
from tests.journeys.conftest import ADA, need
from tests.journeys.phone import spoken

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_spoken_question_is_answered_audibly_with_a_tool_card(server, token, tmp_path):
    need("chromium")
    question = spoken("what time is it in tokyo", tmp_path)
    recording = microphone_file(tmp_path / "microphone.wav", question, quiet_secs=9, times=3)
    async with chromium(recording) as own, signed_in(own, server.url, ADA, commanded=False) as tab:
        joined_secs = await tab.join()
        assert joined_secs < 2.5, joined_secs
        await tab.quiet()
        await expect(tab.captions).to_contain_text(
            re.compile(r"It is \d+:\d\d [AP]M on \w+, \w+ \d+ in Tokyo"), timeout=45_000
        )
        card = tab.cards.last
        await expect(card).to_have_attribute("data-tool", "current_time")
        await expect(card).to_have_attribute("data-status", "done")
        print(f"joined in {joined_secs:.2f} s")


async def test_a_reload_keeps_the_conversation_and_a_second_tab_sees_the_same(tab):
    await tab.join()
    await expect(tab.captions).to_contain_text("How can I help?", timeout=15_000)
    await tab.page.reload()
    await expect(tab.captions).to_contain_text("How can I help?")
    other = await tab.page.context.new_page()
    await other.goto(tab.page.url)
    captions = other.get_by_test_id("captions")
    await expect(captions).to_contain_text("How can I help?")
    await tab.write("twelve times nine")
    await expect(tab.captions).to_contain_text("That is 108.")
    await expect(captions).to_contain_text("That is 108.")


async def test_a_call_that_is_moved_says_so_where_it_was_and_can_be_moved_back(tab):
    await tab.greeted()
    other = Tab(await tab.page.context.new_page())
    await other.page.goto(tab.page.url)
    await expect(other.page.get_by_test_id("pill")).to_have_text("not on this page")
    move = other.page.get_by_role("button", name="Move call here")
    await move.click()
    await other.connected()
    await expect(tab.page.get_by_test_id("lost")).to_contain_text(
        "This call moved to another tab", timeout=15_000
    )
    await tab.page.get_by_role("button", name="Move call here").click()
    await tab.connected()
    await expect(other.page.get_by_test_id("lost")).to_contain_text(
        "This call moved to another tab", timeout=15_000
    )
    await expect(move).to_be_visible()


async def test_the_printed_link_leaves_the_address_bar(browser, server):
    page = await browser.new_page()
    await page.goto(f"{server.url}/?token=used-up-or-never-made-token")
    await expect(page.get_by_test_id("sign-in-error")).to_be_visible()
    assert "token" not in page.url
    await page.close()
