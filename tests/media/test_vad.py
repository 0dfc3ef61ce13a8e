import pytest
from pipecat.audio.vad.vad_analyzer import VADState

from orion.media.vad import PARAMS, vad_analyzer
from tests.providers.stage import RATE_HZ, recording

SILENCE = bytes(RATE_HZ * 2)


async def states(analyzer, pcm):
    """The state after every 20 ms."""
    step = RATE_HZ // 50 * 2
    return [await analyzer.analyze_audio(pcm[i : i + step]) for i in range(0, len(pcm), step)]


@pytest.fixture
async def analyzer():
    made = vad_analyzer(RATE_HZ)
    made.set_sample_rate(RATE_HZ)
    yield made
    await made.cleanup()


async def test_speech_begins_and_ends_where_somebody_speaks(analyzer):
    heard = await states(analyzer, SILENCE + recording("go_forward_ten_meters") + SILENCE)
    first = heard.index(VADState.SPEAKING) / 50
    assert 1.2 <= first <= 2.0
    assert heard[0] is heard[-1] is VADState.QUIET


async def test_silence_and_soft_noise_are_no_speech(analyzer):
    import numpy as np

    noise = (np.random.default_rng(1).standard_normal(RATE_HZ) * 100).astype("<i2").tobytes()
    assert VADState.SPEAKING not in await states(analyzer, SILENCE + noise)


async def test_two_calls_on_the_shared_session_do_not_hear_each_other(analyzer):
    pcm = SILENCE + recording("go_forward_ten_meters")
    alone = await states(analyzer, pcm)
    one, other = vad_analyzer(RATE_HZ), vad_analyzer(RATE_HZ)
    step = RATE_HZ // 50 * 2
    heard = []
    for made in (one, other):
        made.set_sample_rate(RATE_HZ)
    for i in range(0, len(pcm), step):
        heard.append(await one.analyze_audio(pcm[i : i + step]))
        assert await other.analyze_audio(bytes(step)) is VADState.QUIET
    assert heard == alone
    for made in (one, other):
        await made.cleanup()


async def test_telephone_audio_of_8_khz_is_heard_too():
    made = vad_analyzer(8000)
    made.set_sample_rate(8000)
    import numpy as np

    narrow = np.frombuffer(recording("go_forward_ten_meters"), "<i2")[::2].tobytes()
    heard = [await made.analyze_audio(narrow[i : i + 320]) for i in range(0, len(narrow), 320)]
    assert VADState.SPEAKING in heard
    await made.cleanup()


def test_the_loudness_gate_is_off_for_it_delays_the_first_word():
    assert PARAMS.min_volume == 0.0
