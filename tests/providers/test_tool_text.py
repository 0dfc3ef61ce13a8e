"""Tools by structured text: what is said and what is called, however the answer is cut into pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.providers._openai.tool_text import by_text
from orion.providers._text.faults import MalformedAnswer
from orion.providers._text.words import Words

CALL = '{"tool": "add", "arguments": {"a": 7, "b": {"c": "}"}}}'
MADE = [("add", {"a": 7, "b": {"c": "}"}})]


def told(answer: str, size: int = 3) -> tuple[str, list[object]]:
    """What is said and called, where the answer comes in pieces."""
    reader = words()
    said = [text for at in range(0, len(answer), size) for text in reader.take(answer[at : at + size])]
    return "".join([*said, *reader.rest()]), [(call.name, call.arguments) for call in reader.calls]


def words() -> Words:
    reader = Words({"add": {}})
    reader.told = True
    return reader


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (CALL, ""),
        (f"  {CALL}", ""),
        (f"```json\n{CALL}\n```", ""),
        (f"<tool_call>\n{CALL}\n</tool_call>", ""),
        (f"One moment.\n{CALL}", "One moment.\n"),
        (CALL.replace("tool", "name").replace("arguments", "parameters"), ""),
    ],
)
def test_a_call_is_made_and_not_said(answer, said, size):
    assert told(answer, size) == (said, MADE)


def test_two_calls_are_both_made():
    assert told(f"{CALL}\n{CALL}") == ("", MADE * 2)


@pytest.mark.parametrize(
    "answer",
    [
        "Hello there.",
        "Seven is {7}, five is {5}.",
        '{"a": 1} is an object.',
        '{"tool": "unknown", "x": 1} is none.',
        "{not json at all\nbut text",
        "<3 is a heart",
        "`code` and more of it, which goes on\nand on",
        "",
    ],
)
def test_all_else_is_said(answer):
    assert told(answer) == (answer, [])


@given(st.text(alphabet='ab {}<`"\n:,[]', max_size=60), st.integers(1, 9))
def test_no_text_is_lost_or_changed(answer, size):
    said, calls = told(answer, size)
    assert said == answer.lstrip()
    assert not calls


def test_text_is_said_at_once_where_it_is_none():
    reader = words()
    assert reader.take("Hel") == ["Hel"]
    assert reader.take("lo {") == ["lo {"]


def test_half_a_call_is_an_error_and_not_said():
    reader = words()
    assert reader.take(CALL[:30]) == []
    with pytest.raises(MalformedAnswer):
        reader.rest()


def test_tools_calls_and_results_become_text():
    function = {"name": "add", "description": "Adds.", "parameters": {"type": "object"}}
    asked = {"id": "c", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
    messages = by_text(
        [
            {"role": "system", "content": "You are Orion."},
            {"role": "user", "content": "Add."},
            {"role": "assistant", "tool_calls": [asked]},
            {"role": "tool", "tool_call_id": "c", "content": '{"sum": 1}'},
        ],
        [{"type": "function", "function": function}],
    )
    assert messages[0]["content"].startswith("You are Orion.")
    assert "- add: Adds." in messages[0]["content"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert json.loads(messages[2]["content"]) == {"tool": "add", "arguments": {"a": 1}}
    assert '{"sum": 1}' in messages[3]["content"]
