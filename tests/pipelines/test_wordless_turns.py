"""Sounds that hold no word: a cough, a door. They cost nobody an answer."""

from tests.journeys.phone import calling, voice
from tests.pipelines.test_last_words import serving

NOISE = voice(0.6)


async def test_a_cough_while_the_model_thinks_costs_no_answer(database_url, tmp_path):
    llm = [{"text": "We close at six.", "delay_ms": 2500}]
    async with (
        serving(database_url, tmp_path, llm=llm, stt=("when do you close", "")) as (_, http, session_id),
        calling(http, session_id) as phone,
    ):
        await phone.event("turn.ended", role="agent")
        since = await phone.say(NOISE)
        await phone.event("turn.ended", since, role="user")
        since = await phone.say(NOISE)
        event = await phone.event("turn.ended", since, role="agent", interrupted=False)
        assert event["body"]["turn"]["text"] == "We close at six."
        turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
        assert [turn["role"] for turn in turns] == ["agent", "user", "agent"]
