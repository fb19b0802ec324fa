import socket

import pytest

from exporter.errors import ConfigError
from exporter.web.listen import listen, url

FLAG = "--web.listen-address"
FORMS = "not an address; expected host:port, :port or [::1]:port, such as 0.0.0.0:10115"


@pytest.mark.parametrize(
    ("address", "host", "client"),
    [
        pytest.param("127.0.0.1:0", "http://127.0.0.1", "127.0.0.1", id="ipv4"),
        pytest.param("localhost:0", "http://127.0.0.1", "127.0.0.1", id="name"),
        pytest.param("0.0.0.0:0", "http://0.0.0.0", "127.0.0.1", id="all_of_ipv4"),
    ],
)
def test_listen(address: str, host: str, client: str) -> None:
    """The socket accepts connections where the flag says, on a port of the system's choice for 0."""
    with listen(address, flag=FLAG) as listening:
        port = listening.getsockname()[1]
        socket.create_connection((client, port)).close()

        assert f"{host}:{port}" == url(listening)


@pytest.mark.parametrize("address", [pytest.param(":0", id="short"), pytest.param("[::]:0", id="ipv6")])
def test_listen_on_all_addresses(address: str) -> None:
    """Without a host the socket takes IPv4 connections, and IPv6 ones where the machine has IPv6."""
    with listen(address, flag=FLAG) as listening:
        socket.create_connection(("127.0.0.1", listening.getsockname()[1])).close()


def test_listen_on_ipv6_loopback() -> None:
    """An IPv6 address stands in brackets, in the flag and in the address that is logged."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with listen("[::1]:0", flag=FLAG) as listening:
        assert f"http://[::1]:{listening.getsockname()[1]}" == url(listening)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("", id="empty"),
        pytest.param("127.0.0.1", id="no_port"),
        pytest.param("10115", id="port_alone"),
        pytest.param("127.0.0.1:http", id="named_port"),
        pytest.param("127.0.0.1:65536", id="port_too_large"),
        pytest.param("::1:10115", id="ipv6_without_brackets"),
        pytest.param("http://127.0.0.1:10115", id="url"),
        pytest.param("127.0.0.1:1\n", id="line_end"),
        pytest.param("[localhost]:0", id="name_in_brackets"),
    ],
)
def test_other_forms_are_refused(address: str) -> None:
    """An address of another form is refused with the forms that there are."""
    with pytest.raises(ConfigError) as caught:
        listen(address, flag=FLAG)

    assert f"{FLAG} {address}: {FORMS}" == str(caught.value)


def test_port_in_use() -> None:
    """A port where somebody listens is refused, by the flag that names it."""
    with listen("127.0.0.1:0", flag=FLAG) as first:
        address = f"127.0.0.1:{first.getsockname()[1]}"
        with pytest.raises(ConfigError) as caught:
            listen(address, flag="--sandbox.listen-address")

    assert (
        f"--sandbox.listen-address {address}: address already in use; stop what listens there, or choose another port"
    ) == str(caught.value)


def test_address_of_another_machine() -> None:
    """An address that the machine does not have is refused."""
    with pytest.raises(ConfigError) as caught:
        listen("192.0.2.1:0", flag=FLAG)

    assert (f"{FLAG} 192.0.2.1:0: not an address of this machine; 0.0.0.0 listens on all of them") == str(caught.value)


def test_no_address_of_ipv6() -> None:
    """Brackets around something that is no IPv6 address are refused in one line."""
    with pytest.raises(ConfigError, match=r"^--web\.listen-address \[1:2\]:0: cannot listen there: [^\n]+$"):
        listen("[1:2]:0", flag=FLAG)


def test_small_answers_are_not_held_back() -> None:
    """A scrape does not wait 40 ms for the kernel to send the end of its answer."""
    with (
        listen("127.0.0.1:0", flag="--a") as listening,
        socket.create_connection(listening.getsockname()),
    ):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
