"""Every error that ORION raises on purpose, and what each wire says of it.

```
OrionError                    500 internal
├── Unauthenticated           401 unauthenticated
├── BudgetExhausted           402 budget-exhausted
├── Refused                   403 refused
├── NotFound                  404 not-found
├── Conflict                  409 conflict
│   ├── SessionEnded          409 session-ended
│   ├── RoomFull              409 room-full
│   ├── NoCall                409 no-call
│   ├── IdempotencyConflict   409 idempotency-conflict
│   └── InProgress            409 in-progress
├── TooLarge                  413 too-large
├── Malformed                 400 malformed
│   └── InvalidOffer          400 invalid-offer
├── Invalid                   422 invalid
├── Limited                   429 limited
├── Overloaded                503 overloaded
├── Unavailable               503 unavailable
│   └── DatabaseUnavailable   503 database-unavailable
├── ProviderError             502 provider-error
├── ProviderTimeout           504 provider-timeout
└── StartError                --- start (the server does not come up)
    └── FaultyFiles           --- start (with every fault of a project's files)
```

`status` and `slug` are the same on every wire (REST, data channel, Socket.IO), and with them the title,
the first line of the docstring; the detail is what the raiser says. Neither may hold a secret
or somebody's personal data: both are shown and logged. Format: RFC 9457.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One refused field of a request.

    Attributes:
        pointer: JSON pointer (RFC 6901) into the body, or `query/limit` for a parameter.
        detail: What is wrong with it, as a sentence.
    """

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class FileFault:
    """One fault of a file that somebody wrote; as text `file:line: what, remedy`.

    Attributes:
        line: Counted from 1; 1 where the whole file is at fault.
        column: Counted from 1; None where the line says it all.
        remedy: What to do about it.
    """

    path: Path
    line: int
    what: str
    remedy: str
    column: int | None = None

    def __str__(self) -> str:
        place = f" (column {self.column})" if self.column else ""
        return f"{self.path}:{self.line}: {self.what}{place}, {self.remedy}"


class OrionError(Exception):
    """Something went wrong inside ORION."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"

    def __init__(self, detail: str = "", *, retry_after_secs: int | None = None) -> None:
        """Keep the detail for the caller; `retry_after_secs` becomes `Retry-After`."""
        super().__init__(detail or self.title())
        self.detail = detail or self.title()
        self.retry_after_secs = retry_after_secs

    @classmethod
    def title(cls) -> str:
        """What its problem type is called: the first line of the docstring of the class with that slug."""
        kind = next(kind for kind in cls.__mro__ if "slug" in vars(kind))
        return (kind.__doc__ or kind.__name__).strip().splitlines()[0]


class Unauthenticated(OrionError):
    """The request carries no valid credentials."""

    status = 401
    slug = "unauthenticated"


class BudgetExhausted(OrionError):
    """The budget for conversations is used up."""

    status = 402
    slug = "budget-exhausted"


class Refused(OrionError):
    """The caller may not do this."""

    status = 403
    slug = "refused"


class NotFound(OrionError):
    """There is no such thing, or it belongs to somebody else."""

    status = 404
    slug = "not-found"


class Conflict(OrionError):
    """The state of the resource does not allow this."""

    status = 409
    slug = "conflict"


class SessionEnded(Conflict):
    """The session has ended; create a new one."""

    slug = "session-ended"


class RoomFull(Conflict):
    """The room already has its participant."""

    slug = "room-full"


class NoCall(Conflict):
    """Nobody is in a call of the session."""

    slug = "no-call"


class IdempotencyConflict(Conflict):
    """The Idempotency-Key was used for another request before."""

    slug = "idempotency-conflict"


class InProgress(Conflict):
    """The first request with this Idempotency-Key has not ended yet."""

    slug = "in-progress"


class TooLarge(OrionError):
    """The request body is larger than the route accepts."""

    status = 413
    slug = "too-large"


class Malformed(OrionError):
    """The request cannot be parsed."""

    status = 400
    slug = "malformed"


class InvalidOffer(Malformed):
    """The SDP offer or ICE candidate cannot be used."""

    slug = "invalid-offer"


class Invalid(OrionError):
    """The request was understood, but its content is not acceptable."""

    status = 422
    slug = "invalid"

    def __init__(self, detail: str = "", *, problems: Sequence[FieldProblem] = ()) -> None:
        """Keep the refused fields; they are listed as `errors` in the answer."""
        super().__init__(detail)
        self.problems = tuple(problems)


class Limited(OrionError):
    """The caller has used up its budget of requests."""

    status = 429
    slug = "limited"


class Overloaded(OrionError):
    """The server has no room for another call."""

    status = 503
    slug = "overloaded"


class Unavailable(OrionError):
    """A part that this needs is not available right now."""

    status = 503
    slug = "unavailable"


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached right now."""

    slug = "database-unavailable"


class ProviderError(OrionError):
    """A speech, language or tool provider failed."""

    status = 502
    slug = "provider-error"


class ProviderTimeout(OrionError):
    """A speech, language or tool provider did not answer in time."""

    status = 504
    slug = "provider-timeout"


class StartError(OrionError):
    """The server cannot start; the detail says what to do."""

    slug = "start"


class FaultyFiles(StartError):
    """Files of the project cannot be used."""

    def __init__(self, faults: Sequence[FileFault]) -> None:
        """Keep the faults, the first of which begins the detail."""
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)
