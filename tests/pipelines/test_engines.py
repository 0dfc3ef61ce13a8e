from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.pipelines import engines
from orion.processors.llm_order import LLMOrder
from orion.providers import llms, stts, ttss

AGENT = Agent("test", "")


def test_a_single_engine_stands_by_itself(settings):
    alone = settings.changed(stt=("scripted",), llm=("scripted",), tts=("scripted",))
    made = (
        engines.stt(stts(alone, AGENT), Breakers(), Deadlines()),
        engines.llm(llms(alone, AGENT), Breakers(), Deadlines(), speaks=True),
        engines.tts(ttss(alone, AGENT), Breakers(), Deadlines()),
    )
    assert [type(service).__name__ for service in made] == [
        "ScriptedSTTService",
        "ScriptedLLMService",
        "WorkerTTSService",
    ]


def test_more_than_one_stand_in_an_order(settings):
    found = llms(settings.changed(llm=("scripted", "offline")), AGENT)
    order = engines.llm(found, Breakers(), Deadlines(), speaks=False)
    assert isinstance(order, LLMOrder)
    assert order.orion_names == ["scripted", "offline"]


def test_an_agents_deadlines_override_the_defaults_by_name():
    deadlines = Deadlines.of({"first_token_secs": 2})
    assert (deadlines.first_token_secs, deadlines.first_audio_secs) == (2, 1.5)
