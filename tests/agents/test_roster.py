from __future__ import annotations

from pathlib import Path

import pytest

from orion.agents.roster import Roster, validate
from orion.errors import NotFound, StartError


def _project(folder: Path, agents: dict[str, str], settings: str = "") -> Path:
    (folder / "orion.toml").write_text(settings)
    (folder / "agents").mkdir()
    for name, text in agents.items():
        (folder / "agents" / f"{name}.yaml").write_text(text)
    return folder


def test_the_built_in_agents_are_there_and_orion_begins() -> None:
    roster = Roster.load()
    assert roster.names() == ["orion", "researcher", "scheduler"]
    assert roster.default == "orion"
    assert roster.get("orion").hand_offs == ("scheduler", "researcher")


def test_an_unknown_agent_is_not_found_and_the_known_ones_are_named() -> None:
    with pytest.raises(NotFound, match="orion, researcher, scheduler"):
        Roster.load().get("nobody")


def test_a_projects_own_agent_wins_over_the_built_in_one(tmp_path: Path) -> None:
    project = _project(tmp_path, {"orion": "instructions: mine\ngreeting: Moin!\n"})
    assert Roster.load(project).get("orion").greeting == "Moin!"


def test_the_projects_only_agent_begins(tmp_path: Path) -> None:
    assert Roster.load(_project(tmp_path, {"clerk": "instructions: be kind\n"})).default == "clerk"


def test_orion_toml_names_who_begins(tmp_path: Path) -> None:
    agents = {"clerk": "instructions: a\n", "cook": "instructions: b\n"}
    assert Roster.load(_project(tmp_path, agents, 'default_agent = "cook"\n')).default == "cook"


@pytest.mark.parametrize("settings", ['default_agent = "nobody"\n', "default_agent = \n"])
def test_a_default_agent_that_cannot_be_stops_the_start(tmp_path: Path, settings: str) -> None:
    with pytest.raises(StartError, match=r"orion\.toml"):
        Roster.load(_project(tmp_path, {}, settings))


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("instructions: a\nvoices: x\n", 2, "unknown key 'voices'"),
        ("instructions: |\n  tools: none\ntools: [hammer]\n", 3, "'hammer'"),
        ("instructions: a\ntools:\n  - timer\n  - hammer\n", 4, "'hammer'"),
        ("instructions: a\nhand_offs: [nobody]\n", 2, "'nobody'"),
        ("greeting: a\n", 1, "`instructions` is missing"),
        ("instructions: a\nmax_call_secs: soon\n", 2, "max_call_secs"),
        ("instructions: [\n", 2, "no YAML"),
        ("- a\n", 1, "mapping"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line_and_the_remedy(
    tmp_path: Path, text: str, line: int, word: str
) -> None:
    path = tmp_path / "clerk.yaml"
    path.write_text(text)
    complaints = validate(path, {"timer"}, {"orion"})
    assert len(complaints) == 1
    assert complaints[0].startswith(f"{path}:{line}: ")
    assert word in complaints[0]
    with pytest.raises(StartError, match=r"clerk\.yaml"):
        Roster.load(_project(tmp_path, {"clerk": text}))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clerk.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in validate(path, set(), set())[0]
    assert validate(tmp_path / "gone.yaml", set(), set())
