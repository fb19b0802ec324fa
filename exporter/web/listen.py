"""The socket to serve on, from an address as a flag has it."""

from __future__ import annotations

import errno
import re
import socket

from exporter.errors import ConfigError

_ADDRESS = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[^\[\]:\s]*)):(?P<port>[0-9]{1,5})")
_MOST_PORT = 65_535
_BACKLOG = 128

_REMEDIES = {
    errno.EADDRINUSE: "address already in use; stop what listens there, or choose another port",
    errno.EACCES: "permission denied; choose a port from 1024",
    errno.EADDRNOTAVAIL: "not an address of this machine; 0.0.0.0 listens on all of them",
}


def listen(address: str, *, flag: str) -> socket.socket:
    """A socket that accepts connections: the kernel keeps them until somebody serves.

    `address` is `host:port`, `[::1]:port`, or `:port` for all addresses of the machine; port 0 lets the system
    choose. Raise ConfigError, which names `flag`, for any other form and for an address that cannot be had.
    """
    host, port = _parse(address, flag)
    try:
        listening = _listen(host, port)
    except OSError as error:
        reason = _REMEDIES.get(error.errno or 0) or f"cannot listen there: {error.strerror or error}"
        raise ConfigError(f"{flag} {address}: {reason}") from None
    # Accepted connections inherit it. Without it the kernel holds back the body of a small answer for 40 ms, and
    # asyncio, which would set it, does not know the connections of a socket that it did not make as TCP.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url(listening: socket.socket) -> str:
    """The address that a client uses, such as `http://127.0.0.1:10115`."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _parse(address: str, flag: str) -> tuple[str, int]:
    match = _ADDRESS.fullmatch(address)
    if match is None or int(match["port"]) > _MOST_PORT:
        raise ConfigError(
            f"{flag} {address}: not an address; expected host:port, :port or [::1]:port, such as 0.0.0.0:10115"
        )
    return match["ipv6"] or match["host"], int(match["port"])


def _listen(host: str, port: int) -> socket.socket:
    if host in ("", "::") and socket.has_dualstack_ipv6():
        return socket.create_server(("::", port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=True)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)
