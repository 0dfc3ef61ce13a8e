import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.api.requests.bodies import check_json, max_bytes
from orion.errors import Malformed

TRAPS = {
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 65 + b"1" + b"}" * 65,
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": [-Infinity]}',
    "a byte order mark before NaN": b'\xef\xbb\xbf{"a": NaN}',
    "a number that overflows": b'{"a": 1e999}',
    "a long integer": b'{"a": ' + b"9" * 301 + b"}",
    "a long fraction": b'{"a": 0.' + b"1" * 400 + b"}",
    "NUL": b'{"a": "x\\u0000y"}',
    "NUL in a name": b'{"x\\u0000y": 1}',
    "half a pair": b'{"a": ["\\ud83d"]}',
    "the other half": b'{"a": "\\uDE00"}',
    "half a pair, unescaped": b'{"a": "\xed\xa0\xbd"}',
    "UTF-16": '{"a": NaN}'.encode("utf-16"),
    "UTF-32": '{"a": "x"}'.encode("utf-32-le"),
    "Latin-1": '{"a": "ä"}'.encode("latin-1"),
}


@pytest.mark.parametrize("body", TRAPS.values(), ids=TRAPS.keys())
def test_traps_are_refused(body):
    with pytest.raises(Malformed):
        check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 64 + b"]" * 64,
        b'{"a": "' + b"[" * 1000 + b'\\""}',
        b'{"a": "\\ud83d\\ude00", "b": 1e300, "c": ' + b"9" * 300 + b"}",
        b'{"a": "\\\\u0000"}',
        '{"a": "ä😀한"}'.encode(),
    ],
)
def test_what_parses_and_can_be_stored_passes_and_so_does_what_is_no_json(body):
    check_json(body)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**200), 10**200)
    | st.floats()
    | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_whatever_passes_can_be_written_as_strict_json_without_nul(value, ascii_only):
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    try:
        check_json(body)
    except Malformed:
        return
    written = json.dumps(json.loads(body), ensure_ascii=False, allow_nan=False).encode()
    assert b"\0" not in written
    assert json.loads(written) == json.loads(body)


def test_each_route_has_its_cap():
    base = "/api/v1/sessions/0190"
    assert max_bytes(f"{base}/offer") == 64 * 1024
    assert max_bytes(f"{base}/messages") == max_bytes(base) == 256 * 1024
    assert max_bytes("/api/v1/auth/login") == 16 * 1024
