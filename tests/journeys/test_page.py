"""ORION's page in real Chromium against the real server, with a voice as its microphone."""

import re
import time
import wave
from contextlib import asynccontextmanager

import numpy as np
import pytest
import soxr
from playwright.async_api import async_playwright, expect

from tests.journeys.conftest import PASSWORD, need
from tests.journeys.phone import RATE_HZ, spoken

CHROMIUM = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream"),
    *("--use-fake-device-for-media-stream", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
)
HEARD = """async () => {
    const pause = () => new Promise(done => setTimeout(done, 50));
    let element;
    while (!(element = [...document.querySelectorAll('audio')].find(one => one.srcObject))) await pause();
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(element.srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    for (let round = 0; round < 200; round++) {
        analyser.getFloatTimeDomainData(samples);
        if (samples.some(sample => Math.abs(sample) > 0.05)) return true;
        await pause();
    }
    return false;
}"""


@asynccontextmanager
async def page_of(server, microphone=None, **options):
    """A page in a browser of its own, signed in; whatever it asks of another origin fails the test."""
    need("chromium")
    arguments = [*CHROMIUM]
    if microphone:
        arguments.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", headless=True, args=arguments
        )
        context = await browser.new_context(permissions=["microphone"], **options)
        page = await context.new_page()
        foreign: list[str] = []
        errors: list[str] = []
        own = (server.url, "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else foreign.append(asked.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(server.url)
        await page.get_by_label("Email").fill("ada@example.org")
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_test_id("join")).to_be_visible()
        yield page
        assert foreign == []
        assert errors == []
        await browser.close()


def microphone_file(tmp_path, text, first_quiet_secs=9):
    """A recording that is quiet for nine seconds (the greeting) and asks, three times over."""
    said = spoken(text, tmp_path) if text else np.zeros(0, np.int16)
    pcm = soxr.resample(said, RATE_HZ, 48_000)  # as Chromium wants it
    quiet = np.random.default_rng(2).integers(-12, 12, 48_000 * 9).astype(np.int16)
    path = tmp_path / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ * 3)
        whole = np.concatenate([np.tile(np.concatenate([quiet, pcm]), 3), quiet])
        file.writeframes(whole[48_000 * (9 - first_quiet_secs) :].tobytes())
    return path


@pytest.mark.usefixtures("token")
async def test_a_spoken_question_is_answered_audibly_with_a_tool_card(server, tmp_path):
    recording = microphone_file(tmp_path, "what time is it in tokyo")
    async with page_of(server, recording) as page:
        clicked = time.monotonic()
        await page.get_by_test_id("join").click()
        state = page.get_by_test_id("agent-state")
        await expect(state).to_have_attribute("data-state", re.compile("listening|speaking"))
        joined_secs = time.monotonic() - clicked
        assert joined_secs < 2.5, joined_secs
        assert await page.evaluate(HEARD), "the greeting was not heard"
        captions = page.get_by_test_id("captions")
        await expect(captions).to_contain_text(
            re.compile(r"It is \d+:\d\d [AP]M on \w+, \w+ \d+ in Tokyo"), timeout=45_000
        )
        card = page.get_by_test_id("tool-call").last
        await expect(card).to_have_attribute("data-tool", "current_time")
        await expect(card).to_have_attribute("data-status", "done")
        print(f"joined in {joined_secs:.2f} s")


@pytest.mark.usefixtures("token")
async def test_a_reload_keeps_the_conversation_and_a_second_tab_sees_the_same(server, tmp_path):
    async with page_of(server, microphone_file(tmp_path, "")) as page:
        await page.get_by_test_id("join").click()
        captions = page.get_by_test_id("captions")
        await expect(captions).to_contain_text("How can I help?", timeout=15_000)
        await page.reload()
        await expect(captions).to_contain_text("How can I help?")
        other = await page.context.new_page()
        await other.goto(page.url)
        await expect(other.get_by_test_id("captions")).to_contain_text("How can I help?")
        await page.get_by_label("Message").fill("twelve times nine")
        await page.get_by_role("button", name="Send").click()
        await expect(captions).to_contain_text("That is 108.")
        await expect(other.get_by_test_id("captions")).to_contain_text("That is 108.")


async def test_the_printed_link_leaves_the_address_bar(server):
    need("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", headless=True, args=[*CHROMIUM]
        )
        page = await browser.new_page()
        await page.goto(f"{server.url}/?token=used-up-or-never-made-token")
        await expect(page.get_by_test_id("sign-in-error")).to_be_visible()
        assert "token" not in page.url
        await browser.close()
