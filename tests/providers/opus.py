"""What a call does to sound: mono Opus at 32 kbit/s, 48 kHz, and back."""

from __future__ import annotations

import av
import numpy as np

from tests.providers.stage import RATE_HZ


def through_opus(samples: np.ndarray) -> bytes:
    """PCM, 16-bit mono at 16 kHz, of such samples after the codec."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "mono", "s16"
    encoder.bit_rate, encoder.options = 32000, {"application": "voip"}
    decoder = av.CodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = 48000, "mono"
    up = av.AudioResampler("s16", "mono", 48000, frame_size=960)
    down = av.AudioResampler("s16", "mono", RATE_HZ)
    frame = av.AudioFrame.from_ndarray(samples[None, :], layout="mono")
    frame.sample_rate = RATE_HZ
    packets = [
        packet for part in (*up.resample(frame), *up.resample(None)) for packet in encoder.encode(part)
    ]
    packets += encoder.encode(None)
    heard = [sound for packet in packets for part in decoder.decode(packet) for sound in _plain(down, part)]
    heard += down.resample(None)
    return np.concatenate([part.to_ndarray().reshape(-1) for part in heard]).astype("<i2").tobytes()


def _plain(resampler: av.AudioResampler, frame: av.AudioFrame) -> list[av.AudioFrame]:
    frame.pts = None
    return resampler.resample(frame)
