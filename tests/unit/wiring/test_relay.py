"""A network made of software passes bytes on, and none while it is cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from app.errors import ConfigError
from app.wiring.relay import HOST, Relay


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that answers what it is told; its port."""
    listener = socket.create_server((HOST, 0))

    def serve() -> None:
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            with one:
                while chunk := one.recv(100):
                    one.sendall(chunk)

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(10)


def test_bytes_go_through_until_it_is_cut_and_again_after(echo: int) -> None:
    relay = Relay(echo)
    with socket.create_connection((HOST, relay.port), 10) as one:
        one.sendall(b"hello")
        assert one.recv(100) == b"hello"
        relay.cut()
        assert one.recv(100) == b""
    with pytest.raises(OSError):
        socket.create_connection((HOST, relay.port), 10)
    relay.restore()
    with socket.create_connection((HOST, relay.port), 10) as one:
        one.sendall(b"again")
        assert one.recv(100) == b"again"
    relay.cut()


def test_a_port_that_another_program_holds_is_said(echo: int) -> None:
    with pytest.raises(ConfigError) as error:
        Relay(0, echo)
    assert (error.value.code, error.value.facts) == ("port_in_use", {"port": echo})


def test_nobody_behind_it_ends_the_connection() -> None:
    with socket.socket() as closed:
        closed.bind((HOST, 0))
        relay = Relay(closed.getsockname()[1])
        with socket.create_connection((HOST, relay.port), 10) as one:
            assert one.recv(100) == b""
        relay.cut()
