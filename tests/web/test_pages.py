import pytest
from starlette.status import HTTP_405_METHOD_NOT_ALLOWED

from tests.web.conftest import BODY, Opener

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


async def test_metrics_plain(open_pages: Opener) -> None:
    """Metrics come as text format 0.0.4, uncompressed to those who do not ask for gzip."""
    async with open_pages() as client:
        answer = await client.get("/metrics", headers={"Accept-Encoding": "identity"})

    assert (200, BODY) == (answer.status_code, answer.content)
    assert (TEXT_FORMAT, "Accept-Encoding", None) == (
        answer.headers["content-type"],
        answer.headers["vary"],
        answer.headers.get("content-encoding"),
    )


async def test_metrics_gzipped(open_pages: Opener) -> None:
    """Who asks for gzip gets it, with the same content and type."""
    async with open_pages() as client:
        answer = await client.get("/metrics", headers={"Accept-Encoding": "gzip"})

    assert (200, BODY) == (answer.status_code, answer.content)
    assert (TEXT_FORMAT, "Accept-Encoding", "gzip") == (
        answer.headers["content-type"],
        answer.headers["vary"],
        answer.headers["content-encoding"],
    )


async def test_encoding_in_several_headers(open_pages: Opener) -> None:
    """Several Accept-Encoding headers count as one."""
    headers = [("Accept-Encoding", "br"), ("Accept-Encoding", "gzip")]
    async with open_pages() as client:
        answer = await client.get("/metrics", headers=headers)

    assert "gzip" == answer.headers["content-encoding"]


@pytest.mark.parametrize("path", ["/metrics", "/", "/-/healthy", "/-/ready"])
async def test_head(open_pages: Opener, path: str) -> None:
    """HEAD is answered with the headers that GET has."""
    async with open_pages() as client:
        head, get = await client.head(path), await client.get(path)

    assert (200, get.headers) == (head.status_code, head.headers)


async def test_other_methods_are_refused(open_pages: Opener) -> None:
    """Nothing can be sent to the exporter."""
    async with open_pages() as client:
        answer = await client.post("/metrics")

    assert HTTP_405_METHOD_NOT_ALLOWED == answer.status_code


async def test_healthy(open_pages: Opener) -> None:
    """The exporter is healthy while it runs, ready or not."""
    async with open_pages(is_ready=False) as client:
        answer = await client.get("/-/healthy")

    assert (200, "Healthy.\n") == (answer.status_code, answer.text)


@pytest.mark.parametrize(
    ("is_ready", "status", "text"),
    [
        pytest.param(True, 200, "Ready.\n", id="ready"),
        pytest.param(False, 503, "Not ready: an account is waited for, five minutes at most.\n", id="not_ready"),
    ],
)
async def test_ready(open_pages: Opener, status: int, text: str, *, is_ready: bool) -> None:
    """Readiness is a status code for machines and a line for people."""
    async with open_pages(is_ready=is_ready) as client:
        answer = await client.get("/-/ready")

    assert (status, text) == (answer.status_code, answer.text)


async def test_landing_page_links(open_pages: Opener) -> None:
    """The landing page leads to metrics, wherever they are, and to both probes."""
    async with open_pages(telemetry_path="/billing") as client:
        answer = await client.get("/")

    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    links = [part.split('"')[0] for part in answer.text.split('href="')[1:]]
    assert ["/billing", "/-/healthy", "/-/ready"] == links


async def test_landing_page_is_escaped(open_pages: Opener) -> None:
    """No value can become markup of the landing page."""
    async with open_pages(version="<b>1</b>") as client:
        answer = await client.get("/")

    assert (False, True) == ("<b>" in answer.text, "&lt;b&gt;1&lt;/b&gt;" in answer.text)


async def test_metrics_on_root(open_pages: Opener) -> None:
    """Where metrics are served on `/`, there is no landing page."""
    async with open_pages(telemetry_path="/") as client:
        answer = await client.get("/")

    assert BODY == answer.content


async def test_unknown_path(open_pages: Opener) -> None:
    """Any other path is not found."""
    async with open_pages() as client:
        answer = await client.get("/metric")

    assert 404 == answer.status_code
