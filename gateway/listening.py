"""Sockets to listen at, and in plain words why there is none."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_ADVICE = {
    errno.EADDRINUSE: "it is in use by another process: stop that, or choose another {key}",
    errno.EACCES: "this user may not listen at ports below 1024: choose another {key}",
    errno.EADDRNOTAVAIL: "this machine has no such address: change server.host",
}


class CannotListen(Exception):
    """With one sentence that says what to change."""


def bound(host: str, port: int, key: str = "server.port") -> list[socket.socket]:
    """A socket for each address of `host`, which does not listen yet: until somebody does, nobody is let wait.

    Raises:
        CannotListen: names `key` where the port is at fault.
    """
    sockets: list[socket.socket] = []
    try:
        with naming(host, port, key):
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            for family, kind, protocol, _, where in dict.fromkeys(found):
                sock = socket.socket(family, kind, protocol)
                sockets.append(sock)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind(where)
    except CannotListen:
        for sock in sockets:
            sock.close()
        raise
    return sockets


@contextmanager
def naming(host: str, port: int, key: str) -> Iterator[None]:
    """Turn what keeps anybody from listening at `host` and `port` inside into `CannotListen`."""
    try:
        yield
    except socket.gaierror:
        raise CannotListen(f"cannot serve at {host}:{port}: no machine is called so: change server.host") from None
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, error.strerror or str(error))
        raise CannotListen(f"cannot serve at {host}:{port}: {advice.format(key=key)}") from error
