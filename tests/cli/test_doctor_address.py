"""What `orion doctor` tells of the address, the keys and the way of the media."""

from __future__ import annotations

import pytest


def lines(out: str) -> dict[str, str]:
    return {line[4:21].strip(): " ".join(line[21:].split()) for line in out.splitlines()}


@pytest.fixture
def plain(monkeypatch):
    for name in ("OPENAI_API_KEY", "ORION_PUBLIC_URL", "PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_fresh_server_is_told_as_it_is(orion, plain):
    code, out, _ = orion("doctor")
    told = lines(out)
    assert code == 0
    assert told["address"] == "http://127.0.0.1:3000 browsers allow the microphone here"
    assert told["vendor keys"] == "-none- none set; none is needed"
    assert told["ICE"].startswith("direct")
    assert told["agent"] == "offline built in, no key needed"


def test_an_address_where_browsers_refuse_the_microphone_is_told_and_a_key_is_named(orion, plain):
    plain.setenv("OPENAI_API_KEY", "sk-secret-0123456789")
    plain.setenv("ORION_PUBLIC_URL", "http://voice.example.org")
    _, out, _ = orion("doctor")
    told = lines(out)
    assert "browsers refuse the microphone here" in told["address"]
    assert told["vendor keys"].startswith("openai")
    assert "sk-secret" not in out
