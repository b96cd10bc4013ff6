"""What is given on the command line, and what is refused there before anything is sent."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from support.samples import plain

from gateway.client import options
from gateway.client.failures import Unusable
from gateway.client.options import ADDRESS, common_of, form_of, making_of, picture, prompt_of, way_of
from gateway.client.orders import LocalPicture
from gateway.images import ImageFormat


def given(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    options.add_prompt(parser, "x")
    options.add_making(parser)
    options.add_common(parser)
    return parser.parse_args([*arguments] if "x" in arguments else ["x", *arguments])


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NANO_BANANA_GATEWAY", "NANO_BANANA_TOKEN", "http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://example.com/gateway/v1/", "https://example.com/gateway"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_an_address_is_a_base_with_or_without_v1(address: str, found: str) -> None:
    assert way_of(given("--gateway", address)).address == found


@pytest.mark.parametrize(
    "address",
    ["", "localhost:8080", "ftp://x", "http://", "http://u:p@x", "http://x?y=1", "http://x:port", "http://[x"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Unusable, match="is no address"):
        way_of(given("--gateway", address))


def test_the_environment_names_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    assert way_of(given()).address == ADDRESS
    monkeypatch.setenv("NANO_BANANA_GATEWAY", "http://gateway:1")
    assert way_of(given()).address == "http://gateway:1"


def test_a_file_has_the_last_word_about_the_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("nbg_file\n")
    environ = {"NANO_BANANA_TOKEN": " nbg_environment "}

    assert way_of(given(), {}).token is None
    assert way_of(given(), environ).token == "nbg_environment"
    assert way_of(given("--token-file", str(file)), environ).token == "nbg_file"


@pytest.mark.parametrize("content", [b"", b" \n", b"two\nlines", b"\xff", b"t\x1b[31m"])
def test_a_token_that_is_none_is_refused_and_not_shown(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)

    with pytest.raises(Unusable) as caught:
        way_of(given("--token-file", str(file)))

    assert "lines" not in f"{caught.value}{caught.value.advice}"


def test_a_missing_token_file_is_told() -> None:
    with pytest.raises(Unusable, match="No such file"):
        way_of(given("--token-file", "none"))


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:3128")

    assert way_of(given("--gateway", "http://example.com")).proxy == "http://proxy:3128"
    assert way_of(given("--gateway", "http://localhost:8080")).proxy is None
    monkeypatch.setenv("no_proxy", "example.com")
    assert way_of(given("--gateway", "http://example.com")).proxy is None


@pytest.mark.parametrize(
    ("arguments", "form"),
    [
        ([], None),
        (["-o", "a.png"], ImageFormat.PNG),
        (["-o", "a.JPG"], ImageFormat.JPEG),
        (["-o", "a.jpeg", "--format", "jpeg"], ImageFormat.JPEG),
        (["-o", "a"], None),
        (["-o", "a", "--format", "webp"], ImageFormat.WEBP),
        (["-o", "a.d/", "--format", "webp"], ImageFormat.WEBP),
        (["-o", "-", "--format", "jpeg"], ImageFormat.JPEG),
    ],
)
def test_the_format_follows_the_file(arguments: list[str], form: ImageFormat | None) -> None:
    assert form_of(given(*arguments)) is form


@pytest.mark.parametrize("arguments", [["-o", "a.gif"], ["-o", "a.txt"], ["-o", "a.png", "--format", "jpeg"]])
def test_a_file_that_would_lie_about_its_format_is_refused(arguments: list[str]) -> None:
    with pytest.raises(Unusable):
        form_of(given(*arguments))


def test_only_what_was_given_is_sent() -> None:
    assert (making_of(given()), common_of(given())) == ({"n": 1}, {})
    assert making_of(given("-n", "3", "--ratio", "4:3", "--seed", "7")) == {"n": 3, "aspect_ratio": "4:3", "seed": 7}
    assert making_of(given("--size", "1024x1024")) == {"n": 1, "size": "1024x1024"}


def test_extra_fields_have_the_types_that_json_has() -> None:
    extra = ["steps=20", "strict=true", "scale=1.5", "negative_prompt=no text, please", "quality=", 'style="x"']
    arguments = [word for pair in extra for word in ("--extra", pair)]

    assert common_of(given(*arguments)) == {
        "steps": 20,
        "strict": True,
        "scale": 1.5,
        "negative_prompt": "no text, please",
        "quality": "",
        "style": '"x"',
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["-n", "5"],
        ["-n", "0"],
        ["--ratio", "2:1"],
        ["--ratio", "1:1", "--size", "1024x1024"],
        ["--format", "gif"],
        ["--extra", "alone"],
        ["--extra", "=x"],
        ["--timeout", "-1"],
        ["--wait", "soon"],
        ["--key", ""],
        ["--key", "ü"],
        ["--token", "secret"],
    ],
)
def test_wrong_usage_is_told_by_the_parser(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        given(*arguments)

    assert "usage:" in capsys.readouterr().err


def read_from(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_prompt_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    read_from(monkeypatch, b"  a fox\nin the snow \n")

    assert prompt_of(argparse.Namespace(prompt="-")) == "a fox\nin the snow"


@pytest.mark.parametrize("prompt", ["", "  ", "x" * 4097])
def test_a_prompt_that_no_gateway_takes_is_not_sent(prompt: str) -> None:
    with pytest.raises(Unusable, match="characters"):
        prompt_of(argparse.Namespace(prompt=prompt))


def test_a_picture_is_a_file_an_address_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = plain(form="JPEG")
    (tmp_path / "a.png").write_bytes(data)
    read_from(monkeypatch, data)

    assert picture("a.png") == LocalPicture("a.png", data, ImageFormat.JPEG)  # by content
    assert picture("-") == LocalPicture("picture", data, ImageFormat.JPEG)
    assert picture("HTTPS://example.com/a.png") == "HTTPS://example.com/a.png"


@pytest.mark.parametrize(("content", "words"), [(b"", "no picture"), (b"text", "no picture"), (None, "No such file")])
def test_what_is_no_picture_is_not_sent(content: Any, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.png").write_bytes(content)

    with pytest.raises(Unusable, match=words):
        picture("a.png")
