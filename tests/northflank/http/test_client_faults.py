import logging

import httpx
import pytest
from structlog.testing import capture_logs

from exporter.errors import ConnectionFailedError, PollError, RedirectedError, UnauthorizedError
from exporter.northflank.http.client import Limits
from exporter.northflank.wire.wire import LIST_INVOICES
from tests.northflank.asking import TOKEN, Script, client_of, ok, refused

HTTPX_EXCEPTIONS = sorted(
    (each for each in vars(httpx).values() if isinstance(each, type) and issubclass(each, Exception)),
    key=lambda each: each.__name__,
)


def made(kind: type[Exception]) -> Exception:
    """One of that kind, with the token in its text."""
    text = f"header Bearer {TOKEN}"
    if issubclass(kind, httpx.HTTPStatusError):
        return kind(text, request=httpx.Request("GET", "http://a"), response=httpx.Response(500))
    no_text = (httpx.StreamConsumed, httpx.StreamClosed, httpx.ResponseNotRead, httpx.RequestNotRead)
    return kind() if issubclass(kind, no_text) else kind(text)


@pytest.mark.parametrize("kind", [pytest.param(each, id=each.__name__) for each in (*HTTPX_EXCEPTIONS, UnicodeError)])
async def test_no_exception_of_httpx_leaks(kind: type[Exception]) -> None:
    """Whatever httpx raises becomes an error of ours, whose outcome the metrics know."""
    async with client_of(Script([made(kind)]), limits=Limits(max_retries=0)) as client:
        with pytest.raises(PollError) as caught:
            await client.get(LIST_INVOICES)

    assert caught.value.outcome in {"connection", "timeout"}
    assert kind is httpx.ConnectError or TOKEN not in str(caught.value)


def test_the_list_of_exceptions_is_there() -> None:
    """The test above would prove nothing if httpx hid its exceptions."""
    assert {httpx.ConnectError, httpx.InvalidURL, httpx.StreamClosed} <= set(HTTPX_EXCEPTIONS)


async def test_connection_refused_says_why() -> None:
    """A connection that fails is an error with the reason and what to check."""
    script = Script([httpx.ConnectError("[Errno 111] Connection refused")])
    async with client_of(script, limits=Limits(max_retries=0)) as client:
        with pytest.raises(ConnectionFailedError) as caught:
            await client.get(LIST_INVOICES)

    expected = (
        "GET /v1/billing/invoices: no answer (ConnectError: [Errno 111] Connection refused); "
        "check base_url, the network and the proxy settings"
    )
    assert expected == str(caught.value)


@pytest.mark.parametrize(
    ("status", "location", "said"),
    [
        pytest.param(301, "https://evil.example/v1", "points to evil.example;", id="elsewhere"),
        pytest.param(302, "/login", "points to the same host;", id="same_host"),
        pytest.param(308, "https://user:pass@evil.example/", "points to evil.example;", id="user"),
        pytest.param(307, f"https://{TOKEN}.evil.example/", "points to ***.evil.example;", id="token"),
        pytest.param(300, "http://[", "points to an address that is none;", id="bad_address"),
        pytest.param(304, "", "points to the same host;", id="none"),
    ],
)
async def test_redirect(status: int, location: str, said: str) -> None:
    """A redirect is not followed: the token goes nowhere but where the configuration says."""
    script = Script([httpx.Response(status, headers={"location": location} if location else {})])
    async with client_of(script) as client:
        with pytest.raises(RedirectedError) as caught:
            await client.get(LIST_INVOICES)

    assert ["https://api.example/v1/billing/invoices"] == [str(request.url) for request in script.requests]
    assert said in str(caught.value)


async def test_redirect_to_no_address() -> None:
    """A redirect to what is no address is an error of ours, too."""
    script = Script([httpx.Response(302, headers={"location": "http://["})])
    async with client_of(script, limits=Limits(max_retries=0)) as client:
        with pytest.raises(PollError):
            await client.get(LIST_INVOICES)

    assert 1 == len(script.requests)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 429, 500])
@pytest.mark.parametrize(
    "message",
    [
        pytest.param(f"the token {TOKEN} is bad", id="whole"),
        pytest.param("x" * (200 - len(TOKEN) // 2) + TOKEN, id="where_the_text_is_cut"),
    ],
)
async def test_token_repeated_by_the_server(status: int, message: str) -> None:
    """A server that repeats the token in its error does not get it, or a part of it, into ours."""
    async with client_of(Script([refused(status, message)]), limits=Limits(max_retries=0)) as client:
        with pytest.raises(PollError) as caught:
            await client.get(LIST_INVOICES)

    assert "***" in str(caught.value)
    assert TOKEN[:6] not in repr(caught.value)


async def test_token_that_was_rotated_meanwhile() -> None:
    """The token that was sent is masked, also when another one is in force by the time of the answer."""
    tokens = iter([TOKEN, "new-token"])
    async with client_of(Script([refused(401, f"bad: {TOKEN}")]), read_token=lambda: next(tokens)) as client:
        with pytest.raises(UnauthorizedError) as caught:
            await client.get(LIST_INVOICES)

    assert TOKEN not in str(caught.value)


async def test_token_is_in_the_header_alone(caplog: pytest.LogCaptureFixture) -> None:
    """The token is in no address, no body, no log line of ours or of a library, and in no picture of the client."""
    caplog.set_level(logging.DEBUG)
    script = Script([refused(500, TOKEN), ok({})])
    with capture_logs() as logs:
        async with client_of(script) as client:
            await client.get(LIST_INVOICES)

    assert TOKEN not in f"{client!r}{vars(client)}{logs}{caplog.text}"
    for request in script.requests:
        assert TOKEN not in str(request.url)
        assert b"" == request.content
        assert ["authorization"] == [name for name, value in request.headers.items() if TOKEN in value]


async def test_no_token() -> None:
    """Without a token nothing is sent and nothing counted."""

    def none() -> str:
        raise UnauthorizedError("no token")

    script = Script([ok({})])
    async with client_of(script, read_token=none) as client:
        with pytest.raises(UnauthorizedError, match="no token"):
            await client.get(LIST_INVOICES)

        assert (0, []) == (client.requests_made, script.requests)
