"""Links that are signed and end: who may open which picture, until when (H2)."""

from __future__ import annotations

import base64
import math
import secrets
from collections.abc import Callable

import pytest
from multidict import MultiDict
from yarl import URL

from gateway.clock import Clock
from gateway.hosting.names import HostedName
from gateway.hosting.signing import Access, PlainLinks, SignedLinks
from gateway.images import ImageFormat, Operation

FIRST, SECOND = "first secret of 32 characters ...", "second secret of 32 characters .."
LIFE = 3600
NAME = HostedName.make(1_763_989_628, bytes, "ab" * 32, Operation.GENERATE, ImageFormat.PNG)
OTHER = HostedName.make(1_763_989_628, bytes, "cd" * 32, Operation.GENERATE, ImageFormat.PNG)

Sign = Callable[..., SignedLinks]


@pytest.fixture
def links(clock: Clock) -> Sign:
    """Signs with these secrets, for pictures that live an hour."""

    def make(*keys: str, ttl: float | None = None) -> SignedLinks:
        return SignedLinks(keys or (FIRST,), clock, lambda name: name.created + LIFE, ttl)

    return make


def opens(links: SignedLinks, path: str) -> Access | None:
    url = URL(path)
    return links.access(url.name, url.query)


def test_a_plain_link_is_the_name_and_may_be_cached_by_all() -> None:
    assert PlainLinks().path(NAME) == f"/images/{NAME}"
    assert PlainLinks().access("whatever", MultiDict()) == Access(math.inf, private=False)


def test_a_signed_link_opens_its_picture_for_its_holder(links: Sign) -> None:
    path = links().path(NAME)

    assert URL(path).path == f"/images/{NAME}"
    assert URL(path).query.keys() == {"expires", "signature"}
    assert opens(links(), path) == Access(LIFE, private=True)


def test_a_link_ends_with_its_picture(links: Sign, advance: Callable[[float], None]) -> None:
    path = links().path(NAME)

    advance(LIFE - 1)
    assert opens(links(), path) == Access(1, private=True)
    advance(1)
    assert opens(links(), path) is None


def test_a_link_may_end_before_its_picture_and_never_after(links: Sign, advance: Callable[[float], None]) -> None:
    short = links(ttl=600)
    first = short.path(NAME)

    advance(600)
    assert opens(short, first) is None
    assert opens(short, short.path(NAME)) == Access(600, private=True)
    advance(LIFE - 700)
    assert opens(short, short.path(NAME)) == Access(100, private=True)


def test_a_new_secret_takes_over_while_old_links_still_work(links: Sign) -> None:
    old = links(FIRST).path(NAME)
    rotating = links(SECOND, FIRST)

    assert opens(rotating, old) is not None
    assert opens(links(SECOND), rotating.path(NAME)) is not None
    assert opens(links(SECOND), old) is None


def test_a_link_names_one_picture_and_one_end(links: Sign) -> None:
    path = links().path(NAME)
    query = URL(path).query

    assert links().access(str(OTHER), query) is None
    assert links().access(f"{NAME}\n", query) is None
    for expires in ("9999999999", f"0{query['expires']}", f"+{query['expires']}", f"{query['expires']} ", "", "-1"):
        assert links().access(str(NAME), MultiDict({**query, "expires": expires})) is None


@pytest.mark.parametrize("extra", ["expires=1", "signature=a", "expires=", "signature="])
def test_what_stands_twice_is_refused(links: Sign, extra: str) -> None:
    assert opens(links(), f"{links().path(NAME)}&{extra}") is None


def test_what_trackers_append_does_no_harm(links: Sign) -> None:
    assert opens(links(), f"{links().path(NAME)}&utm_source=mail") is not None


@pytest.mark.parametrize("missing", ["expires", "signature"])
def test_half_a_link_is_none(links: Sign, missing: str) -> None:
    query = MultiDict(URL(links().path(NAME)).query)
    del query[missing]

    assert links().access(str(NAME), query) is None


def test_every_signature_is_spelled_one_way(links: Sign) -> None:
    """The last letter of 32 bytes in base64 has two bits to spare, which a decoder would overlook."""
    query = URL(links().path(NAME)).query
    signature = query["signature"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twins = [signature[:-1] + letter for letter in letters if letter != signature[-1]]

    for twin in [*twins, signature + "=", signature.lower(), signature + "é", signature + "\udcff", ""]:
        assert links().access(str(NAME), MultiDict({**query, "signature": twin})) is None


def test_guesses_never_hit(links: Sign) -> None:
    signed, query = links(), MultiDict(URL(links().path(NAME)).query)

    for _ in range(20_000):
        query["signature"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
        assert signed.access(str(NAME), query) is None
