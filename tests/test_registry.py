import pytest

from orion import registry
from orion.errors import NotFound, StartError


def test_underscored_names_are_no_entries():
    assert all(not name.startswith("_") for name in registry.names("tools"))


def test_a_projects_entry_stands_beside_the_built_in_ones_and_wins(tmp_path):
    (tmp_path / "guardrails").mkdir()
    (tmp_path / "guardrails" / "input_limits.py").write_text("MINE = True\n")
    (tmp_path / "guardrails" / "profanity.py").write_text("")
    (tmp_path / "guardrails" / "_shared.py").write_text("")
    assert registry.names("guardrails", tmp_path) == sorted({*registry.names("guardrails"), "profanity"})
    assert registry.load("guardrails", "input_limits", tmp_path).MINE
    assert not hasattr(registry.load("guardrails", "input_limits"), "MINE")


def test_an_unknown_entry_is_told_with_those_that_are_there():
    with pytest.raises(NotFound, match="input_limits"):
        registry.load("guardrails", "nonsense")


@pytest.mark.parametrize("name", ["../settings", "os", "", "a.b"])
def test_a_name_cannot_leave_its_folder(name):
    with pytest.raises(NotFound):
        registry.load("guardrails", name)


def test_a_broken_file_of_the_project_names_itself(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "broken.py").write_text("import nothing_like_this\n")
    with pytest.raises(StartError, match=r"broken\.py.*nothing_like_this"):
        registry.load("tools", "broken", tmp_path)
