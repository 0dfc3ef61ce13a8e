"""Whether a model has read, in this turn, what others than the user wrote: it may follow them.

The results of tools that reach outside, and what was recalled, count. Per turn: the user's next words
clear the mark, but for what came in while they were being said. Who is asked by another agent has a mark of
its own, which no turn of the user's clears. Pure.
"""

from __future__ import annotations


class Taint:
    """The mark of one conversation, or of one question to another agent.

    Attributes:
        marked: The turn has read what others wrote.
    """

    def __init__(self, *, marked: bool = False) -> None:
        self.marked = marked
        self._since_began = self._unread = False

    def owe(self) -> None:
        """The model will read it with the user's next words, as what was told while it was not asked."""
        self.mark()
        self._unread = True

    def mark(self) -> None:
        """The model is about to read it."""
        self.marked = self._since_began = True

    def turn_began(self) -> None:
        """The user begins to say something."""
        self._since_began = False

    def turn_ended(self) -> None:
        """The user has said something, to which the model answers next."""
        self.marked, self._since_began = self._since_began or self._unread, False
        self._unread = False
