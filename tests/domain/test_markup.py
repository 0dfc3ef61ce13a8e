import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.markup import Spoken, spoken
from orion.domain.sentence import split_sentences


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Yes.** It is *very* good, __really__ _so_.", "Yes. It is very good, really so."),
        ("***All*** of `it` and ~~none~~", "All of it and none"),
        ("See [the page](https://example.org/a_b) now.", "See the page now."),
        ("![A cat](cat.png) sits", "A cat sits"),
        ("# A heading\nText.", "A heading.\nText."),
        ("- Apples\n* Pears!\n+ [x] Plums\n", "Apples.\nPears!\nPlums.\n"),
        ("> quoted **words**", "quoted words"),
        ("Done! 🎉👍🏽 Bye 👩‍👩‍👧", "Done! Bye "),
        ("```python\nx = 1\n```\nSo.", "\nx = 1\n\nSo."),
        ("| Day | Time |\n|---|:-:|\n| Mon | 9 |\n", "Day, Time\n\nMon, 9\n"),
        ("one<br>two <b>three</b>", "one two three"),
        ("<p>one</p><p>t<b>w</b>o</p>", " one two "),
        ("R&amp;D &lt;b&gt; 5&nbsp;&#8364; a &copy b", "R&D <b> 5 € a &copy b"),
        ("[Foo](https://en.wikipedia.org/wiki/Foo_(bar)) and [b](<x y>) or [c][1]", "Foo and b or c"),
        ("1. Apples\n2) Pears!\n", "1. Apples.\n2) Pears!\n"),
        ("⏰ 7 ⌛ ⏳ ⌚ 1️⃣ ❤️‍🔥 🏳️‍🌈 🇩🇪 👩🏽‍🚀 🧑‍⚕️ ok", " 7 1 ok"),
        ("x ❶ ② → ⌘ ½ №", "x ❶ ② → ⌘ ½ №"),
        ("Above\n\n---\n\nBelow", "Above\n\n\n\nBelow"),
    ],
)
def test_markup_is_not_spoken(written, said):
    assert spoken(written) == said


@pytest.mark.parametrize(
    "text",
    [
        "It is 3 * 4 = 12, or 3*4, or 2**3.",
        "That costs -5 to 10 % (a < b > c).",
        "12. Anything else?",
        "Use snake_case_names, e.g. a_b.",
        "Well - yes; it's [sic] \"fine\" — isn't it?",
        "Ça va? 日本語 ok. №5 §3 °C €9",
    ],
)
def test_what_is_no_markup_stays_as_it_is(text):
    assert spoken(text) == text


def in_pieces(tokens):
    taken, held, said = Spoken(), "", ""
    for token in tokens:
        ready, held = split_sentences(held + token)
        said += taken.take(ready) if ready else ""
    return said + taken.take(held)


WORDS = st.sampled_from(
    [
        "**Well.",
        "so**",
        "*one*",
        "- two\n",
        "three.",
        "\n# four\n",
        "[five](http://x.org)",
        "`six`",
        "🎉",
        "7",
        "* 8",
    ]
)


@given(st.lists(WORDS, max_size=30), st.integers(1, 7))
def test_however_the_tokens_are_cut_no_mark_is_spoken(words, size):
    text = " ".join(words)
    said = in_pieces(text[at : at + size] for at in range(0, len(text), size))
    assert not re.search(r"\*\*|`|\]\(|http|🎉|#", said)
    assert re.findall(r"[a-z]+|[78]", re.sub(r"http\S*", "", text)) == re.findall(r"[a-z]+|[78]", said)


@given(st.text())
def test_any_text_can_be_taken_and_a_second_time_changes_little(text):
    assert len(spoken(text)) <= len(text) + text.count("\n") + text.count("|") * 2 + 1
