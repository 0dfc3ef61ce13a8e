"""In which order, and in which process, the files of the suite run.

What talks in real time fails where it lacks a core. So all pages in Chromium run one after the other in one
process, all other journeys in a second one, and the third does the rest, in which the first two join when
they are done.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

PAGES = ("test_page", "test_behind_nat", "test_embed", "test_off_localhost", "test_reconnect")
LONG_FIRST = (
    *("tests/api/test_schemathesis", "tests/pipelines/test_vendor", "tests/pipelines/test_waiting"),
    *("tests/pipelines", "tests/console", "tests/api", "tests/nodes", "tests/store", "tests/providers"),
)
"""What takes a minute or more comes before the many short files: in the end no process waits for another."""


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """A file is one unit of work, and so is a lane of files."""

    def _split_scope(self, nodeid: str) -> str:
        return lane(nodeid)


def lane(nodeid: str) -> str:
    """The lane of a test's file, or the file itself, which any process may take."""
    folder, _, file = nodeid.partition("::")[0].rpartition("/")
    if folder != "tests/journeys":
        return f"{folder}/{file}"
    return "pages" if file.startswith(PAGES) else "journeys"


def place(nodeid: str) -> int:
    """Where a test stands in the order: the lanes, then what takes long."""
    begun = ("pages", "journeys", *LONG_FIRST)
    return next((at for at, name in enumerate(begun) if lane(nodeid).startswith(name)), len(begun))
