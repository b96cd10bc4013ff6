"""The guarded fetch: what is dialled, followed, read and told (S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12)."""

from __future__ import annotations

import asyncio
import logging
import ssl
from asyncio import BaseEventLoop
from typing import TYPE_CHECKING, Any

import pytest
from support.hostile_urls import spellings

from gateway.errors import BadRequest, GatewayError, PayloadTooLarge
from gateway.inputs.egress import CheckedResolver
from gateway.inputs.fetch import FetchRules, GuardedFetch, Reason, UrlRefused
from gateway.logs import TextFormatter

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from pathlib import Path

    from aiohttp.abc import ResolveResult
    from support.internet import Script, Site

    from .conftest import Ask, Bench

CAT = "http://pictures.example/cat.png"
WEB = ("93.184.216.34", 80)
CODES = [301, 302, 303, 307, 308]


async def _accepted(ask: Ask, made: GuardedFetch, urls: list[str]) -> list[str]:
    """Those of the URLs that were not refused with a 400."""
    accepted = []
    for url in urls:
        try:
            await ask(made, url)
        except BadRequest:
            continue
        accepted.append(url)
    return accepted


async def test_a_picture_is_fetched(bench: Bench, pictures: Site) -> None:
    made = await bench.fetch()
    assert await made.fetch(CAT, param="image") == b"a cat"
    assert pictures.paths == ["/cat.png"]
    assert bench.refused == []


async def test_s11_a_checked_url_is_handed_on_in_its_canonical_form(bench: Bench, pictures: Site) -> None:
    made = await bench.fetch()
    assert await made.check("HTTP://Pictures.Example/cat.png#x", param="image") == CAT
    assert bench.wire.dialled == []
    assert pictures.connections == 0


@pytest.mark.parametrize("host", ["pictures.example", "93.184.216.34", "[2606:4700::1]", "[2606:4700:0:0::1]"])
async def test_a_signed_url_is_asked_for_as_it_came(bench: Bench, pictures: Site, host: str) -> None:
    signed = "/a%2fb/%7e?x=%7E+a%20b&sig=a%2Bb/c%3d=="
    pictures.serve(signed, b"a cat")
    bench.wire.standing_for["2606:4700::1"] = pictures.port
    made = await bench.fetch()
    assert await made.fetch(f"http://{host}{signed}", param="image") == b"a cat"
    assert pictures.paths == [signed]


async def test_an_answer_without_length_is_read_to_its_end(bench: Bench, pictures: Site) -> None:
    pictures.answers["/a"] = b"HTTP/1.1 200 OK\r\n\r\nall of it"
    pictures.answers["/b"] = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n6\r\n of it\r\n0\r\n\r\n"
    )
    made = await bench.fetch()
    assert [await made.download(f"http://pictures.example/{path}") for path in "ab"] == [b"all of it"] * 2


async def test_private_networks_can_be_allowed(bench: Bench, canary: Site) -> None:
    canary.serve("/a", b"inner")
    made = await bench.fetch(allow_private_networks=True)
    assert await made.fetch(f"http://127.0.0.1:{canary.port}/a", param="image") == b"inner"


async def test_the_constructor_does_nothing_that_must_be_undone() -> None:
    made = GuardedFetch(FetchRules())
    with pytest.raises(RuntimeError):
        await made.download("http://93.184.216.34/")
    await made.close()


async def test_s1_no_spelling_of_an_inward_address_gets_through(bench: Bench, canary: Site, ask: Ask) -> None:
    found = spellings(canary.port)
    for url in found:  # a name server that reads every spelling as the most careless libraries do
        bench.names.point(url.removeprefix("http://").rpartition(":")[0].lower(), "127.0.0.1")
    made = await bench.fetch(ports=frozenset({canary.port}))
    assert len(set(found)) >= 100
    assert await _accepted(ask, made, found) == []
    assert (canary.connections, bench.wire.dialled) == (0, [])


async def test_s2_an_ipv6_literal_reaches_no_inner_service(bench: Bench, canary: Site, ask: Ask) -> None:
    made = await bench.fetch(ports=frozenset({canary.port}))
    hosts = [
        "::1",
        "::ffff:7f00:1",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fd00::1",
    ]
    assert await _accepted(ask, made, [f"http://[{host}]:{canary.port}/" for host in hosts]) == []
    assert (canary.connections, bench.wire.dialled) == (0, [])


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["::1"],
        ["64:ff9b::7f00:1"],
    ],
    ids=str,
)
async def test_s3_a_name_that_leads_inward_is_refused(bench: Bench, canary: Site, ask: Ask, answer: list[str]) -> None:
    bench.names.point("inner.example", *answer)
    made = await bench.fetch(ports=frozenset({canary.port}))
    assert await _accepted(ask, made, [f"http://inner.example:{canary.port}/"]) == []
    assert (canary.connections, bench.wire.dialled, bench.refused) == (0, [], [Reason.INWARD])


async def test_s3_the_systems_own_names_are_checked(canary: Site) -> None:
    made = GuardedFetch(FetchRules(ports=frozenset({canary.port})))
    await made.open()
    assert await _bytes_or_none(made, f"http://localhost:{canary.port}/") is None
    await made.close()
    assert canary.connections == 0


async def test_s4_rebinding_never_reaches_an_inner_service(bench: Bench, pictures: Site, canary: Site) -> None:
    bench.wire.standing_for["93.184.216.34"] = pictures.port
    bench.names.turns["rebind.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    made = await bench.fetch(ports=frozenset({canary.port}))
    url = f"http://rebind.example:{canary.port}/cat.png"
    answers = [await _bytes_or_none(made, url) for _ in range(100)]
    assert answers == [b"a cat", None] * 50
    assert canary.connections == 0
    assert bench.wire.dialled == [("93.184.216.34", canary.port)] * 50
    assert len(bench.names.asked) == 100


async def _bytes_or_none(made: GuardedFetch, url: str) -> bytes | None:
    try:
        return await made.fetch(url, param="image")
    except GatewayError:
        return None


async def test_s4_rebinding_between_two_hops_is_refused(bench: Bench, pictures: Site, canary: Site) -> None:
    bench.names.turns["rebind.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    pictures.redirect("/a", "/b")
    made = await bench.fetch(ports=frozenset({canary.port}))
    assert await _bytes_or_none(made, f"http://rebind.example:{canary.port}/a") is None
    assert (pictures.paths, canary.connections, bench.refused) == (["/a"], 0, [Reason.INWARD])


async def test_s4_the_socket_is_checked_though_the_look_up_was_not(
    bench: Bench, canary: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unchecked(_self: CheckedResolver, host: str, port: int, **_family: object) -> list[ResolveResult]:
        return await bench.names.resolve(host, port)

    monkeypatch.setattr(CheckedResolver, "resolve", unchecked)
    bench.names.point("inner.example", "127.0.0.1", "93.184.216.34", "127.0.0.2")
    made = await bench.fetch(ports=frozenset({canary.port}))
    assert await _bytes_or_none(made, f"http://inner.example:{canary.port}/") is None
    # Nothing is dialled after the refusal either, not even the public address that follows.
    assert (canary.connections, bench.wire.dialled, bench.refused) == (0, [], [Reason.INWARD])


async def test_s4_of_several_public_addresses_a_dead_one_is_passed_over(bench: Bench, pictures: Site) -> None:
    bench.names.point("pictures.example", "93.184.216.99", "93.184.216.34")
    made = await bench.fetch()
    assert await made.download(CAT) == b"a cat"
    assert bench.wire.dialled == [("93.184.216.99", 80), WEB]
    assert pictures.connections == 1


@pytest.mark.parametrize("code", CODES)
async def test_s5_no_redirect_leads_inward(bench: Bench, pictures: Site, canary: Site, code: int) -> None:
    port = canary.port
    bench.names.point("inner.example", "127.0.0.1")
    targets = [
        f"http://127.0.0.1:{port}/",
        f"//127.0.0.1:{port}/",
        f"http://127.1:{port}/",
        f"http://[::1]:{port}/",
    ]
    targets += [f"http://inner.example:{port}/", f"//inner.example:{port}/", f"http://a@127.0.0.1:{port}/"]
    targets += [
        f"http:127.0.0.1:{port}/",
        f"///127.0.0.1:{port}/",
        f"/\\127.0.0.1:{port}/",
        f"/\t/127.0.0.1:{port}/",
    ]
    targets += [
        f"http://pictures.example:{port + 1}/",
        "file:///etc/passwd",
        f"ftp://127.0.0.1:{port}/",
        "data:,x",
    ]
    targets += [
        f"gopher://127.0.0.1:{port}/",
        f"ws://127.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
    ]
    made = await bench.fetch(ports=frozenset({80, port}))
    for target in targets:
        pictures.redirect("/a", target, code)
        assert await _bytes_or_none(made, "http://pictures.example/a") is None, target
    assert canary.connections == 0
    assert bench.wire.dialled == [WEB] * len(targets)


@pytest.mark.parametrize("code", CODES)
async def test_s5_a_redirect_to_a_public_host_is_followed(bench: Bench, pictures: Site, code: int) -> None:
    pictures.redirect("/old/a", "../cat.png", code)
    made = await bench.fetch()
    assert await made.download("http://pictures.example/old/a") == b"a cat"
    assert [request.split(" ")[0] for request in pictures.requests] == ["GET", "GET"]


async def test_s5_three_redirects_are_followed_and_no_fourth(bench: Bench, pictures: Site) -> None:
    for hop, target in [("4", "3"), ("3", "2"), ("2", "1"), ("1", "cat.png")]:
        pictures.redirect(f"/{hop}", f"/{target}")
    made = await bench.fetch()
    assert await made.download("http://pictures.example/3") == b"a cat"
    pictures.requests.clear()
    assert await _bytes_or_none(made, "http://pictures.example/4") is None
    assert (pictures.paths, bench.refused) == (["/4", "/3", "/2", "/1"], [Reason.REDIRECTS])


async def test_s5_a_loop_ends(bench: Bench, pictures: Site) -> None:
    pictures.redirect("/a", "/a")
    made = await bench.fetch()
    assert await _bytes_or_none(made, "http://pictures.example/a") is None
    assert pictures.connections == 4


async def test_s5_a_redirect_without_a_target_is_no_picture(bench: Bench, pictures: Site) -> None:
    pictures.answers["/a"] = b"HTTP/1.1 302 X\r\nContent-Length: 5\r\n\r\na cat"
    made = await bench.fetch()
    assert await _bytes_or_none(made, "http://pictures.example/a") is None
    assert bench.refused == [Reason.STATUS]


async def test_s6_misleading_urls_are_refused(bench: Bench, pictures: Site, ask: Ask) -> None:
    made = await bench.fetch()
    urls = ["http://a@pictures.example/", "http://a:b@pictures.example/", "http:\\\\pictures.example/"]
    urls += [
        "http://pictures.example\\@127.0.0.1/",
        "http://pictures.example/\r\nX: y",
        "http://pictures.example/\x00",
    ]
    urls += [
        "http://pictures%2eexample/",
        "//pictures.example/",
        "http:/pictures.example/",
        "http:pictures.example",
    ]
    urls += ["\thttp://pictures.example/", "http://pictures.example/ ", "http://pictures.example./cat.png"]
    assert await _accepted(ask, made, urls) == []
    assert (pictures.connections, bench.wire.dialled) == (0, [])


async def test_s7_only_two_schemes_are_opened(
    bench: Bench, pictures: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr("builtins.open", opened)
    schemes = ["file", "ftp", "gopher", "dict", "ws", "wss", "unix", "http+unix", "s3", "tcp", "jar", "HTTPX"]
    made = await bench.fetch()
    assert await _accepted(ask, made, [f"{scheme}://pictures.example/cat.png" for scheme in schemes]) == []
    assert set(bench.refused) == {Reason.SCHEME}
    assert (pictures.connections, bench.wire.dialled) == (0, [])


async def test_s8_other_ports_are_not_dialled(bench: Bench, pictures: Site, ask: Ask) -> None:
    made = await bench.fetch()
    urls = [f"http://pictures.example:{port}/cat.png" for port in (22, 25, 6379, 8080, 8443, 9200, pictures.port)]
    assert await _accepted(ask, made, urls) == []
    assert (set(bench.refused), bench.wire.dialled) == ({Reason.PORT}, [])


async def test_s9_the_gateway_does_not_call_itself(bench: Bench, canary: Site, ask: Ask) -> None:
    bench.names.point("me.internal", "127.0.0.1")
    own = frozenset({("127.0.0.1", canary.port), ("images.example", 443)})
    made = await bench.fetch(allow_private_networks=True, own_addresses=own)
    urls = [
        f"http://127.0.0.1:{canary.port}/",
        f"http://me.internal:{canary.port}/",
        "https://images.example/v1/models",
    ]
    assert await _accepted(ask, made, urls) == []
    assert (canary.connections, set(bench.refused)) == (0, {Reason.OURSELVES})


@pytest.fixture
def proxied(canary: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """An environment in which every variable names the canary as a proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.delenv("NO_PROXY", raising=False)
    return canary


async def test_s10_no_proxy_of_the_environment_is_used(bench: Bench, pictures: Site, proxied: Site) -> None:
    made = await bench.fetch(connect_timeout=0.05)
    assert await made.download(CAT) == b"a cat"
    await _bytes_or_none(made, "https://pictures.example/cat.png")
    assert proxied.connections == 0
    assert pictures.connections == 2


async def test_s10_requests_carry_nothing_of_ours(
    bench: Bench, pictures: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine pictures.example login us password ours")
    monkeypatch.setenv("NETRC", str(netrc))
    pictures.redirect("/a", "/cat.png\r\nSet-Cookie: session=1")
    made = await bench.fetch()
    await made.download("http://pictures.example/a")
    names = {line.split(":")[0].lower() for line in pictures.requests[1].split("\r\n")[1:] if line}
    assert names <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert "User-Agent: nano-banana-gateway/" in pictures.requests[1]
    assert "Accept-Encoding: identity" in pictures.requests[1]


async def test_s10_connections_and_look_ups_are_not_kept(bench: Bench, pictures: Site) -> None:
    made = await bench.fetch()
    for _ in range(3):
        await made.download(CAT)
    assert (pictures.connections, len(bench.names.asked)) == (3, 3)
    assert "Connection: close" in pictures.requests[0]


async def test_https_is_never_spoken_in_the_clear(bench: Bench, pictures: Site) -> None:
    made = await bench.fetch(connect_timeout=0.05)
    with pytest.raises(UrlRefused) as refused:
        await made.download("https://pictures.example/cat.png")
    assert (pictures.connections, pictures.requests) == (1, [])
    # The site never answers the handshake; the time for connecting covers that, not the whole fetch's.
    assert (refused.value.reason, refused.value.detail) == (Reason.TIMEOUT, "ConnectionTimeoutError")


@pytest.mark.usefixtures("pictures")
async def test_https_trusts_only_a_certificate_for_that_name(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: dict[str, Any] = {}

    async def create_connection(_loop: BaseEventLoop, *_args: object, **options: object) -> None:
        handed.update(options)
        raise ConnectionResetError

    monkeypatch.setattr(BaseEventLoop, "create_connection", create_connection)
    made = await bench.fetch()
    assert await _bytes_or_none(made, "https://pictures.example/cat.png") is None
    assert handed["server_hostname"] == "pictures.example"
    assert (handed["ssl"].verify_mode, handed["ssl"].check_hostname) == (ssl.CERT_REQUIRED, True)
    handed["sock"].close()


async def test_a_length_beyond_the_limit_is_refused_unread(bench: Bench, pictures: Site, patient: Script) -> None:
    async def announce(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
        await patient(reader, writer)

    pictures.answers["/huge"] = announce
    made = await bench.fetch(max_bytes=1000)
    with pytest.raises(PayloadTooLarge) as refused:
        await made.fetch("http://pictures.example/huge", param="mask")
    assert (refused.value.param, bench.refused) == ("mask", [Reason.TOO_LARGE])


async def test_an_endless_body_stops_at_the_limit(bench: Bench, pictures: Site) -> None:
    sent = 0

    async def pour(_reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    pictures.answers["/endless"] = pour
    made = await bench.fetch(max_bytes=2**20)
    assert await _bytes_or_none(made, "http://pictures.example/endless") is None
    assert bench.refused == [Reason.TOO_LARGE]
    assert sent < 16 * 2**20


async def test_a_body_of_exactly_the_limit_is_taken(bench: Bench, pictures: Site) -> None:
    pictures.serve("/a", b"x" * 1000)
    made = await bench.fetch(max_bytes=1000)
    assert len(await made.download("http://pictures.example/a")) == 1000


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
async def test_a_silent_server_is_left_at_the_deadline(
    bench: Bench, pictures: Site, patient: Script, said: bytes
) -> None:
    async def stall(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(said)
        await patient(reader, writer)

    pictures.answers["/slow"] = stall
    made = await bench.fetch(timeout=0.05)
    assert await _bytes_or_none(made, "http://pictures.example/slow") is None
    assert bench.refused == [Reason.TIMEOUT]


async def test_a_name_server_that_never_answers_is_left_at_the_deadline(
    bench: Bench, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(*_args: object, **_options: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(bench.names, "resolve", wait)
    made = await bench.fetch(timeout=0.05)
    assert await _accepted(ask, made, [CAT]) == []
    assert bench.refused == [Reason.TIMEOUT]


async def test_the_deadline_covers_all_hops(bench: Bench, pictures: Site, patient: Script) -> None:
    pictures.redirect("/a", "/b")
    pictures.answers["/b"] = patient
    made = await bench.fetch(timeout=0.05)
    assert await _bytes_or_none(made, "http://pictures.example/a") is None
    assert (pictures.paths, bench.refused) == (["/a", "/b"], [Reason.TIMEOUT])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip"])
async def test_a_packed_body_is_refused(bench: Bench, pictures: Site, encoding: str) -> None:
    pictures.serve("/bomb", b"\x1f\x8b", f"Content-Encoding: {encoding}")
    made = await bench.fetch()
    assert await _bytes_or_none(made, "http://pictures.example/bomb") is None
    assert bench.refused == [Reason.ENCODED]


@pytest.mark.parametrize("status", [201, 202, 204, 206, 300, 304, 305, 400, 401, 403, 404, 407, 429, 500, 503])
async def test_only_status_200_counts(bench: Bench, pictures: Site, status: int) -> None:
    pictures.answers["/a"] = f"HTTP/1.1 {status} X\r\nLocation: /cat.png\r\nContent-Length: 0\r\n\r\n".encode()
    made = await bench.fetch()
    assert await _bytes_or_none(made, "http://pictures.example/a") is None
    assert bench.refused == [Reason.STATUS]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\na cat",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na cat",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na cat",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
    ],
    ids=lambda answer: ascii(answer[:60]),
)
async def test_broken_http_is_a_refusal(bench: Bench, pictures: Site, answer: bytes) -> None:
    pictures.answers["/a"] = answer
    made = await bench.fetch()
    assert await _bytes_or_none(made, "http://pictures.example/a") is None
    assert bench.refused == [Reason.BROKEN]


async def test_s12_every_failure_has_the_same_words(bench: Bench, pictures: Site, patient: Script) -> None:
    bench.names.point("inner.example", "10.0.0.1")
    bench.names.point("closed.example", "93.184.216.99")
    pictures.answers["/slow"] = patient
    pictures.redirect("/inward", "http://127.0.0.1/")
    pictures.answers["/cut"] = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na cat"
    made = await bench.fetch(timeout=0.1)
    hosts = [
        "127.0.0.1",
        "inner.example",
        "closed.example",
        "nowhere.example",
        "pictures.example:8080",
        "a@b",
    ]
    urls = [*(f"http://{host}/" for host in hosts), "file:///etc/passwd", "https://pictures.example/"]
    urls += [f"http://pictures.example/{path}" for path in ("slow", "inward", "cut", "missing")]
    bodies = [await bench.body_of_error(made, url) for url in urls]
    assert bodies == [bodies[0]] * len(urls)
    assert len(set(bench.refused)) == 9


async def test_s11_a_checked_url_is_refused_in_the_same_words(bench: Bench) -> None:
    made = await bench.fetch()
    with pytest.raises(BadRequest) as refused:
        await made.check("http://127.0.0.1/", param="image")
    assert refused.value.body() == await bench.body_of_error(made, "http://127.0.0.1/")


async def test_s12_the_answer_names_the_field_and_the_rules(bench: Bench) -> None:
    made = await bench.fetch()
    error = (await bench.body_of_error(made, "http://127.0.0.1/"))["error"]
    assert error["param"] == "image"
    assert "public host and port 80 or 443" in error["message"]
    assert "127.0.0.1" not in error["message"]


async def test_s12_the_reason_is_logged_without_the_query(
    bench: Bench, pictures: Site, caplog: pytest.LogCaptureFixture
) -> None:
    made = await bench.fetch()
    with caplog.at_level(logging.INFO, "gateway.fetch"):
        await _bytes_or_none(made, "http://pictures.example/missing?secret=1")
    line = TextFormatter().format(caplog.records[-1])
    assert "reason=status host=pictures.example" in line
    assert "secret" not in line
    assert pictures.connections == 1


async def test_s12_a_hostile_url_logs_one_escaped_line(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    made = await bench.fetch()
    with caplog.at_level(logging.INFO, "gateway.fetch"):
        await _bytes_or_none(made, "http://a\r\nERROR forged\x1b[31m.example/\u202e")
    line = TextFormatter().format(caplog.records[-1])
    assert line.isprintable()
    assert "forged" not in line


async def test_a_backends_url_fails_with_its_reason(bench: Bench) -> None:
    made = await bench.fetch()
    with pytest.raises(UrlRefused) as refused:
        await made.download("http://127.0.0.1/out.png")
    assert refused.value.reason is Reason.INWARD
    assert not isinstance(refused.value, GatewayError)
    assert bench.refused == [], "no client has sent it, so no request was refused"


async def test_a_backends_picture_may_be_larger_than_a_clients(bench: Bench, pictures: Site) -> None:
    pictures.serve("/a", b"x" * 2000)
    made = await bench.fetch(max_bytes=1000)
    assert len(await made.download("http://pictures.example/a", max_bytes=2000)) == 2000
    with pytest.raises(UrlRefused) as refused:
        await made.download("http://pictures.example/a", max_bytes=1999)
    assert refused.value.reason is Reason.TOO_LARGE
