"""The page of docs/embed.md, as it is printed there, joins as a guest in Chromium and is greeted."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx

from tests.journeys.browser import chromium
from tests.journeys.conftest import need

PAGE = Path(__file__).parents[2] / "docs" / "embed.md"


async def test_a_page_of_ones_own_joins_by_the_printed_code(server, http):
    need("chromium")
    made = await http.post("/api/v1/auth/api-keys", json={"name": "site", "scopes": ["connect"]})
    key = {"X-API-Key": made.json()["key"]}
    html = re.findall(r"```html\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    sessions: list[str] = []

    async def admit(route) -> None:
        async with httpx.AsyncClient(base_url=server.url) as site:
            answer = await site.post("/api/v1/connect", json={"agent": "concierge"}, headers=key)
        sessions.append(answer.json()["session_id"])
        await route.fulfill(status=200, content_type="application/json", body=answer.text)

    async with chromium() as browser:
        context = await browser.new_context(permissions=["microphone"])
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.route("**/voice-token", admit)
        await page.route("**/embed", lambda route: route.fulfill(content_type="text/html", body=html))
        await page.goto(f"{server.url}/embed")
        async with page.expect_console_message(lambda message: "bot" in message.text, timeout=30_000):
            await page.click("#talk")
        async with asyncio.timeout(30):
            while not (turns := (await http.get(f"/api/v1/sessions/{sessions[0]}/turns")).json()["items"]):
                await asyncio.sleep(0.2)
        assert turns[0]["role"] == "agent"
        heard = "document.getElementById('voice').srcObject?.getAudioTracks().length"
        assert await page.evaluate(heard) == 1
    assert faults == []
