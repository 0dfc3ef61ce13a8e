"""ORION's page in real Chromium: somebody who joins, speaks by a commanded microphone, and hears."""

from __future__ import annotations

import asyncio
import base64
import re
import time
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import soxr
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.journeys.phone import RATE_HZ

__all__ = ["VOICE", "Said", "Tab", "chromium", "expect", "microphone_file", "signed_in"]

CHROMIUM = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
VOICE = Path(__file__).with_name("voice.js")


@dataclass(frozen=True)
class Said:
    """When the sound of an utterance begins and ends, in ms of the page's audio clock."""

    begun: float
    ended: float


def microphone_file(path: Path, pcm: np.ndarray, quiet_secs: int, times: int = 1) -> Path:
    """What Chromium's fake microphone plays: a quiet room, then the utterance (16 kHz), so many times."""
    quiet = np.random.default_rng(2).integers(-12, 12, 48_000 * quiet_secs).astype(np.int16)
    once = np.concatenate([quiet, soxr.resample(pcm, RATE_HZ, 48_000)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(np.concatenate([np.tile(once, times), np.tile(quiet, 6)]).tobytes())
    return path


@asynccontextmanager
async def chromium(
    microphone: Path | None = None, *flags: str, program: Path = Path("/usr/bin/chromium")
) -> AsyncIterator[Browser]:
    """A browser; its microphone beeps, or plays a `microphone_file`."""
    arguments = [*CHROMIUM, *flags]
    if microphone:
        arguments.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, headless=True, args=arguments)
        yield browser
        await browser.close()


@asynccontextmanager
async def signed_in(
    browser: Browser,
    url: str,
    account: dict[str, str],
    *,
    commanded: bool = True,
    allowed: bool = True,
    **options: Any,
) -> AsyncIterator[Tab]:
    """A page of its own, signed in. What it asks of another origin, or its code throws, is a failure."""
    context = await browser.new_context(permissions=["microphone"] if allowed else [], **options)
    page = await context.new_page()
    await page.add_init_script(f"window.commandedMicrophone = {'true' if commanded else 'false'}")
    await page.add_init_script(path=VOICE)
    faults: list[str] = []
    own = (url, "data:", "blob:")
    page.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        await page.goto(url)
        await page.get_by_label("Email").fill(account["email"])
        await page.get_by_label("Password", exact=True).fill(account["password"])
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_test_id("join")).to_be_visible()
        yield Tab(page)
        assert faults == []
    finally:
        await context.close()


class Tab:
    """One page, the voice that speaks into it, and the ear at its audio element."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.state = page.get_by_test_id("agent-state")
        self.captions = page.get_by_test_id("captions")
        self.cards = page.get_by_test_id("tool-call")
        self.mute = page.get_by_test_id("mute")
        self.reconnecting = page.get_by_test_id("reconnecting")

    def turns(self, speaker: str) -> Locator:
        """What that side has said to the end, a caption each."""
        return self.page.locator(f"[data-testid=turn][data-speaker={speaker}][data-final=true]")

    async def join(self) -> float:
        """Join the call; seconds from the click to a page that says that it is connected."""
        clicked = time.monotonic()
        await self.page.get_by_test_id("join").click()
        await self.connected()
        return time.monotonic() - clicked

    async def connected(self) -> None:
        await expect(self.state).to_have_attribute(
            "data-state", re.compile("listening|thinking|speaking"), timeout=20_000
        )
        await expect(self.page.get_by_test_id("leave")).to_be_visible()

    async def greeted(self) -> None:
        """Join, and hear the greeting out."""
        await self.join()
        await expect(self.turns("agent")).to_have_count(1, timeout=15_000)
        await self.quiet()

    async def say(self, pcm: np.ndarray) -> Said:
        """Speak (16 kHz); returns when the speaking begins."""
        encoded = base64.b64encode(pcm.tobytes()).decode()
        return Said(**await self.page.evaluate("pcm => voice.say(pcm)", encoded))

    async def answer_to(self, pcm: np.ndarray) -> tuple[str, Said]:
        """Speak, and wait for the next caption of the agent: its words, and when the question was heard."""
        before = await self.turns("agent").count()
        said = await self.say(pcm)
        await expect(self.turns("agent")).to_have_count(before + 1, timeout=40_000)
        return await self.turns("agent").last.get_by_test_id("turn-text").inner_text(), said

    async def write(self, text: str) -> None:
        await self.page.get_by_label("Message").fill(text)
        await self.page.get_by_role("button", name="Send").click()

    async def now(self) -> float:
        """The page's audio clock, ms."""
        return float(await self.page.evaluate("voice.now()"))

    async def heard(self, since: float = 0.0) -> list[float]:
        """When the agent was heard after `since`: the beginnings of loud blocks of 10 ms."""
        return cast("list[float]", await self.page.evaluate("t => voice.loud.filter(at => at > t)", since))

    async def until(self, enough: Callable[[list[float], float], bool], since: float = 0.0) -> list[float]:
        """What was heard after `since`, once it and the clock (ms) are enough; TimeoutError after 20 s."""
        async with asyncio.timeout(20):
            while not enough(heard := await self.heard(since), await self.now()):
                await asyncio.sleep(0.05)
        return heard

    async def quiet(self, ms: float = 600.0) -> None:
        """Wait until the agent has been heard, and then for that long not."""
        await self.until(lambda heard, now: bool(heard) and now - heard[-1] > ms)

    async def latency(self, said: Said) -> float:
        """Voice to voice: from the last sound of an utterance to the first of the agent's after it, in ms."""
        return (await self.until(lambda heard, _: bool(heard), said.ended))[0] - said.ended

    async def barge_in(self, question: np.ndarray, interruption: np.ndarray, after_ms: float = 1200) -> float:
        """Ask, listen for a while, interrupt: ms from the first sound of it to the agent's last.

        The interruption must be longer than the agent may take, for what is heard after it may be
        the answer to it.
        """
        asked = await self.say(question)
        await self.until(lambda heard, now: bool(heard) and now - heard[0] > after_ms, asked.ended)
        said = await self.say(interruption)
        while await self.now() < said.ended + 100:
            await asyncio.sleep(0.05)
        heard = [at for at in await self.heard(said.begun) if at < said.ended]
        await expect(self.turns("agent").last.get_by_test_id("interrupted")).to_be_visible()
        return heard[-1] + 10 - said.begun if heard else 0.0
