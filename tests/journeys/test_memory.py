"""Memories over REST and in conversation; everything about a person written out, and erased."""

import io
import json
import zipfile

import httpx

from tests.journeys.test_rest import problem, sign_up


async def test_a_memory_is_kept_found_listed_by_type_and_forgotten(http, session_id):
    base = f"/api/v1/sessions/{session_id}/memory"
    made = await http.post(
        base, json={"type": "preference", "content": " I like green tea ", "metadata": {"a": 1}}
    )
    assert made.status_code == 201
    memory = made.json()
    assert (memory["content"], memory["session_id"]) == ("I like green tea", session_id)
    await http.post(base, json={"type": "fact", "content": "my bicycle is blue"})
    assert (await http.get(base, params={"query": "which tea"})).json()["items"][0] == memory
    assert (await http.get(f"{base}/type/preference")).json()["items"] == [memory]
    first = (await http.get(base, params={"limit": 1})).json()
    second = (await http.get(base, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [first["items"][0]["type"], second["items"][0]["type"]] == ["fact", "preference"]
    assert second["next_cursor"] is None
    assert (await http.delete(f"{base}/{memory['id']}")).status_code == 204
    problem(await http.delete(f"{base}/{memory['id']}"), 404, "not-found")


async def test_what_a_conversation_remembers_another_one_finds(http, session_id):
    messages = f"/api/v1/sessions/{session_id}/messages"
    await http.post(messages, json={"text": "remember that my tortoise is called Achilles"})
    other = (await http.post("/api/v1/sessions", json={})).json()["id"]
    reply = await http.post(
        f"/api/v1/sessions/{other}/messages", json={"text": "what do you remember about my tortoise"}
    )
    assert "Achilles" in reply.json()["text"]
    base = f"/api/v1/sessions/{other}/memory"
    assert (await http.get(base, params={"query": "tortoise"})).json()["items"] == []
    found = await http.get(base, params={"query": "tortoise", "reach": "user"})
    assert found.json()["items"][0]["session_id"] == session_id


async def test_by_word_a_fact_is_kept_corrected_found_forgotten_and_all_of_it_erased(server, http):
    _, bearer, _ = await person(http)
    async with httpx.AsyncClient(base_url=server.url, headers=bearer, timeout=30) as other:
        session_id = (await other.post("/api/v1/sessions", json={})).json()["id"]
        base = f"/api/v1/sessions/{session_id}"

        async def say(text):
            return (await other.post(f"{base}/messages", json={"text": text})).json()["text"]

        async def kept():
            found = await other.get(f"{base}/memory", params={"reach": "user"})
            return [item["content"] for item in reversed(found.json()["items"])]

        assert await say("My name is Sarah by the way") == "I will remember: your name is Sarah."
        await say("please remember that my wifi password is tulip42")
        assert await say("my wifi password is tulip43") == (
            "I will remember: your wifi password is tulip43, no longer tulip42."
        )
        await say("I parked the car on level 3, can you keep that in mind?")
        facts = ["My name is Sarah", "my wifi password is tulip43", "I parked the car on level 3"]
        assert await kept() == facts
        assert await say("where did I park?") == "You told me that you parked the car on level 3."
        assert await say("what do you know about me?") == (
            "You told me that your name is Sarah, that your wifi password is tulip43, "
            "and that you parked the car on level 3."
        )
        assert await say("forget my wifi password") == (
            "I have forgotten that your wifi password is tulip43."
        )
        assert await kept() == [facts[0], facts[2]]
        assert (await say("delete everything you know about me")).endswith("?")
        assert await kept() == [facts[0], facts[2]]
        assert await say("yes") == "I have forgotten all 2 things that I had noted about you."
        assert await kept() == []


async def test_bad_memories_are_told_where_they_are_bad(http, session_id):
    base = f"/api/v1/sessions/{session_id}/memory"
    problem(await http.post(base, json={"type": "opinion", "content": "x"}), 422, "invalid")
    problem(await http.post(base, json={"type": "fact", "content": " "}), 422, "invalid")
    problem(await http.post(base, json={"type": "fact", "content": "x" * 4001}), 422, "invalid")
    problem(await http.get(base, params={"limit": 0}), 422, "invalid")
    problem(await http.get(base, params={"cursor": "x"}), 422, "invalid")
    problem(await http.get(f"{base}/type/opinion"), 422, "invalid")


async def person(http):
    account, signed_in = await sign_up(http)
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    return signed_in["user"]["id"], bearer, account


async def test_somebody_elses_memories_do_not_exist(server, http, session_id):
    base = f"/api/v1/sessions/{session_id}/memory"
    memory = (await http.post(base, json={"type": "fact", "content": "a secret"})).json()
    _, bearer, _ = await person(http)
    async with httpx.AsyncClient(base_url=server.url, headers=bearer) as other:
        for response in (
            await other.get(base),
            await other.get(f"{base}/type/fact"),
            await other.post(base, json={"type": "fact", "content": "x"}),
            await other.delete(f"{base}/{memory['id']}"),
        ):
            problem(response, 404, "not-found")


async def test_everything_about_a_person_comes_as_one_archive(server, http):
    user_id, bearer, account = await person(http)
    async with httpx.AsyncClient(base_url=server.url, headers=bearer, timeout=30) as other:
        session_id = (await other.post("/api/v1/sessions", json={"title": "Trip"})).json()["id"]
        text = {"text": "remember that my canary is called Caruso"}
        await other.post(f"/api/v1/sessions/{session_id}/messages", json=text)
        answer = await other.post(f"/api/v1/users/{user_id}/export")
        assert answer.headers["content-type"] == "application/zip"
        problem(
            await other.post("/api/v1/users/0199aaaa-0000-7000-8000-000000000000/export"), 404, "not-found"
        )
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    tables = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    assert tables["users.json"][0]["email"] == account["email"]
    assert tables["sessions.json"][0]["title"] == "Trip"
    assert [turn["speaker"] for turn in tables["turns.json"]] == ["user", "agent"]
    assert tables["memories.json"][0]["content"] == "my canary is called Caruso"
    assert "password_hash" not in archive.read("users.json").decode()
    assert "argon2" not in b"".join(archive.read(name) for name in archive.namelist()).decode()


async def test_an_erased_person_is_gone_everywhere_and_there_is_a_receipt(server, http):
    user_id, bearer, account = await person(http)
    async with httpx.AsyncClient(base_url=server.url, headers=bearer, timeout=30) as other:
        session_id = (await other.post("/api/v1/sessions", json={})).json()["id"]
        await other.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
    receipt = (await http.delete(f"/api/v1/users/{user_id}")).json()
    assert receipt["user_id"] == user_id
    assert (receipt["rows"]["users"], receipt["rows"]["sessions"], receipt["rows"]["turns"]) == (1, 1, 2)
    problem(await http.post("/api/v1/auth/login", json=account), 401, "unauthenticated")
    problem(await http.get(f"/api/v1/sessions/{session_id}"), 404, "not-found")
    problem(await http.delete(f"/api/v1/users/{user_id}"), 404, "not-found")


async def test_an_erased_persons_address_is_forgotten_too(server, http):
    user_id, _, account = await person(http)
    await http.post("/api/v1/auth/invitations", json={"email": account["email"]})
    wrong = {**account, "password": "none of this person's"}
    problem(await http.post("/api/v1/auth/login", json=wrong), 401, "unauthenticated")
    rows = (await http.delete(f"/api/v1/users/{user_id}")).json()["rows"]
    assert (rows["invitations"], rows["log_in_failures"]) == (1, 1)


async def test_an_archive_is_kept_for_nobody_and_who_erases_themselves_may_say_so_with_a_key(server, http):
    user_id, bearer, _ = await person(http)
    keyed = {**bearer, "Idempotency-Key": "1"}
    async with httpx.AsyncClient(base_url=server.url, headers=keyed, timeout=30) as other:
        for _ in range(2):
            answer = await other.post(f"/api/v1/users/{user_id}/export")
            assert answer.is_success
            assert "idempotency-replayed" not in answer.headers
        assert (await other.delete(f"/api/v1/users/{user_id}")).json()["user_id"] == user_id


async def test_the_last_admin_cannot_be_erased_and_a_user_erases_nobody_else(server, http):
    admin_id = (await http.get("/api/v1/auth/profile")).json()["id"]
    problem(await http.delete(f"/api/v1/users/{admin_id}"), 409, "conflict")
    user_id, bearer, _ = await person(http)
    async with httpx.AsyncClient(base_url=server.url, headers=bearer) as other:
        problem(await other.delete(f"/api/v1/users/{admin_id}"), 404, "not-found")
        assert (await other.delete(f"/api/v1/users/{user_id}")).json()["erased_by"] == user_id
