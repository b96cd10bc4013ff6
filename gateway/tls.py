"""TLS of the gateway's own, where no proxy in front speaks it."""

from __future__ import annotations

import ssl

from gateway.config import TlsConfig
from gateway.config_file import ConfigError


def server_context(config: TlsConfig | None) -> ssl.SSLContext | None:
    """None means plain HTTP.

    Raises:
        ConfigError: a file cannot be read, or the key is not the certificate's.
    """
    if config is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(config.certificate, config.key, password=_no_passphrase)
    except (OSError, ValueError) as error:  # an ssl.SSLError is an OSError
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ConfigError([f"server.tls: {config.certificate} and {config.key} cannot be used: {said}"]) from error
    return context


def _no_passphrase() -> str:
    """Else OpenSSL would ask for one on the terminal, and wait."""
    raise ValueError("the key has a passphrase")
