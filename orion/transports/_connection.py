"""Pipecat's WebRTC connection, whose peer connection can be exchanged under a running call."""

from __future__ import annotations

from typing import Any

from pipecat.transports.smallwebrtc.connection import AUDIO_TRANSCEIVER_INDEX, SmallWebRTCConnection

from orion.transports._steady import SteadyTrack


class Connection(SmallWebRTCConnection):
    """Pipecat's own restart would pass over all that the agent has still to say, and change the pc_id."""

    _orion_track: Any = None
    _orion_replacing = False

    async def replace_pc(self, sdp: str) -> None:
        """Answer the offer by a new peer connection, under the same pc_id: a lost answer costs no call.

        Until it is connected, what the agent says waits. Raises what aiortc raises on a broken offer.
        """
        old, pc_id = self._pc, self._pc_id
        old.remove_all_listeners()
        self._cancel_monitoring_connecting_state()
        self._cancel_data_channel_timeout()
        for track in self._track_map.values():
            track.stop()
        self._track_map = {}
        self._orion_replacing = True
        self._initialize()
        self._pc_id = pc_id
        try:
            await self._create_answer(sdp, "offer")
        finally:
            await old.close()

    def audio_input_track(self) -> Any:
        """The microphone's track, whose gaps are silence; None where there is none."""
        track = super().audio_input_track()
        if track is not None and not isinstance(track, SteadyTrack):
            track = self._track_map[AUDIO_TRANSCEIVER_INDEX] = SteadyTrack(track)
        return track

    def replace_audio_track(self, track: Any) -> None:
        """Send `track` from now on, after what the track before it still holds."""
        if self._orion_track is not None:
            # Whoever wrote these chunks waits until they are played.
            track._chunk_queue.extend(self._orion_track._chunk_queue)  # noqa: SLF001
        self._orion_track, self._orion_replacing = track, False
        super().replace_audio_track(track)

    def is_connected(self) -> bool:
        """Whether audio may be written; Pipecat throws away what is written to no connection."""
        return self._orion_replacing or super().is_connected()
