"""Addresses that must never be dialled, in every form in which somebody may write them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

INWARD = "127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.100.100.200"
ODDITIES = """
    [::1] [::] [0:0:0:0:0:0:0:1] [fe80::1] [fe80::1%25lo] [fd00:ec2::254] 0 0.0.0.0 168.63.129.16
    ①②⑦.⓪.⓪.① ①⑥⑨.②⑤④.①⑥⑨.②⑤④ localhost LOCALHOST localhost.
"""
BLOCKS = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
    ::1/128 ::/128 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16
    fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
"""The special-purpose registries of IANA, and the older site-local block."""
MISLEADING = """
    http://a@{host}/ http://a:b@{host}/ http://a@{host}@{host}/ http:\\\\{host}/ http://{host}\\@{inward}/
    http://{host}#@{inward}/ http://{inward}#@{host}\\ http://{host}%2f@{inward}/ http://{inward}%2f.{host}/
    http://{host}%00.{inward}/ http:/{inward}/ http:{inward}/ http:///{inward}/ http:////{inward}/ http://{inward}:/
    http://{inward}:0{port}/ http://{inward}:+{port}/ http://[{inward}]:{port}/ http://[::ffff:{inward}%25lo]:{port}/
    http://{inward}.:{port}/ http://.{inward}:{port}/ http://{inward}..:{port}/ http://{inward}:{port}:80/
    http://{inward}%23.{host}/ http://{inward}%5c.{host}/ http://%6c%6f%63%61lhost:{port}/ http://{inward},{host}/
    http://{inward};{host}/ http://{inward}&@{host}/ http://ⓛocalhost:{port}/ http://loc\u0430lhost:{port}/
"""
INVISIBLE = (
    "http://{host}/\t|http://{inward}:{port}\t/|http://{inward}\r\nHost: {host}/|http://{inward}:{port}/\x00"
    "|http://{inward}\x00.{host}/|http://{host} {inward}/|http://\u200b{inward}:{port}/|http://{inward}\u00ad:{port}/"
)
"""What one parser reads as the outer host and another as the inner, with odd blanks in the second table."""
SCHEMES = """
    file:///etc/passwd file://{inward}/etc/passwd ftp://{inward}:{port}/a gopher://{inward}:{port}/_INFO
    dict://{inward}:{port}/stats ws://{inward}:{port}/ wss://{inward}:{port}/ unix:///var/run/docker.sock
    http+unix://%2Fvar%2Frun%2Fdocker.sock/info s3://bucket/key ldap://{inward}/ tftp://{inward}/x
    jar:http://{inward}!/ netdoc:///etc/passwd httpx://{inward}/ //{inward}:{port}/ {inward}:{port}/
"""
PORTS = (0, 1, 22, 25, 53, 79, 81, 110, 443, 2375, 3306, 5432, 6379, 8000, 8080, 9200, 11211, 27017, 65535, 65536)


def spellings(port: int) -> list[str]:
    """Loopback, private, link-local and metadata addresses in every way that some resolver may read."""
    hosts = []
    for address in INWARD.split():
        a, b, c, d = (int(part) for part in address.split("."))
        whole = (a << 24) + (b << 16) + (c << 8) + d
        full_width = "".join(chr(0xFF10 + int(sign)) if sign.isdigit() else sign for sign in address)
        hosts += [
            address,
            f"{address}.",
            f"{whole}",
            f"0x{whole:x}",
            f"0X{whole:08X}",
            f"0{whole:o}",
            f"{a}.{(b << 16) + (c << 8) + d}",
            f"{a}.{b}.{(c << 8) + d}",
            f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
            f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
            f"0x{a:x}.{b}.{c}.{d}",
            f"{a:03}.{b:03}.{c:03}.{d:03}",
            f"{a}.{b}.{c}.%{ord(str(d)[0]):x}{str(d)[1:]}",
            full_width,
            full_width.replace(".", "。"),
            address.replace(".", "．"),  # noqa: RUF001 - a full-width stop
            f"[::ffff:{address}]",
            f"[::ffff:{whole >> 16:x}:{whole & 0xFFFF:x}]",
            f"[::{address}]",
            f"[::ffff:0:{address}]",
            f"[64:ff9b::{address}]",
            f"[64:ff9b:1::{address}]",
            f"[2002:{whole >> 16:x}:{whole & 0xFFFF:x}::]",
            f"[0:0:0:0:0:ffff:{address}]",
            f"user@{address}",
        ]
    return [f"http://{host}:{port}/" for host in [*hosts, *ODDITIES.split()]]


def special_addresses(port: int) -> Iterator[str]:
    """The first and the last address of every special block."""
    for block in BLOCKS.split():
        network = ip_network(block)
        for address in {network[0], network[-1]}:
            yield f"http://{f'[{address}]' if network.version == 6 else address}:{port}/"


def misleading(host: str, port: int) -> Iterator[str]:
    """`host` is public and has a picture."""
    for form in [*MISLEADING.split(), *INVISIBLE.split("|"), *SCHEMES.split()]:
        for inward in ("127.0.0.1", "169.254.169.254"):
            yield form.format(host=host, inward=inward, port=port)


def other_ports(host: str) -> Iterator[str]:
    yield from (f"http://{host}:{port}/cat.png" for port in PORTS)
