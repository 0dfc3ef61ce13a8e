import pytest

from orion import registry
from orion.errors import FaultyFiles, NotFound, StartError


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


def test_a_broken_file_is_told_with_the_line_at_which_it_breaks(tmp_path):
    (tmp_path / "tools").mkdir()
    broken = tmp_path / "tools" / "broken.py"
    for text, line, what in (
        ("a = 1\nb = c\n", 2, "NameError: name 'c' is not defined"),
        ("def f():\n    return 1 / 0\n\nf()\n", 2, "ZeroDivisionError"),
        ("import sys\nsys.exit(3)\n", 2, "SystemExit: 3"),
        ("a = 1\nb = (\n", 2, "Python syntax error: '(' was never closed"),
    ):
        broken.write_text(text)
        with pytest.raises(FaultyFiles) as refused:
            registry.load("tools", "broken", tmp_path)
        (fault,) = refused.value.faults
        assert (fault.path, fault.line) == (broken, line)
        assert what in fault.what


def test_a_changed_entry_is_imported_anew_and_others_stay(tmp_path):
    (tmp_path / "guardrails").mkdir()
    (tmp_path / "guardrails" / "first.py").write_text("N = 1\n")
    (tmp_path / "guardrails" / "second.py").write_text("N = 1\n")
    first, second = (registry.load("guardrails", name, tmp_path) for name in ("first", "second"))
    changed = tmp_path / "guardrails" / "first.py"
    changed.write_text("N = 2\n")  # within the same second, and of the same size
    assert registry.load("guardrails", "first", tmp_path) is first
    with registry.renewed(tmp_path, [changed]):
        assert registry.load("guardrails", "first", tmp_path).N == 2
        assert registry.load("guardrails", "second", tmp_path) is second
    assert registry.load("guardrails", "first", tmp_path).N == 2
    assert first.N == 1
    assert not (tmp_path / "guardrails" / "__pycache__").exists()


def test_after_a_failure_all_entries_are_those_of_before(tmp_path):
    (tmp_path / "guardrails").mkdir()
    names = ("first", "second")
    for name in names:
        (tmp_path / "guardrails" / f"{name}.py").write_text("N = 1\n")
    before = [registry.load("guardrails", name, tmp_path) for name in names]
    (tmp_path / "guardrails" / "first.py").write_text("N = 2\n")
    (tmp_path / "guardrails" / "second.py").write_text("nothing\n")
    paths = [tmp_path / "guardrails" / f"{name}.py" for name in names]
    with pytest.raises(FaultyFiles), registry.renewed(tmp_path, paths):
        [registry.load("guardrails", name, tmp_path) for name in names]
    assert [registry.load("guardrails", name, tmp_path) for name in names] == before


def test_a_file_that_others_share_renews_its_whole_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", False)  # as where nobody has set it
    entry = tmp_path / "guardrails" / "pack"
    entry.mkdir(parents=True)
    (entry / "_words.py").write_text("N = 1\n")
    (entry / "__init__.py").write_text("from ._words import N\n")
    assert registry.load("guardrails", "pack", tmp_path).N == 1
    (entry / "_words.py").write_text("N = 2\n")
    with registry.renewed(tmp_path, [entry / "_words.py"]):
        assert registry.load("guardrails", "pack", tmp_path).N == 2
