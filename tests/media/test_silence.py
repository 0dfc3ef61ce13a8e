from orion.media.silence import SilenceFiller

FRAME = bytes(640)


def test_no_silence_is_due_before_any_audio_has_come():
    assert SilenceFiller(16000).due(100.0) == []


def test_jitter_is_no_silence():
    filler = SilenceFiller(16000, grace_secs=0.25)
    filler.audio(10.0)
    assert filler.due(10.125) == []


def test_a_gap_is_filled_from_its_beginning():
    filler = SilenceFiller(16000, grace_secs=0.25)
    filler.audio(10.0)
    assert filler.due(10.25) == [FRAME] * 12


def test_how_often_one_asks_does_not_change_how_much_is_due():
    filler = SilenceFiller(16000)
    filler.audio(0.0)
    frames = [frame for tick in range(1, 137) for frame in filler.due(tick * 0.0147)]
    assert len(frames) == int(136 * 0.0147 / 0.02)


def test_silence_ends_after_its_longest_time_and_begins_anew_after_audio():
    filler = SilenceFiller(16000, longest_secs=1.0)
    filler.audio(0.0)
    assert len(filler.due(60.0)) == 50
    assert filler.due(61.0) == []
    filler.audio(62.0)
    assert len(filler.due(62.5)) == 25


def test_a_frame_lasts_20_ms_at_any_rate():
    filler = SilenceFiller(8000)
    filler.audio(0.0)
    assert {len(frame) for frame in filler.due(1.0)} == {320}
