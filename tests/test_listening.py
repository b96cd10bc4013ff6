"""Addresses that cannot be listened at, each with what to change (the port is bound and not yet open)."""

from __future__ import annotations

import errno
import socket

import pytest

from gateway.listening import CannotListen, bound, naming


def test_a_bound_socket_is_of_the_asked_address_and_does_not_listen() -> None:
    (sock,) = bound("127.0.0.1", 0)
    with sock, socket.socket() as caller:
        assert sock.getsockname()[0] == "127.0.0.1"
        with pytest.raises(ConnectionRefusedError):
            caller.connect(sock.getsockname())


def test_a_port_in_use_names_its_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1:{port}: it is in use .* another metrics.port"):
            bound("127.0.0.1", port, "metrics.port")


def test_an_address_of_another_machine_names_the_host() -> None:
    with pytest.raises(CannotListen, match=r"this machine has no such address: change server\.host"):
        bound("192.0.2.1", 0)


def test_a_name_that_nobody_has_names_the_host() -> None:
    with pytest.raises(CannotListen, match=r"no machine is called so: change server\.host"):
        bound("nobody.invalid", 0)


def test_a_low_port_names_its_key() -> None:
    with pytest.raises(CannotListen, match=r"below 1024: choose another server\.port"), naming("::", 80, "server.port"):
        raise PermissionError(errno.EACCES, "Permission denied")
