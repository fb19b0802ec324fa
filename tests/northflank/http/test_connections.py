import os
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.northflank.http.connections import connections_of
from exporter.sandbox import SandboxOptions, build_app
from tests.serving import serving

PASSWORD = "pr0xy-s3cret"
OF_CONNECTIONS = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the machine's own environment says of connections out of the tests."""
    for name in [each for each in os.environ if each.upper() in OF_CONNECTIONS]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("ALL_PROXY", f"socks5://u:{PASSWORD}@127.0.0.1:1080", id="socks"),
        pytest.param("HTTPS_PROXY", f"ftp://u:{PASSWORD}@127.0.0.1:21", id="another_kind_of_proxy"),
        pytest.param("HTTP_PROXY", f"http://u:{PASSWORD}@127.0.0.1:{PASSWORD}", id="no_port"),
        pytest.param("NO_PROXY", "[::", id="no_host"),
        pytest.param("SSL_CERT_FILE", "/nowhere/ca.pem", id="no_certificates"),
    ],
)
def test_environment_of_no_use(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot be used, or certificates that are not there, are an error of one line without a password."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"{name}.* or unset them") as caught:
        connections_of("https://api.example", "test", timeout_seconds=5, transport=None)

    assert PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTP_PROXY"])
@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "http://127.0.0.1:9"])
async def test_sandbox_on_this_machine(name: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo works also where the environment names a proxy, of whatever kind: it asks this machine alone."""
    monkeypatch.setenv(name, proxy)
    with serving(build_app(SandboxOptions())) as address:
        async with connections_of(address, "test", timeout_seconds=5, transport=None) as connections:
            answer = await connections.get("/v1/billing/invoices", headers={"Authorization": "Bearer sandbox"})
    assert 200 == answer.status_code


async def test_certificates_of_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of a file that holds no certificates; where it does, or a proxy is one, there are connections."""
    file = tmp_path / "ca.pem"
    file.write_text("none")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigError, match="SSL_CERT_FILE to a file of certificates"):
        connections_of("https://api.example", "test", timeout_seconds=5, transport=None)

    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("HTTPS_PROXY", f"http://u:{PASSWORD}@127.0.0.1:3128")
    async with connections_of("https://api.example", "test", timeout_seconds=5, transport=None) as connections:
        assert "https://api.example" == str(connections.base_url)
