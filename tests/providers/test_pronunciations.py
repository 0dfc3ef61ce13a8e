"""A lexicon of the project and of the agent, as the voices take it."""

import json

import numpy as np
import pytest

from orion import providers
from orion.agents import roster
from orion.agents.roster import Roster
from orion.domain.agent import Agent
from orion.domain.text.lexicon import Lexicon, marked
from orion.domain.text.reading import read_aloud
from orion.errors import FaultyFiles
from orion.providers import _pronunciations, espeak, flite, hibari
from orion.providers._speech import SpeechWorker
from orion.providers._words import WrittenWords


@pytest.fixture
def project(settings, tmp_path):
    """Settings with a project that has this lexicon."""

    def made(text: str):
        (tmp_path / "pronunciations.yaml").write_text(text)
        return settings.changed(project=tmp_path)

    return made


async def secs_of(engine: str, said: str) -> float:
    worker = SpeechWorker(engine)
    try:
        packets = [content async for kind, content in worker.speak(said, "", "en") if kind == b"A"]
        return len(b"".join(packets)) / 2 / worker.rate_hz
    finally:
        await worker.stop()


def given(text: str, **entries: str) -> str:
    """What a voice's process is given."""
    return " ".join(reading.said for reading in Lexicon(entries).pronounced(read_aloud(text), marked))


@pytest.mark.parametrize(("engine", "module"), [("hibari", hibari), ("espeak", espeak), ("flite", flite)])
async def test_a_voice_says_phonemes_instead_of_the_letters(settings, engine, module):
    if module.available(settings, "tts"):
        pytest.skip(f"{engine} is not here")
    short = await secs_of(engine, given("Worcestershire", Worcestershire="/ˈwʊstə/"))
    spelled = await secs_of(engine, "Woostuh")
    long = await secs_of(engine, "Massachusetts Bay")
    assert short == pytest.approx(spelled, abs=0.25)
    assert short < long - 0.15


async def test_written_words_are_told_whatever_is_said():
    worker = SpeechWorker("hibari")
    words: list[tuple[str, float]] = []
    async for kind, content in worker.speak(given("Ask Siobhan now.", Siobhan="/ʃɪˈvɔːn/"), "", "en"):
        words += json.loads(content) if kind == b"W" else []
    await worker.stop()
    assert len(words) == 3
    assert np.all(np.diff([secs for _, secs in words]) > 0)


def test_the_agents_entries_win_over_the_projects(project):
    settings = project("Siobhan: shiv-awn\nNguyen: win\n")
    agent = Agent("test", "", pronunciations={"nguyen": "noo-yen"})
    lexicon = _pronunciations.lexicon_of(settings, agent)
    assert lexicon.respelled("Siobhan Nguyen") == "shiv-awn noo-yen"


def test_every_voice_of_a_call_has_the_lexicon(project):
    settings = project("Siobhan: shiv-awn\n").changed(tts=("hibari", "flite", "espeak"))
    for candidate in providers.ttss(settings, Agent("test", "")):
        assert isinstance(candidate.service, WrittenWords)
        assert candidate.service.orion_lexicon.respelled("Siobhan") == "shiv-awn"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("- Siobhan\n", 1, "are a mapping"),
        ("ok: okay\nSiobhan:\n  say: x\n", 2, "one line of text"),
        ("ok: okay\nSiobhan: /★/\n", 2, "is no phoneme"),
        ("ok: 'okay\n", 2, "no YAML"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(project, text, line, what):
    settings = project(text)
    with pytest.raises(FaultyFiles) as raised:
        Roster.load(settings.project)
    [fault] = raised.value.faults
    assert (fault.path.name, fault.line) == ("pronunciations.yaml", line)
    assert what in fault.what
    assert "word: spelling" in fault.remedy
    assert not _pronunciations.lexicon_of(settings, Agent("test", "")).respellings("ok")


def test_an_empty_file_is_no_fault(project):
    assert _pronunciations.read(project("# nothing yet\n").project) == {}


def test_an_agents_faulty_entry_is_told_with_its_line(tmp_path):
    path = tmp_path / "host.yaml"
    path.write_text("instructions: Be brief.\npronunciations:\n  Ann: ahn\n  Bob: /b★b/\n")
    [fault] = roster.validate(path)
    assert "is no phoneme" in fault.what
    assert "/phonemes/" in fault.remedy
