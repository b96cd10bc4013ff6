"""Names that nobody guesses and that certify their bytes (H2)."""

from __future__ import annotations

import hashlib
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.hosting.names import HALF_TOKEN, HostedName
from gateway.images import ImageFormat, Operation

SHA256 = hashlib.sha256(b"picture").hexdigest()
SECRET, DIGEST = "a" * HALF_TOKEN, "ftvcotil5xbz5rflnou6lhwirh"
NAME = f"130708-24112025_{SECRET}{DIGEST}_generate.png"


def no_chance(count: int) -> bytes:
    return bytes(count)


def test_a_name_tells_the_time_a_secret_the_digest_the_operation_and_the_format() -> None:
    name = HostedName.make(1_763_989_628.9, no_chance, SHA256, Operation.GENERATE, ImageFormat.PNG)

    assert str(name) == NAME


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("picture_format", [ImageFormat.PNG, ImageFormat.JPEG, ImageFormat.WEBP])
def test_what_was_made_is_parsed_to_the_same_value(operation: Operation, picture_format: ImageFormat) -> None:
    name = HostedName.make(1_763_989_628, secrets.token_bytes, SHA256, operation, picture_format)

    assert HostedName.parse(str(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "130708-24112025_abcd_generate.png",
        f"../{NAME}",
        f"..%2F{NAME}",
        f"/etc/{NAME}",
        f"{NAME}/",
        f"{NAME}\n",
        f"{NAME}\0",
        f"\0{NAME}",
        f"{NAME}.png",
        NAME * 1000,
        NAME.upper(),
        NAME.replace("_generate", "_GENERATE"),
        NAME.replace("_generate", "_variation"),
        NAME.replace(".png", ".gif"),
        NAME.replace(".png", ".jpeg"),
        NAME.replace(".png", ""),
        NAME.replace(SECRET, SECRET[1:]),
        NAME.replace(SECRET, SECRET + "a"),
        NAME.replace(SECRET, "0" + SECRET[1:]),
        NAME.replace(SECRET, "1" + SECRET[1:]),
        NAME.replace(SECRET, "ａ" + SECRET[1:]),  # noqa: RUF001 - full-width on purpose
        NAME.replace("130708", "１30708"),  # noqa: RUF001 - full-width on purpose
        NAME.replace("130708", "240000"),
        NAME.replace("130708", "136000"),
        NAME.replace("130708", "130760"),
        NAME.replace("24112025", "00112025"),
        NAME.replace("24112025", "24002025"),
        NAME.replace("24112025", "24132025"),
        NAME.replace("24112025", "30022024"),
        NAME.replace("24112025", "29022025"),
        NAME.replace("24112025", "24110000"),
        NAME.replace("24112025", "31121969"),
        "CON",
        "nul.png",
        "usage.json",
    ],
)
def test_what_is_not_exactly_a_name_of_ours_names_nothing(text: str) -> None:
    assert HostedName.parse(text) is None


@given(st.from_regex(r"[0-9]{6}-[0-9]{8}_[a-z2-7]{52}_(generate|edit|upscale)\.(png|jpg|webp)", fullmatch=True))
def test_every_name_is_spelled_one_way(text: str) -> None:
    name = HostedName.parse(text)

    assert name is None or str(name) == text


def test_the_secret_takes_130_random_bits() -> None:
    asked: list[int] = []

    def recorded(count: int) -> bytes:
        asked.append(count)
        return secrets.token_bytes(count)

    names = [HostedName.make(0, recorded, SHA256, Operation.EDIT, ImageFormat.WEBP).secret for _ in range(2000)]
    symbols = [{name[place] for name in names} for place in range(HALF_TOKEN)]

    assert all(len(at_place) == 32 for at_place in symbols)
    assert all(count * 8 >= 5 * HALF_TOKEN for count in asked)


def test_the_name_certifies_these_bytes_and_no_others() -> None:
    name = HostedName.make(0, secrets.token_bytes, SHA256, Operation.EDIT, ImageFormat.PNG)

    assert name.certifies(SHA256)
    assert not name.certifies(hashlib.sha256(b"Picture").hexdigest())


def test_the_entity_tag_is_strong_and_follows_the_content_alone() -> None:
    one = HostedName.make(0, secrets.token_bytes, SHA256, Operation.EDIT, ImageFormat.PNG)
    other = HostedName.make(60, secrets.token_bytes, SHA256, Operation.UPSCALE, ImageFormat.PNG)

    assert one.etag == other.etag == f'"{DIGEST}"'


@pytest.mark.parametrize("picture_format", [ImageFormat.GIF, ImageFormat.BMP])
def test_formats_that_are_never_given_out_cannot_be_named(picture_format: ImageFormat) -> None:
    with pytest.raises(ValueError, match="not hosted"):
        HostedName.make(0, secrets.token_bytes, SHA256, Operation.EDIT, picture_format)
