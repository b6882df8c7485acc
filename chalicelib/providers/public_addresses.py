"""Which addresses belong to the public internet, and stand for no other address."""

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out for the public internet (https://www.iana.org/assignments/ipv6-address-space): not in
it are ::/96 and ::ffff:0:0/96, which carry an IPv4 address, NAT64's 64:ff9b::/96 and 64:ff9b:1::/48, and fd00:ec2::254.
"""
NOT_PUBLIC: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # protocol assignments, RFC 6890
            "192.88.99.0/24",  # relays of 6to4, RFC 7526
            "168.63.129.16/32",  # Azure's host agent, in a public range
            "2001::/23",  # protocol assignments, RFC 2928; of them Teredo, RFC 4380, carries an IPv4 address
            "2001:db8::/32",  # examples, RFC 3849
            "2002::/16",  # 6to4, RFC 3056: carries an IPv4 address
            "3fff::/20",  # examples, RFC 9637
        ),
    )
)
"""What `ipaddress` takes for public in one version of Python or another."""


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet, and is nothing that stands for another address."""
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id is not None or address not in UNICAST):
        return False
    return not any(address in network for network in NOT_PUBLIC)
