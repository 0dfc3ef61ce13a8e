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
the first line of the docstring, whose rest says what to do; the detail is what the raiser says.
Neither may hold a secret or somebody's personal data: both are shown and logged. Format: RFC 9457.
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
        pointer: JSON pointer (RFC 6901) into the body, or for a parameter to where it stands: `/query/limit`.
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
    """Something went wrong inside ORION.

    The server's log has the cause under the `request_id`. Sending the request again may help.
    """

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

    @classmethod
    def about(cls) -> str:
        """What to do about its problem type: the rest of that docstring, in one line."""
        kind = next(kind for kind in cls.__mro__ if "slug" in vars(kind))
        return " ".join((kind.__doc__ or "").strip().partition("\n")[2].split())


class Unauthenticated(OrionError):
    """The request carries no valid credentials.

    Send `Authorization: Bearer <access token or API key>`. An access token that has expired is renewed by
    `POST /api/v1/auth/refresh`; if that fails, sign in again.
    """

    status = 401
    slug = "unauthenticated"


class BudgetExhausted(OrionError):
    """The budget for conversations is used up.

    An admin raises it by `PUT /api/v1/budget`, or in the agent's `budget_usd`; each month begins anew.
    """

    status = 402
    slug = "budget-exhausted"


class Refused(OrionError):
    """The caller may not do this.

    The credentials are good, but they do not allow this: it takes an admin, the session's owner, an API key
    with another scope, or a sign-in instead of a key. The detail says which.
    """

    status = 403
    slug = "refused"


class NotFound(OrionError):
    """There is no such thing, or it belongs to somebody else.

    Look at the id and the path. What somebody else owns is not found, either: whether it exists is not told.
    """

    status = 404
    slug = "not-found"


class Conflict(OrionError):
    """The state of the resource does not allow this.

    The detail says what stands in the way. Read the resource again, and decide anew.
    """

    status = 409
    slug = "conflict"


class SessionEnded(Conflict):
    """The session has ended; create a new one.

    An ended session can be read and deleted, nothing more. `POST /api/v1/sessions` begins another one.
    """

    slug = "session-ended"


class RoomFull(Conflict):
    """The room already has its participant.

    An agent's `room_size` bounds the people in a call. Try again when one has left.
    """

    slug = "room-full"


class NoCall(Conflict):
    """Nobody is in a call of the session.

    Somebody has to be connected for this. Join the call first; by text, use `POST .../messages`.
    """

    slug = "no-call"


class IdempotencyConflict(Conflict):
    """The Idempotency-Key was used for another request before.

    A key stands for one request: send the same one again, or take a new key for another.
    """

    slug = "idempotency-conflict"


class InProgress(Conflict):
    """The first request with this Idempotency-Key has not ended yet.

    Ask again in some seconds with the same key; the answer of the first request is then given.
    """

    slug = "in-progress"


class TooLarge(OrionError):
    """The request body is larger than the route accepts.

    The detail names the limit.
    """

    status = 413
    slug = "too-large"


class Malformed(OrionError):
    """The request cannot be parsed.

    The body must be JSON in UTF-8, the URL without NUL. The detail says what could not be read.
    """

    status = 400
    slug = "malformed"


class InvalidOffer(Malformed):
    """The SDP offer or ICE candidate cannot be used.

    Send the SDP as the browser made it, with one audio line.
    """

    slug = "invalid-offer"


class Invalid(OrionError):
    """The request was understood, but its content is not acceptable.

    `errors` lists each refused field: its JSON pointer, and what is wrong with it.
    """

    status = 422
    slug = "invalid"

    def __init__(self, detail: str = "", *, problems: Sequence[FieldProblem] = ()) -> None:
        """Keep the refused fields; they are listed as `errors` in the answer."""
        super().__init__(detail)
        self.problems = tuple(problems)


class Limited(OrionError):
    """The caller has used up its budget of requests.

    The header `Retry-After` says how many seconds to wait, `RateLimit-Policy` which budgets count.
    """

    status = 429
    slug = "limited"


class Overloaded(OrionError):
    """The server has no room for another call.

    The header `Retry-After` says how many seconds to wait.
    """

    status = 503
    slug = "overloaded"


class Unavailable(OrionError):
    """A part that this needs is not available right now.

    The detail says which part is missing, and what brings it back.
    """

    status = 503
    slug = "unavailable"


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached right now.

    Try again in some seconds; the server connects again by itself.
    """

    slug = "database-unavailable"


class ProviderError(OrionError):
    """A speech, language or tool provider failed.

    The detail names the provider. Look at its key and its status page, or try again.
    """

    status = 502
    slug = "provider-error"


class ProviderTimeout(OrionError):
    """A speech, language or tool provider did not answer in time.

    Try again; if it lasts, look at the provider's status page, or raise the tool's `timeout_secs`.
    """

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
