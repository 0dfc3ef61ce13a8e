"""A plan by voice: asked for, read back, begun by a spoken yes, with ORION's own engines."""

from tests.journeys.phone import calling, spoken

SAID = "make a plan to set a timer for one minute and then tell me the time in tokyo"


async def test_a_plan_is_made_begun_and_told_of_by_voice(http, session_id, tmp_path):
    async with calling(http, session_id) as phone:
        await phone.event("turn.ended", role="agent")
        turn = await phone.answer_to(spoken(SAID, tmp_path, "heart"))
        heard = [e["body"]["turn"]["text"] for e in phone.events if e["name"] == "turn.ended"]
        assert turn["text"].startswith("I would do two things: 1, timer with duration"), heard
        assert turn["text"].endswith("Shall I? Please say yes or no.")
        plans = (await http.get(f"/api/v1/agent/sessions/{session_id}/plans")).json()["items"]
        # Who pauses before "and then" is answered, goes on, and gets a plan of the whole.
        statuses = [plan["status"] for plan in plans if plan["status"] != "cancelled"]
        assert statuses == ["draft"], "nothing runs before the yes"
        await phone.quiet()
        turn = await phone.answer_to(spoken("yes please", tmp_path, "heart"))
        if turn["text"].startswith("All right, I have begun."):  # it took two seconds, and is told of later
            since = next(n for n, e in enumerate(phone.events) if e["body"].get("turn") == turn) + 1
            turn = (await phone.event("turn.ended", since, role="agent"))["body"]["turn"]
        heard = [e["body"]["turn"]["text"] for e in phone.events if e["name"] == "turn.ended"]
        assert turn["text"].startswith("I am done. Okay, timer for 1 minute."), heard
    plan = (await http.get(f"/api/v1/agent/sessions/{session_id}/plans")).json()["items"][0]
    assert [(step["tool"], step["status"]) for step in plan["steps"]] == [
        ("timer", "done"),
        ("current_time", "done"),
    ]
