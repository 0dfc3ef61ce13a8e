"""Plans by a scripted language model, whose replies are hostile, and by the offline agent."""

import json

import pytest

from orion.agents.planner import Unusable, plan, read
from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.draft import Draft, Missing
from orion.domain.tool import Tool
from orion.settings import Settings
from orion.tools import load_all

TOOLS = [runnable.tool for runnable in load_all().values()]
ORION = Agent("concierge", "You help.")
GOAL = "set a timer for one minute, then tell me the time in Tokyo, and remember that my car is blue"


def replies(tmp_path, *texts):
    """Settings whose language model answers with the texts, one after the other."""
    script = tmp_path / "script.yaml"
    script.write_text(json.dumps({"inference": [{"text": text} for text in texts]}))
    return Settings(data_dir=tmp_path, llm=("scripted",), script=script)


def reply(*steps, **more):
    return json.dumps(
        {"steps": [{"tool": tool, "arguments": arguments} for tool, arguments in steps], **more}
    )


async def steps_to(*given):
    found = await plan(*given)
    assert not isinstance(found, Missing), found
    return found


@pytest.fixture
def offline(tmp_path):
    return Settings(data_dir=tmp_path, llm=("offline",))


async def test_a_model_plans_and_the_server_names_and_orders_the_steps(tmp_path):
    calculates = ("calculator", {"expression": "2 + 3"})
    looks_up = ("current_time", {"place": "Tokyo"})
    keeps = ("remember", {"content": "it was {{0.spoken}}"})
    told = reply(calculates, looks_up, keeps, ("current_time", {"place": "Oslo"}))
    steps = await steps_to(replies(tmp_path, f"```json\n{told}\n```"), ORION, TOOLS, "a goal")
    assert [(step.tool, step.after) for step in steps] == [
        ("calculator", ()),
        ("current_time", ()),
        ("remember", (0, 1)),
        ("current_time", (2,)),
    ]
    assert steps[2].description == 'remember with content "it was the result of step 1"'


async def test_a_model_that_erred_is_told_what_was_wrong_and_may_try_once_more(tmp_path):
    good = reply(("current_time", {"place": "Tokyo"}))
    steps = await steps_to(replies(tmp_path, reply(("fly", {})), good), ORION, TOOLS, "a goal")
    assert [step.tool for step in steps] == ["current_time"]


@pytest.mark.parametrize("text", ["", "I am sorry.", reply(("fly", {})), "{" * 9000, "[]", "null"])
async def test_where_a_model_makes_no_plan_the_clauses_do(tmp_path, text):
    steps = await steps_to(replies(tmp_path, text, text), ORION, TOOLS, GOAL)
    assert [step.tool for step in steps] == ["timer", "current_time", "remember"]


async def test_a_model_that_is_left_alone_is_not_asked(tmp_path):
    breakers = Breakers()
    breakers.of("llm", "scripted", "scripted").failed(0.0, lasting=True)
    told = replies(tmp_path, reply(("current_time", {"place": "Oslo"})))
    found = await plan(told, ORION, TOOLS, GOAL, breakers=breakers)
    assert not isinstance(found, Missing)
    assert [step.tool for step in found] == ["timer", "current_time", "remember"]


async def test_what_a_model_misses_is_asked(tmp_path):
    settings = replies(tmp_path, '{"question": "For how\\nlong?"}')
    assert await plan(settings, ORION, TOOLS, "set a timer") == Missing("For how long?")


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [("timer", {"duration": "1 minute"})] * 21,
        [("unknown", {})],
        [("hand_over", {"agent": "scheduler"})],
        [("make_plan", {"goal": "more"})],
        [("timer", {})],
        [("timer", {"duration": 5})],
        [("timer", {"duration": "1 minute", "approved": True})],
        [("timer", {"duration": "1 minute", "approved": "{{0}}"})],
        [("remember", {"content": "{{0.spoken}}"})],
        [("remember", {"content": "{{1.spoken}}"}), ("current_time", {"place": "Oslo"})],
        [("remember", {"content": ["{{5}}"]})],
        [("remember", "everything")],
        [(["timer"], {})],
    ],
)
def test_what_cannot_be_run_is_refused(steps):
    with pytest.raises(Unusable):
        read(reply(*steps), TOOLS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '{"steps": [], "done": true}',
        '{"steps": [{"tool": "timer", "arguments": {"duration": "1 minute"}, "risk": "read"}]}',
        '{"steps": [{"tool": "calculator", "arguments": {"expression": NaN}}]}',
        '{"steps": ' + "[" * 20_000,
        "x" * 40_000,
    ],
)
def test_a_reply_of_another_form_is_refused(text):
    with pytest.raises(Unusable):
        read(text, TOOLS)


def test_a_sound_reply_is_read():
    assert read(reply(("timer", {"duration": "1 minute"})), TOOLS) == [
        Draft("timer", {"duration": "1 minute"})
    ]


async def test_the_offline_agent_plans_clause_by_clause(offline):
    steps = await steps_to(offline, ORION, TOOLS, GOAL)
    assert [(step.tool, step.arguments, step.after) for step in steps] == [
        ("timer", {"duration": "1 minute"}, ()),
        ("current_time", {"place": "tokyo"}, (0,)),
        ("remember", {"content": "my car is blue"}, (0, 1)),
    ]


async def test_clauses_that_only_read_may_run_side_by_side(offline):
    goal = "what is the time in London, what is the time in Tokyo, and set a timer for five minutes"
    assert [step.after for step in await steps_to(offline, ORION, TOOLS, goal)] == [(), (), (0, 1)]


async def test_what_a_clause_calls_the_result_is_that_of_the_clause_before(offline):
    post = Tool(
        "post_note",
        "Posts a note.",
        {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
        examples=("post {text}",),
    )
    steps = await steps_to(offline, ORION, [*TOOLS, post], "what is two plus three, and then post the result")
    assert (steps[1].arguments, steps[1].after) == ({"text": "{{0.spoken}}"}, (0,))


@pytest.mark.parametrize(
    ("goal", "question"),
    [
        ("set a timer and then tell me the time in Oslo", "To set a timer: For how long?"),
        (
            "fly to the moon, then set a timer for ten minutes",
            "I cannot fly to the moon. What shall I do instead?",
        ),
        ("", "What shall I do?"),
    ],
)
async def test_what_is_missing_is_asked_and_never_guessed(offline, goal, question):
    assert await plan(offline, ORION, TOOLS, goal) == Missing(question)
