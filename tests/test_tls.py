"""TLS without a proxy."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from support.programs import program
from yarl import URL

from gateway.config import TlsConfig
from gateway.config_file import ConfigError
from gateway.connections import ConnectionLimits
from gateway.server import listening
from gateway.tls import server_context


@pytest.fixture
def own(tmp_path: Path) -> TlsConfig:
    """A certificate for `localhost` that signs itself."""
    made = TlsConfig(certificate=tmp_path / "tls.crt", key=tmp_path / "tls.key")
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-out", str(made.certificate), "-keyout", str(made.key)]
    subprocess.run([program("openssl"), *options.split(), *names], check=True, capture_output=True)  # noqa: S603 - our own words
    return made


async def test_a_client_that_knows_the_authority_is_answered(own: TlsConfig, client: ClientSession) -> None:
    trusting = ssl.create_default_context(cafile=own.certificate)
    async with (
        listening(web.Application(), "localhost", 0, tls=server_context(own)) as site,
        client.get(site.address, ssl=trusting) as response,
    ):
        assert response.status == 404
        assert response.url.scheme == "https"


async def test_a_connection_is_watched_however_long_its_handshake_took(own: TlsConfig) -> None:
    """Else who lets the handshakes wait would keep connections for ever that say nothing (R5)."""
    limits = ConnectionLimits(head=0.2)
    trusting = ssl.create_default_context(cafile=own.certificate)
    async with listening(web.Application(), "localhost", 0, limits, server_context(own)) as site:
        port = URL(site.address).port
        plain = socket.create_connection(("localhost", port))
        await asyncio.sleep(10 * limits.watch_period)  # how long the client takes is the case
        reader, writer = await asyncio.open_connection(sock=plain, ssl=trusting, server_hostname="localhost")
        writer.write(b"GET / HTTP/1.1\r\n")
        assert await asyncio.wait_for(reader.read(), 3) == b""
        writer.close()


def test_without_the_section_it_is_plain_http() -> None:
    assert server_context(None) is None


UNREAD = "cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("certificate", None, UNREAD),
        ("certificate", "garbage", "is no PEM file with a certificate"),
        ("key", None, UNREAD),
        ("key", "", "is no PEM file with a private key"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_fault_of_its_key(
    own: TlsConfig, name: str, text: str | None, fault: str
) -> None:
    path: Path = getattr(own, name)
    path.unlink()
    if text is not None:
        path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        server_context(own)

    assert caught.value.faults == [f"server.tls.{name}: {path} {fault}"]


def test_the_key_of_another_certificate_is_said_to_be_one(own: TlsConfig) -> None:
    make = ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(own.key)]
    subprocess.run([program("openssl"), *make], check=True, capture_output=True)  # noqa: S603 - our own words

    with pytest.raises(ConfigError, match="the key is not the certificate's"):
        server_context(own)


def test_a_damaged_certificate_is_a_fault(own: TlsConfig) -> None:
    own.certificate.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")

    with pytest.raises(ConfigError, match="cannot be used"):
        server_context(own)


def test_a_key_with_a_passphrase_is_not_asked_for_at_the_terminal(own: TlsConfig) -> None:
    key = ["rsa", "-in"] if own.key.read_text().startswith("-----BEGIN RSA") else ["ec", "-in"]
    locked = [*key, str(own.key), "-aes256", "-passout", "pass:secret", "-out", str(own.key)]
    subprocess.run([program("openssl"), *locked], check=True, capture_output=True)  # noqa: S603 - our own words

    with pytest.raises(ConfigError, match="passphrase"):
        server_context(own)
