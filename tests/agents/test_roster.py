from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orion.agents.roster import Roster
from orion.domain.agent import AgentRow
from orion.errors import FaultyFiles, NotFound, StartError


def _project(folder: Path, agents: dict[str, str], settings: str = "") -> Path:
    (folder / "orion.toml").write_text(settings)
    (folder / "agents").mkdir()
    for name, text in agents.items():
        (folder / "agents" / f"{name}.yaml").write_text(text)
    return folder


def test_the_built_in_agents_are_there_and_the_concierge_begins() -> None:
    roster = Roster.load()
    assert roster.names() == ["concierge", "researcher", "scheduler"]
    assert roster.default == "concierge"
    assert roster.get("concierge").hand_offs == ("scheduler", "researcher")


def test_an_unknown_agent_is_not_found_and_the_known_ones_are_named() -> None:
    with pytest.raises(NotFound, match="concierge, researcher, scheduler"):
        Roster.load().get("nobody")


def test_a_projects_own_agent_wins_over_the_built_in_one(tmp_path: Path) -> None:
    project = _project(tmp_path, {"concierge": "instructions: mine\ngreeting: Moin!\n"})
    assert Roster.load(project).get("concierge").greeting == "Moin!"


def test_the_former_name_of_the_concierge_counts_where_nobody_has_it(tmp_path: Path) -> None:
    roster = Roster.load()
    row = AgentRow("clerk", 1, {"instructions": "a", "hand_offs": ["orion", "nobody"]}, datetime.now(UTC))
    assert "orion" in roster
    assert roster.get("orion") is roster.get("concierge")
    assert roster.covered([row]).get("clerk").hand_offs == ("concierge",)
    own = Roster.load(_project(tmp_path, {"orion": "instructions: mine\n"}))
    assert own.get("orion").instructions == "mine"


def test_the_projects_only_agent_begins(tmp_path: Path) -> None:
    assert Roster.load(_project(tmp_path, {"clerk": "instructions: be kind\n"})).default == "clerk"


def test_orion_toml_names_who_begins(tmp_path: Path) -> None:
    agents = {"clerk": "instructions: a\n", "cook": "instructions: b\n"}
    assert Roster.load(_project(tmp_path, agents, 'default_agent = "cook"\n')).default == "cook"


@pytest.mark.parametrize("settings", ['default_agent = "nobody"\n', "default_agent = \n"])
def test_a_default_agent_that_cannot_be_stops_the_start(tmp_path: Path, settings: str) -> None:
    with pytest.raises(StartError, match=r"orion\.toml"):
        Roster.load(_project(tmp_path, {}, settings))


def test_a_faulty_file_stops_the_start_with_all_that_is_wrong(tmp_path: Path) -> None:
    project = _project(tmp_path, {"clerk": "instructions: a\ntools: [hammer]\nllm: opnai\n", "cook": "- a\n"})
    with pytest.raises(FaultyFiles) as refused:
        Roster.load(project)
    assert [(fault.path.name, fault.line) for fault in refused.value.faults] == [
        ("clerk.yaml", 2),
        ("clerk.yaml", 3),
        ("cook.yaml", 1),
    ]


def test_a_projects_provider_is_known_to_its_agents(tmp_path: Path) -> None:
    project = _project(tmp_path, {"clerk": "instructions: a\nllm: acme/large, offline\n"})
    (project / "providers").mkdir()
    (project / "providers" / "acme.py").write_text("def llm(settings, agent): ...\n")
    assert Roster.load(project).get("clerk").llm == "acme/large, offline"
    (project / "agents" / "clerk.yaml").write_text("instructions: a\nstt: acme\n")
    with pytest.raises(FaultyFiles, match="stt: there is no 'acme'"):
        Roster.load(project)


def test_orion_toml_is_told_with_its_line(tmp_path: Path) -> None:
    project = _project(tmp_path, {}, '# who\ndefault_agent = "conciarge"\n')
    with pytest.raises(FaultyFiles, match=r"orion\.toml:2: .*'conciarge', did you mean 'concierge'\?"):
        Roster.load(project)
    (project / "orion.toml").write_text('# who\ndefault_agnt = "concierge"\n')
    with pytest.raises(FaultyFiles, match=r"orion\.toml:2: .*'default_agnt', did you mean 'default_agent'\?"):
        Roster.load(project)
    (project / "orion.toml").write_text("a = 1\nb = \n")
    with pytest.raises(FaultyFiles, match=r"orion\.toml:2: this is no TOML \(column 5\)"):
        Roster.load(project)
