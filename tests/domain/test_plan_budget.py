from orion.domain.plan_budget import PlanBudget

SERVER = PlanBudget(steps=10, secs=600, tokens=1000)


def test_the_lesser_of_what_is_wished_and_allowed_holds():
    assert SERVER.within({"steps": 3, "secs": 6000}) == PlanBudget(3, 600, 1000)
    assert SERVER.within({}) == SERVER


def test_what_is_wished_beyond_is_told_with_its_limit():
    assert SERVER.exceeded_by({"steps": 10, "secs": 601, "tokens": 1001}) == {"secs": 600, "tokens": 1000}
