"""In which order, and in which process, the files of the suite run.

What talks in real time fails where it lacks a core. So all journeys run one after the other in one process,
and the others do the rest, in which the first joins when it is done.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

LIVE = "tests/journeys"
LONG_FIRST = (
    *("tests/api/test_schemathesis", "tests/pipelines/test_vendor", "tests/pipelines/test_waiting"),
    *("tests/pipelines", "tests/console", "tests/api", "tests/nodes", "tests/store", "tests/providers"),
)
"""What takes a minute or more comes before the many short files: in the end no process waits for another."""


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """A file is one unit of work, and so are all journeys together."""

    def _split_scope(self, nodeid: str) -> str:
        return lane(nodeid)


def lane(nodeid: str) -> str:
    """The lane of the journeys, or a test's own file."""
    file = nodeid.partition("::")[0]
    return LIVE if file.startswith(f"{LIVE}/") else file


def place(nodeid: str) -> int:
    """Where a test stands in the order: the journeys, then what takes long."""
    begun = (LIVE, *LONG_FIRST)
    return next((at for at, name in enumerate(begun) if nodeid.startswith(name)), len(begun))
