import pytest

from exporter.northflank.http.rate_limit import RateLimit, read_rate_limit, retry_after, seconds_until_allowed
from tests.northflank.asking import NOW


@pytest.mark.parametrize(
    ("reset", "expected"),
    [
        pytest.param("3600", NOW + 3600, id="seconds_left"),
        pytest.param("0", NOW, id="now"),
        pytest.param("12.5", NOW + 12.5, id="fraction"),
        pytest.param("1795316400", NOW + 3600, id="unix_time"),
        pytest.param("1795316400000", NOW + 3600, id="unix_milliseconds"),
        pytest.param("-1", None, id="negative"),
        pytest.param("soon", None, id="text"),
        pytest.param("nan", None, id="nan"),
        pytest.param("inf", None, id="infinite"),
        pytest.param("", None, id="empty"),
    ],
)
def test_reset(reset: str, expected: float | None) -> None:
    """Either reading of the reset becomes Unix seconds; what is no number is not known."""
    assert expected == read_rate_limit({"x-ratelimit-reset": reset}, NOW).reset


def test_allowance() -> None:
    """Limit and what remains are as stated; what is left out is not known."""
    headers = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "0"}

    assert RateLimit(limit=1000, remaining=0, reset=None) == read_rate_limit(headers, NOW)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param("120", 120, id="seconds"),
        pytest.param("Sun, 22 Nov 2026 02:01:00 GMT", 60, id="date"),
        pytest.param("Sun, 22 Nov 2026 02:01:00 -0000", 60, id="date_without_zone"),
        pytest.param("Sun, 22 Nov 2026 03:01:00 +0100", 60, id="date_elsewhere"),
        pytest.param("Sun, 22 Nov 2020 02:01:00 GMT", 0, id="past"),
        pytest.param("-5", None, id="negative"),
        pytest.param("tomorrow", None, id="text"),
        pytest.param("Wed, 21 Oct 99999999999999999999 07:28:00 GMT", None, id="year_beyond_numbers"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 +99999999999999999", None, id="zone_beyond_numbers"),
    ],
)
def test_retry_after(stated: str, expected: float | None) -> None:
    """Both forms of Retry-After become seconds from now; what is neither is as good as left out."""
    assert expected == retry_after({"retry-after": stated}, NOW)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"retry-after": "5", "x-ratelimit-reset": "900"}, 5, id="retry_after_first"),
        pytest.param({"retry-after": "0", "x-ratelimit-reset": "900"}, 0, id="retry_after_zero"),
        pytest.param({"x-ratelimit-reset": "900"}, 900, id="reset"),
        pytest.param({"x-ratelimit-reset": "1795312000"}, 0, id="reset_in_the_past"),
    ],
)
def test_seconds_until_allowed(headers: dict[str, str], expected: float | None) -> None:
    """After a 429 the server's own word counts, else the time when the allowance is full again."""
    assert expected == seconds_until_allowed(headers, NOW)
