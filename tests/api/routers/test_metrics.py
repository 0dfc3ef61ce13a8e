"""The text format of Prometheus, checked by its own rules."""

from datetime import UTC, datetime

import pytest

from orion.api.routers.metrics import family, histograms
from orion.domain.identity import new_id
from orion.domain.session import EndReason
from orion.domain.turn import Latency, Speaker, Turn
from orion.pipelines.records.meter import Histogram, Meter


def turn(speaker=Speaker.AGENT, *, interrupted=False, **latency):
    now = datetime.now(UTC)
    return Turn(new_id(), new_id(), speaker, "guide", "", now, now, interrupted, latency=Latency(**latency))


def test_a_family_has_help_type_and_a_line_per_set_of_labels():
    lines = list(family("calls_total", "counter", "Calls.", [({"kind": "voice"}, 3), ({"kind": "text"}, 0)]))
    assert lines == [
        "# HELP orion_calls_total Calls.",
        "# TYPE orion_calls_total counter",
        'orion_calls_total{kind="voice"} 3',
        'orion_calls_total{kind="text"} 0',
    ]


def test_label_values_are_escaped():
    (line,) = list(family("x", "gauge", "X.", [({"a": 'b"c\\d\ne'}, 1)]))[2:]
    assert line == 'orion_x{a="b\\"c\\\\d\\ne"} 1'


def test_large_and_small_values_keep_their_digits():
    lines = list(family("x", "gauge", "X.", [({}, 219_000_832), ({}, 0.00125)]))[2:]
    assert lines == ["orion_x 219000832", "orion_x 0.00125"]


def test_buckets_are_cumulative_and_a_value_on_a_bound_belongs_below_it():
    histogram = Histogram((0.1, 0.5))
    for value in (0.05, 0.1, 0.3, 7.0):
        histogram.add(value)
    assert list(histograms("lag_seconds", "Lag.", [({"way": "voice"}, histogram)]))[2:] == [
        'orion_lag_seconds_bucket{way="voice",le="0.1"} 2',
        'orion_lag_seconds_bucket{way="voice",le="0.5"} 3',
        'orion_lag_seconds_bucket{way="voice",le="+Inf"} 4',
        'orion_lag_seconds_sum{way="voice"} 7.45',
        'orion_lag_seconds_count{way="voice"} 4',
    ]


def test_every_end_reason_of_a_call_has_a_row_from_the_start():
    meter = Meter()
    assert set(meter.calls) == {(kind, reason.value) for kind in ("voice", "text") for reason in EndReason}
    meter.call_ended("voice", EndReason.IDLE)
    assert {key for key, count in meter.calls.items() if count} == {("voice", "idle")}


def test_a_turn_is_counted_with_the_stages_that_it_reached():
    meter = Meter()
    meter.turn_ended(turn(Speaker.USER))
    meter.turn_ended(turn(stt_final_ms=200.0, first_audio_ms=700.0, interrupted=True))
    meter.turn_ended(turn(first_audio_ms=50.0))
    assert meter.turns == {"user": 1, "agent": 2}
    assert meter.interrupted == 1
    assert {key: histogram.total for key, histogram in meter.latency.items()} == {
        ("voice", "stt_final"): pytest.approx(0.2),
        ("voice", "first_audio"): pytest.approx(0.7),
        ("typed", "first_audio"): pytest.approx(0.05),
    }
