from collections.abc import Callable
from typing import Any

import pytest

from exporter.errors import DecodeError, GenerationError
from exporter.northflank.wire.answer import Answer, open_envelope
from exporter.northflank.wire.probe import Mark, probe_detail, probe_list
from tests.wire.bodies import FIXTURES, REQUEST, answer, json_detail, json_hour, json_row, list_of, usage_of

Probe = Callable[[Answer, dict[str, Any]], Mark]


def probe(how: Probe, body: str) -> Mark:
    """What a body shows of its generation."""
    return how(answer(body), open_envelope(answer(body)).content)


@pytest.mark.parametrize(
    ("body", "mark"),
    [
        pytest.param(list_of(), Mark.NONE, id="empty"),
        pytest.param('{"data": {}}', Mark.NONE, id="no_list"),
        pytest.param('{"data": {"invoices": null}}', Mark.NONE, id="null"),
        pytest.param(list_of(json_row()), Mark.NONE, id="no_usage"),
        pytest.param(list_of(json_row(paas="null", byocUsage="null")), Mark.NONE, id="null_usage"),
        pytest.param(list_of(json_row(paasUsage="{}")), Mark.LEGACY, id="paas_usage"),
        pytest.param(list_of(json_row(byocUsage="{}")), Mark.LEGACY, id="byoc_usage"),
        pytest.param(list_of(json_row(paas="{}")), Mark.CURRENT, id="paas"),
        pytest.param(list_of(json_row(byoc="{}")), Mark.CURRENT, id="byoc"),
        pytest.param(list_of(json_row(paas="{}", paasUsage="{}")), Mark.CURRENT, id="both"),
        pytest.param(list_of(json_row(), json_row(), json_row(byocUsage="{}")), Mark.LEGACY, id="below_subscriptions"),
        pytest.param(list_of(json_row(paasUsage="{}"), json_row(paas="{}")), Mark.CURRENT, id="different_rows"),
        pytest.param('{"data": {"invoices": {"paasUsage": {}}}}', Mark.LEGACY, id="one_object"),
        pytest.param('{"data": {"usage": [{"paasUsage": {}}]}}', Mark.LEGACY, id="usage_list_of_2026-06"),
        pytest.param('{"data": {"usage": [{"paas": {}}]}}', Mark.CURRENT, id="usage_list_of_2026-10"),
        pytest.param((FIXTURES / "seed_000_list_invoices.json").read_text(), Mark.NONE, id="document_of_2024"),
    ],
)
def test_marks_of_a_list(body: str, mark: Mark) -> None:
    """Any row that bills usage shows the generation; fields of the newest outweigh older ones beside them."""
    assert mark is probe(probe_list, body)


@pytest.mark.parametrize(
    ("body", "mark"),
    [
        pytest.param(json_detail(paas='{"teams": []}'), Mark.CURRENT, id="current"),
        pytest.param(json_detail(paasUsage='{"teams": []}'), Mark.LEGACY, id="legacy"),
        pytest.param((FIXTURES / "seed_002_get_invoice.json").read_text(), Mark.NONE, id="document_of_2026"),
    ],
)
def test_marks_of_a_detail(body: str, mark: Mark) -> None:
    """A detail shows its generation by the same fields."""
    assert mark is probe(probe_detail, body)


def both(current: str, legacy: str, currency: str = "usd") -> str:
    """A row with its PaaS total in the fields of both generations."""
    return json_row(
        currency=f'"{currency}"',
        paas=f'{{"price": {{"total": {current}}}}}',
        paasUsage=f'{{"price": {{"total": {legacy}}}}}',
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(list_of(both("69.22", "6922")), id="cents"),
        pytest.param(list_of(both("69.22000000000001", "6922")), id="cents_and_noise"),
        pytest.param(list_of(both("69.225", "6922")), id="rounded_down"),
        pytest.param(list_of(both("69.225", "6923")), id="rounded_up"),
        pytest.param(list_of(both("69.22", "69.22")), id="decimals"),
        pytest.param(list_of(both("6922", "6922", "jpy")), id="yen"),
        pytest.param(list_of(both("6.922", "6922", "KWD")), id="fils"),
        pytest.param(list_of(both("0", "0"), both("69.22", "6922")), id="zero_shows_nothing"),
        pytest.param(
            list_of(json_row(paas='{"price": {"total": 1}}', byocUsage='{"price": {"total": 7}}')), id="apart"
        ),
        pytest.param(
            list_of(json_row(paas='{"price": {"cpu": 1}}', paasUsage='{"price": {"total": 7}}')), id="no_total"
        ),
    ],
)
def test_units_that_agree(body: str) -> None:
    """The same totals in cents or in decimals are no contradiction."""
    assert Mark.CURRENT is probe(probe_list, body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(list_of(both("69.22", "7000")), id="other_figures"),
        pytest.param(list_of(both("69.22", "692200")), id="factor_of_10000"),
        pytest.param(list_of(both("69.22", "6922", "jpy")), id="yen_in_hundredths"),
        pytest.param(list_of(both("69.22", "6922"), both("10", "10")), id="two_units_in_one_answer"),
    ],
)
def test_units_that_contradict(body: str) -> None:
    """Where two totals of one answer contradict each other, no figure of it is used."""
    with pytest.raises(GenerationError) as caught:
        probe(probe_list, body)

    assert (
        f"{REQUEST}: the totals under paas/byoc and under paasUsage/byocUsage contradict each other: "
        "the unit of its amounts cannot be told, so nothing of it is shown"
    ) == str(caught.value)


def test_a_detail_whose_units_contradict() -> None:
    """A detail is checked in the same way, BYOC too."""
    body = json_detail(byoc='{"price": {"total": 1}}', byocUsage='{"price": {"total": 7}}')

    with pytest.raises(GenerationError, match="contradict each other"):
        probe(probe_detail, body)


@pytest.mark.parametrize(
    ("currency", "known"),
    [
        pytest.param(None, "KWD", id="known"),
        pytest.param(None, "kwd", id="known_in_small_letters"),
        pytest.param('"kwd"', "USD", id="stated"),
    ],
)
def test_units_in_the_known_currency(currency: str | None, known: str) -> None:
    """The totals of a row that states no currency are compared in the one that is known: a dinar has 1000 fils."""
    totals = {"paas": '{"price": {"total": 6.922}}', "paasUsage": '{"price": {"total": 6922}}'}
    of_list = answer(list_of(json_row(currency=currency, **totals)))
    of_usage = answer(usage_of(json_hour(currency=currency, **totals)))

    for each in (of_list, of_usage):
        assert Mark.CURRENT is probe_list(each, open_envelope(each).content, known)


def test_a_probe_that_cannot_be_read() -> None:
    """A total that is no number is refused by its path also before the generation is known."""
    with pytest.raises(DecodeError, match=r"got str - at `\$\.data\.invoices\[0\]\.paas\.price\.total`"):
        probe(probe_list, list_of(both('"1"', "100")))
