"""What is a yes, a no, a wish to stop, and what is said before a request."""

from __future__ import annotations

import pytest

from orion.providers.offline import acts
from orion.providers.offline.acts import Act


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("Yes.", Act.YES),
        ("Yes, go ahead.", Act.YES),
        ("Yeah sure, do it please", Act.YES),
        ("Okay, go ahead", Act.YES),
        ("yes but not now", None),
        ("yes yes yes yes", None),
        ("yes, do it tomorrow", None),
        ("No.", Act.NO),
        ("No, not yet.", Act.NO),
        ("no please don't", Act.NO),
        ("Don't do it!", Act.NO),
        ("not now", Act.NO),
        ("no, to the station", None),
        ("don't forget the milk", None),
        ("Stop, that's enough.", Act.CANCEL),
        ("that is enough", Act.CANCEL),
        ("Stop, please, stop it now!", Act.CANCEL),
        ("stop the plan", None),
    ],
)
def test_an_act_is_the_whole_of_what_was_said(said, act):
    assert acts.recognise(said) is act


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Thank you. Now take me back.", "take me back."),
        ("All right, then connect me.", "connect me."),
        ("hi what is my name", "what is my name"),
        ("Okay, thanks, and the time in Rome?", "and the time in Rome?"),
        ("thanks", "thanks"),
        ("wellington is where", "wellington is where"),
        ("what time is it", "what time is it"),
    ],
)
def test_a_request_is_what_is_left_without_the_pleasantries(said, wanted):
    assert acts.request(said) == wanted
