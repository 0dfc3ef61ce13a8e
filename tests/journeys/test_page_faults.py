"""What goes wrong around a page in real Chromium: it says so, and the conversation goes on."""

import asyncio
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
import pytest_asyncio

from orion.domain.text.said import plain
from tests.journeys.browser import expect, signed_in
from tests.journeys.conftest import ADA, Server, need, start_server
from tests.journeys.phone import spoken

pytestmark = pytest.mark.asyncio(loop_scope="module")

SILENT_PEER_SECS = 17
"""The server ends the call of a peer of whom nothing has come for 15 seconds, looking once a second."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def denied(browser, server, token):
    """A page that may not use the microphone, joined; and when it joined."""
    async with signed_in(browser, server.url, ADA, commanded=False, allowed=False) as tab:
        await tab.join()
        yield tab, time.monotonic()


async def test_without_a_microphone_the_page_explains_and_the_text_box_works(denied):
    tab, _ = denied
    await expect(tab.page.get_by_test_id("microphone-help")).to_have_attribute("data-problem", "denied")
    await expect(tab.page.get_by_test_id("pill")).to_have_text("text only: no microphone")
    await expect(tab.mute).to_have_count(0)
    await tab.write("twelve times nine")
    await expect(tab.turns("agent").last).to_contain_text("That is 108.")
    await tab.quiet()


async def test_what_is_said_while_muted_starts_no_turn(tab, tmp_path):
    await tab.greeted()
    await tab.mute.click()
    await expect(tab.mute).to_have_text("Unmute")
    await expect(tab.state).to_contain_text("you are muted")
    muted = await tab.say(spoken("what is seven plus five", tmp_path))
    await tab.until(lambda _, now: now > muted.ended + 500)
    await tab.mute.click()
    text, _ = await tab.answer_to(spoken("twelve times nine", tmp_path))
    assert text == "That is 108."
    told = await tab.turns("user").get_by_test_id("turn-text").all_inner_texts()
    assert [plain(text) for text in told] == ["12 times 9"]


@pytest.fixture(scope="module")
def mortal(open_dir) -> Iterator[Server]:
    """A server of its own, to be frozen and killed."""
    need("flite")
    running = start_server(open_dir / "mortal")
    httpx.post(f"{running.url}/api/v1/auth/register", json=ADA).raise_for_status()
    yield running
    running.end()


async def test_a_network_that_freezes_is_told_and_the_call_goes_on(browser, mortal, tmp_path):
    async with signed_in(browser, mortal.url, ADA) as tab:
        await tab.greeted()
        assert (await tab.answer_to(spoken("twelve times nine", tmp_path)))[0] == "That is 108."
        await tab.quiet()
        async with tab.page.expect_request("**/offer", timeout=30_000) as again:
            mortal.process.send_signal(signal.SIGSTOP)  # no packet, no answer: as a dead network
            try:
                await expect(tab.reconnecting).to_be_visible(timeout=20_000)
                offer = (await again.value).post_data_json
            finally:
                mortal.process.send_signal(signal.SIGCONT)
        assert offer is not None
        assert offer["restart_pc"]
        await tab.connected()
        await expect(tab.reconnecting).to_have_count(0)
        await expect(tab.captions).to_contain_text("That is 108.")
        text, said = await tab.answer_to(spoken("repeat that", tmp_path, "heart"))
        assert text == "That is 108."
        assert await tab.latency(said)


async def test_a_killed_server_is_joined_again_and_the_conversation_is_kept(browser, mortal, tmp_path):
    async with signed_in(browser, mortal.url, ADA) as tab:
        await tab.greeted()
        assert (await tab.answer_to(spoken("twelve times nine", tmp_path)))[0] == "That is 108."
        mortal.process.kill()
        await expect(tab.reconnecting).to_be_visible(timeout=20_000)
        mortal.stop()
        mortal.process = start_server(mortal.data_dir, "--port", mortal.url.rpartition(":")[2]).process
        await tab.connected()
        await expect(tab.reconnecting).to_have_count(0)
        await expect(tab.captions).to_contain_text("That is 108.")
        text, said = await tab.answer_to(spoken("repeat that", tmp_path, "heart"))
        assert text == "That is 108."
        assert await tab.latency(said)


async def test_a_server_that_dies_is_told_at_once_and_what_failed_is_forgotten_when_it_is_back(
    browser, mortal
):
    async with signed_in(browser, mortal.url, ADA) as tab:
        await tab.join()
        await expect(tab.page.get_by_test_id("quality")).to_contain_text("Connection")
        mortal.process.kill()
        await expect(tab.state).to_contain_text("No answer from the server", timeout=5000)
        await tab.write("are you there")
        await expect(tab.page.get_by_test_id("failure")).to_contain_text("The server cannot be reached.")
        mortal.stop()
        mortal.process = start_server(mortal.data_dir, "--port", mortal.url.rpartition(":")[2]).process
        await tab.connected()
        await expect(tab.page.get_by_test_id("failure")).to_have_count(0)


async def test_a_page_without_a_microphone_is_no_silent_peer(denied):
    tab, joined_at = denied
    await asyncio.sleep(joined_at + SILENT_PEER_SECS - time.monotonic())
    await expect(tab.page.get_by_test_id("leave")).to_be_visible()
    await tab.write("two plus two")
    await expect(tab.turns("agent").last).to_contain_text("That is 4.")
    await expect(tab.page.get_by_test_id("lost")).to_have_count(0)
