import json
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.tool import ToolFailure
from orion.net.addresses import AllowedHosts
from orion.net.answers import done, reason, told
from orion.net.client import Answer, GuardedClient
from orion.net.http_tool import Exchange, build, idempotency_key, refuse_select, refuse_template, run, select
from tests.net.origin import answers, redirects, routes, serving


async def ask(origin, exchange, arguments=None, key="call-1"):
    client = GuardedClient(AllowedHosts([origin.host]))
    try:
        return await run(client, exchange, arguments or {}, key, 5)
    finally:
        await client.close()


async def test_arguments_fill_the_url_and_the_rest_goes_into_the_query():
    async with serving(answers({"sky": "clear"})) as origin:
        exchange = Exchange("GET", origin.url + "/v1/{city}/now.json?units={units}", {"X-Key": "k"})
        result = await ask(
            origin, exchange, {"city": "São Paulo", "units": "a&b", "days": [1, 2], "x": True, "n": None}
        )
    assert result == {"sky": "clear"}
    asked = origin.asked[0]
    assert asked.target == "/v1/S%C3%A3o%20Paulo/now.json?units=a%26b&days=1&days=2&x=true"
    assert (asked.headers["x-key"], asked.headers["accept"]) == ("k", "application/json")
    assert "idempotency-key" not in asked.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_with_other_methods_the_rest_is_the_json_body_and_the_call_has_a_key(method):
    async with serving(answers({})) as origin:
        await ask(
            origin, Exchange(method, origin.url + "/{id}"), {"id": 7, "note": "a\r\nX-Evil: 1"}, "plan:3"
        )
    asked = origin.asked[0]
    assert (asked.method, asked.target, asked.json) == (method, "/7", {"note": "a\r\nX-Evil: 1"})
    assert asked.headers["idempotency-key"] == "plan:3"
    assert "x-evil" not in asked.headers


async def test_delete_has_a_query_and_a_key():
    async with serving(answers(b"", "204 No Content")) as origin:
        assert await ask(origin, Exchange("DELETE", origin.url + "/x"), {"id": 1}, "call\r\n1") == {}
    assert origin.asked[0].target == "/x?id=1"
    assert len(origin.asked[0].headers["idempotency-key"]) == 64


@pytest.mark.parametrize(
    "value",
    [
        *(
            "..",
            ".",
            "%2e%2e/..",
            "../admin",
            "a/../../admin",
            "..\\admin",
            "a/./b",
            "//evil.example",
            "/",
            "",
            " ",
            "a//b",
        ),
        *(None, ["a"], {"a": 1}, "\ud800"),
    ],
)
def test_a_value_that_would_change_the_path_is_refused(value):
    with pytest.raises(ToolFailure):
        build("https://example.org/v1/{id}/x", {"id": value})


@pytest.mark.parametrize(
    "value",
    [
        "a/b",
        "a?x=1",
        "a#b",
        "@evil.example",
        ":80",
        "a;b",
        "a%2Fb",
        "a\r\nHost: x",
        "\0",
        "ü",
    ],
)
def test_a_value_stays_inside_its_segment(value):
    url, _ = build("https://example.org/v1/{id}/x?q={id}", {"id": value})
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path.count("/")) == ("https", "example.org", 3)
    assert parts.query.count("&") == parts.query.count("#") == 0
    assert url.isascii()
    assert not set("\r\n\0 ") & set(url)


@given(st.text(max_size=30))
def test_no_text_at_all_leaves_its_place(value):
    try:
        url, _ = build("https://example.org/v1/{id}/x?q={id}&z=1", {"id": value})
    except ToolFailure:
        return
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "example.org", "")
    assert (parts.path.count("/"), parts.query.count("&"), parts.query.count("=")) == (3, 1, 2)


@pytest.mark.parametrize(
    "url",
    [
        *("https://example.org", "http://10.0.0.1:8080/x", "https://example.org/{a}/{b}.json?x={c}&y=1"),
        *("https://[::1]:80/", "https://example.org/?x=pre{a}post"),
    ],
)
def test_good_templates(url):
    assert refuse_template(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "example.org",
            "/x",
            "ftp://example.org/",
            "file:///x",
            "https://",
            "https:///x",
            "{scheme}://x/",
        ),
        *(
            "https://{host}/",
            "https://api.{zone}.org/",
            "https://example.org:{port}/",
            "https://u:p@example.org/",
        ),
        *(
            "https://example.org/#x",
            "https://example.org/{a b}",
            "https://example.org/{",
            "https://example.org/?{a}=1",
        ),
        *(
            "https://example.org/?{a}",
            "https://example.org/a b",
            "https://example.org/\r\nx",
            "https://a\\b/",
        ),
    ],
)
def test_bad_templates(url):
    assert refuse_template(url)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", {"a": {"b": [10, {"c": 1}]}, "x/y": 2, "m~n": 3}),
        ("a.b.0", 10),
        ("/a/b/1/c", 1),
        ("/x~1y", 2),
        ("/m~0n", 3),
    ],
)
def test_a_part_is_selected_by_path_or_pointer(path, found):
    assert select({"a": {"b": [10, {"c": 1}]}, "x/y": 2, "m~n": 3}, path) == found
    assert refuse_select(path) == ""


@pytest.mark.parametrize("path", ["a.c", "/a/b/9", "/a/b/-1", "/a/b/x", "a.b.0.d", "/a/b/¹"])
async def test_a_part_that_is_not_there_is_a_clear_failure(path):
    async with serving(answers({"a": {"b": [10]}})) as origin:
        with pytest.raises(ToolFailure, match="does not hold"):
            await ask(origin, Exchange("GET", origin.url, select=path))


@pytest.mark.parametrize("path", ["a..b", ".", "x" * 201])
def test_bad_selections(path):
    assert refuse_select(path)


@pytest.mark.parametrize("status", ["400 Bad", "404 Not Found", "409 Conflict", "500 Broken", "503 Busy"])
async def test_a_refusal_is_told_with_its_status_and_the_services_words(status):
    async with serving(answers({"error": "tea is sold out, milk is left"}, status)) as origin:
        with pytest.raises(ToolFailure) as failure:
            await ask(origin, Exchange("GET", origin.url))
    assert status[:3] in failure.value.message
    assert "tea is sold out, milk is left" in failure.value.message
    assert failure.value.retryable == (status[0] == "5")
    assert failure.value.unclear == (status[0] == "5")


REFUSALS = {
    "a problem": ({"type": "about:blank", "title": "Sold out", "detail": "no tea"}, "no tea; Sold out"),
    "nested": ({"error": {"code": 7, "message": "no tea"}}, "no tea"),
    "a list": ({"errors": [{"field": "tea", "message": "sold out"}, "no milk"]}, "sold out; no milk"),
    "other names": ({"code": "TEA"}, '{"code": "TEA"}'),
    "text": ("no\u202e tea\r\nat all".encode(), "no tea at all"),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize("how", REFUSALS)
async def test_the_reason_of_a_refusal_is_found_wherever_services_put_it(how):
    content, told = REFUSALS[how]
    async with serving(answers(content, "422 No")) as origin:
        with pytest.raises(ToolFailure) as failure:
            await ask(origin, Exchange("POST", origin.url))
    assert failure.value.message == f"The service refused with status 422{': ' + told if told else '.'}"


async def test_the_reason_of_a_refusal_is_short_and_holds_no_secret():
    def echoes(asked, writer):
        told = f"bad key {asked.headers['authorization']} and {asked.headers['x-key']}! " + "x" * 20_000
        answers({"error": told}, "401 Unauthorized")(asked, writer)

    async with serving(echoes) as origin:
        headers = {"Authorization": "Bearer hunter2-canary", "X-Key": "s3cret-canary"}
        with pytest.raises(ToolFailure) as failure:
            await ask(origin, Exchange("GET", origin.url, headers))
    assert "bad key" in failure.value.message
    assert "canary" not in failure.value.message
    assert len(failure.value.message) < 450


@pytest.mark.parametrize(
    ("method", "kind"),
    [("GET", "json"), ("GET", "text"), ("POST", "json"), ("POST", "text"), ("POST", "long")],
)
async def test_a_result_does_not_repeat_the_secrets_of_the_request(method, kind):
    def echoes(asked, writer):
        sent = f"{asked.headers['authorization']} {asked.headers['x-key']}"
        found = {"headers": [{sent: f"with {sent}"}], "n": 1, "more": "x" * (20_000 * (kind == "long"))}
        if kind == "text":
            answers(f"request with {sent}".encode(), content_type="text/plain")(asked, writer)
        else:
            answers(found)(asked, writer)

    async with serving(echoes) as origin:
        headers = {"Authorization": "Bearer hunter2-canary", "X-Key": "s3cret-canary"}
        result = await ask(origin, Exchange(method, origin.url, headers))
    assert "canary" not in json.dumps(result)
    assert "with" in json.dumps(result)
    assert kind != "json" or result["n"] == 1


async def test_what_was_sent_along_and_is_no_secret_stays_in_a_result():
    async with serving(answers({"folder": "/srv/data", "type": "application/json"})) as origin:
        headers = {"Accept": "application/json", "X-Root": "/srv/data"}
        result = await ask(origin, Exchange("GET", origin.url, headers))
    assert result == {"folder": "/srv/data", "type": "application/json"}


async def test_no_page_of_a_broken_gateway_is_told():
    async with serving(answers(b"<html>502</html>", "502 Bad", content_type="text/html")) as origin:
        with pytest.raises(ToolFailure) as failure:
            await ask(origin, Exchange("GET", origin.url))
    assert failure.value.message == "The service refused with status 502."


async def test_json_in_another_encoding_that_is_named_and_lines_of_json_are_understood():
    latin = {"content_type": "application/json; charset=iso-8859-1"}
    async with serving(answers('{"at": "Stra\u00dfe"}'.encode("latin-1"), **latin)) as origin:
        assert await ask(origin, Exchange("GET", origin.url)) == {"at": "Stra\u00dfe"}
    lines = b'{"a": 1}\n{"a": 2}'
    async with serving(answers(lines, content_type="application/x-ndjson")) as origin:
        assert await ask(origin, Exchange("GET", origin.url)) == lines.decode()


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("punycode", b"-" + b"a" * 300_000),
        ("idna", b"a" * 300_000),
        ("unicode-escape", b"\\x41" * 100_000),
    ],
)
def test_a_charset_that_only_python_knows_is_none(charset, body):
    began = time.thread_time()
    told(Answer(200, f"text/plain; charset={charset}", body))
    assert time.thread_time() - began < 0.1


@pytest.mark.parametrize("reads", [told, done, reason])
def test_an_answer_of_very_many_parts_is_read_at_once(reads):
    answer = Answer(200, "application/json", json.dumps([1] * 300_000).encode())
    began = time.thread_time()
    with suppress(ToolFailure):
        reads(answer)
    assert time.thread_time() - began < 0.1


async def test_a_service_that_answers_a_question_in_plain_text_is_understood():
    async with serving(answers(b"sunny, 21 degrees", content_type="text/plain; charset=utf-8")) as origin:
        assert await ask(origin, Exchange("GET", origin.url)) == "sunny, 21 degrees"
        with pytest.raises(ToolFailure, match="JSON"):
            await ask(origin, Exchange("GET", origin.url, select="sky"))


@pytest.mark.parametrize(
    "body", [b"<html>", b"{", b"NaN", b"[" * 100_000, b"\xff\xfe", b'{"a": ' + b"9" * 5000 + b"}"]
)
async def test_what_is_no_json_is_a_clear_failure(body):
    async with serving(answers(body)) as origin:
        with pytest.raises(ToolFailure, match="JSON"):
            await ask(origin, Exchange("GET", origin.url))


async def test_a_result_that_is_too_long_is_a_failure_unless_a_part_is_selected():
    async with serving(answers({"all": "x" * 20_000, "short": "y"})) as origin:
        with pytest.raises(ToolFailure, match="too long"):
            await ask(origin, Exchange("GET", origin.url))
        assert await ask(origin, Exchange("GET", origin.url, select="short")) == "y"


async def test_a_redirect_to_a_private_address_is_a_failure_that_names_no_address():
    async with serving(redirects("http://169.254.169.254/")) as origin:
        with pytest.raises(ToolFailure) as failure:
            await ask(origin, Exchange("GET", origin.url))
    assert "169" not in failure.value.message


@pytest.mark.parametrize(
    "location",
    [
        *("http://shop.example:abc/orders/1", "http://[::1", "/" + "x" * 70_000, "http://xn--a-b\u00fc/"),
        *("http://xn--zzzzzzzzz-/", "/next", "http://h:99999999/", "http://\u2024\u2024/", "//"),
    ],
)
async def test_what_was_asked_may_be_done_wherever_the_service_redirects_then(location):
    there = redirects(location, "303 See Other")
    async with serving(routes(order=there, next=redirects("http://10.0.0.5/"))) as origin:
        with pytest.raises(ToolFailure) as failure:
            await ask(origin, Exchange("POST", origin.url + "/order"))
    assert origin.asked[0].method == "POST"
    assert (failure.value.message, failure.value.unclear) == (
        "The service's answer was lost, or is broken.",
        True,
    )


async def test_what_was_never_sent_has_not_happened():
    async with serving(answers({})) as origin:
        for url, told in (("http://10.0.0.5/", "may not reach"), ("http://h:abc/", "cannot be reached")):
            with pytest.raises(ToolFailure, match=told) as failure:
                await ask(origin, Exchange("POST", url))
            assert not failure.value.unclear


async def test_a_service_that_is_away_is_a_failure():
    async with serving(answers({})) as origin:
        pass
    with pytest.raises(ToolFailure, match="reached") as failure:
        await ask(origin, Exchange("GET", origin.url))
    assert (failure.value.retryable, failure.value.unclear) == (True, False)


def test_a_key_that_no_header_can_carry_is_hashed():
    assert idempotency_key("a:1") == "a:1"
    assert idempotency_key("\ud800") != idempotency_key("x" * 300)
    assert json.dumps(idempotency_key("a b")).isascii()
