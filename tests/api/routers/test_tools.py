from typing import Any

import asyncpg
import httpx

from tests.journeys.test_rest import problem

MCP = {"kind": "mcp", "parameters": {}}
BAD: list[tuple[str, dict[str, Any]]] = [
    ("/name", {"name": "Tide"}),
    ("/name", {"name": "x" * 65}),
    ("/description", {"description": " "}),
    ("/examples", {"examples": ["x"] * 51}),
    ("/kind", {"kind": "builtin"}),
    ("/risk", {"risk": "none"}),
    ("/timeout_secs", {"timeout_secs": 0}),
    ("/timeout_secs", {"timeout_secs": 61}),
    ("/more", {"more": 1}),
    ("/say", {"say": "{time.__class__}"}),
    ("/say", {"say": "{time:>999999999}"}),
    ("/parameters/type", {"parameters": {"type": "array"}}),
    ("/parameters/properties/port/$ref", {"parameters": {"properties": {"port": {"$ref": "http://x/"}}}}),
    ("/parameters/required", {"parameters": {"properties": {"port": {}}, "required": 7}}),
    ("/config/url", {"parameters": {"properties": {}}}),
    ("/config/url", {"parameters": {"properties": {"port": {"type": "string"}}}}),
    ("/config/url", {"config": {}}),
    ("/config/method", {"config": {"url": "https://example.org", "method": "TRACE"}}),
    ("/config/body", {"config": {"url": "https://example.org", "body": 1}}),
    ("/config/select", {"config": {"url": "https://example.org", "select": "a..b"}}),
    ("/config/headers/Host", {"config": {"url": "https://example.org", "headers": {"Host": "x"}}}),
    ("/config/headers/A B", {"config": {"url": "https://example.org", "headers": {"A B": "x"}}}),
    ("/config/headers/A", {"config": {"url": "https://example.org", "headers": {"A": "x\r\nB: y"}}}),
    ("/config/headers/A", {"config": {"url": "https://example.org", "headers": {"A": "***"}}}),
    ("/config/url", {"config": {"url": "http://127.0.0.1/"}}),
    ("/config/url", {"config": {"url": "http://169.254.169.254/latest"}}),
    ("/config/url", {"config": {"url": "http://[::ffff:127.0.0.1]/"}}),
    ("/config/url", {"config": {"url": "http://example.org:22/"}}),
    ("/config/url", {"config": {"url": "http://u:p@example.org/"}}),
    ("/config/url", {"config": {"url": "file:///etc/passwd"}}),
    ("/config/url", {"config": {"url": "https://{port}.example.org/"}}),
    ("/parameters", {"kind": "mcp", "config": {"transport": "stdio", "allow": ["a"]}}),
    ("/config/transport", {**MCP, "config": {"transport": "pipe", "allow": ["a"]}}),
    ("/config/command", {**MCP, "config": {"transport": "stdio", "command": "sh", "allow": ["a"]}}),
    ("/config/url", {**MCP, "config": {"transport": "http", "url": "http://[::1]/", "allow": ["a"]}}),
    ("/config/allow", {**MCP, "config": {"transport": "stdio", "command": "harbour", "allow": []}}),
    (
        "/config/allow",
        {**MCP, "config": {"transport": "stdio", "command": "harbour", "allow": ["*", "tide"]}},
    ),
    *(
        (
            f"/config/env/{name}",
            {
                **MCP,
                "config": {"transport": "stdio", "command": "harbour", "allow": ["*"], "env": {name: "x"}},
            },
        )
        for name in (
            *(
                "LD_PRELOAD",
                "SSLKEYLOGFILE",
                "R_PROFILE_USER",
                "PATH",
                "PYTHONPATH",
                "NODE_OPTIONS",
                "HOME",
                "HTTPS_PROXY",
                "BASH_ENV",
                "GIT_SSH",
            ),
            *(
                "http_proxy",
                "1A",
                "A-B",
                "A B",
                "DYLD_INSERT_LIBRARIES",
                "PERL5LIB",
                "JAVA_TOOL_OPTIONS",
                "IFS",
            ),
        )
    ),
    (
        "/config/env/TOKEN",
        {
            **MCP,
            "config": {"transport": "stdio", "command": "harbour", "allow": ["*"], "env": {"TOKEN": ""}},
        },
    ),
    (
        "/config/env",
        {
            **MCP,
            "config": {"transport": "http", "url": "https://x.example/", "allow": ["*"], "env": {"T": "x"}},
        },
    ),
]


def tide(origin, **changes):
    """A good tool, but for the changes."""
    config = {"method": "GET", "url": f"{origin.url}/tide/{{port}}", "headers": {"X-Key": "canary-7"}}
    fields = {
        "name": "tide",
        "description": "Tells when the next high tide is in a port.",
        "examples": ["when is high tide in {port}"],
        "parameters": {"properties": {"port": {"type": "string"}}, "required": ["port"]},
        "kind": "http",
        "config": config,
        "say": "High tide is at {time}.",
    }
    return {**fields, **changes}


async def made(admin, origin, **changes):
    response = await admin.post("/tools", json=tide(origin, **changes))
    assert response.status_code == 201, response.text
    return response.json()


async def ask(client: httpx.AsyncClient, text: str) -> Any:
    session = (await client.post("/sessions", json={})).json()
    return (await client.post(f"/sessions/{session['id']}/messages", json={"text": text})).json()


async def test_a_tool_is_made_read_changed_and_deleted(admin, member, origin):
    tool = await made(admin, origin)
    assert (tool["risk"], tool["timeout_secs"], tool["enabled"]) == ("read", 10, True)
    assert (await member.get(f"/tools/{tool['id']}")).json() == tool
    changed = (await admin.patch(f"/tools/{tool['id']}", json={"timeout_secs": 3, "enabled": False})).json()
    assert (changed["timeout_secs"], changed["enabled"], changed["config"]) == (3, False, tool["config"])
    assert (await admin.delete(f"/tools/{tool['id']}")).status_code == 204
    problem(await admin.get(f"/tools/{tool['id']}"), 404, "not-found")
    problem(await admin.delete(f"/tools/{tool['id']}"), 404, "not-found")


async def test_the_tools_of_files_are_listed_too_and_cannot_be_changed(admin, member, origin):
    await made(admin, origin)
    listed = (await member.get("/tools")).json()
    kinds = {tool["name"]: tool["kind"] for tool in listed["items"]}
    assert (kinds["calculator"], kinds["tide"], listed["next_cursor"]) == ("builtin", "http", None)
    calculator = (await member.get("/tools/calculator")).json()
    assert calculator["id"] == "calculator"
    assert calculator["parameters"]["required"] == ["expression"]
    problem(await admin.patch("/tools/calculator", json={"enabled": False}), 409, "conflict")
    problem(await admin.delete("/tools/calculator"), 409, "conflict")
    problem(await admin.get("/tools/nothing"), 404, "not-found")


async def test_the_list_comes_in_pages(admin, origin):
    await made(admin, origin)
    whole = [tool["name"] for tool in (await admin.get("/tools")).json()["items"]]
    found: list[str] = []
    cursor: Any = ""
    while cursor is not None:
        page = (
            await admin.get("/tools", params={"limit": 3, **({"cursor": cursor} if cursor else {})})
        ).json()
        found += [tool["name"] for tool in page["items"]]
        cursor = page["next_cursor"]
    assert found == whole == sorted(whole)


async def test_users_read_tools_and_admins_alone_write_them(admin, member, origin):
    tool = await made(admin, origin)
    problem(await member.post("/tools", json=tide(origin, name="other")), 403, "refused")
    problem(await member.patch(f"/tools/{tool['id']}", json={"enabled": False}), 403, "refused")
    problem(await member.delete(f"/tools/{tool['id']}"), 403, "refused")
    problem(await member.post(f"/tools/{tool['id']}/test", json={}), 403, "refused")


async def test_secrets_are_sent_along_and_shown_nowhere(admin, member, origin, app_settings):
    tool = await made(admin, origin)
    assert tool["config"]["headers"] == {"X-Key": "***"}
    for response in (await member.get("/tools"), await admin.get(f"/tools/{tool['id']}")):
        assert "canary-7" not in response.text
    outcome = (await admin.post(f"/tools/{tool['id']}/test", json={"arguments": {"port": "Kiel"}})).json()
    assert (outcome["status"], outcome["result"]["time"]) == ("done", "half past nine")
    assert (origin.asked[0].target, origin.asked[0].headers["x-key"]) == ("/tide/Kiel", "canary-7")
    connection = await asyncpg.connect(app_settings.database_url.replace("postgresql+asyncpg", "postgresql"))
    rows = await connection.fetch("select t::text from orion.tools t")
    await connection.close()
    assert "X-Key" in rows[0][0]
    assert "canary-7" not in rows[0][0]


async def test_a_secret_is_kept_by_its_marker_replaced_by_a_value_and_gone_without_either(admin, origin):
    tool = await made(admin, origin)
    url = f"/tools/{tool['id']}"

    async def sent(headers):
        config = {**tool["config"], "headers": headers}
        assert (await admin.patch(url, json={"config": config})).status_code == 200
        await admin.post(f"{url}/test", json={"arguments": {"port": "Kiel"}})
        return origin.asked[-1].headers

    assert (await sent({"x-key": "***", "X-More": "m"}))["x-key"] == "canary-7"
    assert (await sent({"X-Key": "new"}))["x-key"] == "new"
    assert "x-key" not in await sent({})
    refused = await admin.patch(url, json={"config": {**tool["config"], "headers": {"X-Key": "***"}}})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/config/headers/X-Key"


async def test_a_kept_secret_does_not_move_to_another_address(admin, origin):
    tool = await made(admin, origin)
    moved = {**tool["config"], "url": "https://evil.example/{port}"}
    problem(await admin.patch(f"/tools/{tool['id']}", json={"config": moved}), 422, "invalid")
    written = {**moved, "headers": {"X-Key": "another"}}
    assert (await admin.patch(f"/tools/{tool['id']}", json={"config": written})).status_code == 200


async def test_bad_tools_are_told_where_they_are_bad(admin, origin):
    for pointer, changes in BAD:
        body = problem(await admin.post("/tools", json=tide(origin, **changes)), 422, "invalid")
        assert pointer in {error["pointer"] for error in body["errors"]}, (changes, body["errors"])
        assert "canary-7" not in str(body)


async def test_a_name_is_taken_once_and_shadows_no_tool_of_a_file(admin, origin):
    await made(admin, origin)
    other = await made(admin, origin, name="sky")
    problem(await admin.post("/tools", json=tide(origin)), 409, "conflict")
    problem(await admin.post("/tools", json=tide(origin, name="calculator")), 409, "conflict")
    problem(await admin.patch(f"/tools/{other['id']}", json={"name": "tide"}), 409, "conflict")
    problem(await admin.patch(f"/tools/{other['id']}", json={"name": "timer"}), 409, "conflict")
    assert (await admin.patch(f"/tools/{other['id']}", json={"name": "stars"})).json()["name"] == "stars"


async def test_a_trial_tells_why_it_failed(admin, origin):
    tool = await made(admin, origin)
    url = f"/tools/{tool['id']}/test"
    refused = (await admin.post(url, json={"arguments": {"port": 1}})).json()
    assert (refused["status"], "port" in refused["error"]) == ("refused", True)
    more = (await admin.post(url, json={"arguments": {"port": "Kiel", "x": 1}})).json()
    assert more["status"] == "refused"
    assert origin.asked == []
    climbing = (await admin.post(url, json={"arguments": {"port": "../admin"}})).json()
    assert (climbing["status"], origin.asked) == ("failed", [])
    problem(await admin.post("/tools/calculator/test", json={}), 409, "conflict")


async def test_a_tool_works_in_the_next_turn_and_not_after_it_is_disabled_or_deleted(admin, member, origin):
    cannot = (await ask(member, "when is high tide in Kiel"))["text"]
    assert "half past nine" not in cannot
    session = (await member.post("/sessions", json={})).json()["id"]

    async def answer():
        url = f"/sessions/{session}/messages"
        return (await member.post(url, json={"text": "when is high tide in Kiel"})).json()

    assert "half past nine" not in (await answer())["text"]
    tool = await made(admin, origin)
    reply = await answer()
    assert reply["text"] == "High tide is at half past nine."
    assert [(call["tool"], call["arguments"]) for call in reply["tool_calls"]] == [("tide", {"port": "Kiel"})]
    await admin.patch(f"/tools/{tool['id']}", json={"say": "At {time} in {port}."})
    await admin.patch(f"/tools/{tool['id']}", json={"say": "It is at {time}."})
    assert (await answer())["text"] == "It is at half past nine."
    await admin.patch(f"/tools/{tool['id']}", json={"enabled": False})
    assert "half past nine" not in (await answer())["text"]
    await admin.patch(f"/tools/{tool['id']}", json={"enabled": True})
    assert (await answer())["text"] == "It is at half past nine."
    await admin.delete(f"/tools/{tool['id']}")
    assert "half past nine" not in (await answer())["text"]


async def test_a_tool_of_danger_is_confirmed_first_and_carries_its_key(admin, member, origin):
    config = {"method": "POST", "url": f"{origin.url}/order", "select": "time"}
    await made(
        admin, origin, name="order_fish", examples=["order {port}"], risk="danger", config=config, say=""
    )
    session = (await member.post("/sessions", json={})).json()["id"]
    url = f"/sessions/{session}/messages"
    asked = (await member.post(url, json={"text": "order herring"})).json()["text"]
    assert asked.startswith("Shall I")
    assert origin.asked == []
    assert (await member.post(url, json={"text": "yes"})).json()["text"]
    request = origin.asked[0]
    assert (request.method, request.json) == ("POST", {"port": "herring"})
    assert request.headers["idempotency-key"].startswith(f"{session}:")


async def test_the_tools_of_an_mcp_server_appear_under_its_name_as_far_as_they_are_allowed(admin, member):
    config = {"transport": "stdio", "command": "harbour", "allow": ["tide"]}
    body = {
        "name": "harbour",
        "description": "The harbour.",
        "kind": "mcp",
        "config": config,
        "examples": ["when is high tide in {port}"],
        "say": "High tide is at {time}.",
        "timeout_secs": 30,
    }
    tool = (await admin.post("/tools", json=body)).json()
    assert tool["tools"] == ["harbour_tide"]
    reply = await ask(member, "when is high tide in Kiel")
    assert reply["text"] == "High tide is at half past nine."
    assert reply["tool_calls"][0]["tool"] == "harbour_tide"
    outcome = await admin.post(
        f"/tools/{tool['id']}/test", json={"tool": "harbour_tide", "arguments": {"port": "Kiel"}}
    )
    assert outcome.json()["result"] == {"port": "Kiel", "time": "half past nine"}
    forbidden = await admin.post(f"/tools/{tool['id']}/test", json={"tool": "harbour_greet"})
    problem(forbidden, 422, "invalid")
    listed = (await admin.post(f"/tools/{tool['id']}/test", json={})).json()
    assert listed["result"] == {"tools": ["harbour_tide"], "offered": ["tide"], "refused": []}
    unknown = {**body, "name": "other", "config": {**config, "allow": ["tide", "nothing"]}}
    refused = problem(await admin.post("/tools", json=unknown), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/config/allow/1"
    problem(await admin.post("/tools", json={**body, "name": "harbour_tide"}), 409, "conflict")
