"""What `/metrics` tells of a real server, and to whom."""

import re

import httpx
import psutil

from tests.journeys.conftest import PASSWORD
from tests.journeys.phone import calling
from tests.journeys.test_call import greeted

LABEL = r'[a-z_]+="(?:[^"\\\n]|\\.)*"'
LINE = re.compile(rf"(orion_[a-z_]+)((?:\{{{LABEL}(?:,{LABEL})*\}})?) (-?[0-9.e+-]+)\Z")


def samples(text):
    """Values by name and labels, as they are written; a line that is no sample fails."""
    found, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert name not in types
            types[name] = kind
        elif not line.startswith("# HELP "):
            match = LINE.match(line)
            assert match, line
            assert any(match[1] == n or match[1].startswith(f"{n}_") for n in types), line
            assert match[1] + match[2] not in found
            found[match[1] + match[2]] = float(match[3])
    return found


def scrape(url, **headers):
    return httpx.get(f"{url}/metrics", headers={key.replace("_", "-"): v for key, v in headers.items()})


async def test_a_call_is_seen_while_it_lives_and_counted_when_it_ends(server, http, session_id):
    before = samples(scrape(server.url).text)
    async with calling(http, session_id) as phone:
        await greeted(phone)
        during = samples(scrape(server.url).text)
        await http.patch(f"/api/v1/sessions/{session_id}/status", json={"status": "ended"})
    after = samples(scrape(server.url).text)
    assert during["orion_calls_live"] == before["orion_calls_live"] + 1
    assert during["orion_asyncio_tasks"] > before["orion_asyncio_tasks"] + 10
    ended = 'orion_calls_total{kind="voice",end_reason="hung_up"}'
    assert after[ended] >= before[ended] + 1
    assert after['orion_turns_total{role="agent"}'] > before['orion_turns_total{role="agent"}']


async def test_the_stages_of_a_typed_answer_and_the_loops_lag_are_histograms(server, http, session_id):
    await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
    found = samples(scrape(server.url).text)
    stage = 'way="typed",stage="llm_first_token"'
    assert found[f"orion_turn_stage_seconds_count{{{stage}}}"] >= 1
    assert (
        found[f'orion_turn_stage_seconds_bucket{{{stage},le="+Inf"}}']
        == found[f"orion_turn_stage_seconds_count{{{stage}}}"]
    )
    assert found["orion_event_loop_lag_seconds_count"] > 0
    assert found["orion_writer_dropped_total"] == 0


def test_the_process_is_told_as_the_kernel_sees_it(server, token):
    process = psutil.Process(server.process.pid)
    found = samples(scrape(server.url).text)
    assert abs(found["orion_process_resident_memory_bytes"] - process.memory_info().rss) < 20 * 2**20
    assert abs(found["orion_process_open_fds"] - process.num_fds()) <= 3
    assert found["orion_process_threads"] == process.num_threads()


def test_from_another_machine_only_an_admin_reads_them(server, token):
    account = {"email": "cleo@example.org", "password": PASSWORD}
    register = httpx.post(f"{server.url}/api/v1/auth/register", json=account)
    if register.status_code != 201:
        register = httpx.post(f"{server.url}/api/v1/auth/login", json=account)
    user = register.json()["access_token"]
    assert scrape(server.url, Host="orion.example").status_code == 403
    for far in ({"X_Forwarded_For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}):
        assert scrape(server.url, **far).status_code == 401
        assert scrape(server.url, **far, Authorization=f"Bearer {user}").status_code == 403
        assert scrape(server.url, **far, Authorization=f"Bearer {token}").status_code == 200
    reply = scrape(server.url)
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
