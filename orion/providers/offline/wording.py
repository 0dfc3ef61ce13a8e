"""English words that tell little about what is asked for."""

from __future__ import annotations

STOP = frozenset(
    "a an the please could would can you i me to of for on is are it its that this and do does will am be "
    "just now hey ok okay orion want like so um uh well need know let us we give get if some any been".split()
)
"""They are not looked at."""
GENERIC = frozenset("what whats how much who where which when tell in at my have has".split())
"""They only tell that something is asked; no example is found by them alone."""
LIGHT = frozenset(
    "not no yes or but then also too very really right again there here with from by as out up into about "
    "your yours mine his her their our he she they them him was were did done go going make more most "
    "other another one all thing something anything somebody someone everything good nice great new old "
    "thank thanks sorry hello hi maybe quick quickly kindly actually already still ever never should shall may might "
    "must than because while today tomorrow tonight moment minute second hour day time long many say said see "
    "show find look help use try start put take keep".split()
)
"""They do not count where nothing explains them."""
LEAD = (
    r"(?:(?:please|okay|hey|hello|hi|orion|and|so|now|well|can you|could you|would you|will you|can i|could i|i want to"
    r"|i want you to|i would like to|i would like you to|i need to|i need you to|let us) )*"
)
"""What may stand before a request."""
