import pytest

from orion.domain.budget import Budget


@pytest.mark.parametrize(
    ("spent_micros", "state"),
    [(0, "open"), (89, "open"), (90, "near"), (99, "near"), (100, "used up"), (250, "used up")],
)
def test_a_budget_is_near_its_end_from_nine_tenths_on(spent_micros, state):
    assert Budget("session", 100, spent_micros).state == state


def test_without_a_limit_it_never_ends():
    assert Budget("session", None, 10**15).state == "open"


def test_it_has_news_once():
    budget = Budget("workspace", 100, 50)
    assert not budget.news()
    budget.spent_micros = 95
    assert budget.news()
    budget.spent_micros = 120
    assert not budget.news()


def test_the_event_tells_users_what_their_session_costs_and_nothing_of_the_workspaces_money():
    assert Budget("session", 100_000, 95_000).event() == {
        "of": "session",
        "budget_usd": 0.1,
        "spent_usd": 0.095,
    }
    assert Budget("workspace", 100_000, 95_000).event() == {"of": "workspace"}
