"""What can be wrong with an answer itself, whoever gave it."""

from __future__ import annotations


class HalfAnswer(Exception):
    """The answer broke off: the connection ended before the vendor said that it was complete."""


class MalformedAnswer(Exception):
    """The answer is not what the protocol says, for example a tool call whose arguments are no JSON."""


class FailedAnswer(Exception):
    """The vendor says in the stream that the answer has failed; `body` holds its code and type."""

    def __init__(self, body: dict[str, object]) -> None:
        super().__init__("the answer has failed")
        self.body = body
