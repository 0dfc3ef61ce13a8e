"""Servers of npm and PyPI that nobody of ORION wrote, taken and called by REST."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.api.routers.published_mcp import programs


@pytest.fixture
async def app_settings(app_settings):
    return replace(app_settings, mcp_commands=await asyncio.to_thread(programs))


async def taken(admin, name):
    """The tool that has all of a server's tools."""
    config = {"transport": "stdio", "command": name, "allow": ["*"]}
    body = {"name": name, "description": "x", "kind": "mcp", "config": config, "timeout_secs": 60}
    answer = await admin.post("/tools", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def called(admin, made, tool, **arguments):
    answer = await admin.post(f"/tools/{made['id']}/test", json={"tool": tool, "arguments": arguments})
    return answer.json()


async def test_the_protocols_own_server_of_everything(admin):
    made = await taken(admin, "everything")
    assert {"everything_echo", "everything_get_sum", "everything_get_tiny_image"} <= set(made["tools"])
    assert made["refused"] == []
    echo = await called(admin, made, "echo", message="hello")
    assert (echo["status"], echo["result"]) == ("done", {"result": "Echo: hello"})
    image = (await called(admin, made, "get-tiny-image"))["result"]["result"]
    assert "[image of type image/png" in image
    links = (await called(admin, made, "get-resource-links", count=2))["result"]["result"]
    assert links.count("[link: ") == 2
    weather = await called(admin, made, "get-structured-content", location="Chicago")
    assert "temperature" in weather["result"]


async def test_a_server_of_charts_by_another_maker_with_schemas_of_zod(admin):
    made = await taken(admin, "chart")
    assert len(made["tools"]) == 27
    assert made["refused"] == []
    bad = await called(admin, made, "generate_pie_chart", data="none")
    assert bad["status"] == "refused"


async def test_a_server_of_pypi_tells_the_time(admin):
    made = await taken(admin, "time")
    assert made["tools"] == ["time_get_current_time", "time_convert_time"]
    told = (await called(admin, made, "get_current_time", timezone="Asia/Tokyo"))["result"]
    assert told["timezone"] == "Asia/Tokyo"
    wrong = await called(admin, made, "get_current_time", timezone="Atlantis")
    assert (wrong["status"], "Atlantis" in wrong["error"]) == ("failed", True)
