from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orion.domain.identity import new_id
from orion.domain.plan import Plan, PlanStatus, Step, StepStatus
from orion.domain.turn import Speaker, Turn
from orion.pipelines.planning import news, outcome, progress, read_back
from orion.tools import load_all

NOW = datetime.now(UTC)
TOOLS = load_all()
SESSION = new_id()


def a_plan(*steps, status=PlanStatus.RUNNING, **more):
    return Plan(new_id(), SESSION, "concierge", "a goal", status, steps, NOW, NOW, **more)


def step(index, status=StepStatus.DONE, tool="current_time", **more):
    return Step(index, tool, {}, f"{tool} {index}", status=status, **more)


def a_turn(text, speaker=Speaker.AGENT, *, after_secs=0.0, interrupted=False):
    at = NOW + timedelta(seconds=after_secs)
    return Turn(new_id(), SESSION, speaker, "concierge", text, at, at, interrupted=interrupted)


def test_a_plan_is_read_back_step_by_step():
    told = read_back(a_plan(step(0), step(1, tool="timer")))
    assert told == "I would do two things: 1, current time; 2, timer. Shall I? Please say yes or no."


def test_a_plan_that_does_something_once_more_says_that_it_may_have_happened():
    told = read_back(a_plan(step(0, tool="pay")), "en", lambda tool, _arguments: tool == "pay")
    assert told.startswith("Nobody knows whether pay has happened. I would do one thing: 1, pay.")


def test_a_plan_that_nobody_could_keep_in_mind_is_not_read_out():
    assert read_back(a_plan(*(replace(step(n), arguments={"place": "x" * 60}) for n in range(20)))) == ""


def test_how_far_a_plan_is_names_the_step():
    plan = a_plan(step(0), step(1, StepStatus.RUNNING))
    assert progress(plan) == "1 of 2 steps are done. I am at step 2, current_time 1."
    assert progress(replace(plan, status=PlanStatus.DONE)) == "The plan is done."


def test_the_outcome_is_told_in_the_words_of_the_tools_and_names_what_went_wrong():
    done = step(0, tool="remember", result={"content": "x"}), step(1, result={"result": "nine"})
    assert outcome(a_plan(*done, status=PlanStatus.DONE), TOOLS).startswith("I am done. ")
    failed = a_plan(step(0, StepStatus.FAILED, error="no such place"), status=PlanStatus.FAILED)
    assert outcome(failed, TOOLS) == "The plan did not end well. Step 1 did not work: no such place."


def test_what_ended_while_nobody_was_there_is_news_once():
    plan = a_plan(step(0, result={"result": "nine"}), status=PlanStatus.DONE, ended_at=NOW)
    before, after = a_turn("All right.", after_secs=-1), a_turn("Hello.", after_secs=1)
    assert news([plan], [before], TOOLS).startswith("While you were away: I am done.")
    assert news([plan], [before, after], TOOLS) == ""
    assert news([plan], [before, replace(after, interrupted=True)], TOOLS), "it was cut off by a hang-up"
    assert news([replace(plan, status=PlanStatus.CANCELLED)], [before], TOOLS) == ""
    assert news([replace(plan, ended_at=None)], [before], TOOLS) == ""
