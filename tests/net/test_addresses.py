import pytest

from orion.net.addresses import AllowedHosts, is_public, refusal


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2001:4860:4860::8888"])
def test_public_addresses_may_be_reached(address):
    assert is_public(address)


@pytest.mark.parametrize("address", ["64:ff9b::808:808", "2002:808:808::1"])
def test_so_may_those_that_hold_a_public_ipv4_address(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "100.127.255.254", "198.18.0.1", "192.0.0.8", "192.0.2.1"),
        *("192.88.99.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.2.3", "240.0.0.1"),
        *("255.255.255.255", "168.63.129.16"),
        *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"),
        *("2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
        *("2606:4700::5efe:7f00:1", "fe80::1", "fe80::1%eth0", "2606:4700::1111%eth0", "fec0::1", "fc00::1"),
        *("fd00:ec2::254", "ff02::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
        *("", "localhost", "127.1", "not an address"),
    ],
)
def test_nothing_else_may(address):
    assert not is_public(address)


def test_a_listed_host_may_be_reached_at_all_its_ports_a_listed_port_at_that_one():
    allowed = AllowedHosts(["Intranet.example", "127.0.0.1:8080", "[::1]:9000"])
    assert refusal("intranet.example", 1234, allowed) == ""
    assert refusal("INTRANET.example.", 80, allowed) == ""
    assert refusal("127.0.0.1", 8080, allowed) == ""
    assert refusal("::1", 9000, allowed) == ""
    assert refusal("127.0.0.1", 8081, allowed)
    assert refusal("127.0.0.1", 80, allowed)
    assert refusal("::1", 80, allowed)
    assert refusal("sub.intranet.example", 1234, allowed)


@pytest.mark.parametrize("port", [22, 25, 5432, 8080, 65535])
def test_ports_other_than_those_of_the_web_are_refused(port):
    assert "port" in refusal("example.org", port, AllowedHosts())
