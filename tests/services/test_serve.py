"""The socket that the web listens on."""

from __future__ import annotations

import socket

import pytest

from services.serve import listen


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_says_that_it_is_tcp_so_that_answers_are_sent_at_once(host: str) -> None:
    with listen(host, 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
        address = listener.getsockname()[:2]
        with socket.create_connection(address, timeout=5):
            listener.accept()[0].close()


def test_a_port_that_is_taken_is_told() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])
