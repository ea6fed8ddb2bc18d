import pytest

from suppliers.addresses import refusal

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2002:0808:0808::1"]
PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback, another": "127.9.9.9",
    "loopback v6": "::1",
    "private 10": "10.0.0.1",
    "private 172": "172.16.5.4",
    "private 192": "192.168.1.1",
    "carrier-grade NAT": "100.64.0.1",
    "unique local": "fd12:3456::1",
    "documentation": "192.0.2.1",
    "reserved": "240.0.0.1",
    "mapped": "::ffff:10.0.0.1",
    "6to4": "2002:7f00:1::",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64, local": "64:ff9b:1::a00:1",
    "IPv4-compatible": "::10.0.0.1",
    "ISATAP": "2606:4700::5efe:10.0.0.1",
    "Teredo client": "2001:0:4136:e378:8000:63bf:f5ff:fffe",
}
NEVER = {
    "AWS": "169.254.169.254",
    "AWS mapped": "::ffff:169.254.169.254",
    "AWS 6to4": "2002:a9fe:a9fe::1",
    "AWS NAT64": "64:ff9b::a9fe:a9fe",
    "AWS v6": "fd00:ec2::254",
    "Alibaba": "100.100.100.200",
    "Azure": "168.63.129.16",
    "Oracle": "192.0.0.192",
    "link-local": "169.254.7.7",
    "link-local v6": "fe80::1%eth0",
    "multicast": "224.0.0.1",
    "multicast v6": "ff02::1",
    "multicast mapped": "::ffff:224.0.0.1",
    "unspecified": "0.0.0.0",
    "unspecified v6": "::",
    "broadcast": "255.255.255.255",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_connected_to(address):
    assert refusal(address, allow_private=False) is None


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_our_own_network_is_refused_unless_it_is_allowed(address):
    assert refusal(address, allow_private=False) == "not a public address"
    assert refusal(address, allow_private=True) is None


@pytest.mark.parametrize("address", NEVER.values(), ids=NEVER)
def test_some_addresses_are_never_allowed(address):
    assert refusal(address, allow_private=False) is not None
    assert refusal(address, allow_private=True) is not None
