"""What can go wrong with a vendor, in place of an answer or in the middle of one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure.

    Attributes:
        kind: `status` refuses with an HTTP status; `drop` cuts the connection; `stall` says nothing more;
            `drip` goes on slowly; `malformed` sends what is no JSON; `half` ends as if it were complete;
            `error` sends the protocol's own error in the middle of the stream.
        after: Pieces of the answer (chunks, messages) that are sent before it.
        status: Of `status`.
        retry_after_secs: The header `Retry-After` of `status`.
        code: The vendor's code, of `status` and `error`.
        pause_secs: Between the pieces, of `drip`.
    """

    kind: Literal["status", "drop", "stall", "drip", "malformed", "half", "error"]
    after: int = 0
    status: int = 500
    retry_after_secs: int | None = None
    code: str = "server_error"
    pause_secs: float = 0.05


@dataclass
class Faults:
    """The faults to come: each request, or connection, takes one; `always` holds where none is left."""

    coming: deque[Fault | None] = field(default_factory=deque)
    always: Fault | None = None

    def add(self, *faults: Fault | None) -> None:
        """Those to come next; None for a request that is answered well."""
        self.coming.extend(faults)

    def take(self) -> Fault | None:
        return self.coming.popleft() if self.coming else self.always
