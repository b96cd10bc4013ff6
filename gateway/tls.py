"""TLS of the gateway's own, where no proxy in front speaks it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from gateway.config import TlsConfig
from gateway.config_file import ConfigError


def server_context(config: TlsConfig | None) -> ssl.SSLContext | None:
    """None means plain HTTP.

    Raises:
        ConfigError: a file cannot be read, or the key is not the certificate's.
    """
    if config is None:
        return None
    faults = list(_unusable(config))
    if faults:
        raise ConfigError(faults)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(config.certificate, config.key, password=_no_passphrase)
    except ssl.SSLError as error:
        said = error.reason or error
        if said == "KEY_VALUES_MISMATCH":
            said = "the key is not the certificate's"
        raise ConfigError([f"server.tls: {config.certificate} and {config.key} cannot be used: {said}"]) from error
    except ValueError as error:
        raise ConfigError([f"server.tls.key: {config.key} cannot be used: {error}"]) from error
    return context


def _unusable(config: TlsConfig) -> Iterator[str]:
    """OpenSSL itself would not tell which of the two files it is, or what it expected."""
    for key, path, wanted in (
        ("certificate", config.certificate, "CERTIFICATE-----"),
        ("key", config.key, "PRIVATE KEY-----"),
    ):
        try:
            text = path.read_text(encoding="ascii", errors="replace")
        except OSError as error:
            yield f"server.tls.{key}: {path} cannot be read: {error.strerror}"
            continue
        if wanted not in text:
            yield f"server.tls.{key}: {path} is no PEM file with a {wanted.removesuffix('-----').lower()}"


def _no_passphrase() -> str:
    """Else OpenSSL would ask for one on the terminal, and wait."""
    raise ValueError("the key has a passphrase")
