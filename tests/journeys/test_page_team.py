"""Two people on a server of the local network, by the page alone: from the link to a forgotten password."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest

from orion.media.ice_sockets import own_addresses
from tests.journeys.browser import VOICE, Tab, chromium, expect, microphone_file
from tests.journeys.certificates import certificates
from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.phone import spoken

TOOL = '''"""Pays the invoice of somebody."""

from pydantic import BaseModel

RISK = "danger"
EXAMPLES = ["pay the invoice of {payee}"]


class Args(BaseModel):
    """To whom."""

    payee: str


async def run(args, call):
    """Who was paid."""
    return {"paid": args.payee}
'''
FIRST, RESET, LAST = "three grey herons", "four black storks", "five white egrets"


@pytest.fixture
def address():
    """An address of this machine that others reach."""
    found = own_addresses(ipv6=False)
    if not found:
        pytest.skip("this machine has no address but the loopback one")
    return found[0]


@pytest.fixture
def certified(open_dir, address):
    folder = open_dir / "team-certificates"
    folder.mkdir()
    return certificates(folder, address)


@pytest.fixture
def server(open_dir, certified):
    """A server that all of the network may reach, with an agent that can pay."""
    need("flite")
    project = open_dir / "team" / "project"
    (project / "tools").mkdir(parents=True)
    (project / "tools" / "pay.py").write_text(TOOL)
    where = ("--host", "0.0.0.0", "--tls-cert", str(certified.chain), "--tls-key", str(certified.key))
    running = start_server(open_dir / "team" / "data", "--project", str(project), *where)
    yield running
    running.end()


@pytest.fixture
async def browser(address, certified, tmp_path):
    """A Chromium in whose microphone somebody asks for the time, again and again."""
    need("chromium")
    question = spoken("what time is it in tokyo", tmp_path)
    recording = microphone_file(tmp_path / "microphone.wav", question, quiet_secs=9, times=4)
    flags = (
        f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {address}",
        f"--ignore-certificate-errors-spki-list={certified.pin()}",
    )
    async with chromium(recording, *flags) as running:
        yield running


@asynccontextmanager
async def somebody(browser, link):
    """A person's own browser profile, at a link. What the page's code throws is a failure."""
    context = await browser.new_context(permissions=["microphone"])
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.add_init_script("window.commandedMicrophone = false")
    await page.add_init_script(path=VOICE)
    await page.goto(link)
    yield Tab(page)
    await context.close()
    assert faults == []


def reset(server, email, password):
    """What an admin does on the server for who forgot the password."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ORION_")}  # noqa: TID251
    command = [sys.executable, "-m", "orion", "users", "reset-password", email]
    subprocess.run(
        [*command, "--data-dir", str(server.data_dir)], input=f"{password}\n", text=True, check=True, env=env
    )


async def sign_in(page, email, password):
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def set_up(page):
    """The link's account gets an email and a password."""
    asked = page.get_by_test_id("first-password")
    await asked.get_by_label("Email").fill("ada@example.org")
    await asked.get_by_label("Password (at least").fill(PASSWORD)
    await asked.get_by_role("button", name="Save").click()
    await expect(page.get_by_test_id("account-done")).to_be_visible()


async def invite(page):
    """The link of an invitation, as the page shows it."""
    await page.get_by_role("button", name="Invite somebody").click()
    await page.get_by_role("button", name="Make the link").click()
    link = await page.get_by_label("Invitation link").input_value()
    await page.get_by_role("button", name="Close").click()
    return link


async def register(page):
    """Take the invitation that the page was opened with."""
    await page.get_by_label("Name").fill("Ben")
    await page.get_by_label("Email").fill("ben@example.org")
    await page.get_by_label("Password (at least").fill(FIRST)
    await page.get_by_role("button", name="Create account").click()


async def talk_and_approve(tab):
    """Ask aloud and hear the answer; write what needs a yes, and give it by a click."""
    await tab.join()
    time = re.compile(r"It is \d+:\d\d [AP]M .* in Tokyo")
    await expect(tab.captions).to_contain_text(time, timeout=45_000)
    assert await tab.heard(), "the answer is audible"
    await tab.mute.click()
    await tab.quiet(1500)
    await tab.write("pay the invoice of acme")
    await tab.page.get_by_role("button", name="Approve").click(timeout=30_000)
    await expect(tab.page.get_by_test_id("settled")).to_contain_text("Approved on this page")
    paying = tab.page.locator("[data-testid=tool-call][data-tool=pay][data-status=done]")
    await expect(paying).to_have_count(1, timeout=30_000)


async def read_along(page):
    """An admin finds the other's live conversation, follows it, and can take no part."""
    row = page.get_by_test_id("others").first.get_by_role("button").first
    await expect(row).to_contain_text("Ben", timeout=20_000)
    await expect(row).to_contain_text("live", timeout=20_000)
    await row.click()
    await expect(page.get_by_test_id("captions")).to_contain_text("in Tokyo")
    await expect(page.get_by_test_id("reading")).to_contain_text("This conversation belongs to Ben.")
    await expect(page.get_by_test_id("join")).to_have_count(0)
    await expect(page.get_by_label("Message")).to_have_count(0)


async def test_invited_talked_approved_signed_out_forgotten_and_back(server, browser):
    assert "127.0.0.1" not in server.url
    async with somebody(browser, server.link) as ada:
        await set_up(ada.page)
        async with somebody(browser, await invite(ada.page)) as ben:
            await register(ben.page)
            await talk_and_approve(ben)
            await read_along(ada.page)
            await ben.write("twelve times nine")
            await expect(ada.captions).to_contain_text("That is 108.", timeout=20_000)
            await expect(ada.page.get_by_text("Live updates are interrupted")).to_have_count(0)
            await ben.page.get_by_role("button", name="Sign out").click()
            await expect(ada.page.get_by_test_id("agent-state")).to_contain_text(
                "Nobody is in a call", timeout=20_000
            )
            await sign_in(ben.page, "ben@example.org", "forgotten by now")
            await expect(ben.page.get_by_test_id("sign-in-error")).to_be_visible()
            await ben.page.get_by_text("Forgot your password?").click()
            await expect(ben.page.get_by_text("orion users reset-password EMAIL")).to_be_visible()
            reset(server, "ben@example.org", RESET)
            await sign_in(ben.page, "ben@example.org", RESET)
            await ben.page.get_by_test_id("sessions").first.get_by_role("button").first.click()
            await expect(ben.captions).to_contain_text("in Tokyo")
            await change_password(ben.page)
        await come_back(ada.page, server)


async def change_password(page):
    await page.get_by_test_id("user").click()
    await page.get_by_label("Current password", exact=True).fill(RESET)
    await page.get_by_label("New password (at least").fill(LAST)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_test_id("account-done")).to_contain_text("The password is changed.")
    await page.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Sign out").click()
    await sign_in(page, "ben@example.org", LAST)
    await expect(page.get_by_test_id("join")).to_be_visible()


async def come_back(page, server):
    """The admin of the link is not locked out: its link is used up, its password is not."""
    await page.get_by_role("button", name="Sign out").click()
    await page.goto(server.link)
    await expect(page.get_by_test_id("sign-in-error")).to_contain_text("orion users link")
    await sign_in(page, "ada@example.org", PASSWORD)
    await expect(page.get_by_test_id("others").first).to_contain_text("Ben")
    await expect(page.get_by_test_id("first-password")).to_have_count(0)
