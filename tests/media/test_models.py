from pathlib import Path
from typing import Any

import numpy as np
import pytest

from orion.media import models
from orion.media.turn_end import stop_strategy
from orion.media.vad import vad_analyzer


@pytest.mark.parametrize("name", [models.SILERO, models.SMART_TURN])
def test_a_model_is_a_file_that_is_installed_and_one_session_of_the_process(name):
    assert Path(models.path(name)).stat().st_size > 1_000_000
    models.load()
    assert models.session(name) is models.session(name)


async def test_all_calls_use_the_same_sessions():
    one: Any = vad_analyzer(16000)
    other: Any = vad_analyzer(8000)
    assert one._model.session is other._model.session is models.session(models.SILERO)
    assert one._model._state is not other._model._state
    strategies: list[Any] = [stop_strategy({}), stop_strategy({})]
    sessions = {id(strategy._turn_analyzer._session) for strategy in strategies}
    assert sessions == {id(models.session(models.SMART_TURN))}


def test_a_session_is_one_thread_wide_and_gives_the_same_answer_twice():
    session = models.session(models.SILERO)
    assert session.get_session_options().intra_op_num_threads == 1
    audio = np.random.default_rng(1).standard_normal((1, 576)).astype(np.float32)
    given = {"input": audio, "state": np.zeros((2, 1, 128), np.float32), "sr": np.array(16000, np.int64)}
    assert session.run(None, given)[0] == session.run(None, given)[0]


def test_the_doctor_is_told_what_serves():
    assert [(part, name) for part, name, _ in models.report()] == [
        ("VAD", "silero"),
        ("turn end", "smart-turn"),
    ]
