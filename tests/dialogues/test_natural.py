"""The 48 published natural sentences, each with what a person would expect: by words, and by what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.dialogues.natural.talk import serving, talks
from tests.dialogues.natural.turns import load
from tests.dialogues.natural.verdict import Judged, Verdict

CONVERSATIONS = load(Path(__file__).parent / "natural" / "published.yaml")
SENTENCES = [turn.say for conversation in CONVERSATIONS for turn in conversation.turns]


@pytest.fixture(scope="module")
def judged(open_dir) -> Iterator[Mapping[str, Judged]]:
    with serving(open_dir / "natural") as running:
        talked = asyncio.run(talks(running, CONVERSATIONS))
        yield {one.turn.say: one for conversation in talked for one in conversation}


def test_there_are_48_and_none_is_said_twice():
    assert len(SENTENCES) == len(set(SENTENCES)) == 48


@pytest.mark.parametrize("said", SENTENCES)
def test_a_natural_sentence_is_answered_as_a_person_expects(judged, said):
    one = judged[said]
    assert one.verdict in {Verdict.RIGHT, Verdict.ACCEPTABLE}, f"{one.answer!r}: {'; '.join(one.why)}"
