"""Texts as people say them: a table per language, `aloud/*.tsv`, and what holds for any text."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.text.emoji import EMOJI
from orion.domain.text.reading import read_aloud
from orion.providers._words import Sentences

TABLES = {path.stem: path for path in sorted((Path(__file__).parent / "aloud").glob("*.tsv"))}
HOSTILE = ("1", "a", '"', "*", "1.", "a1", "a.", "a@", "](", "<a ", "+1 ", "IV ")
PARTS = (
    "1 2 12 007 30 2026 1984 . , : ; - – / ( ) + * ^ = % $ € £ USD EUR km kg °C kWh pm a.m. AM Dr. St. No. "
    "Smith Henry IV II x X e.g. etc. @ # & ' \" { } [ ] | _ ` ~ < > \\ ½ ² ⁻ 👍 ❤️ é ß и 漢 Q3 B7K USB NASA "
    "www. .org http:// Nov May Mon, code is the and T 00 5 000"
).split()
anything = (
    st.text(max_size=80)
    | st.lists(st.sampled_from(PARTS), max_size=12).map("".join)
    | st.lists(st.sampled_from(PARTS), max_size=12).map(" ".join)
    | st.text(alphabet="0123456789.,:/-+ $€%xeAIVXk'\"()apm", max_size=40)
)


def said(text: str, language: str = "en") -> str:
    return " ".join(reading.said for reading in read_aloud(text, language) if reading.said)


def pairs(language: str) -> list[list[str]]:
    return [line.split("\t") for line in TABLES[language].read_text().splitlines()]


@pytest.mark.parametrize("language", TABLES)
def test_every_text_of_the_table_is_said_as_people_say_it(language):
    wrong = [
        (text, said(text, language), heard)
        for text, heard in pairs(language)
        if said(text, language) != heard
    ]
    assert not wrong


@pytest.mark.parametrize("language", TABLES)
def test_what_is_said_is_said_the_same_when_it_is_read_again(language):
    wrong = [(heard, said(heard, language)) for _, heard in pairs(language) if said(heard, language) != heard]
    assert not wrong


@pytest.mark.parametrize("language", TABLES)
@given(anything)
def test_no_markup_picture_or_figure_reaches_a_voice_and_no_figure_is_dropped(language, text):
    readings = read_aloud(text, language)
    assert [reading.written for reading in readings] == text.split()
    heard = " ".join(reading.said for reading in readings)
    assert not re.search(r"[0-9*_#`~^|\\<>{}\[\]=]", heard)
    assert not EMOJI.search(heard)
    assert re.search(r"[^\W\d_]", heard) or not re.search(r"[0-9]", text)


@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_takes_long(part):
    """Twice the text takes about twice the time: no expression looks back over all of it."""
    text = part * (100_000 // len(part))
    begun = time.process_time()
    read_aloud(text)
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("language", TABLES)
@pytest.mark.parametrize("size", [1, 7])
async def test_a_text_that_comes_in_parts_is_read_as_if_it_had_come_at_once(language, size):
    """What stands inside of a sentence is never cut by the sentences of a stream."""
    wrong = []
    for text, _ in pairs(language):
        whole = f"So {text} x, and on."
        cutter, found = Sentences(language=language), []
        for at in range(0, len(whole), size):
            found += [one.text async for one in cutter.aggregate(whole[at : at + size])]
        rest = await cutter.flush()
        found += [rest.text] if rest else []
        heard = " ".join(said(one, language) for one in found)
        if heard != said(whole, language):
            wrong.append((text, found))
    assert not wrong
