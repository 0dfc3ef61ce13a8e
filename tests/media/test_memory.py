import subprocess
import sys

import pytest

ALONE = """
import gc, sys
import numpy
from orion.media import memory

def resident_mb():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 / 1e6

if sys.argv[1] == "fixed":
    memory.return_large_buffers()
before = resident_mb()
blocks = [numpy.ones(40_000) for _ in range(150)]
held = resident_mb() - before
keep = blocks[::15]
del blocks
memory.give_back() if sys.argv[1] == "given" else None
print(held, resident_mb() - before, gc.get_freeze_count())
"""


def measured(how: str) -> tuple[float, float, int]:
    """MB held by 150 blocks of 320 kB, MB left with ten kept, and objects that are not looked at again."""
    result = subprocess.run(
        [sys.executable, "-c", ALONE, how], capture_output=True, text=True, check=True, timeout=60
    )
    held, left, frozen = result.stdout.split()
    return float(held), float(left), int(frozen)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has these thresholds")
def test_large_buffers_go_back_to_the_system_when_they_are_freed():
    held, left, _ = measured("fixed")
    assert held > 40
    assert left < 10


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives pages back on demand")
def test_what_the_start_left_behind_is_given_back_and_not_looked_at_again():
    held, left, frozen = measured("given")
    assert held > 40
    assert left < 10
    assert frozen > 1000
