import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRELUDE = """
import logging
from loguru import logger
from orion import log

log.configure({level!r})

def inside(module, code, **names):
    exec(compile(code, module, "exec"), {{"__name__": module, "logger": logger, "logging": logging, **names}})
"""


def logged(code: str, level: str = "INFO") -> str:
    """What a process of its own writes to stderr."""
    result = subprocess.run(
        [sys.executable, "-c", PRELUDE.format(level=level) + code], capture_output=True, text=True, check=True
    )
    assert result.stdout == ""
    return result.stderr


def test_a_line_carries_time_level_session_and_module():
    written = logged(
        "logger.info('outside')\n"
        "with log.in_session('0190'):\n    logger.info('inside')\n"
        "logger.info('again')\n"
    )
    first, second, third = written.splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO    - __main__: outside\Z", first)
    assert second.endswith("INFO    0190 __main__: inside")
    assert " - __main__: again" in third


def test_lines_below_the_level_are_left_out():
    written = logged("logger.info('soft')\nlogger.warning('loud')\n", level="WARNING")
    assert "soft" not in written
    assert "loud" in written


@pytest.mark.parametrize("library", ["pipecat.services.llm", "aiortc.rtp", "aioice.ice"])
def test_libraries_that_may_quote_what_was_said_are_heard_from_error_on(library):
    written = logged(f"inside({library!r}, \"logger.warning('quoted'); logger.error('failed')\")\n")
    assert "quoted" not in written
    assert f"{library}: failed" in written


def test_the_standard_librarys_logging_ends_in_the_same_lines():
    written = logged(
        'inside("acme.client", "logging.getLogger(__name__).info(\'soft\')")\n'
        'inside("acme.client", "logging.getLogger(__name__).warning(\'loud %s\', 7)")\n'
        'inside("aiortc.rtp", "logging.getLogger(__name__).warning(\'quoted\')")\n'
    )
    assert written.count("\n") == 1
    assert "acme.client: loud 7" in written


def test_a_traceback_does_not_print_the_values_of_variables():
    written = logged(
        "def fails(token):\n    raise ValueError('no')\n"
        "try:\n    fails('tok-' + 'en-of-ada')\nexcept ValueError:\n    logger.exception('failed')\n"
    )
    assert "in fails" in written
    assert "ValueError" in written
    assert "tok-en-of-ada" not in written


def test_a_traceback_names_errors_and_causes_but_does_not_quote_them():
    written = logged(
        "import asyncpg\n"
        "def asks():\n    raise asyncpg.DataError('invalid input: ' + 'ada ' + 'said this')\n"
        "try:\n    try:\n        asks()\n"
        "    except asyncpg.DataError as error:\n        raise RuntimeError('said ' + 'this') from error\n"
        "except RuntimeError as error:\n    logger.opt(exception=error).error('failed')\n"
        "    logging.getLogger('acme').error('failed too', exc_info=error)\n"
    )
    assert written.count("RuntimeError") == written.count("DataError") == 2
    assert "in asks" in written
    assert "said this" not in written


def test_no_log_call_of_ours_is_given_text_of_people():
    personal = re.compile(r"\b(text|content|transcript|words|email|password|token|arguments|result|detail)\b")
    found = [
        f"{path.relative_to(ROOT)}: {call}"
        for path in (ROOT / "orion").rglob("*.py")
        for call in re.findall(r"logger\.(?:debug|info|warning|error|exception)\((.*)\)", path.read_text())
        if personal.search(call.rpartition('"')[2])
    ]
    assert found == []
