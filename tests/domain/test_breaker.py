from orion.domain.breaker import Breaker, Breakers


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


def test_each_provider_has_one_breaker_per_kind_for_all_calls():
    breakers = Breakers()
    assert breakers.of("llm", "acme") is breakers.of("llm", "acme")
    assert breakers.of("llm", "acme") is not breakers.of("stt", "acme")


def test_what_is_used_with_a_key_of_ones_own_has_breakers_of_its_own():
    everybodys = Breakers()
    ours = Breakers(everybodys, own=["acme"])
    assert ours.of("llm", "other") is everybodys.of("llm", "other")
    assert ours.of("llm", "acme") is not everybodys.of("llm", "acme")
    assert ours.of("llm", "acme") is ours.of("llm", "acme")
