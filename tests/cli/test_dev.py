"""What `orion dev` says before it serves; what it does then stands in `tests/journeys/test_dev.py`."""

from argparse import Namespace

import pytest

from orion.cli import changes, init
from orion.cli.dev import _Project
from orion.errors import FaultyFiles
from orion.settings import Settings


@pytest.fixture
def shop(tmp_path):
    init.write(tmp_path)
    return tmp_path


def read(folder):
    """The settings as they are read anew when something has changed."""
    given = Namespace(project=folder, data_dir=folder / "data")
    settings = Settings(data_dir=folder / "data", project=folder)
    return _Project(folder, given, settings, changes.snapshot(folder))._read()


def test_without_a_project_the_way_to_one_is_told(orion):
    code, _, err = orion("dev")
    assert code == 1
    assert "there is no project here; make one: `orion init DIR`" in err


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"# mine\nORION_SST=auto\n", ":2: unknown setting ORION_SST", "did you mean ORION_STT?"),
        (b"export ORION_MAX_SESSIONS=many\n", ":1: ORION_MAX_SESSIONS=many is no whole number", "mend it"),
        (b"JWT_SECRET=short\n", ":1: JWT_SECRET is shorter than 32 bytes", "openssl rand -hex 32"),
        (b"PORT=3000\xff\n", ":1: it cannot be read: UnicodeDecodeError", "in UTF-8?"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_with_its_line(shop, content, place, words):
    (shop / ".env").write_bytes(content)
    with pytest.raises(FaultyFiles) as refused:
        read(shop)
    assert refused.value.detail.startswith(f"{shop}/.env{place}")
    assert words in refused.value.detail


def test_good_settings_are_read_with_the_projects_folder(shop):
    (shop / ".env").write_text("ORION_LLM=offline\n")
    assert (read(shop).llm, read(shop).project) == (("offline",), shop)
