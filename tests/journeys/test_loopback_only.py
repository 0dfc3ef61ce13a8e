"""On a machine with nothing but loopback (a container without a network) everything still works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import need

ROOT = Path(__file__).parents[2]
CHOSEN = "answered_by_a_tool or typed_words"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a network namespace")
def test_a_spoken_question_is_answered_in_a_namespace_with_nothing_but_loopback():
    need("unshare")
    need("ip")
    tests = [sys.executable, "-m", "pytest", "-q", "tests/journeys/test_call.py", "-k", CHOSEN]
    inside = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *tests]
    done = subprocess.run(inside, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "2 passed" in done.stdout
