"""The thirty published dialogues, by text with the offline agent and with a scripted model, and by voice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialogues import runs
from tests.dialogues.dialogue import published
from tests.dialogues.world import Running, serving
from tests.dialogues.written import Ended
from tests.journeys.conftest import need

README = Path(__file__).parents[2] / "README.md"
DIALOGUES = published()
BY_TEXT_AT_LEAST = 27
BY_VOICE_AT_LEAST = 20
SPOKEN_IN_EACH_RUN = {"garage", "five-and-london", "station"}


@pytest.fixture(scope="module")
def offline(open_dir) -> Iterator[Running]:
    with serving(open_dir / "dialogues-offline") as running:
        yield running


@pytest.fixture(scope="module")
def scripted(open_dir) -> Iterator[Running]:
    with serving(open_dir / "dialogues-scripted", DIALOGUES) as running:
        yield running


@pytest.fixture(scope="module")
def written(offline, scripted) -> list[list[Ended]]:
    """All by text, with the offline agent and with the scripted model, at the same time: most of it waits."""

    async def both() -> list[list[Ended]]:
        return await asyncio.gather(*(runs.written(running, DIALOGUES) for running in (offline, scripted)))

    return asyncio.run(both())


def wrong(ended):
    return {one.dialogue.id: one.wrong for one in ended if one.wrong}


def test_there_are_thirty_and_each_has_a_name_of_its_own():
    assert len(DIALOGUES) == len({dialogue.id for dialogue in DIALOGUES}) == 30
    exercised = {what for dialogue in DIALOGUES for what in dialogue.exercises}
    assert {"hand-off", "plan", "correction", "approval", "memory", "barge-in", "cancel"} <= exercised


def test_by_text_at_least_27_end_as_published_with_the_offline_agent(written):
    failed = wrong(written[0])
    assert len(DIALOGUES) - len(failed) >= BY_TEXT_AT_LEAST, failed
    assert set(failed) == {one.id for one in DIALOGUES if "text" in one.fails}, failed


def test_by_a_scripted_model_all_end_as_published_but_those_known(written):
    failed = wrong(written[1])
    assert set(failed) == {one.id for one in DIALOGUES if "model" in one.fails}, failed


async def test_some_end_as_published_by_voice(offline, tmp_path):
    need("flite")
    some = [dialogue for dialogue in DIALOGUES if dialogue.id in SPOKEN_IN_EACH_RUN]
    assert wrong(await runs.spoken(offline, some, tmp_path)) == {}


@pytest.mark.soak
async def test_by_voice_at_least_20_end_as_published(open_dir, tmp_path):
    need("flite")
    with serving(open_dir / "dialogues-spoken") as running:
        failed = wrong(await runs.spoken(running, DIALOGUES, tmp_path))
    assert len(DIALOGUES) - len(failed) >= BY_VOICE_AT_LEAST, failed


@pytest.mark.parametrize("dialogue", [one for one in DIALOGUES if one.fails], ids=lambda one: one.id)
def test_the_readme_lists_what_fails(dialogue):
    limits = README.read_text().partition("## Figures and limits")[2]
    assert f"`{dialogue.id}`" in limits
