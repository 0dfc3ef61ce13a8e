from orion.domain.breaker import Breaker, Breakers, Standing


def failed(*times):
    breaker = Breaker()
    for now in times:
        breaker.failed(now)
    return breaker


def test_one_failure_is_forgiven_and_the_second_in_a_row_opens_it():
    assert failed(0).admits(1)
    assert not failed(0, 1).admits(2)


def test_an_answer_in_between_begins_the_count_anew():
    breaker = failed(0)
    breaker.succeeded()
    breaker.failed(2)
    assert breaker.admits(3)


def test_a_lasting_failure_opens_it_at_once():
    breaker = Breaker()
    breaker.failed(0, lasting=True)
    assert breaker.open
    assert not breaker.admits(1)


def test_after_a_rest_one_probe_is_admitted_and_nobody_else():
    breaker = failed(0, 1)
    assert [breaker.admits(now) for now in (15.9, 16, 16.1, 17)] == [False, True, False, False]


def test_a_probe_that_is_answered_closes_it():
    breaker = failed(0, 1)
    assert breaker.admits(16)
    breaker.succeeded()
    assert breaker.admits(16.1)
    assert not breaker.open


def test_a_probe_that_fails_doubles_the_rest_up_to_five_minutes():
    breaker, now, rests = failed(0, 1), 1.0, []
    for _ in range(7):
        began = now
        while not breaker.admits(now):
            now += 1
        rests.append(now - began)
        breaker.failed(now)
    assert rests == [15, 30, 60, 120, 240, 300, 300]


def test_calls_that_fail_all_at_once_prolong_no_rest():
    breaker = failed(*(number / 10 for number in range(9)))
    assert breaker.admits(15.2)
    breaker.failed(16)
    assert [breaker.admits(now) for now in (45.9, 46)] == [False, True], "the probe has doubled it, once"


def test_a_probe_that_nobody_hears_of_again_is_followed_by_another():
    breaker = failed(0, 1)
    assert breaker.admits(16)
    assert breaker.admits(31)


def test_a_probe_that_was_interrupted_leaves_its_place_to_the_next_call():
    breaker = failed(0, 1)
    assert breaker.admits(16)
    breaker.withdrawn()
    assert breaker.admits(16.1)


def test_each_model_has_one_breaker_per_kind_for_all_calls():
    breakers = Breakers()
    assert breakers.of("llm", "acme", "big") is breakers.of("llm", "acme", "big")
    assert breakers.of("llm", "acme", "big") is not breakers.of("llm", "acme", "small")
    assert breakers.of("llm", "acme") is breakers.of("llm", "acme")
    assert breakers.of("llm", "acme") is not breakers.of("stt", "acme")


def test_what_is_used_with_a_key_of_ones_own_has_breakers_of_its_own():
    everybodys = Breakers()
    ours = Breakers(everybodys, own=["acme"])
    assert ours.of("llm", "other") is everybodys.of("llm", "other")
    assert ours.of("llm", "acme") is not everybodys.of("llm", "acme")
    assert ours.of("llm", "acme") is ours.of("llm", "acme")


def test_names_of_models_that_anybody_invents_take_no_memory_for_good():
    breakers = Breakers()
    known, forgotten = breakers.of("llm", "acme", "known"), breakers.of("llm", "acme", "forgotten")
    for number in range(999):
        breakers.of("llm", "acme", f"invented {number}")
        assert breakers.of("llm", "acme", "known") is known
    assert breakers.of("llm", "acme", "forgotten") is not forgotten


def test_a_refused_request_is_repeated_by_no_call_of_its_own_and_kept_from_no_other():
    shared = Breaker()
    here, there = Standing(shared, Breaker()), Standing(shared, Breaker())
    here.refused(0)
    here.refused(1)
    assert (here.admits(2), there.admits(2)) == (False, True)
    assert (here.open, there.open) == (True, False)
    there.succeeded()
    assert not here.admits(15.9)
    assert here.admits(16)
    here.succeeded()
    assert not here.open


def test_a_probe_whose_request_is_refused_leaves_its_place_to_the_next_call():
    shared = failed(0, 1)
    here, there = Standing(shared, Breaker()), Standing(shared, Breaker())
    assert here.admits(16)
    here.refused(16.1)
    assert there.admits(16.2)
    there.failed(17)
    assert shared.open


def test_a_call_whose_own_probe_may_begin_waits_for_the_others():
    shared, own = failed(0, 1), failed(0, 1)
    here = Standing(shared, own)
    assert Standing(shared, Breaker()).admits(16)
    assert not here.admits(16.1)
    shared.succeeded()
    assert here.admits(16.2)
