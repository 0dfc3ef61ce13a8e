import pytest

from orion.errors import Unavailable
from orion.store.sealing import Sealer

OLD, NEW = "o" * 32, "n" * 32


def test_a_sealed_secret_does_not_show_and_opens_again():
    sealed = Sealer([NEW]).seal("whsec_something")
    assert b"something" not in sealed
    assert Sealer([NEW]).open(sealed) == "whsec_something"


def test_after_a_change_of_keys_what_the_old_one_sealed_opens_still():
    sealed = Sealer([OLD]).seal("whsec_something")
    assert Sealer([NEW, OLD]).open(sealed) == "whsec_something"


def test_without_its_key_or_changed_it_does_not_open():
    sealed = Sealer([OLD]).seal("whsec_something")
    with pytest.raises(Unavailable):
        Sealer([NEW]).open(sealed)
    with pytest.raises(Unavailable):
        Sealer([OLD]).open(sealed[:-4] + b"AAAA")
