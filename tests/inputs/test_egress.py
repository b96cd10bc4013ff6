from __future__ import annotations

import socket
import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from gateway.backends import _fetch_rules
from gateway.config_file import parse as parse_config
from gateway.inputs.egress import CheckedResolver, FetchRules, SystemResolver, checked_socket
from gateway.inputs.urls import Reason, UrlRefused, parse
from gateway.upstreams import DRIVER_SETTINGS

if TYPE_CHECKING:
    from support.internet import Names

PRIVATE = "127.0.0.1 10.0.0.1 100.64.0.1 172.16.0.1 192.168.0.1 ::1 fd12::1 64:ff9b::a00:1"
NEVER = "0.0.0.0 169.254.169.254 168.63.129.16 100.100.100.200 fd00:ec2::254 224.0.0.1 fe80::1 64:ff9b::a9fe:1"
OWN = """
    127.0.0.1|127.0.0.1 10.0.0.5|10.0.0.5 10.0.0.5|64:ff9b::a00:5 ::1|::1 localhost|127.0.0.1 localhost|::1
    0.0.0.0|127.0.0.1 ::|127.0.0.2
"""
NEIGHBOURS = "127.0.0.1|127.0.0.2 0.0.0.0|10.0.0.5 ::|10.0.0.5 localhost|10.0.0.5"


def _verdict(rules: FetchRules, text: str) -> Reason | None:
    try:
        rules.check_url(parse(text))
    except UrlRefused as refusal:
        return refusal.reason
    return None


def _of_address(rules: FetchRules, text: str, port: int = 80) -> Reason | None:
    try:
        rules.check_address(ip_address(text), port)
    except UrlRefused as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize("port", [1, 22, 25, 79, 81, 442, 444, 2375, 3000, 6379, 8000, 8080, 8443, 9200, 65535])
def test_s8_other_ports_are_refused(port: int) -> None:
    assert _verdict(FetchRules(), f"http://pictures.example:{port}/") is Reason.PORT


@pytest.mark.parametrize("text", ["http://a.example/", "https://a.example/", "http://a.example:443/"])
def test_s8_the_two_web_ports_are_open(text: str) -> None:
    assert _verdict(FetchRules(), text) is None


def test_s8_ports_are_configured() -> None:
    rules = FetchRules(ports=frozenset({8443}))
    assert _verdict(rules, "https://a.example:8443/") is None
    assert _verdict(rules, "https://a.example/") is Reason.PORT


def test_s8_private_networks_lift_the_port_rule() -> None:
    assert _verdict(FetchRules(allow_private_networks=True), "http://comfyui:8188/view") is None


@pytest.mark.parametrize("text", [*PRIVATE.split(), *NEVER.split()])
def test_s1_inward_addresses_are_refused(text: str) -> None:
    assert _of_address(FetchRules(), text) is Reason.INWARD


@pytest.mark.parametrize("text", PRIVATE.split())
def test_private_networks_can_be_allowed(text: str) -> None:
    assert _of_address(FetchRules(allow_private_networks=True), text) is None


@pytest.mark.parametrize("text", NEVER.split())
def test_metadata_and_link_local_stay_refused(text: str) -> None:
    assert _of_address(FetchRules(allow_private_networks=True), text) is Reason.INWARD


def test_s9_a_public_address_of_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.inputs.egress.is_this_machine", lambda address: str(address) == "93.184.216.34")
    assert _of_address(FetchRules(), "93.184.216.34") is Reason.OURSELVES
    assert _of_address(FetchRules(), "93.184.216.35") is None


@pytest.mark.parametrize("pair", OWN.split())
def test_s9_where_the_gateway_listens_is_refused_even_when_private_is_allowed(pair: str) -> None:
    own, dialled = pair.split("|")
    rules = FetchRules(allow_private_networks=True, own_addresses=frozenset({(own, 8080)}))
    assert _of_address(rules, dialled, 8080) is Reason.OURSELVES
    assert _of_address(rules, dialled, 8081) is None


@pytest.mark.parametrize("pair", NEIGHBOURS.split())
def test_s9_a_neighbour_on_the_same_port_is_not_the_gateway(pair: str) -> None:
    own, dialled = pair.split("|")
    rules = FetchRules(allow_private_networks=True, own_addresses=frozenset({(own, 8080)}))
    assert _of_address(rules, dialled, 8080) is None


@pytest.mark.parametrize("allowed", [True, False])
def test_s9_the_public_name_is_refused(allowed: bool) -> None:  # noqa: FBT001 - a table of two
    own = frozenset({("images.example", 443)})
    rules = FetchRules(allow_private_networks=allowed, own_addresses=own)
    assert _verdict(rules, "https://IMAGES.example/v1/images/generations?prompt=again") is Reason.OURSELVES
    assert _verdict(rules, "http://images.example/") is None


def test_s9_the_port_of_the_metrics_is_the_gateways_too() -> None:
    rules = _fetch_rules(parse_config({"metrics": {"port": 9464}}, DRIVER_SETTINGS, {}))
    assert rules.own_addresses == {("127.0.0.1", 8080), ("127.0.0.1", 9464)}


@pytest.mark.parametrize(
    "answer",
    [
        ["10.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["::1", "93.184.216.34"],
        ["fe80::1%eth0"],
        ["not an address"],
        [],
    ],
    ids=str,
)
async def test_s3_one_inward_address_spoils_the_answer(names: Names, answer: list[str]) -> None:
    names.point("a.example", *answer)
    with pytest.raises(UrlRefused):
        await CheckedResolver(FetchRules(), names).resolve("a.example", 80)


async def test_s3_a_public_answer_is_passed_on(names: Names) -> None:
    names.point("a.example", "93.184.216.34", "2606:4700::1111")
    answers = await CheckedResolver(FetchRules(), names).resolve("a.example", 80)
    assert [answer["host"] for answer in answers] == ["93.184.216.34", "2606:4700::1111"]


async def test_an_unknown_name_is_a_refusal(names: Names) -> None:
    with pytest.raises(UrlRefused) as refused:
        await CheckedResolver(FetchRules(), names).resolve("nowhere.example", 80)
    assert refused.value.reason is Reason.NOT_RESOLVED


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, ("127.0.0.1", 80)),
        (socket.AF_INET6, ("::1", 80, 0, 0)),
        (socket.AF_INET6, ("::ffff:127.0.0.1", 80, 0, 0)),
        (socket.AF_INET6, ("fe80::1%eth0", 80, 0, 2)),
    ],
)
def test_s4_no_socket_is_made_for_an_inward_address(family: int, address: tuple[str, int]) -> None:
    with pytest.raises(UrlRefused) as refused:
        checked_socket(FetchRules(), (family, socket.SOCK_STREAM, 0, "", address))
    assert refused.value.reason is Reason.INWARD


def test_s4_a_refusal_is_not_taken_for_a_failed_attempt() -> None:
    assert not issubclass(UrlRefused, OSError | RuntimeError)


async def test_look_ups_keep_to_threads_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def getaddrinfo(*_args: object, **_options: object) -> list[object]:
        threads.append(threading.current_thread().name)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    resolver = SystemResolver()
    assert await resolver.resolve("slow.example") == []
    await resolver.close()
    assert [name.startswith("lookup") for name in threads] == [True]


async def test_the_systems_own_look_up_is_asked() -> None:
    resolver = SystemResolver()
    answers = await resolver.resolve("localhost", 8080)
    await resolver.close()
    assert {answer["host"] for answer in answers} <= {"127.0.0.1", "::1"}
    assert {answer["port"] for answer in answers} == {8080}
