"""The network of a caller changes: ICE restart, a new peer connection, a reload. The call goes on."""

import asyncio
import base64
import io
import time
import wave
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from playwright.async_api import async_playwright

from tests.journeys.conftest import need
from tests.journeys.phone import RATE_HZ, Phone, calling, spoken
from tests.journeys.test_call import greeted

CALLER = Path(__file__).with_name("foreign_caller.js")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@asynccontextmanager
async def browser_at(server):
    """A page of the server's origin in Chromium that holds a foreign client."""
    need("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", headless=True, args=[*ARGUMENTS]
        )
        page = await browser.new_page()
        await page.add_init_script(path=CALLER)
        await page.goto(f"{server.url}/healthz")
        yield page
        await browser.close()


@asynccontextmanager
async def watching(http, session_id):
    """The session's events as they come, without a voice of one's own."""
    watcher = Phone(http, session_id)
    watcher._spawn(watcher._follow())
    await watcher.event("__connected__")
    yield watcher
    await watcher.hang_up()


async def dial(page, session_id, token):
    code = "async ([id, token]) => { window.caller = new Caller(id, token); await caller.dial(); }"
    await page.evaluate(code, [session_id, token])


async def type_in(http, session_id, text):
    reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": text})
    return reply.json()["text"]


def wav(pcm):
    """A WAV file in base64, of int16 at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(pcm.tobytes())
    return base64.b64encode(file.getvalue()).decode()


async def path_when(page, holds):
    """The browser's path once that holds of it. (Playwright takes a promise of a condition for its truth.)"""
    async with asyncio.timeout(10):
        while not holds(path := await page.evaluate("caller.path()")):
            await asyncio.sleep(0.05)
    return path


async def changed_over(page, before):
    """The path once it has new credentials at both ends, and leads to a port of the latest answer."""

    def new(path):
        names = "username", "remoteUsername"
        return all(path[name] != before[name] for name in names) and path["onAnsweredPort"]

    return await path_when(page, new)


@pytest.fixture
def agent(brief):
    return brief


def left(watcher):
    return [event["body"] for event in watcher.events if event["name"] == "participant.left"]


async def test_a_browser_restarts_ice_and_hears_and_is_heard_over_the_new_path(
    server, http, token, session_id, tmp_path
):
    async with watching(http, session_id) as watcher, browser_at(server) as page:
        await dial(page, session_id, token)
        await greeted(watcher)
        await page.evaluate("wav => caller.say(wav)", wav(spoken("twelve times nine", tmp_path)))
        await watcher.event("turn.ended", role="agent", text="That is 108.")
        before = await page.evaluate("caller.path()")
        await page.evaluate("caller.restart()")
        after = await changed_over(page, before)
        assert (after["dtls"], after["ice"], after["channel"]) == ("connected", "connected", "open")
        since = len(watcher.events)
        await page.evaluate("wav => caller.say(wav)", wav(spoken("what is seven plus five", tmp_path)))
        answer = await watcher.event("turn.ended", since, role="agent")
        assert answer["body"]["turn"]["text"] == "That is 12."
        await page.wait_for_function("at => caller.loudAt.some(one => one > at)", arg=after["now"])
        assert await type_in(http, session_id, "repeat that") == "That is 12."
        assert left(watcher) == []


async def test_no_packet_is_lost_by_five_restarts_and_no_socket_stays(server, http, token, session_id):
    process = psutil.Process(server.process.pid)
    async with watching(http, session_id) as watcher, browser_at(server) as page:
        await dial(page, session_id, token)
        await greeted(watcher)
        first = before = await page.evaluate("caller.path()")
        sockets = len(process.net_connections("udp"))
        for _ in range(5):
            await page.evaluate("caller.restart()")
            before = await changed_over(page, before)
        after = await path_when(page, lambda path: path["packets"] > before["packets"] + 50)
        assert after["lost"] - first["lost"] <= 1
        assert after["packets"] - first["packets"] > 45 * (after["now"] - first["now"]) / 1000
        async with asyncio.timeout(5):
            while len(process.net_connections("udp")) > sockets:
                await asyncio.sleep(0.1)
        assert left(watcher) == []


async def test_restarts_that_overtake_each_other_end_in_one_path(server, http, token, session_id):
    async with watching(http, session_id) as watcher, browser_at(server) as page:
        await dial(page, session_id, token)
        await greeted(watcher)
        before = await page.evaluate("caller.path()")
        await page.evaluate("async () => { for (let n = 0; n < 4; n++) await caller.restart() }")
        after = await changed_over(page, before)
        await path_when(page, lambda path: path["packets"] > after["packets"] + 100)
        assert await type_in(http, session_id, "two plus two") == "That is 4."
        assert left(watcher) == []


async def test_a_reloaded_browser_goes_on_in_the_conversation_aloud(server, http, token, session_id):
    async with watching(http, session_id) as watcher, browser_at(server) as page:
        await dial(page, session_id, token)
        await greeted(watcher)
        await type_in(http, session_id, "twelve times nine")
        await page.reload()
        since = len(watcher.events)
        await dial(page, session_id, token)
        await watcher.event("participant.joined", since)
        assert await type_in(http, session_id, "repeat that") == "That is 108."
        await page.wait_for_function("() => caller.loudAt.length > 5")
        said = [e["body"]["turn"]["text"] for e in watcher.events[since:] if e["name"] == "turn.ended"]
        assert "Yes?" not in said, "nobody is greeted twice"


async def test_a_new_peer_connection_takes_over_the_running_call_as_often_as_it_likes(
    http, session_id, tmp_path
):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        await type_in(http, session_id, "two plus two")
        pc_id = phone.pc_id
        for offer in ({"restart_pc": True}, {"restartPc": True, "request_data": {}}, {}):
            phone.messages.clear()
            assert (await phone.reconnect(**offer)).status_code == 200, offer
            assert phone.pc_id == pc_id, offer
            turn = await phone.answer_to(spoken("what is seven plus five", tmp_path))
            assert turn["text"] == "That is 12.", offer
            assert phone.sound_since(phone.microphone.said_at), offer
            assert any(message.get("type") == "bot-ready" for message in phone.messages), offer
        assert await type_in(http, session_id, "repeat that") == "That is 12."
        assert left(phone) == []
        assert not [e for e in phone.events[since:] if e["name"] == "participant.joined"]


@pytest.mark.parametrize("agent", ["concierge"])
async def test_a_sentence_that_is_being_said_goes_on_after_the_change(http, session_id, tmp_path):
    from pocketsphinx import Config, Decoder

    async with calling(http, session_id) as phone:
        await phone.event("session.state", state="speaking")
        while not phone.sound_since(0):
            await asyncio.sleep(0.02)
        changed = time.monotonic()
        assert (await phone.reconnect(restart_pc=True)).status_code == 200
        await phone.event("turn.ended", role="agent", interrupted=False)
        await phone.quiet()
        decoder = Decoder(Config(loglevel="FATAL"))
        decoder.start_utt()
        decoder.process_raw(phone.pcm_between(changed, time.monotonic()).tobytes(), False, True)
        decoder.end_utt()
        assert decoder.hyp().hypstr.endswith("can i help")  # "how" it mishears without "hello" before it


def without_audio(sdp):
    return sdp.replace("m=audio", "m=video").replace("opus", "VP8")


def with_other_mids(sdp):
    return sdp.replace("a=mid:0", "a=mid:seven").replace("BUNDLE 0", "BUNDLE seven")


def without_credentials(sdp):
    return "\r\n".join(line for line in sdp.splitlines() if not line.startswith("a=ice-")) + "\r\n"


def cut(sdp):
    return sdp[: len(sdp) // 3]


def of_many_sections(sdp):
    head, *media = sdp.split("m=")
    return head + "".join(f"m={media[0]}".replace("a=mid:0", f"a=mid:{n}") for n in range(40))


def of_another_certificate_without_credentials(sdp):
    return without_credentials(with_new_certificate(sdp))


def with_new_certificate(sdp):
    return sdp.replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 00:")


BROKEN = (
    without_audio,
    without_credentials,
    cut,
    of_many_sections,
    of_another_certificate_without_credentials,
)


@pytest.mark.parametrize("restart_pc", [False, True])
async def test_broken_offers_are_refused_and_the_call_goes_on(http, session_id, restart_pc):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        # A new connection may name its media sections as it likes.
        for broken in BROKEN if restart_pc else (*BROKEN, with_other_mids):
            sdp = broken(phone.pc.localDescription.sdp)
            refused = await phone.offer(sdp, pc_id=phone.pc_id, restart_pc=restart_pc)
            told = (refused.status_code, refused.json()["type"])
            assert told == (400, "/problems/invalid-offer"), broken.__name__
            assert phone.pc.connectionState == "connected", broken.__name__
        await still_talking(phone, session_id)


async def test_an_ice_restart_that_finds_no_path_leaves_the_old_one_in_use(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        sdp = phone.pc.localDescription.sdp.replace("a=ice-pwd:", "a=ice-pwd:zzzz")
        taken = await phone.offer(sdp, pc_id=phone.pc_id)
        assert taken.status_code == 200
        assert taken.json()["pc_id"] == phone.pc_id
        await still_talking(phone, session_id)


async def still_talking(phone, session_id):
    """The call is answered aloud, and nobody has left it."""
    await phone.quiet()
    asked_at = time.monotonic()
    assert await type_in(phone.http, session_id, "two plus two") == "That is 4."
    async with asyncio.timeout(10):
        while not phone.sound_since(asked_at):
            await asyncio.sleep(0.05)
    assert phone.pc.connectionState == "connected"
    assert left(phone) == []
