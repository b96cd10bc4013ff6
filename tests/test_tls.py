"""TLS without a proxy."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from support.programs import program

from gateway.config import TlsConfig
from gateway.config_file import ConfigError
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


def test_without_the_section_it_is_plain_http() -> None:
    assert server_context(None) is None


@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_a_file_that_is_none_is_a_fault_of_its_key(own: TlsConfig, text: str | None) -> None:
    own.key.unlink()
    if text is not None:
        own.key.write_text(text)

    with pytest.raises(ConfigError) as caught:
        server_context(own)

    assert caught.value.faults[0].startswith(f"server.tls: {own.certificate} and {own.key} cannot be used: ")


def test_a_key_with_a_passphrase_is_not_asked_for_at_the_terminal(own: TlsConfig) -> None:
    key = ["rsa", "-in"] if own.key.read_text().startswith("-----BEGIN RSA") else ["ec", "-in"]
    locked = [*key, str(own.key), "-aes256", "-passout", "pass:secret", "-out", str(own.key)]
    subprocess.run([program("openssl"), *locked], check=True, capture_output=True)  # noqa: S603 - our own words

    with pytest.raises(ConfigError, match="passphrase"):
        server_context(own)
