"""Streams of OpenAI-compatible servers, in all shapes that were seen: the words and calls that were meant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orion.providers._text.arguments import arguments
from orion.providers._text.faults import FailedAnswer, MalformedAnswer
from orion.providers._text.reader import Reader
from orion.providers._text.stream import Stream

TOOLS = ("order", "stock", "clock")
TEA, MILK = {"item": "tea"}, {"item": "milk", "note": "it's {cold}"}
Calls = list[tuple[str, dict[str, Any]]]
SETS: list[Calls] = [
    [],
    [("order", TEA)],
    [("order", TEA), ("order", MILK)],
    [("order", TEA), ("stock", TEA)],
    [("order", MILK), ("stock", TEA), ("order", TEA)],
]


def chunk(delta: Any, finish: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def piece(name: str | None, given: Any, index: Any = None, call_id: str | None = None) -> dict[str, Any]:
    function = {**({} if name is None else {"name": name}), **({} if given is None else {"arguments": given})}
    found: dict[str, Any] = {"type": "function", "function": function}
    return {**found, **({} if index is None else {"index": index}), **({"id": call_id} if call_id else {})}


# how calls come: each a list of deltas


def _pieces(calls: Calls, index: Callable[[int], Any], ids: str, names: str) -> Iterator[dict[str, Any]]:
    for number, (name, told) in enumerate(calls):
        text = json.dumps(told)
        parts = ["", text[:4], text[4:9], text[9:]]
        for place, part in enumerate(parts):
            first = place == 0
            named = name if first or names == "each" else ("" if names == "empty" else None)
            call_id = f"call_{number}" if ids == "each" or (ids == "first" and first) else None
            yield {"tool_calls": [piece(named, part, index(number), call_id)]}


def _whole(calls: Calls, index: Callable[[int], Any], form: Callable[[Any], Any]) -> Iterator[dict[str, Any]]:
    made = [piece(name, form(given), index(number)) for number, (name, given) in enumerate(calls)]
    if made:
        yield {"tool_calls": made}


INDEXES: dict[str, Callable[[int], Any]] = {
    "own": lambda number: number,
    "zero": lambda _number: 0,
    "none": lambda _number: None,
    "from one": lambda number: number + 1,
    "text": str,
}
FORMS: dict[str, Callable[[Any], Any]] = {
    "text": json.dumps,
    "object": lambda given: given,
    "twice": lambda given: json.dumps(json.dumps(given)),
    "python": repr,
    "tag": lambda given: f"{json.dumps(given)}\n</tool_call>",
    "fence": lambda given: f"```json\n{json.dumps(given)}\n```",
    "token": lambda given: f"{json.dumps(given)}<|im_end|>",
    "empty first": lambda given: "{}" + json.dumps(given),
}
BY_CALLS: dict[str, Callable[[Calls], Iterator[dict[str, Any]]]] = {
    f"pieces: index {index}, ids {ids}, names {names}": partial(
        _pieces, index=INDEXES[index], ids=ids, names=names
    )
    for index, ids, names in product(INDEXES, ("first", "each", "none"), ("first", "each", "empty"))
}
BY_CALLS |= {
    f"whole: index {index}, {form}": partial(_whole, index=INDEXES[index], form=FORMS[form])
    for index, form in product(INDEXES, FORMS)
}

# how words come

TEXTS = ("", "Hello there, you two.", "Ünïcode — 你好 🎉, and more.")


def _delta_words(text: str, form: Callable[[str], Any]) -> Iterator[dict[str, Any]]:
    for at in range(0, len(text), 5):
        yield {"content": form(text[at : at + 5])}


BY_WORDS: dict[str, Callable[[str], Iterator[dict[str, Any]]]] = {
    "text": lambda text: _delta_words(text, lambda part: part),
    "parts": lambda text: _delta_words(text, lambda part: [{"type": "text", "text": part}]),
    "thinking parts": lambda text: _delta_words(
        text,
        lambda part: [
            {"type": "thinking", "thinking": [{"type": "text", "text": "Secret."}]},
            {"type": "text", "text": part},
        ],
    ),
    "strings": lambda text: _delta_words(text, lambda part: [part]),
    "anew": lambda text: ({"content": text[: at + 5]} for at in range(0, len(text), 5)),
}
BEFORE: dict[str, list[Any]] = {
    "nothing": [],
    "role": [chunk({"role": "assistant", "content": ""})],
    "no delta": [{"choices": [{"index": 0, "finish_reason": None, "content_filter_results": {}}]}],
    "null delta": [chunk(None)],
    "no choices": [{"prompt_filter_results": [], "choices": []}, {"choices": None}, {"id": "x"}],
    "reasoning": [chunk({"reasoning_content": "Secret."}), chunk({"reasoning": "Secret.", "content": None})],
    "usage": [{"choices": [], "usage": {"prompt_tokens": 1}}, {"usage": None, "choices": []}],
}
ENDS: dict[str, tuple[list[Any], bool]] = {
    "stop": ([chunk({}, "stop")], False),
    "null delta": ([chunk(None, "tool_calls")], False),
    "no delta": ([{"choices": [{"finish_reason": "stop"}]}], False),
    "odd": ([chunk({}, "eos_token")], False),
    "done": ([], True),
    "done and empty": ([chunk({}, "")], True),
    "filter behind": ([chunk({}, "stop"), {"choices": [{"index": 0, "content_filter_results": {}}]}], True),
    "usage": ([chunk({}, "stop"), {"choices": [], "usage": {"prompt_tokens": 2}}], True),
}


def encoded(values: list[Any], form: str, *, done: bool) -> bytes:
    lines = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "single": "\n", "noisy": "\n"}[form]
    gap = "" if form == "single" else lines
    noise = (
        f": ping{lines}{lines}data:{lines}{lines}event: ping{lines}data: x{lines}{lines}"
        if form == "noisy"
        else ""
    )
    colon = "data:" if form in {"cr", "noisy"} else "data: "
    ends = [*(json.dumps(value, ensure_ascii=False) for value in values), *(["[DONE]"] if done else [])]
    return "".join(f"{noise}{colon}{value}{lines}{gap}" for value in ends).encode()


def outcome(body: bytes, size: int) -> tuple[str, Calls, Reader]:
    reader, stream = Reader(TOOLS), Stream()
    said = ""
    for at in range(0, len(body), size):
        said += "".join(reader.take(value) for value in stream.take(body[at : at + size]))
    said += "".join(reader.take(value) for value in stream.end())
    said += reader.over(done=stream.done, whole=stream.whole)
    return said, reader.calls(), reader


def streamed(text: str, calls: Calls, *forms: str) -> tuple[list[Any], bool]:
    words, by_calls, before, end = forms
    deltas = [*BY_WORDS[words](text), *BY_CALLS[by_calls](calls)]
    last, done = ENDS[end]
    return [*BEFORE[before], *(chunk(delta) for delta in deltas), *last], done


def test_every_form_of_calls_is_read_with_every_set_of_calls():
    for form, calls in product(BY_CALLS, SETS):
        values, done = streamed("Hello.", calls, "text", form, "role", "stop")
        said, made, reader = outcome(encoded(values, "lf", done=done), 1 << 20)
        assert (said, made, reader.finished) == ("Hello.", calls, True), form


def test_every_form_of_words_beginning_and_end_is_read():
    for text, words, before, end, form in product(TEXTS, BY_WORDS, BEFORE, ENDS, ("lf", "noisy")):
        values, done = streamed(text, SETS[1], words, "whole: index own, text", before, end)
        said, made, reader = outcome(encoded(values, form, done=done), 1 << 20)
        assert (said, made, reader.finished) == (text, SETS[1], True), (words, before, end, form)


@pytest.mark.parametrize("size", [1, 2, 3, 50, 1 << 20])
@pytest.mark.parametrize("form", ["lf", "crlf", "cr", "single", "noisy"])
def test_bytes_may_be_cut_anywhere_and_lines_may_end_in_any_way(form, size):
    values, done = streamed(
        TEXTS[2], SETS[3], "text", "pieces: index zero, ids none, names first", "role", "usage"
    )
    said, made, reader = outcome(encoded(values, form, done=done), size)
    assert (said, made, reader.usage) == (TEXTS[2], SETS[3], {"prompt_tokens": 2})


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_all_forms_in_all_combinations_say_and_call_what_was_meant(data):
    text, calls = data.draw(st.sampled_from(TEXTS)), data.draw(st.sampled_from(SETS))
    forms = [data.draw(st.sampled_from(sorted(part))) for part in (BY_WORDS, BY_CALLS, BEFORE, ENDS)]
    values, done = streamed(text, calls, *forms)
    body = encoded(values, data.draw(st.sampled_from(["lf", "crlf", "cr", "single", "noisy"])), done=done)
    said, made, reader = outcome(body, data.draw(st.sampled_from([1, 7, 1000])))
    assert (said, made, reader.finished) == (text, calls, True)


@pytest.mark.parametrize("pretty", [None, 2])
@pytest.mark.parametrize("reason", ["stop", None])
def test_an_answer_that_was_not_streamed_is_read_whole(pretty, reason):
    message = {"role": "assistant", "content": "Hello.", "tool_calls": [piece("order", TEA, None, "a")]}
    whole = {"object": "chat.completion", "choices": [{"message": message, "finish_reason": reason}]}
    said, made, reader = outcome(json.dumps(whole, indent=pretty).encode(), 10)
    assert (said, made, reader.finished) == ("Hello.", [("order", TEA)], True)


def test_lines_of_json_are_a_stream_too():
    lines = [{"message": {"content": part}, "done": False} for part in ("Hel", "lo.")]
    last = {
        "message": {"content": "", "tool_calls": [piece("order", TEA)]},
        "done": True,
        "done_reason": "stop",
    }
    body = "\n".join(json.dumps(one) for one in (*lines, last)).encode()
    said, made, reader = outcome(body, 10)
    assert (said, made, reader.finished) == ("Hello.", [("order", TEA)], True)


def test_a_message_in_the_last_chunk_repeats_nothing():
    message = {"content": "Hello there.", "tool_calls": [piece("order", json.dumps(TEA), 0, "a")]}
    last = {"choices": [{"message": message, "finish_reason": "stop"}]}
    before = chunk({"content": "Hello ", "tool_calls": [piece("order", json.dumps(TEA), 0, "a")]})
    said, made, _ = outcome(encoded([before, last], "lf", done=True), 99)
    assert (said, made) == ("Hello there.", [("order", TEA)])


def test_calls_of_before_2023_are_calls():
    values = [
        chunk({"function_call": {"name": "order", "arguments": ""}}),
        chunk({"function_call": {"arguments": json.dumps(TEA)}}),
        chunk({}, "function_call"),
    ]
    assert outcome(encoded(values, "lf", done=True), 99)[1] == [("order", TEA)]


def test_two_pieces_that_begin_alike_by_chance_are_both_said():
    values = [chunk({"content": part}) for part in ("co", "co coconut", " milk")]
    assert outcome(encoded(values, "lf", done=True), 99)[0] == "coco coconut milk"
    assert outcome(encoded(values[:2], "lf", done=True), 99)[0] == "coco coconut"


@pytest.mark.parametrize(
    "value",
    [
        {"error": {"message": "m", "code": 502}},
        {"error": "overloaded"},
        {"object": "error", "message": "m", "code": 500},
        {"detail": "m"},
        chunk({}, "error"),
    ],
)
def test_an_error_in_the_stream_is_a_failure(value):
    with pytest.raises(FailedAnswer):
        outcome(encoded([chunk({"content": "Hel"}), value], "lf", done=False), 99)


@pytest.mark.parametrize(
    "body", [b'data: {"id": \n\n', b"<html></html>", b"data: half", b'{"choices": [', b"{]\n"]
)
def test_what_is_no_json_is_malformed(body):
    with pytest.raises(MalformedAnswer):
        outcome(body, 99)


def test_a_stream_that_just_ends_is_half():
    assert not outcome(encoded([chunk({"content": "Hel"})], "lf", done=False), 99)[2].finished
    untold = [chunk({"content": "Hel"}, "null"), chunk({"content": "lo"}, "null")]
    assert not outcome(encoded(untold, "lf", done=False), 99)[2].finished


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (None, {}),
        ("", {}),
        ("null", {}),
        ("None", {}),
        ("[]", {}),
        ([], {}),
        ("{}", {}),
        ('{"a": 1}}', {"a": 1}),
        ("{'a': None, 'b': True, 'c': 'it\\'s'}", {"a": None, "b": True, "c": "it's"}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ('{"a": 1} [/TOOL_CALLS]', {"a": 1}),
    ],
)
def test_arguments_are_read_in_all_their_forms(told, meant):
    assert arguments(told) == meant


@pytest.mark.parametrize("told", ['{"a": 1', '{"a": NaN}', "[1]", "3", "tea", '{"a": 1} and more', "{a: 1}"])
def test_of_half_an_object_nothing_is_guessed(told):
    with pytest.raises(MalformedAnswer):
        arguments(told)
