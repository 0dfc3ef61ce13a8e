"""Silence in the place of audio that does not come.

A muted, unplugged or sleeping microphone may send nothing at all, also in the middle of a sentence. What
counts silence by the audio that it sees (VAD, turn end) would then wait for ever, so the input path fills
the gap. Pure: times are seconds of any monotonic clock, given by the caller.
"""

from __future__ import annotations

_FRAME_SECS = 0.02


class SilenceFiller:
    """Tells which silence is due; one for each audio input.

    A gap counts from `grace_secs` on, so that jitter is no silence; then all of it is made up for. After
    `longest_secs` nothing more is due until audio comes again: every turn is over by then, and a call that
    is silent for hours costs nothing.

    Args:
        sample_rate: Of the audio, in Hz.
        grace_secs: Gap that the network may make.
        longest_secs: Silence made for one gap; longer than the longest wait for the end of a turn.
    """

    def __init__(self, sample_rate: int, *, grace_secs: float = 0.2, longest_secs: float = 4.0) -> None:
        self._frame = bytes(round(sample_rate * _FRAME_SECS) * 2)
        self._grace_secs = grace_secs
        self._longest_secs = longest_secs
        self._heard_at: float | None = None
        self._filled_secs = 0.0

    def audio(self, now_secs: float) -> None:
        """Note that audio has come, which ends at `now_secs`."""
        self._heard_at = now_secs
        self._filled_secs = 0.0

    def due(self, now_secs: float) -> list[bytes]:
        """The frames of silence to be heard now: 16-bit mono PCM of 20 ms each, none before any audio.

        Ask every 20 to 200 ms; how often does not change how much is due in all.
        """
        if self._heard_at is None or now_secs - self._heard_at < self._grace_secs:
            return []
        wanted_secs = min(now_secs - self._heard_at, self._longest_secs)
        number = int((wanted_secs - self._filled_secs) / _FRAME_SECS + 1e-6)
        self._filled_secs += number * _FRAME_SECS
        return [self._frame] * number
