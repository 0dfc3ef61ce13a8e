"""Which files of a project count, and what their changes need."""

import os

import pytest

from orion.cli import changes, init


@pytest.fixture
def shop(tmp_path):
    init.write(tmp_path)
    return tmp_path


def test_a_file_that_is_new_gone_or_different_has_changed(shop):
    before = changes.snapshot(shop)
    assert changes.changed(before, changes.snapshot(shop)) == set()
    (shop / "tools" / "weather").mkdir()
    (shop / "tools" / "weather" / "__init__.py").write_text("")
    (shop / "agents" / "reception.yaml").unlink()
    tool = shop / "tools" / "opening_hours.py"
    tool.write_text(tool.read_text().replace("nine", "five"))  # the same size
    os.utime(tool, ns=(0, before[tool][0] + 1))
    assert changes.changed(before, changes.snapshot(shop)) == {
        shop / "tools" / "weather" / "__init__.py",
        shop / "agents" / "reception.yaml",
        tool,
    }


def test_what_does_not_count_is_not_looked_at(shop):
    before = changes.snapshot(shop)
    (shop / "README.md").write_text("")
    (shop / "tests" / "test_other.py").write_text("")
    (shop / "agents" / "notes.txt").write_text("")
    assert changes.snapshot(shop) == before


def test_parts_of_the_server_need_a_restart(shop):
    paths = [shop / name for name in ("tools/a.py", ".env", "orion.toml", "providers/acme/__init__.py")]
    assert changes.restarting(shop, paths) == [shop / ".env", shop / "providers/acme/__init__.py"]
