"""Circuit breakers: a model that fails is left alone for a while, then tried again by one call.

Pure and clock-free: times are seconds of any one clock. They are shared by all calls of a process.
Source: M. Nygard, Release It!, 2nd ed., 2018, "Circuit Breaker".
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from orion.domain.pace import Pace

_FAILURES = 2
"""So many in a row open it; one that lasts (a refused key) does at once."""
_REST_SECS = 15.0
_LONGEST_REST_SECS = 300.0
_KEPT = 1000
"""Breakers of so many models; the one that was asked for longest ago goes. Agents may name any model."""


class Breaker:
    """Whether one model may be asked: closed (yes), open (no), half open (one probe at a time).

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


class Standing:
    """How a model stands with one call: what all calls know of it, and whether it takes this call's requests.

    A request that is refused for what stands in it, as a model or a voice that does not exist, tells
    nothing of the provider; but this call need not repeat it each turn.

    Args:
        shared: The model's breaker.
        own: This call's.
    """

    def __init__(self, shared: Breaker, own: Breaker) -> None:
        self._shared = shared
        self._own = own
        self.pace = shared.pace

    @property
    def open(self) -> bool:
        """Whether it is left alone."""
        return self._shared.open or self._own.open

    def admits(self, now: float) -> bool:
        """Whether it may be asked now, as for `Breaker.admits`."""
        if not self._own.admits(now):
            return False
        if self._shared.admits(now):
            return True
        self._own.withdrawn()
        return False

    def succeeded(self) -> None:
        """It has answered."""
        self._shared.succeeded()
        self._own.succeeded()

    def failed(self, now: float, *, lasting: bool = False) -> None:
        """It has not answered, as for `Breaker.failed`."""
        self._shared.failed(now, lasting=lasting)

    def refused(self, now: float) -> None:
        """It has not taken this call's request."""
        self._shared.withdrawn()
        self._own.failed(now)

    def withdrawn(self) -> None:
        """Nothing was learned of it."""
        self._shared.withdrawn()
        self._own.withdrawn()


class Breakers:
    """The breakers of a process, one per kind of engine, provider and model, made when first asked for.

    Args:
        behind: Where there are, the breakers of all providers but `own`: those that are used with a key of
            somebody's own, whose failures are nobody else's.
    """

    def __init__(self, behind: Breakers | None = None, own: Iterable[str] = ()) -> None:
        self._behind = behind
        self._own = frozenset(own)
        self._breakers: OrderedDict[tuple[str, str, str], Breaker] = OrderedDict()

    def of(self, kind: str, provider: str, model: str = "") -> Breaker:
        """The breaker of a provider's model as an engine of a kind: `stt`, `llm`, `tts` or `speech`."""
        if self._behind is not None and provider not in self._own:
            return self._behind.of(kind, provider, model)
        key = (kind, provider, model)
        found = self._breakers.setdefault(key, Breaker())
        self._breakers.move_to_end(key)
        if len(self._breakers) > _KEPT:
            self._breakers.popitem(last=False)
        return found
