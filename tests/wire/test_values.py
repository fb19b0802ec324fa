from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.domain.report import Generation
from exporter.errors import DecodeError
from tests.wire.bodies import REQUEST, json_detail, json_row, list_of, read_detail, read_list

C = Generation.C
ANOTHER_MAGNITUDE = "Expected an amount of money, got a number of another magnitude"
OUT_OF_RANGE = "Expected Unix seconds, got a number out of their range"


@pytest.mark.parametrize(
    "amount",
    [
        pytest.param("69.22000000000001", id="binary_noise"),
        pytest.param("123456789012345678901234567890", id="thirty_digits"),
        pytest.param("0.123456789012345678901234567890", id="thirty_places"),
        pytest.param("123456789012345678901234567890.0123456789", id="forty_digits"),
        pytest.param("1E-7", id="exponent"),
        pytest.param("-12.50", id="negative"),
        pytest.param("0.00", id="zero_with_places"),
        pytest.param("1E+30", id="large"),
    ],
)
def test_amounts_are_exact(amount: str) -> None:
    """An amount is read as the JSON text has it, to the last digit."""
    (some,) = read_list(C, list_of(json_row(total=amount)))

    assert amount == str(some.total)


@settings(deadline=None)  # the machine may be busy
@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**25), max_value=10**25))
def test_any_amount_is_exact(amount: Decimal) -> None:
    """No amount loses anything, in major units nor on its way from cents."""
    text = f"{amount:f}"

    assert amount == read_list(C, list_of(json_row(total=text)))[0].total
    assert Fraction(amount) == 100 * Fraction(read_list(Generation.B, list_of(json_row(total=text)))[0].total)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"total": '"12"'}, "Expected a number, got str - at `$.data.invoices[0].total`", id="text"),
        pytest.param({"total": "true"}, "Expected a number, got bool - at `$.data.invoices[0].total`", id="bool"),
        pytest.param({"total": "[]"}, "Expected a number, got list - at `$.data.invoices[0].total`", id="array"),
        pytest.param({"total": "null"}, "Expected a number, got NoneType - at `$.data.invoices[0].total`", id="null"),
        pytest.param({"total": "1e31"}, f"{ANOTHER_MAGNITUDE} - at `$.data.invoices[0].total`", id="too_large"),
        pytest.param({"total": "1e-41"}, f"{ANOTHER_MAGNITUDE} - at `$.data.invoices[0].total`", id="too_small"),
        pytest.param({"total": "1e400"}, f"{ANOTHER_MAGNITUDE} - at `$.data.invoices[0].total`", id="no_float"),
        pytest.param(
            {"total": "0." + "1" * 41}, f"{ANOTHER_MAGNITUDE} - at `$.data.invoices[0].total`", id="too_many_digits"
        ),
        pytest.param(
            {"total": "1" * 41}, f"{ANOTHER_MAGNITUDE} - at `$.data.invoices[0].total`", id="too_many_digits_before"
        ),
        pytest.param({"total": None}, "Object missing required field `total` - at `$.data.invoices[0]`", id="no_total"),
        pytest.param({"id": None}, "Object missing required field `id` - at `$.data.invoices[0]`", id="no_id"),
        pytest.param({"id": '""'}, "Expected `str` of length >= 1 - at `$.data.invoices[0].id`", id="empty_id"),
        pytest.param({"id": "7"}, "Expected `str`, got `int` - at `$.data.invoices[0].id`", id="number_for_an_id"),
        pytest.param({"status": "7"}, "Expected `str | null`, got `int` - at `$.data.invoices[0].status`", id="status"),
        pytest.param(
            {"currency": None}, "Object missing required field `currency` - at `$.data.invoices[0]`", id="no_currency"
        ),
        pytest.param(
            {"currency": "null"},
            "Expected a currency code, got NoneType - at `$.data.invoices[0].currency`",
            id="null_currency",
        ),
        pytest.param(
            {"currency": '"U$D"'},
            "Expected a currency code of three letters - at `$.data.invoices[0].currency`",
            id="sign_in_a_currency",
        ),
        pytest.param(
            {"currency": '"USDT"'},
            "Expected a currency code of three letters - at `$.data.invoices[0].currency`",
            id="long_currency",
        ),
        pytest.param(
            {"currency": r'"usd\n"'},
            "Expected a currency code of three letters - at `$.data.invoices[0].currency`",
            id="line_end_in_a_currency",
        ),
        pytest.param(
            {"currency": '"ÄÖÜ"'},
            "Expected a currency code of three letters - at `$.data.invoices[0].currency`",
            id="other_letters",
        ),
        pytest.param(
            {"period": "null"}, "Expected `object`, got `null` - at `$.data.invoices[0].period`", id="null_period"
        ),
        pytest.param(
            {"period": '{"start": 1780272000}'},
            "Object missing required field `end` - at `$.data.invoices[0].period`",
            id="no_end",
        ),
        pytest.param(
            {"period": '{"start": 1780272000000, "end": 1782864000000}'},
            f"{OUT_OF_RANGE} - at `$.data.invoices[0].period.start`",
            id="milliseconds",
        ),
        pytest.param(
            {"period": '{"start": -1, "end": 1782864000}'},
            f"{OUT_OF_RANGE} - at `$.data.invoices[0].period.start`",
            id="before_1970",
        ),
        pytest.param(
            {"period": '{"start": 1780272000, "end": 253402300799}'},
            f"{OUT_OF_RANGE} - at `$.data.invoices[0].period.end`",
            id="the_last_day_of_all",
        ),
        pytest.param(
            {"period": '{"start": "2026-06-01", "end": 1782864000}'},
            "Expected a number, got str - at `$.data.invoices[0].period.start`",
            id="date",
        ),
        pytest.param(
            {"period": '{"start": 1782864000, "end": 1780272000}'},
            "Expected a period whose end is not before its start - at `$.data.invoices[0].period`",
            id="backwards",
        ),
        pytest.param(
            {"paas": '{"price": {"gpu": "1"}}'},
            "Expected a number, got str - at `$.data.invoices[0].paas.price.gpu`",
            id="text_in_a_price",
        ),
    ],
)
def test_rows_that_do_not_fit(fields: dict[str, str | None], reason: str) -> None:
    """A row that cannot be read is refused by the JSON path of what does not fit; the error quotes no value."""
    with pytest.raises(DecodeError) as caught:
        read_list(C, list_of(json_row(**fields)))

    assert f"{REQUEST}: not as generation 2026-10 answers: {reason}" == str(caught.value)


def test_one_bad_row_fails_the_list() -> None:
    """A row is never skipped, since that would understate money: the error says which one it is."""
    with pytest.raises(DecodeError, match=r"at `\$\.data\.invoices\[2\]\.total`"):
        read_list(C, list_of(json_row(), json_row(), json_row(total='"12"')))


@pytest.mark.parametrize(
    ("generation", "body", "reason"),
    [
        pytest.param(
            Generation.A,
            '{"data": {"invoices": {"currency": "usd", "total": 1}}}',
            "2024 answers: Object missing required field `period` - at `$.data.invoices`",
            id="2024_object",
        ),
        pytest.param(
            Generation.A,
            '{"data": {}}',
            "2024 answers: Object missing required field `invoices` - at `$.data`",
            id="2024_no_list",
        ),
        pytest.param(
            Generation.B,
            '{"data": {"invoices": {"id": "i"}}}',
            "2026-06 answers: Expected `array`, got `object` - at `$.data.invoices`",
            id="2026-06_object",
        ),
        pytest.param(
            Generation.B,
            '{"data": {"invoices": [{"id": "i"}]}}',
            "2026-06 answers: Object missing required field `period` - at `$.data.invoices[0]`",
            id="2026-06_row",
        ),
    ],
)
def test_lists_that_do_not_fit_other_generations(generation: Generation, body: str, reason: str) -> None:
    """The error says as which generation the answer was read."""
    with pytest.raises(DecodeError) as caught:
        read_list(generation, body)

    assert f"{REQUEST}: not as generation {reason}" == str(caught.value)


def test_a_detail_that_does_not_fit() -> None:
    """Deep in a tree, too, the error has the path."""
    tree = '{"teams": [{"id": "acme", "projects": [{"id": "api", "resourceTypes": [{"price": {}}]}]}]}'
    with pytest.raises(DecodeError) as caught:
        read_detail(C, json_detail(paas=tree))

    assert (
        f"{REQUEST}: not as generation 2026-10 answers: Object missing required field `resourceType` - at "
        "`$.data.paas.teams[0].projects[0].resourceTypes[0]`"
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        pytest.param("usd", "USD", id="lower"),
        pytest.param("Usd", "USD", id="mixed"),
        pytest.param("EUR", "EUR", id="capitals"),
        pytest.param("xyz", "XYZ", id="unheard_of"),
    ],
)
def test_currency(text: str, currency: str) -> None:
    """A currency is its code in capitals, whichever code it is."""
    (some,) = read_list(C, list_of(json_row(currency=f'"{text}"')))

    assert currency == some.currency


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        pytest.param({}, 0, id="no_amount"),
        pytest.param({"total": "12"}, 0, id="whole"),
        pytest.param({"total": "12.50", "subTotal": "1.125"}, 3, id="the_most"),
        pytest.param({"total": "1e-5"}, 5, id="exponent"),
        pytest.param({"total": "1e5"}, 0, id="large_exponent"),
        pytest.param({"total": "69.22000000000001"}, 8, id="at_most_eight"),
        pytest.param({"tax": '{"percent": 19.123456}', "period": '{"start": 1.5, "end": 2.25}'}, 0, id="only_amounts"),
        pytest.param({"paas": '{"teams": [{"id": "a", "price": {"cpu": 0.1234}}]}'}, 4, id="in_the_tree"),
    ],
)
def test_places(fields: dict[str, str], places: int) -> None:
    """An answer is as exact as the last decimal place of its amounts, the eighth at most."""
    assert places == read_detail(C, json_detail(**fields)).places


def test_a_price_that_states_nothing() -> None:
    """A price without any figure is none; it is not zero."""
    (some,) = read_list(C, list_of(json_row(paas='{"price": {}}', byoc='{"price": null}', egressIp="{}")))

    assert {} == some.categories
