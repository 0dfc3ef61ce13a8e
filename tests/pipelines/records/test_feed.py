from uuid import uuid4

from orion.pipelines.records.feed import Feed


async def test_all_watchers_of_a_session_see_the_same_in_the_same_order():
    feed, session = Feed(), uuid4()
    with feed.subscribe(session) as first, feed.subscribe(session) as second:
        sent = [feed.publish(session, "turn.partial", {"n": n}) for n in range(5)]
        assert [await first.get() for _ in range(5)] == sent
        assert [await second.get() for _ in range(5)] == sent
    assert [event.id for event in sent] == sorted(event.id for event in sent)


async def test_a_watcher_of_another_session_sees_nothing():
    feed, mine, other = Feed(), uuid4(), uuid4()
    with feed.subscribe(mine) as subscription:
        feed.publish(other, "error", {})
        event = feed.publish(mine, "error", {})
        assert await subscription.get() == event


async def test_a_watcher_that_does_not_read_is_cut_off_and_holds_up_nobody():
    feed, session = Feed(), uuid4()
    with feed.subscribe(session) as slow:
        for _ in range(1001):
            feed.publish(session, "turn.partial", {})
        assert slow.lagging


async def test_who_watches_for_some_events_alone_is_not_cut_off_by_the_others():
    feed, session = Feed(), uuid4()
    with feed.subscribe(session, only="plan.") as subscription:
        for _ in range(2000):
            feed.publish(session, "turn.partial", {})
        feed.publish(session, "plan.updated", {"n": 1})
        assert not subscription.lagging
        event = await subscription.get()
    assert event is not None
    assert event.body == {"n": 1}
