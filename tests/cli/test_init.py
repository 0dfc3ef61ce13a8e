"""What `orion init` writes is valid, private where it must be, and overwrites nothing."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from orion.cli import init
from orion.errors import StartError
from orion.settings import Settings

ROOT = Path(__file__).parents[2]
WRITTEN = {
    ".env",
    ".gitignore",
    "README.md",
    "agents/reception.yaml",
    "orion.toml",
    "tests/test_opening_hours.py",
    "tools/opening_hours.py",
}


@pytest.fixture
def shop(tmp_path):
    init.write(tmp_path / "shop")
    return tmp_path / "shop"


def test_a_project_is_written_and_told(orion, tmp_path):
    code, out, _ = orion("init", str(tmp_path / "shop"))
    written = {path.relative_to(tmp_path / "shop").as_posix() for path in (tmp_path / "shop").rglob("*.*")}
    assert (code, written) == (0, WRITTEN)
    assert f"cd {tmp_path / 'shop'}" in out


def test_a_name_with_a_space_is_told_in_quotes_and_no_option_is_shown_that_does_nothing(orion, tmp_path):
    _, out, _ = orion("init", str(tmp_path / "My Shop"))
    assert f"cd '{tmp_path / 'My Shop'}'" in out
    _, text, _ = orion("init", "--help")
    assert "--data-dir" not in text


def test_an_empty_folder_is_taken(tmp_path):
    assert len(init.write(tmp_path)) == len(WRITTEN)


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StartError, match="is not empty, and nothing in it is overwritten"):
        init.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "shop").write_text("")
    with pytest.raises(StartError, match="cannot be written: "):
        init.write(tmp_path / "shop")


def test_only_the_owner_reads_the_settings_which_hold_no_secret(shop):
    assert stat.S_IMODE((shop / ".env").stat().st_mode) == 0o600
    assert all(line.startswith("#") or not line for line in (shop / ".env").read_text().splitlines())
    assert ".env" in (shop / ".gitignore").read_text().splitlines()


def test_every_setting_of_the_env_file_is_known(shop):
    uncommented = (shop / ".env").read_text().replace("# ORION_", "ORION_").replace("# PORT", "PORT")
    (shop / ".env").write_text(uncommented)
    assert Settings.read({}, project=shop).llm_model


def test_the_project_is_valid(orion, shop):
    assert orion("agents", "validate", "--project", str(shop))[:2] == (0, "2 files are valid.\n")


def test_its_own_tests_pass_by_plain_pytest_in_its_folder(shop):
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}  # noqa: TID251 - the tests' own
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=shop, env=environ, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout


def test_the_wheel_carries_what_is_written():
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "orion/cli/scaffold").rglob("*.*")}
    ignored = subprocess.run(
        ["git", "check-ignore", *sorted(files)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert not ignored.stdout  # hatchling leaves out what git ignores
