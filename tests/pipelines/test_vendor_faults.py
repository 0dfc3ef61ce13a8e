"""Every fault of every vendor's service, at random points of calls: nothing is lost or said twice."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.pipelines.simulated_call import Outcome
from tests.pipelines.test_fail_over import nothing_is_lost_or_said_twice
from tests.pipelines.vendor_call import FAULTS, VENDORS, VendorCall, cells
from tests.virtual_time import run

SAMPLE = cells()[::3]
"""Each vendor with every third fault, and each fault with some vendors."""
MANY = range(100, 105)
SLOWEST_SECS = 1.0
"""From the moment that an engine is given up, when its deadline has passed, to the next one's first sound."""


def called(chosen: Iterable[tuple[str, str]], seeds: Iterable[int]) -> list[Outcome]:
    """The calls of these vendors and faults, each of which went well."""
    found = []
    for vendor, fault in chosen:
        for seed in seeds:
            outcome = run(VendorCall(vendor, fault, seed).run())
            nothing_is_lost_or_said_twice(outcome, (vendor, fault, seed), spoken=True)
            found.append(outcome)
    return found


def soon_after_a_fault(calls: Iterable[Outcome]) -> None:
    waits = sorted(wait for call in calls for wait in call.first_audio_secs)
    assert waits[int(len(waits) * 0.95)] <= SLOWEST_SECS, waits[-20:]


def test_a_call_goes_on_whatever_goes_wrong_with_whichever_vendor():
    calls = called(SAMPLE, [1])
    assert {vendor for vendor, _ in SAMPLE} == VENDORS.keys()
    assert {fault for _, fault in SAMPLE} == FAULTS.keys()
    soon_after_a_fault(calls)
    failed = {switched.failed for call in calls for switched in call.switches}
    assert len(failed & VENDORS.keys()) >= len(VENDORS) - 1, "nearly all were given up at least once"


@pytest.mark.soak
@pytest.mark.parametrize("vendor", VENDORS)
def test_many_calls_go_on_whatever_goes_wrong(vendor):
    calls = called([(vendor, fault) for fault in FAULTS], MANY)
    assert any(switched.failed == vendor for call in calls for switched in call.switches)
    if any(call.first_audio_secs for call in calls):
        soon_after_a_fault(calls)
