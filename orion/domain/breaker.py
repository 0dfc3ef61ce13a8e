"""Circuit breakers: a provider that fails is left alone for a while, then tried again by one call.

Pure and clock-free: times are seconds of any one clock. They are shared by all calls of a process.
Source: M. Nygard, Release It!, 2nd ed., 2018, "Circuit Breaker".
"""

from __future__ import annotations

from collections.abc import Iterable

from orion.domain.pace import Pace

_FAILURES = 2
"""So many in a row open it; one that lasts (a refused key) does at once."""
_REST_SECS = 15.0
_LONGEST_REST_SECS = 300.0


class Breaker:
    """Whether one provider may be asked: closed (yes), open (no), half open (one probe at a time).

    Attributes:
        pace: How soon it answers.
    """

    def __init__(self) -> None:
        self.pace = Pace()
        self._failures = 0
        self._rest_secs = _REST_SECS
        self._until: float | None = None
        self._probed_until = 0.0

    @property
    def open(self) -> bool:
        """Whether it has failed too often, and has not answered since."""
        return self._until is not None

    def admits(self, now: float) -> bool:
        """Whether it may be asked now. Who is admitted while it is open is the probe, for `_REST_SECS`."""
        if self._until is None:
            return True
        if now < max(self._until, self._probed_until):
            return False
        self._probed_until = now + _REST_SECS
        return True

    def succeeded(self) -> None:
        """It has answered."""
        self._failures, self._rest_secs, self._until, self._probed_until = 0, _REST_SECS, None, 0.0

    def failed(self, now: float, *, lasting: bool = False) -> None:
        """It has not answered; `lasting`: nor will it soon, for its key was refused.

        While it is open, only the failure of a probe counts, and doubles the rest: calls that were under
        way when it opened fail all at once.
        """
        self._failures += 1
        if self._until is not None:
            if not self._probed_until:
                return
            self._rest_secs = min(self._rest_secs * 2, _LONGEST_REST_SECS)
        if self._until is not None or lasting or self._failures >= _FAILURES:
            self._until, self._probed_until = now + self._rest_secs, 0.0

    def withdrawn(self) -> None:
        """Who was admitted did not learn whether it answers: a barge-in came first."""
        self._probed_until = 0.0


class Breakers:
    """The breakers of a process, one per kind of engine and provider, made when first asked for.

    Args:
        behind: Where there are, the breakers of all providers but `own`: those that are used with a key of
            somebody's own, whose failures are nobody else's.
    """

    def __init__(self, behind: Breakers | None = None, own: Iterable[str] = ()) -> None:
        self._behind = behind
        self._own = frozenset(own)
        self._breakers: dict[tuple[str, str], Breaker] = {}

    def of(self, kind: str, provider: str) -> Breaker:
        """The breaker of a provider as an engine of a kind: `stt`, `llm` or `tts`."""
        if self._behind is not None and provider not in self._own:
            return self._behind.of(kind, provider)
        return self._breakers.setdefault((kind, provider), Breaker())
