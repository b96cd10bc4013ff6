"""What keeps a gateway from starting: said in one line that names what to change, and never half a start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.child import command
from support.object_stores import S3Server, serving_s3
from support.provider import closed_port
from support.redis_server import RedisServer, running_redis

from gateway.cli import main
from gateway.config_file import ConfigError, parse
from gateway.logs import event
from gateway.upstreams import DRIVER_SETTINGS


@pytest.fixture
def locked_redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path, password="sesame") as server:
        yield server


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with serving_s3() as server:
        yield server


async def starting(folder: Path, **sections: Any) -> str:
    """The lines with which a gateway of these sections refuses to start."""
    server = {"port": 0, **sections.pop("server", {})}
    write(folder / "gateway.yaml", yaml.safe_dump({"server": server, **sections}))
    status, output, errors = await command(folder, "--config", "gateway.yaml")
    assert (status, output) == (1, "")
    assert "Traceback" not in errors
    return "\n".join(line.removeprefix("gateway.yaml: ") for line in errors.splitlines() if " info " not in line)


def write(path: Path, text: str) -> None:
    path.write_text(text)


async def test_a_redis_that_asks_for_a_password(tmp_path: Path, locked_redis: RedisServer) -> None:
    said = await starting(tmp_path, cache={"redis_url": locked_redis.url})

    assert said.startswith("cache.redis_url: Redis asks for a password: redis://:password@host:6379/0, or ")


async def test_a_redis_that_refuses_the_password(tmp_path: Path, locked_redis: RedisServer) -> None:
    said = await starting(tmp_path, cache={"redis_url": locked_redis.url.replace("//", "//:wrong-word@")})

    assert said == "cache.redis_url: Redis refuses this user and password, or allows them too little"


async def test_a_bucket_that_is_not_there(tmp_path: Path, s3: S3Server) -> None:
    said = await starting(tmp_path, images=s3.images("nobody-made-it"))

    assert said == "images.store: there is no bucket of this name; make it, or correct the name"


async def test_a_folder_that_is_none(tmp_path: Path) -> None:
    write(tmp_path / "a-file", "")

    said = await starting(tmp_path, images={"store": "file:./a-file"})

    assert said == f"images.store: the folder {tmp_path}/a-file cannot be used: File exists"


async def test_a_certificate_that_cannot_be_read(tmp_path: Path) -> None:
    said = await starting(tmp_path, server={"tls": {"certificate": "tls.crt", "key": "gateway.yaml"}})

    assert said.splitlines() == [
        "server.tls.certificate: tls.crt cannot be read: No such file or directory",
        "server.tls.key: gateway.yaml is no PEM file with a private key",
    ]


async def test_a_port_of_the_metrics_that_is_in_use(tmp_path: Path, locked_redis: RedisServer) -> None:
    said = await starting(tmp_path, metrics={"port": locked_redis.port})

    in_use = "it is in use by another process: stop that, or choose another metrics.port"
    assert said == f"cannot serve at 127.0.0.1:{locked_redis.port}: {in_use}"


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"server": {"port": 9000}, "metrics": {"port": 9000}}, "metrics.port: 9000 is server.port too"),
    (
        {"server": {"drain_timeout": 5, "drain_delay": 6}},
        "server.drain_delay: 6 is longer than server.drain_timeout, 5",
    ),
    ({"server": {"workers": 0}}, "server.workers: "),
    ({"server": {"drain_dealy": 1}}, "server.drain_dealy: unknown key; did you mean drain_delay?"),
]


@pytest.mark.parametrize(("document", "fault"), CONTRADICTIONS)
def test_what_the_file_alone_shows_is_found_before_the_start(document: dict[str, Any], fault: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(document, DRIVER_SETTINGS, {})

    (said,) = refused.value.faults
    assert said.startswith(fault)


def test_check_looks_at_the_certificate_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(f"server: {{tls: {{certificate: {tmp_path}/tls.crt, key: {tmp_path}/tls.key}}}}")

    assert main(["check", "--config", str(file)]) == 1
    assert capsys.readouterr().err.count("cannot be read") == 2


@pytest.mark.parametrize("password", ["", ":wrong@", ":sesame@"])
def test_doctor_asks_redis(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], locked_redis: RedisServer, password: str
) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(f"cache: {{redis_url: '{locked_redis.url.replace('//', '//' + password)}'}}")

    status = main(["doctor", "--config", str(file)])

    said = capsys.readouterr().out
    assert (status, "redis: ok" in said) == ((0, True) if "sesame" in password else (1, False))
    assert ("asks for a password" in said, "refuses this user" in said) == (password == "", "wrong" in password)
    assert "wrong" not in said.replace("refuses", "")


def test_doctor_says_where_nobody_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(f"cache: {{redis_url: 'redis://127.0.0.1:{closed_port()}/0'}}")

    assert main(["doctor", "--config", str(file)]) == 1
    assert "cache.redis_url: nobody answers there" in capsys.readouterr().out


def test_an_event_of_a_command_without_a_log_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import logging  # noqa: PLC0415 - the root logger is emptied for this test alone

    monkeypatch.setattr(logging.root, "handlers", [])
    event(logging.getLogger("gateway.test"), logging.WARNING, "something happened")
