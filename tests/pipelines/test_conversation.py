import json
from datetime import UTC, datetime

import pytest

from orion.domain.identity import new_id
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Speaker, Turn
from orion.pipelines.conversation import messages, recent

NOW = datetime.now(UTC)


def turn(speaker, text, *calls):
    return Turn(new_id(), new_id(), speaker, "concierge", text, NOW, NOW, tool_calls=calls)


def call(status=ToolCallStatus.DONE, **values):
    return ToolCall("c1", "current_time", {"place": "Zürich"}, status, **values)


def test_what_was_said_stands_in_the_context_as_it_was_heard():
    said = [turn(Speaker.USER, "hello"), turn(Speaker.AGENT, "Hello! What"), turn(Speaker.AGENT, "")]
    assert messages(said) == [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "Hello! What"},
    ]


@pytest.mark.parametrize(("noted", "left"), [(0, "gu1a2b"), (1, "2b"), (2, ""), (9, "")])
def test_turns_for_which_notes_stand_are_left_out_with_what_answered_them(noted, left):
    said = [turn(Speaker.USER if text in "12" else Speaker.AGENT, text) for text in "gu1a2b"]
    assert "".join(found.text for found in recent(said, noted)) == left


def test_a_tool_call_comes_with_its_answer_before_the_words_over_it():
    asked, answered, spoken = messages([turn(Speaker.AGENT, "It is nine.", call(result={"time": "09:00"}))])
    function = asked["tool_calls"][0]["function"]
    assert (function["name"], json.loads(function["arguments"])) == ("current_time", {"place": "Zürich"})
    assert answered["tool_call_id"] == asked["tool_calls"][0]["id"] == "c1"
    assert json.loads(answered["content"]) == {"time": "09:00"}
    assert spoken == {"role": "assistant", "content": "It is nine."}


@pytest.mark.parametrize("status", [ToolCallStatus.FAILED, ToolCallStatus.REFUSED, ToolCallStatus.TIMED_OUT])
def test_a_failed_call_is_answered_by_its_error(status):
    _, answered = messages([turn(Speaker.AGENT, "", call(status, error="I do not know."))])
    assert json.loads(answered["content"]) == {"error": "I do not know.", "status": status.value}


def test_every_call_has_an_answer_or_a_model_would_refuse_the_context():
    asked, answered = messages([turn(Speaker.AGENT, "", call(ToolCallStatus.CANCELLED))])
    assert answered == {"role": "tool", "tool_call_id": asked["tool_calls"][0]["id"], "content": "null"}


def test_of_a_call_without_an_end_nobody_knows_whether_it_has_happened():
    _, answered = messages([turn(Speaker.AGENT, "", call(ToolCallStatus.RUNNING))])
    assert "nobody knows whether it has happened" in json.loads(answered["content"])["error"]
