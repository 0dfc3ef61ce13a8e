"""A context that every vendor takes, whatever stands in it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orion.domain.context import in_turn, safe_name, user_first, valid

NAMES = st.sampled_from(["order", "functions.order", "multi_tool_use.parallel", "n" * 70, "", "ö", "a b"])
IDS = st.sampled_from(["call_1", "functions.order:0", f"chatcmpl-tool-{'a' * 32}", "", "call_2", "é"])
GIVEN = st.sampled_from(['{"a": 1}', "{}", "null", "", "[1]", '{"a": NaN}', "{"])
TEXTS = st.sampled_from(["Hello.", "", " ", "\n\n", "Bye. ", None])
CALLS = st.lists(st.tuples(IDS, NAMES, GIVEN), min_size=1, max_size=3)


def calling(made: list[tuple[str, str, str]], content: Any) -> dict[str, Any]:
    calls = [{"id": i, "type": "function", "function": {"name": n, "arguments": a}} for i, n, a in made]
    return {"role": "assistant", "tool_calls": calls, **({} if content is None else {"content": content})}


MESSAGES = st.lists(
    st.one_of(
        st.builds(lambda text: {"role": "user", "content": text}, TEXTS),
        st.builds(lambda text: {"role": "assistant", "content": text}, TEXTS),
        st.builds(lambda text: {"role": "developer", "content": text}, TEXTS),
        st.builds(calling, CALLS, TEXTS),
        st.builds(lambda i, text: {"role": "tool", "tool_call_id": i, "content": text}, IDS, TEXTS),
    ),
    max_size=12,
)


def is_taken(messages: list[Any], longest_id: int = 40) -> None:
    """What OpenAI, Anthropic and Mistral look at."""
    seen: set[str] = set()
    open_calls: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            assert message["tool_call_id"] == open_calls.pop(0), "answered in order, behind the call"
        else:
            assert not open_calls, "every call is answered before anything else is said"
        assert message["content"].strip() if "content" in message else message.get("tool_calls")
        for call in message.get("tool_calls", ()):
            assert re.fullmatch(r"[a-zA-Z0-9_-]+", call["id"])
            assert len(call["id"]) <= longest_id
            assert call["id"] not in seen
            seen.add(call["id"])
            open_calls.append(call["id"])
            assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", call["function"]["name"])
            assert isinstance(json.loads(call["function"]["arguments"]), dict)
    assert not open_calls


@given(MESSAGES)
def test_any_context_becomes_one_that_is_taken(messages):
    found = valid(messages)
    is_taken(found)
    assert valid(found) == found


@given(MESSAGES)
def test_the_strictest_templates_take_it_in_turns_and_with_short_ids(messages):
    system = {"role": "system", "content": "You are Orion."}
    found = in_turn(valid([system, *messages]))
    is_taken(found, longest_id=9)
    assert all(len(call["id"]) == 9 for m in found for call in m.get("tool_calls", ()))
    roles = [message["role"] for message in found if message["role"] in {"user", "assistant"}]
    assert not roles or roles[0] == "user"
    for before, message in pairwise(found):
        assert (before["role"], message["role"]) not in {("user", "user"), ("tool", "user")}
        assert (before["role"], message["role"]) != ("assistant", "assistant")


def test_what_is_right_already_stays_as_it_is():
    messages = [
        {"role": "system", "content": "You are Orion."},
        {"role": "user", "content": "Tea."},
        calling([("call_1", "order", '{"item": "tea"}')], "One moment."),
        {"role": "tool", "tool_call_id": "call_1", "content": '{"done": true}'},
        {"role": "assistant", "content": "It is ordered."},
    ]
    assert valid(messages) == messages
    assert user_first(messages) == messages


def test_a_result_follows_its_call_and_a_call_without_one_is_told_as_such():
    late = [
        calling([("a", "order", "{}")], None),
        {"role": "user", "content": "And milk."},
        {"role": "tool", "tool_call_id": "a", "content": "done"},
        calling([("b", "order", "{}")], None),
        {"role": "tool", "tool_call_id": "nobody's", "content": "lost"},
    ]
    found = valid(late)
    assert [message["role"] for message in found] == ["assistant", "tool", "user", "assistant", "tool"]
    assert found[1]["content"] == "done"
    assert "cut off" in found[4]["content"]


def test_an_id_that_comes_twice_is_told_apart_with_its_result():
    twice = [
        calling([("call_0", "order", "{}")], None),
        {"role": "tool", "tool_call_id": "call_0", "content": "tea"},
        calling([("call_0", "order", "{}")], None),
        {"role": "tool", "tool_call_id": "call_0", "content": "milk"},
    ]
    assert [m["content"] for m in valid(twice) if m["role"] == "tool"] == ["tea", "milk"]


def test_a_name_that_cannot_be_kept_becomes_one_like_it():
    assert safe_name("multi_tool_use.parallel") == "multi_tool_use_parallel"
    assert safe_name("order") == "order"
    assert len(safe_name("n" * 70)) == 64
    assert safe_name("???") == "unknown_tool"
