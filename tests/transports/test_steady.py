"""A track whose peer sends nothing in silence, as Opus DTX and muted clients do."""

from __future__ import annotations

import asyncio

from orion.transports._steady import SteadyTrack, silence
from tests.virtual_time import run


class Track:
    """Gives a frame at each of these times, in seconds, and then none."""

    def __init__(self, *at_secs: float) -> None:
        self._due = list(at_secs)
        self.kind = "audio"

    async def recv(self):
        if not self._due:
            await asyncio.Event().wait()
        await asyncio.sleep(max(0.0, self._due[0] - asyncio.get_running_loop().time()))
        return f"frame at {self._due.pop(0)}"


async def heard(track: SteadyTrack, secs: float) -> list[object]:
    """What comes within so many seconds: frames, and seconds of silence."""
    found: list[object] = []
    try:
        async with asyncio.timeout(secs):
            while True:
                frame = await track.recv()
                found.append(frame if isinstance(frame, str) else frame.samples / frame.sample_rate)
    except TimeoutError:
        return found


def test_the_gaps_of_dtx_are_silence_and_no_frame_is_lost():
    found = run(heard(SteadyTrack(Track(0.0, 0.02, 0.41, 0.8, 0.82, 1.21)), 1.5))
    assert [part for part in found if isinstance(part, str)] == [
        f"frame at {at}" for at in (0.0, 0.02, 0.41, 0.8, 0.82, 1.21)
    ]
    first, later = found[2:5], found[5:]
    assert first == ["frame at 0.41", 0.3, "frame at 0.8"], "one gap may be the network's, two are a pause"
    assert later[:2] == ["frame at 0.82", 0.3], "and from then on each is"


def test_packets_that_are_late_together_are_no_gap():
    at = (0.0, 0.25, 0.26, 0.95, 0.96, 0.97, 1.6, 1.61)
    assert run(heard(SteadyTrack(Track(*at)), 1.7)) == [f"frame at {secs}" for secs in at]


def test_who_is_muted_is_silent_for_three_seconds_and_then_costs_nothing():
    found = run(heard(SteadyTrack(Track(0.0, 60.0)), 70.0))
    assert sum(secs for secs in found if isinstance(secs, float)) < 6.2
    assert found[0] == "frame at 0.0"
    assert "frame at 60.0" in found


def test_before_its_first_frame_a_track_brings_nothing_and_is_itself_in_all_else():
    track = SteadyTrack(Track(5.0))
    assert track.kind == "audio"
    assert run(heard(track, 5.1)) == ["frame at 5.0"]


def test_silence_has_no_sound():
    assert not silence(0.02).to_ndarray().any()
