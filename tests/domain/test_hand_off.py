from orion.domain.agent import Agent, voice_with
from orion.domain.hand_off import HandedOver, others


def test_who_takes_over_is_told_from_whom_and_what_is_wanted():
    told = HandedOver("Orion", "the scheduler", 'say "x"')
    assert told["role"] == "developer"
    assert told["content"].startswith("(Orion has handed the conversation over to you, the scheduler:")
    assert told["content"].endswith('\n{"task": "say \\"x\\""}')
    assert told.task == 'say "x"'
    assert "\n" not in HandedOver("Orion", "the scheduler")["content"]


def test_an_agent_knows_whom_it_can_hand_over_to():
    assert others(Agent("a", "", hand_offs=("b", "c"))) == "The other agents here, by name: b, c."
    assert others(Agent("a", "")) == ""


def test_a_voice_is_named_for_each_provider_or_for_all():
    voice = "flite/rms, espeak/en-us+m3, alloy"
    assert [voice_with(voice, name) for name in ("flite", "espeak", "openai")] == ["rms", "en-us+m3", "alloy"]
    assert voice_with("flite/rms", "espeak") is None
    assert voice_with(None, "flite") is None
