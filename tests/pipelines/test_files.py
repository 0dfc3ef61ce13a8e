"""Agents, tools, checks and providers of a project are read together, and their faults told together."""

import pytest

from orion.cli import init
from orion.errors import FaultyFiles
from orion.pipelines.files import Files, faults


@pytest.fixture
def shop(tmp_path):
    init.write(tmp_path)
    return tmp_path


def test_what_a_project_holds_stands_beside_what_is_built_in(shop):
    files = Files.load(shop)
    assert files.roster.default == "reception"
    assert {"opening_hours", "calculator"} <= set(files.tools)
    assert "input_limits" in files.checks


def test_every_fault_is_told_once(shop):
    for folder in ("guardrails", "providers"):
        (shop / folder).mkdir()
    (shop / "guardrails" / "polite.py").write_text("RUDE = ()\n")
    (shop / "providers" / "acme.py").write_text("a = 1\nb = c\n")
    (shop / "tools" / "opening_hours.py").write_text('"""Tells."""\nRISK = "some"\n')
    told = [f"{fault.path.relative_to(shop)}:{fault.line}: {fault.what}" for fault in faults(shop)]
    assert told == [
        "tools/opening_hours.py:1: the arguments are missing",
        "tools/opening_hours.py:1: what runs is missing",
        "tools/opening_hours.py:2: there is no risk 'some'",
        "guardrails/polite.py:1: the check is missing",
        "providers/acme.py:2: NameError: name 'c' is not defined",
    ]
    with pytest.raises(FaultyFiles):
        Files.load(shop)


def test_what_is_built_in_has_no_faults():
    assert faults(None) == []
