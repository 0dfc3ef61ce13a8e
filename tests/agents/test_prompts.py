import re

import pytest

from orion.agents import prompts
from orion.agents.roster import Roster
from orion.domain.agent import Agent
from orion.errors import StartError


def own(tmp_path, name, content):
    (tmp_path / "prompts").mkdir(exist_ok=True)
    (tmp_path / "prompts" / name).write_bytes(content)
    return tmp_path


def test_every_built_in_prompt_has_a_version_and_knows_the_language():
    found = prompts.load()
    assert set(found) == {"spoken", "written", "summary"}
    assert all(re.fullmatch(r"v\d+", prompt.version) for prompt in found.values())
    assert all("{{" not in prompt.told(Agent("a", "")) for prompt in found.values())


@pytest.mark.parametrize(
    ("code", "told"),
    [("de", "in German,"), ("pt_BR", "in Portuguese (pt-BR),"), ("tlh", "in the language tlh,")],
)
def test_the_agents_language_is_named(code, told):
    assert told in prompts.load()["spoken"].told(Agent("a", "", language=code))


def test_a_projects_prompt_takes_the_place_of_the_built_in_one_and_is_known_by_its_content(tmp_path):
    first = prompts.load(own(tmp_path, "spoken.md", b"Talk like a pirate, in {{language}}."))["spoken"]
    assert first.told(Agent("a", "")) == "Talk like a pirate, in English."
    second = prompts.load(own(tmp_path, "spoken.md", b"Talk like a judge."))["spoken"]
    assert first.version.startswith("project-")
    assert first.version != second.version
    assert prompts.load(tmp_path)["written"].version == prompts.load()["written"].version


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("spokn.md", b"x", "there are: spoken, summary, written"),
        ("spoken.md", b"\xff", "UTF-8"),
        ("spoken.md", b"x" * 20_001, "longer"),
    ],
)
def test_what_cannot_be_used_stops_the_start_and_says_why(tmp_path, name, content, said):
    with pytest.raises(StartError, match=said):
        prompts.load(own(tmp_path, name, content))


def test_the_built_in_agents_leave_it_to_the_prompts_how_to_answer():
    roster = Roster.load()
    for name in roster.names():
        assert not re.search("spoken|markup|sentences", roster.get(name).instructions)
