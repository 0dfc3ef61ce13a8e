"""Logging: one loguru sink, with session and turn in every line and nothing personal in the text.

What people said, their addresses and their tokens never stand in a message. A line names things by
id; whoever may see more looks the id up in the store. Of an exception stand its type and where it was
raised: its text may quote them, as PostgreSQL's and asyncpg's do.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from loguru import logger

if TYPE_CHECKING:
    import loguru

_FORMAT = (
    "<green>{time:YYYY-MM-DD HH:mm:ss.SSS}</green> <level>{level: <7}</level> "
    "{extra[session]} {name}: <level>{message}</level>"
)
_MOST_CAUSES = 10
_MOST_FRAMES = 5


def _line(record: loguru.Record) -> str:
    """The format of one record, by loguru's rules."""
    if record["exception"] is None:
        return f"{_FORMAT}\n"
    record["extra"]["trace"] = _trace(record["exception"].value)
    return f"{_FORMAT}\n{{extra[trace]}}\n"


def _trace(error: BaseException | None) -> str:
    """The frames and types of an exception and of its causes, the innermost first."""
    found: list[str] = []
    while error is not None and len(found) < _MOST_CAUSES:
        found.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nwhich led to:\n".join(reversed(found))


def where(error: BaseException) -> str:
    """Where an exception of others' code was raised: files, lines and their source, but no values.

    The frames of ORION itself that called that code are left out.
    """
    frames = traceback.extract_tb(error.__traceback__)
    others = [at for at, frame in enumerate(frames) if not _is_own(frame.filename)]
    shown = frames[others[0] :] if others else frames
    return "".join(traceback.format_list(shown[-_MOST_FRAMES:])).rstrip()


def _is_own(file: str) -> bool:
    own = Path(__file__).parent
    return Path(file).is_relative_to(own) and not Path(file).is_relative_to(own / "tools")


class _Intercept(logging.Handler):
    """Passes records of the standard library's logging on to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(depth=6, exception=record.exc_info).log(
            record.levelname if record.levelno in (10, 20, 30, 40, 50) else record.levelno,
            record.getMessage(),
        )


def configure(level: str = "INFO") -> None:
    """Send every log line of the process to stderr, from `level` on.

    Libraries start at WARNING: their INFO and DEBUG lines may quote what was said.
    """
    quiet = ("pipecat", "aiortc", "aioice")

    def wanted(record: object) -> bool:
        name = str(record["name"])  # type: ignore[index]
        number = int(record["level"].no)  # type: ignore[index]
        return number >= 40 if name.startswith(quiet) else number >= logger.level(level).no

    logger.remove()
    logger.configure(extra={"session": "-"})
    # backtrace and diagnose would print the values of variables: transcripts, tokens.
    logger.add(sys.stderr, format=_line, filter=wanted, backtrace=False, diagnose=False)
    logging.basicConfig(handlers=[_Intercept()], level=logging.WARNING, force=True)


@contextmanager
def in_session(session_id: str) -> Iterator[None]:
    """Put the session's id into every line that is logged inside."""
    with logger.contextualize(session=session_id):
        yield
