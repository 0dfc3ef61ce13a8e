import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.providers.offline.addressed import Addressed, addressed

AGENTS = ("concierge", "scheduler", "researcher", "front-desk")


@pytest.mark.parametrize(
    ("said", "agent", "text"),
    [
        ("let me talk to the scheduler", "scheduler", ""),
        ("Let me speak to the Scheduler.", "scheduler", ""),
        ("back to the concierge", "concierge", ""),
        ("go back to the concierge please", "concierge", ""),
        ("put me through to the front desk", "front-desk", ""),
        ("ask the scheduler to set a timer for ten minutes", "scheduler", "set a timer for ten minutes"),
        ("hand me to the scheduler, I need a timer", "scheduler", "I need a timer"),
        ("tell the researcher to add two and three", "researcher", "add two and three"),
    ],
)
def test_a_hand_over_is_understood_with_what_is_wanted(said, agent, text):
    assert addressed(said, AGENTS) == Addressed(agent, text, asks=False)


@pytest.mark.parametrize(
    ("said", "agent", "question"),
    [
        ("ask the researcher what is two plus two", "researcher", "what is two plus two"),
        ("can you check with the scheduler what time it is", "scheduler", "what time it is"),
        ("ask the researcher if two plus two is four", "researcher", "two plus two is four"),
    ],
)
def test_a_question_is_meant_for_who_is_named(said, agent, question):
    assert addressed(said, AGENTS) == Addressed(agent, question, asks=True)


@pytest.mark.parametrize(
    "said",
    [
        "set a timer",
        "what does the scheduler do",
        "the scheduler is nice",
        "ask the scheduler",
        "",
    ],
)
def test_who_is_only_spoken_of_is_not_addressed(said):
    assert addressed(said, AGENTS) is None


def test_agents_to_whom_nobody_hands_over_are_not_addressed():
    assert addressed("let me talk to the scheduler", ()) is None


@given(st.lists(st.sampled_from([*"ask tell the to back please talk scheduler , . -".split()]), max_size=60))
def test_any_words_are_read(words):
    found = addressed(" ".join(words), AGENTS)
    assert found is None or found.agent == "scheduler"
