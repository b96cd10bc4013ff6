"""The command line: what it prints, what it exits with, and how it names faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from aiohttp.test_utils import unused_port
from support.background import Serve
from support.child import command
from support.plain_http import send
from support.samples import plain, text

from gateway import __version__
from gateway.cli import COMMANDS, main

Captured: TypeAlias = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def configured(document: object) -> list[str]:
    Path("other.yaml").write_text(document if isinstance(document, str) else yaml.safe_dump(document))
    return ["--config", "other.yaml"]


async def test_help_works_from_outside(tmp_path: Path) -> None:
    status, output, errors = await command(tmp_path, "--help")

    assert (status, errors) == (0, "")
    assert all(f"    {name} " in output for name in COMMANDS)


def test_the_version_is_that_of_the_package(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.split() == ["nano-banana-gateway", __version__]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_help(name: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])

    assert ended.value.code == 0
    assert ("--config" in capsys.readouterr().out) == COMMANDS[name].is_configured


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["serve", "--port", "x"], ["serve", "--port", "70000"], ["check", "x"]]
)
def test_wrong_usage_is_2(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("document", ["", "{}", {"server": {"port": 1}}, {"images": {"max_size": "1GiB"}}])
def test_check_is_content_with_a_good_file(document: object, capsys: Captured) -> None:
    assert main(["check", *configured(document)]) == 0
    assert "other.yaml: ok" in capsys.readouterr().out


def test_check_needs_no_file(capsys: Captured) -> None:
    assert main(["check"]) == 0
    assert "built-in defaults: ok" in capsys.readouterr().out


def test_check_takes_the_file_of_the_folder(capsys: Captured) -> None:
    Path("gateway.yaml").write_text("server: {prot: 1}")

    assert main(["check"]) == 1
    assert "gateway.yaml: server.prot" in capsys.readouterr().err


def test_check_names_every_fault_by_its_key(capsys: Captured) -> None:
    faults = {
        "server": {"prot": 8080, "drain_timeout": -1},
        "images": {"fit": "stretch", "max_size": "many"},
        "cors": {"origins": ["app.example.com"]},
        "upstreams": {"local": {"driver": "locl"}},
        "cache": {"methods": ["PUT"]},
    }

    status = main(["check", *configured(faults)])

    errors = capsys.readouterr().err
    assert status == 1
    for key in FAULTY:
        assert f"other.yaml: {key}" in errors


FAULTY = (
    "server.prot",
    "server.drain_timeout",
    "images.fit",
    "images.max_size",
    "cors",
    "upstreams.local.driver",
    "cache.methods",
)


NO_EDITS = {"driver": "openai", "base_url": "http://x", "model": "m", "edits": "none"}
EDITOR = {"operations": ["edit"], "upstreams": ["p"]}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"models": {"a": {"operations": ["generate"], "upstreams": ["nobody"]}}}, "models.a.upstreams[0]"),
        ({"upstreams": {"p": NO_EDITS}, "models": {"a": EDITOR}, "defaults": {"edit": "a"}}, "models.a.operations"),
        ({"defaults": {"generate": "gone"}}, "defaults.generate"),
        ({"auth": {"tokens": [{"name": "web", "token": "${NO_SUCH_VARIABLE}"}]}}, "NO_SUCH_VARIABLE"),
        ({"auth": {"tokens": [{"name": "web", "token_file": "/no/such/file"}]}}, "auth.tokens[0].token_file"),
        ("server: {port: 1, port: 2}", "port stands twice"),
        ("server: [", "line 1"),
        ("- a\n- b", "mapping"),
    ],
)  # fmt: skip
def test_check_names_what_is_wrong_together(document: object, words: str, capsys: Captured) -> None:
    assert main(["check", *configured(document)]) == 1
    assert words in capsys.readouterr().err


def test_check_says_that_a_file_is_missing(capsys: Captured) -> None:
    assert main(["check", "--config", "none.yaml"]) == 1
    assert "none.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["token", "sha256"])
def test_a_misplaced_secret_is_never_printed(key: str, capsys: Captured) -> None:
    for tokens in (
        [{"name": "web", key: ["sk-canary-1234"]}],
        [{"nmae": "web", key: "sk-canary-1234 "}],
        "sk-canary-1234",
    ):
        main(["check", *configured({"auth": {"tokens": tokens}, "metrics": {"token": ["sk-canary-1234"]}})])
        assert "canary" not in "".join(capsys.readouterr())


def test_openapi_prints_the_document(capsys: Captured) -> None:
    assert main(["openapi"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["openapi"].startswith("3.1")
    assert "/v1/images/generations" in document["paths"]


def test_verify_finds_the_picture_that_lost_a_byte(serve: Serve, tmp_path: Path, capsys: Captured) -> None:
    store = tmp_path / "images"
    order = json.dumps({"image": text(plain())}).encode()
    reply = send(serve({}), "POST", "/v1/images/upscale", {"Content-Type": "application/json"}, order)
    name = json.loads(reply.body)["data"][0]["url"].rpartition("/")[2]
    arguments = configured({"images": {"store": f"file:{store}"}})

    good = main(["verify", *arguments])
    damaged = next(store.rglob(name))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    bad = main(["verify", *arguments])

    assert (good, bad) == (0, 1)
    assert f"damaged: {name}" in capsys.readouterr().out


def test_doctor_is_content_with_the_local_backend(capsys: Captured) -> None:
    assert main(["doctor"]) == 0
    output = capsys.readouterr().out
    assert "local (local): ok" in output
    assert all(f"can {operation}" in output for operation in ("generate", "edit", "upscale"))


def test_doctor_says_what_to_change_for_a_backend_that_is_not_there(capsys: Captured) -> None:
    gone = {"driver": "openai", "base_url": f"http://127.0.0.1:{unused_port()}", "model": "m", "api_key": "sk-canary"}
    document = {"upstreams": {"local": {"driver": "local"}, "paid": gone}}

    status = main(["doctor", *configured(document)])

    output = "".join(capsys.readouterr())
    assert status == 1
    assert "paid (openai): NOT OK" in output
    assert "upstreams.paid.base_url" in output
    assert "canary" not in output


def test_doctor_rehearses_a_request_without_sending_it(capsys: Captured) -> None:
    gone = {
        "driver": "openai",
        "base_url": f"http://127.0.0.1:{unused_port()}",
        "model": "painter-1",
        "api_key": "sk-canary",
    }
    models = {"nano-banana": {"operations": ["generate", "edit"], "upstreams": ["paid"]}}
    Path("order.json").write_text(json.dumps({"prompt": "a hill", "aspect_ratio": "16:9"}))

    arguments = configured({"upstreams": {"paid": gone}, "models": models})
    status = main(["doctor", *arguments, "--dry-run", "order.json"])

    output = capsys.readouterr().out
    assert status == 0
    assert all(word in output for word in ("POST", "/images/generations", "a hill", "painter-1"))
    assert "canary" not in output
