import logging
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


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "agents").mkdir(parents=True)
    (folder / "orion.toml").write_text("")
    return folder
