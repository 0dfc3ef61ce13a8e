from typing import Any

from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.pipelines import engines
from orion.processors.llm_order import LLMOrder
from orion.processors.stt_order import STTOrder
from orion.processors.tts_order import TTSOrder
from orion.providers import llms, stts, ttss

AGENT = Agent("test", "")


def test_a_single_engine_is_an_order_of_one_with_all_its_care(settings):
    alone = settings.changed(stt=("scripted",), llm=("scripted",), tts=("scripted",))
    made: tuple[Any, ...] = (
        engines.stt(stts(alone, AGENT), Breakers(), Deadlines()),
        engines.llm(llms(alone, AGENT), Breakers(), Deadlines(), speaks=True),
        engines.tts(ttss(alone, AGENT), Breakers(), Deadlines()),
    )
    assert [type(order) for order in made] == [STTOrder, LLMOrder, TTSOrder]
    assert [order.orion_names for order in made] == [["scripted"]] * 3


def test_more_than_one_stand_in_an_order(settings):
    found = llms(settings.changed(llm=("scripted", "offline")), AGENT)
    order = engines.llm(found, Breakers(), Deadlines(), speaks=False)
    assert isinstance(order, LLMOrder)
    assert order.orion_names == ["scripted", "offline"]


def test_an_agents_deadlines_override_the_defaults_by_name():
    deadlines = Deadlines.of({"first_token_secs": 2})
    assert (deadlines.first_token_secs, deadlines.first_audio_secs) == (2, 1.5)


def test_an_engine_behind_which_stands_no_other_gets_more_time_but_not_against_its_agent():
    alone = Deadlines.of({"first_token_secs": 2}).alone()
    assert alone.first_token_secs == 2
    assert alone.first_audio_secs > Deadlines().first_audio_secs
