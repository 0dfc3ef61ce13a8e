"""Off localhost: ORION in a private network, a browser behind a NAT, the shipped configurations between."""

import re
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.journeys.certificates import certificates
from tests.journeys.conftest import need, start_server
from tests.journeys.networks import EDGE_INSIDE, EDGE_OUTSIDE, SERVER, need_networks, networks, running
from tests.journeys.test_page import CHROMIUM, HEARD, microphone_file

DEPLOY = Path(__file__).parents[2] / "deploy"
PORTS = range(40000, 40101)
SECRET = "a secret that ORION and coturn share"
REACH = f"""import socket
socket.create_connection(('{SERVER}', 3000), timeout=5).close()
socket.socket(type=socket.SOCK_DGRAM).sendto(b'media', ('{SERVER}', {PORTS[0]}))
"""
KEPT = """window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.connections.push(this); }
};"""
CHOSEN = """async () => {
    const connection = window.connections.at(-1);
    const stats = await connection.getStats();
    const by = id => stats.get(id);
    const transport = [...stats.values()].find(each => each.type === 'transport');
    const pair = by(transport.selectedCandidatePairId);
    return {
        policy: connection.getConfiguration().iceTransportPolicy,
        local: by(pair.localCandidateId).candidateType,
        address: by(pair.remoteCandidateId).address,
        port: by(pair.remoteCandidateId).port,
    };
}"""


@pytest.fixture
def made():
    need_networks()
    for program in ("nginx", "turnserver", "chromium", "flite"):
        need(program)
    with networks() as cabled:
        yield cabled


@pytest.fixture
def certified(open_dir):
    folder = open_dir / "certificates"
    folder.mkdir(exist_ok=True)
    return certificates(folder, EDGE_OUTSIDE)


@pytest.fixture
def serve(made, open_dir):
    """Starts a server in its private network, on the port that the shipped proxy expects."""
    running_ones = []

    def serve(name, **environ):
        environ |= {
            "ORION_PUBLIC_URL": f"https://{EDGE_OUTSIDE}",
            "ORION_TRUSTED_PROXIES": EDGE_INSIDE,
            "ORION_UDP_PORTS": f"{PORTS[0]}-{PORTS[-1]}",
        }
        where = ("--host", SERVER, "--port", "3000")
        server = start_server(open_dir / name, *where, inside=made.server.inside, **environ)
        running_ones.append(server)
        return server

    yield serve
    for server in running_ones:
        server.stop()


def filled(name, folder, certified, **values):
    """A shipped configuration with what is an example in it replaced."""
    text = (DEPLOY / name).read_text()
    files = {"/etc/ssl/orion/fullchain.pem": certified.chain, "/etc/ssl/orion/privkey.pem": certified.key}
    for old, new in (files | values).items():
        assert old in text
        text = text.replace(old, str(new))
    path = folder / name
    path.write_text(text)
    return path


def proxy(made, certified, folder):
    """The shipped nginx.conf, at the edge."""
    places = {"127.0.0.1:3000": f"{SERVER}:3000", "orion.example.org": EDGE_OUTSIDE}
    site = filled("nginx.conf", folder, certified, **places)
    main = folder / "main.conf"
    main.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr notice; events {{}}\n"
        f"http {{ access_log off; include {site}; }}\n"
    )
    command = [*made.edge.inside, "nginx", "-e", "stderr", "-c", str(main)]
    return running(command, folder / "nginx.log", "start worker process ")


def relay(made, certified, folder):
    """The shipped turnserver.conf, at the edge."""
    places = {"PUBLIC_IP/PRIVATE_IP": "-", "PUBLIC_IP": EDGE_OUTSIDE, "TURN_HOST": EDGE_OUTSIDE}
    config = filled("turnserver.conf", folder, certified, **places, SECRET=SECRET, ORION_IP=SERVER)
    # Line by line: coturn would keep its first lines until there are 4 KB of them.
    command = [*made.edge.inside, "stdbuf", "-oL", "turnserver", "-c", str(config)]
    command += [f"--pidfile={folder}/turnserver.pid"]
    return running(command, folder / "turnserver.log", "Total General servers")


@asynccontextmanager
async def page_behind_the_nat(made, certified, folder, link, question):
    """ORION's page in a Chromium behind the NAT, signed in by the printed link."""
    chromium = folder / "chromium"
    chromium.write_text(f'#!/bin/sh\nexec {" ".join(made.client.inside)} /usr/bin/chromium "$@"\n')
    chromium.chmod(0o755)
    arguments = [
        *CHROMIUM,
        f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {EDGE_OUTSIDE}",
        f"--ignore-certificate-errors-spki-list={certified.pin()}",
        f"--use-file-for-fake-audio-capture={microphone_file(folder, question, first_quiet_secs=5)}%noloop",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, headless=True, args=arguments)
        context = await browser.new_context(permissions=["microphone"])
        page = await context.new_page()
        await page.add_init_script(KEPT)
        await page.goto(link)
        await page.get_by_test_id("join").click()
        state = page.get_by_test_id("agent-state")
        await expect(state).to_have_attribute("data-state", re.compile("listening|speaking"), timeout=15_000)
        assert await page.evaluate(HEARD), "the greeting was not heard"
        yield page
        await browser.close()


async def test_a_call_goes_by_the_proxy_and_the_relay_alone(made, certified, serve, tmp_path):
    made.edge.rules(
        direct=("filter hook forward priority 0", "meta l4proto udp counter drop"),
        relayed_in=("filter hook input priority 0", f"ip saddr {SERVER} meta l4proto udp counter"),
        relayed_out=("filter hook output priority 0", f"ip daddr {SERVER} meta l4proto udp counter"),
    )
    server = serve(
        "relayed",
        ORION_TURN_URLS=f"turn:{EDGE_OUTSIDE}:3478",
        ORION_TURN_SECRET=SECRET,
        ORION_ICE_POLICY="relay",
    )
    question = "what time is it in tokyo"
    async with (
        proxy(made, certified, tmp_path),
        relay(made, certified, tmp_path),
        page_behind_the_nat(made, certified, tmp_path, server.link, question) as page,
    ):
        captions = page.get_by_test_id("captions")
        await expect(captions).to_contain_text(
            re.compile(r"It is \d+:\d\d [AP]M .* in Tokyo"), timeout=30_000
        )
        chosen = await page.evaluate(CHOSEN)
    assert (chosen["policy"], chosen["local"]) == ("relay", "relay")
    assert (chosen["address"], chosen["port"] in PORTS) == (SERVER, True)
    assert made.edge.packets("relayed_in") > 100
    assert made.edge.packets("relayed_out") > 100
    # The way from the client to the server exists, and it is the rule that closes it to media.
    assert made.edge.packets("direct") == 0
    made.client.run(sys.executable, "-c", REACH)
    assert made.edge.packets("direct") == 1


async def test_a_call_goes_straight_to_the_public_address_of_a_server_behind_a_nat_of_its_own(
    made, certified, serve, tmp_path
):
    media = f"ip daddr {EDGE_OUTSIDE} udp dport {PORTS[0]}-{PORTS[-1]}"
    made.edge.rules(
        arriving=("nat hook prerouting priority -100", f"{media} dnat to {SERVER}"),
        leaving=("nat hook postrouting priority 100", f"ip saddr {SERVER} snat to {EDGE_OUTSIDE}"),
    )
    made.nat.run("ip", "route", "add", "prohibit", "10.77.0.0/24")
    server = serve("straight", ORION_ICE_PUBLIC_IP=EDGE_OUTSIDE)
    async with (
        proxy(made, certified, tmp_path),
        page_behind_the_nat(made, certified, tmp_path, server.link, "") as page,
    ):
        chosen = await page.evaluate(CHOSEN)
    assert chosen["policy"] == "all"
    assert chosen["local"] != "relay"
    assert (chosen["address"], chosen["port"] in PORTS) == (EDGE_OUTSIDE, True)
