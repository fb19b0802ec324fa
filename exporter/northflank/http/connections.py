"""The connections of one client, through whichever proxy the environment names."""

from __future__ import annotations

import httpx

from exporter.errors import ConfigError

_CONNECT_SECONDS = 10.0
_OF_NO_USE = (
    "the environment's settings for connections are of no use; set HTTPS_PROXY, HTTP_PROXY and ALL_PROXY to HTTP "
    "proxies (SOCKS is not supported), NO_PROXY to hosts, SSL_CERT_FILE to a file of certificates, or unset them"
)


def connections_of(
    base_url: str, user_agent: str, *, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    """Connections that follow no redirect, not opened yet; raises ConfigError where the environment does not let them.

    Without a `transport` they are real ones. A sandbox on this machine is reached without a proxy, whatever the
    environment says.
    """
    try:
        return httpx.AsyncClient(
            base_url=base_url,
            headers={"User-Agent": user_agent, "Accept": "application/json"},
            timeout=httpx.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds), pool=None),
            follow_redirects=False,
            trust_env=not _is_on_this_machine(httpx.URL(base_url)),
            transport=transport,
        )
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        # Their texts may quote a proxy's password.
        raise ConfigError(f"{_OF_NO_USE} ({type(error).__name__})") from None


def _is_on_this_machine(url: httpx.URL) -> bool:
    # Behind https there may be certificates that the environment names.
    return url.scheme == "http" and url.host in {"localhost", "127.0.0.1", "::1"}
