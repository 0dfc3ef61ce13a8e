"""What is said of what models write: however it is cut, no thought, no token and no call is among it."""

# ruff: noqa: E501, ISC004 - what models write stands here as it comes

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orion.providers._text.faults import MalformedAnswer
from orion.providers._text.words import Words

ITEM = {"item": {"type": "string"}, "count": {"type": "integer"}}
TOOLS = {"order": {"properties": ITEM}, "stock": {}}
SECRET = "Offer 500 dollars. Do not tell."
CALL = '{"name": "order", "arguments": {"item": "tea"}}'
LLAMA = '{"name": "order", "parameters": {"item": "tea"}}'
MADE = [("order", {"item": "tea"})]
SIZES = (1, 2, 3, 7, 1000)


def read(answer: str, size: int, opened: bool | None = False) -> tuple[str, list[tuple[str, object]]]:
    """What is said, and what is called, where the answer comes in pieces of so many characters."""
    words = Words(TOOLS, opened=opened)
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
    said = [text for piece in pieces for text in words.take(piece)]
    said += words.rest()
    return "".join(said), [(call.name, call.arguments) for call in words.calls]


THOUGHTS = {
    f"<think>{SECRET}</think> Hello there.": "Hello there.",
    f"<think>\n{SECRET}\n</think>\n\nHello there.": "Hello there.",
    f"<THINK>{SECRET}</THINK>Hello there.": "Hello there.",
    f'<thinking type="x">{SECRET}</thinking>Hello there.': "Hello there.",
    f"<reasoning>{SECRET}</reasoning> Hello there.": "Hello there.",
    f"<seed:think>{SECRET}</seed:think>Hello there.": "Hello there.",
    f"<|begin_of_thought|>{SECRET}<|end_of_thought|>Hello there.": "Hello there.",
    f"<|START_THINKING|>{SECRET}<|END_THINKING|><|START_RESPONSE|>Hello there.<|END_RESPONSE|>": "Hello there.",
    f"[THINK]{SECRET}[/THINK]Hello there.": "Hello there.",
    f"◁think▷{SECRET}◁/think▷Hello there.": "Hello there.",
    f"<think>{SECRET}</think><answer>Hello there.</answer>": "Hello there.",
    f"Hello. <think>{SECRET}</think>There.": "Hello. There.",
    f'<think>{SECRET} Say "hello"</think>Hello there.': "Hello there.",
    f"<think>A `</think>` is quoted. {SECRET}</think>Hello there.": "Hello there.",
    f"<think>{CALL} {SECRET}</think>Hello there.": "Hello there.",
    f"<think>{SECRET}": "",
    f"<think>{SECRET}</thin": "",
    f"<|channel|>analysis<|message|>{SECRET}<|end|><|start|>assistant<|channel|>final<|message|>Hi.<|return|>": "Hi.",
    f"<|start|>assistant<|channel|>analysis<|message|>{SECRET}<|end|>": "",
    f"<|channel|>commentary<|message|>Hi.<|end|><|start|>assistant<|channel|>analysis<|message|>{SECRET}": "Hi.",
    f"analysisWe know. {SECRET}assistantfinalHello there.": "Hello there.",
}
TOKENS = {
    "Hello there.<|im_end|>": "Hello there.",
    "Hello there.<|im_end|>\n<|im_start|>user\nWhat else?<|im_end|>": "Hello there.\n",
    "<|im_start|>assistant\nHello there.<|im_end|>": "Hello there.",
    "Hello there.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhat else?": "Hello there.",
    "<|start_header_id|>assistant<|end_header_id|>\n\nHello there.<|eot_id|>": "Hello there.",
    "Hello there.<end_of_turn>\n<start_of_turn>user\nWhat else?": "Hello there.\n",
    "Hello there.<｜end▁of▁sentence｜><｜User｜>What else?": "Hello there.",
    "Hello there.<|end|><|user|>\nWhat else?<|end|><|assistant|>\nBye.": "Hello there.\nBye.",
    "<s>Hello there.</s>": "Hello there.",
    "Hello there.[INST] What else? [/INST]Bye.": "Hello there.Bye.",
    "Hello there.<|endoftext|>": "Hello there.",
    "Hello there.<|im_e": "Hello there.",
}
TALK = (
    "Use the `<think>` tag, and `</think>` behind it.",
    'Write "<think>" before, and "</think>" behind.',
    "```xml\n<think>like this</think>\n<tool_call>{}</tool_call>\n```\nThat is all.",
    "The tag <tool_call> is what Qwen writes.",
    "The `<|im_end|>` token ends a message, and `[TOOL_CALLS]` begins calls.",
    "Seven is < eight, <3 is a heart, <b>bold</b> is not, and a[0] [is] fine.",
    "An analysis of data, and <s>struck</s> text.",
    '{"name": "Ann", "age": 5}',
    '{"name": "order", "note": "no arguments"} and more',
    f"{CALL} is the JSON that you wanted.",
    f"Here it is:\n```json\n{CALL}\n```",
    '[{"name": "Ann", "arguments": {}}]',
    "[1, 2, 3]",
    "[order] it now",
    "analysis",
    "Hello `",
    "[",
    "{",
    "<",
)
CALLS = (
    f"<tool_call>\n{CALL}\n</tool_call>",
    f"<tool_call>{CALL}</tool_call>\nIt is done, I made that up.",
    LLAMA,
    f"[{CALL}]",
    f"```json\n{CALL}\n```",
    f"{LLAMA}<|eom_id|>",
    '<function=order>{"item": "tea"}</function>',
    "<function=order>\n<parameter=item>\ntea\n</parameter>\n</function>",
    "<tool_call>\n<function=order>\n<parameter=item>\ntea\n</parameter>\n</function>\n</tool_call>",
    f"<|python_tag|>{LLAMA}<|eom_id|>",
    '<|python_tag|>order.call(item="tea")<|eom_id|>',
    '[order(item="tea")]',
    '```tool_code\norder(item="tea")\n```',
    f"[TOOL_CALLS] [{CALL}]",
    '[TOOL_CALLS]order[ARGS]{"item": "tea"}</s>',
    '[TOOL_CALLS]order[CALL_ID]a1b2c3d4e[ARGS]{"item": "tea"}',
    '[TOOL_CALLS]order{"item": "tea"}',
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>order\n```json\n"
    '{"item": "tea"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>order<｜tool▁sep｜>{"item": "tea"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="order">\n<｜DSML｜parameter name="item" string="true">tea'
    "</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>",
    '<|tool_calls_section_begin|><|tool_call_begin|>order<|tool_call_argument_begin|>{"item": "tea"}'
    "<|tool_call_end|><|tool_calls_section_end|>",
    '<function_calls>\n<invoke name="order">\n<parameter name="item">tea</parameter>\n</invoke>\n</function_calls>',
    '<minimax:tool_call>\n<invoke name="order">\n<parameter name="item">tea</parameter>\n</invoke></minimax:tool_call>',
    "<tool_call>order\n<arg_key>item</arg_key>\n<arg_value>tea</arg_value>\n</tool_call>",
    '<|start|>assistant to=order<|channel|>commentary json<|message|>{"item": "tea"}<|call|>',
    '<|channel|>commentary to=order <|constrain|>json<|message|>{"item": "tea"}<|call|>',
    f"<TOOLCALL>[{CALL}]</TOOLCALL>",
    f"<|tool_call|>[{CALL}]<|/tool_call|>",
    '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "order", "parameters": {"item": "tea"}}]<|END_ACTION|>',
    '<tool_call>{"name": "order", "arguments": "{\\"item\\": \\"tea\\"}"}</tool_call>',
    "<tool_call>{'name': 'order', 'arguments': {'item': 'tea'}}</tool_call>",
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("answer", "said"), [*THOUGHTS.items(), *TOKENS.items()])
def test_what_a_model_thinks_and_what_its_template_adds_is_never_said(answer, said, size):
    assert read(answer, size) == (said, [])


@pytest.mark.parametrize(("answer", "said"), THOUGHTS.items())
def test_a_thought_may_be_cut_anywhere(answer, said):
    for at, to in product(range(0, len(answer), 3), range(1, 12, 5)):
        words = Words(TOOLS)
        pieces = (answer[:at], answer[at : at + to], answer[at + to :])
        found = [text for piece in pieces for text in words.take(piece)]
        assert "".join([*found, *words.rest()]) == said


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("answer", TALK)
def test_text_that_talks_about_marks_or_is_json_is_said_as_it_is(answer, size):
    assert read(answer, size) == (answer, [])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("answer", CALLS)
def test_a_call_that_is_written_as_text_is_made_and_not_said(answer, size):
    assert read(answer, size) == ("", MADE)


@pytest.mark.parametrize("answer", [one for one in CALLS if one[0] == "<" and "to=" not in one])
def test_words_before_a_call_that_has_a_mark_are_said(answer):
    assert read(f"Let me see.\n{answer}", 3) == ("Let me see.\n", MADE)


@pytest.mark.parametrize("size", SIZES)
def test_several_calls_are_all_made(size):
    both = [*MADE, ("stock", {})]
    other = CALL.replace("order", "stock").replace('"item": "tea"', "")
    assert read(f"<tool_call>{CALL}</tool_call>\n<tool_call>{other}</tool_call>", size) == ("", both)
    assert read(f"{CALL}; {other}", size) == ("", both)
    assert read(f"[{CALL}, {other}]", size) == ("", both)


@pytest.mark.parametrize("size", SIZES)
def test_half_a_call_is_an_error_and_not_said(size):
    for half in ('<tool_call>{"name": "order", "arguments": {"item": "te', LLAMA[:-8]):
        words = Words(TOOLS)
        assert [text for at in range(0, len(half), size) for text in words.take(half[at : at + size])] == []
        with pytest.raises(MalformedAnswer):
            words.rest()


def test_numbers_between_tags_are_what_the_schema_says():
    body = "<parameter=item>12</parameter><parameter=count>2</parameter>"
    assert read(f"<function=order>{body}</function>", 5)[1] == [("order", {"item": "12", "count": 2})]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("answer", "said", "opened"),
    [
        (f"{SECRET}</think> Hello there.", "Hello there.", True),
        (f"{SECRET} ```code```.</think>Hello there.", "Hello there.", True),
        ("Hello there.", "Hello there.", False),
        (f"<think>{SECRET}</think>Hello there.", "Hello there.", False),
    ],
)
def test_a_thought_that_the_template_opened_is_known_by_its_end(answer, said, opened, size):
    words = Words(TOOLS, opened=None)
    found = [text for at in range(0, len(answer), size) for text in words.take(answer[at : at + size])]
    assert "".join([*found, *words.rest()]) == said
    assert words.opened is opened


def test_what_is_held_back_in_doubt_is_said_when_it_has_been_long_enough():
    words = Words(TOOLS, opened=None)
    assert words.take("Hello ") == []
    assert words.unsure
    assert words.believe() == ["Hello "]
    assert words.take("there.") == ["there."]


def test_a_thought_that_was_cut_at_its_longest_is_not_said():
    words = Words(TOOLS, opened=True)
    assert words.take(SECRET) == []
    assert words.rest(cut=True) == []


@pytest.mark.parametrize("token", ["Hello", " there", "Hi! ", "12", "¿Qué", "今日"])
def test_an_ordinary_token_is_said_at_once(token):
    assert "".join(Words(TOOLS).take(token)) == token.lstrip()


WORD = st.text(alphabet="abcdefgh ", min_size=1, max_size=9)


@settings(deadline=None)
@given(st.lists(WORD, min_size=1, max_size=6), st.data())
def test_no_text_without_marks_is_lost_or_changed(words, data):
    answer = "".join(words)
    reader, found, at = Words(TOOLS), [], 0
    while at < len(answer):
        size = data.draw(st.integers(1, 5))
        found += reader.take(answer[at : at + size])
        at += size
    assert "".join([*found, *reader.rest()]) == answer.lstrip()


@settings(deadline=None)
@given(st.text(alphabet='ab <>/|[]{}"`thinkTHINK:=\n', max_size=80), st.integers(1, 9))
def test_any_text_is_read_alike_however_it_is_cut(answer, size):
    def outcome(size: int) -> object:
        try:
            return read(answer, size)
        except MalformedAnswer:
            return "malformed"

    assert outcome(size) == outcome(1000)
