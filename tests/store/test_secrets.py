import stat
from dataclasses import replace

import pytest

from orion.errors import Unavailable
from orion.store.secrets import SecretKeys

OLD, NEW = "a" * 64, "b" * 64


def test_what_was_sealed_is_opened_and_looks_different_each_time():
    keys = SecretKeys([NEW])
    one, other = keys.seal("Bearer tøken", "w/1/X"), keys.seal("Bearer tøken", "w/1/X")
    assert one != other
    assert "tøken" not in one
    assert keys.open(one, "w/1/X") == keys.open(other, "w/1/X") == "Bearer tøken"


def test_a_secret_copied_to_another_place_cannot_be_opened():
    keys = SecretKeys([NEW])
    sealed = keys.seal("secret", "ours/1/Authorization")
    for place in ("theirs/1/Authorization", "ours/2/Authorization", "ours/1/X", ""):
        with pytest.raises(Unavailable):
            keys.open(sealed, place)


def test_keys_are_rotated_by_putting_a_new_one_first():
    before = SecretKeys([OLD])
    sealed = before.seal("secret", "p")
    both = SecretKeys([NEW, OLD])
    assert both.open(sealed, "p") == "secret"
    assert not both.is_newest(sealed)
    again = both.seal(both.open(sealed, "p"), "p")
    assert both.is_newest(again)
    assert SecretKeys([NEW]).open(again, "p") == "secret"
    with pytest.raises(Unavailable, match="ORION_SECRET_KEYS"):
        SecretKeys([NEW]).open(sealed, "p")


@pytest.mark.parametrize(
    "change", [lambda s: s[:-4] + "AAAA", lambda s: s[:20], lambda s: "v2" + s[2:], lambda s: ""]
)
def test_a_changed_text_is_not_opened(change):
    keys = SecretKeys([NEW])
    with pytest.raises(Unavailable):
        keys.open(change(keys.seal("secret", "p")), "p")


def test_without_a_setting_the_key_is_kept_in_the_data_directory_for_its_owner_alone(settings):
    sealed = SecretKeys.of(settings).seal("secret", "p")
    assert SecretKeys.of(settings).open(sealed, "p") == "secret"
    assert stat.S_IMODE((settings.data_dir / "secret-key").stat().st_mode) == 0o600
    with pytest.raises(Unavailable):
        SecretKeys.of(replace(settings, secret_keys=(NEW,))).open(sealed, "p")
