import logging
import os
import subprocess
import sys

import pytest
from loguru import logger

from orion import cli


@pytest.fixture
def orion(tmp_path, capsys):
    """Runs a command in this process; gives its exit code, and what it wrote to stdout and stderr."""
    handlers = list(logging.root.handlers)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            cli.main([*arguments, "--data-dir", str(tmp_path / "data")])
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    yield run
    logger.remove()
    logger.configure(extra={})
    logger.add(lambda message: print(message, end="", file=sys.stderr))
    logging.root.handlers[:] = handlers


SECRET = "s" * 32


@pytest.fixture
def on_database(database_url, tmp_path):
    """Runs a command on the test's database: exit code, output, error output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ORION_")}  # noqa: TID251
    env = {
        **kept,
        "DATABASE_URL": database_url.replace("+asyncpg", ""),
        "JWT_SECRET": SECRET,
        "ORION_SECRET_KEYS": SECRET,
        "ORION_DATA_DIR": str(tmp_path),
    }

    def run(*arguments, given="", **more):
        command = [sys.executable, "-m", "orion", *arguments]
        settings = {**env, **more}
        done = subprocess.run(command, input=given, capture_output=True, text=True, env=settings, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "agents").mkdir(parents=True)
    (folder / "orion.toml").write_text("")
    return folder
