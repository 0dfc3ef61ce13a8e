"""The end of a call that its agent asked for: its goodbye was heard, and nobody has said a word since."""

from __future__ import annotations

from collections.abc import Callable

from orion.domain.turn import Turn
from orion.pipelines.tool_context import Requests


class Goodbye:
    """Ends one call after the agent's last words.

    Args:
        requests: What tools ask for; `end_call` is one of these.
        end: Ends the session; it must not wait.
    """

    def __init__(self, requests: Requests, end: Callable[[], None]) -> None:
        self._requests = requests
        self._end = end
        self._held = self._cut = False

    @property
    def wanted(self) -> bool:
        """Whether the agent has asked for the end."""
        return self._requests.end_call

    def said(self, turn: Turn) -> None:
        """The agent's turn has ended: so does the call, unless somebody has cut it off."""
        self._cut = self._held and turn.interrupted
        wanted, self._requests.end_call = self._requests.end_call, False
        if wanted and not turn.interrupted:
            self._end()

    def hold(self) -> None:
        """A sound has stopped the agent: it may be a word, or a cough."""
        self._held = self._held or self.wanted
        self._requests.end_call = False

    def sounded(self, words: str) -> None:
        """That sound is over: words withdraw the wish; without any the goodbye counts as it was said."""
        held, cut, self._held, self._cut = self._held, self._cut, False, False
        if held and not words:
            self._requests.end_call = not cut
            if cut:
                self._end()

    def withdraw(self) -> None:
        """Somebody has the word: the conversation goes on."""
        self._requests.end_call = self._held = False
