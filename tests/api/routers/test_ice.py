from pathlib import Path

from orion.api.routers.ice import ice_servers, turn_credentials
from orion.settings import Settings

STUN = {"urls": "stun:stun.example.org"}


def settings(**environ):
    return Settings.read({"ORION_DATA_DIR": "/data", **environ})


def test_without_a_relay_the_named_servers_are_handed_out_as_they_are():
    assert ice_servers(Settings(data_dir=Path("/data")), "ada") == []
    assert ice_servers(settings(ORION_ICE_SERVERS='[{"urls": "stun:stun.example.org"}]'), "ada") == [STUN]


def test_the_relay_comes_after_the_named_servers_and_its_secret_stays():
    read = settings(
        ORION_ICE_SERVERS='[{"urls": "stun:stun.example.org"}]',
        ORION_TURN_URLS="turn:turn.example.org",
        ORION_TURN_SECRET="canary",
    )
    stun, turn = ice_servers(read, "ada")
    assert stun == STUN
    assert set(turn) == {"urls", "username", "credential"}
    assert "canary" not in f"{turn}{read!r}"


def test_credentials_are_those_of_the_draft():
    """Checked with `openssl dgst -sha1 -hmac north -binary | base64`."""
    assert turn_credentials("north", "ada", 1433895918) == ("1433895918:ada", "KJ5PTMBeGkZIwdEVUss3BPdY8wE=")


def test_an_identity_cannot_add_to_the_user_name():
    username, _ = turn_credentials("north", "99999999999:ada\r\n" + "x" * 100, 1)
    assert username == "1:99999999999-ada--" + "x" * 47
