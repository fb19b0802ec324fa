import pytest

from exporter.domain.credit import CreditBalance
from exporter.domain.money import Unit
from exporter.errors import DecodeError
from exporter.northflank.wire.gen_2026_10 import WIRE
from exporter.northflank.wire.gen_2026_10.credit_balance import read_credit_balance
from tests.wire.bodies import REQUEST, answer, json_detail

BALANCE = """
{"data": {
  "currency": "usd", "lastSyncedAt": "2026-06-01T00:00:00.500Z", "customerBalance": {"amount": -12.5},
  "grants": {"available": 69.22000000000001, "pending": 50}, "total": {"available": 69.22, "pending": 50.0},
  "inventedIn2027": {"amount": "many"}
}}
"""


def synced(text: str) -> float | None:
    """When a balance with that JSON text was last synced."""
    body = answer(json_detail(currency='"usd"', lastSyncedAt=text))
    return read_credit_balance(body, Unit.MAJOR).last_synced_at


def shown(balance: CreditBalance) -> list[str | None]:
    """The figures, exactly as they are."""
    figures = (
        balance.available,
        balance.pending,
        balance.grants_available,
        balance.grants_pending,
        balance.customer_balance,
    )
    return [None if each is None else str(each) for each in figures]


def test_balance() -> None:
    """Credits as the API has them, to the last digit: the total, the grants, and a negative balance that is owed."""
    balance = read_credit_balance(answer(BALANCE), Unit.MAJOR)

    assert ("USD", 1780272000.5) == (balance.currency, balance.last_synced_at)
    assert ["69.22", "50.0", "69.22000000000001", "50", "-12.5"] == shown(balance)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="left_out"),
        pytest.param({"lastSyncedAt": "null", "customerBalance": "null", "grants": "null", "total": "null"}, id="null"),
        pytest.param({"customerBalance": "{}", "grants": "{}", "total": "{}"}, id="empty"),
        pytest.param(
            {
                "customerBalance": '{"amount": null}',
                "grants": '{"available": null, "pending": null}',
                "total": '{"available": null}',
            },
            id="null_figures",
        ),
    ],
)
def test_what_is_not_stated(fields: dict[str, str]) -> None:
    """A figure that the API does not state is not known; it is not zero."""
    expected = CreditBalance("EUR", None, None, None, None, None, None)

    assert expected == read_credit_balance(answer(json_detail(currency='"eur"', **fields)), Unit.MAJOR)


def test_a_stated_zero() -> None:
    """Credits that are used up are zero."""
    body = answer(json_detail(currency='"usd"', total='{"available": 0, "pending": 0}'))

    assert ["0", "0", None, None, None] == shown(read_credit_balance(body, Unit.MAJOR))


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        pytest.param("usd", "69.22", id="cents"),
        pytest.param("jpy", "6922", id="yen"),
        pytest.param("kwd", "6.922", id="fils"),
    ],
)
def test_unit_set_by_hand(currency: str, expected: str) -> None:
    """Amounts that are set to be in minor units are turned into major ones."""
    fields = {"customerBalance": '{"amount": 6922}', "grants": '{"available": 6922, "pending": 6922}'}
    body = answer(json_detail(currency=f'"{currency}"', total='{"available": 6922, "pending": 6922}', **fields))

    assert [expected] * 5 == shown(read_credit_balance(body, Unit.MINOR))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param('"2026-06-01T00:00:00Z"', 1780272000.0, id="utc"),
        pytest.param('"2026-06-01T00:00:00.000Z"', 1780272000.0, id="milliseconds"),
        pytest.param('"2026-06-01T00:00:00.123456789Z"', 1780272000.123456, id="nanoseconds"),
        pytest.param('"2026-06-01T02:00:00+02:00"', 1780272000.0, id="offset"),
        pytest.param('"2026-05-31T19:00:00-05:00"', 1780272000.0, id="offset_of_the_day_before"),
        pytest.param('"2026-06-01T00:00:00"', 1780272000.0, id="naive_is_utc"),
        pytest.param('"2026-06-01 00:00:00"', 1780272000.0, id="space"),
        pytest.param('"20260601T000000Z"', 1780272000.0, id="basic_format"),
        pytest.param('"1970-01-01T00:00:00Z"', 0.0, id="the_first_instant"),
    ],
)
def test_last_sync(text: str, seconds: float) -> None:
    """The last sync is an instant, in whichever of the ISO 8601 forms it is written; without a zone it is UTC."""
    assert seconds == synced(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('""', "Expected an ISO 8601 time, got another text", id="empty"),
        pytest.param('"yesterday"', "Expected an ISO 8601 time, got another text", id="text"),
        pytest.param('"2026-13-01T00:00:00Z"', "Expected an ISO 8601 time, got another text", id="thirteenth_month"),
        pytest.param('"2027-02-29T00:00:00Z"', "Expected an ISO 8601 time, got another text", id="no_leap_year"),
        pytest.param('"Mon, 01 Jun 2026 00:00:00 GMT"', "Expected an ISO 8601 time, got another text", id="http_date"),
        pytest.param("1780272000", "Expected an ISO 8601 time, got int", id="number"),
        pytest.param("true", "Expected an ISO 8601 time, got bool", id="bool"),
        pytest.param("{}", "Expected an ISO 8601 time, got dict", id="object"),
        pytest.param(
            '"0001-01-01T00:00:00+14:00"', "Expected an ISO 8601 time since 1970, got another one", id="never"
        ),
        pytest.param(
            '"9999-12-31T23:59:59-14:00"', "Expected an ISO 8601 time since 1970, got another one", id="end_of_time"
        ),
    ],
)
def test_a_last_sync_that_is_none(text: str, reason: str) -> None:
    """What is no time is refused by its path, and not quoted."""
    with pytest.raises(DecodeError) as caught:
        synced(text)

    assert f"{REQUEST}: not as generation 2026-10 answers: {reason} - at `$.data.lastSyncedAt`" == str(caught.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param('{"data": {}}', "Object missing required field `currency` - at `$.data`", id="no_currency"),
        pytest.param(
            json_detail(currency="null"),
            "Expected a currency code, got NoneType - at `$.data.currency`",
            id="null_currency",
        ),
        pytest.param(
            json_detail(currency='"usd"', total='{"available": "1"}'),
            "Expected a number, got str - at `$.data.total.available`",
            id="text_for_an_amount",
        ),
        pytest.param(
            json_detail(currency='"usd"', customerBalance="5"),
            "Expected `object | null`, got `int` - at `$.data.customerBalance`",
            id="number_for_a_balance",
        ),
    ],
)
def test_a_balance_that_does_not_fit(body: str, reason: str) -> None:
    """A balance that cannot be read is refused by the JSON path of what does not fit."""
    with pytest.raises(DecodeError) as caught:
        read_credit_balance(answer(body), Unit.MAJOR)

    assert f"{REQUEST}: not as generation 2026-10 answers: {reason}" == str(caught.value)


def test_it_is_part_of_the_generation() -> None:
    """The generation says how its credit balance is read."""
    assert read_credit_balance is WIRE.read_credit_balance
