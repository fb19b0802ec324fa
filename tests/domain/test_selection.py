from exporter.domain.invoice import Invoice, Period
from exporter.domain.selection import billing_usage, newest_first, shown
from tests.builders import DAY, JULY_START, invoice, subscription, usage_invoice

NOW = JULY_START + DAY


def ending(days_ago: float) -> Period:
    """A week that ended that many days before now."""
    end = NOW - days_ago * DAY
    return Period(end - 7 * DAY, end)


def ids(invoices: tuple[Invoice, ...]) -> list[str]:
    """The invoices' ids, in their order."""
    return [each.id for each in invoices]


def test_newest_first() -> None:
    """Invoices are ordered by the end of their periods, whatever the order of the list."""
    some = [
        invoice("old", period=ending(30)),
        invoice("new", period=ending(1)),
        invoice("middle", period=ending(9)),
    ]

    assert ["new", "middle", "old"] == ids(newest_first(some))


def test_ties() -> None:
    """Of invoices that end together the one that began later is newer; else the list's order stands."""
    month, week = Period(NOW - 30 * DAY, NOW), Period(NOW - 7 * DAY, NOW)
    some = [
        invoice("month-1", period=month),
        invoice("week-1", period=week),
        invoice("week-2", period=week),
        invoice("month-2", period=month),
    ]

    assert ["week-1", "week-2", "month-1", "month-2"] == ids(newest_first(some))


def test_history() -> None:
    """As many invoices are shown as are asked for, the newest ones."""
    some = [invoice(f"i{days}", period=ending(days)) for days in range(5)]

    assert ["i0", "i1", "i2"] == ids(shown(some, history=3, details=1, now=NOW))


def test_older_unpaid_ones_are_shown() -> None:
    """An invoice that is open or whose payment failed is shown, however old; a void or paid one is not."""
    some = [
        usage_invoice("newest", period=ending(1)),
        usage_invoice("paid", period=ending(10), status="paid"),
        usage_invoice("open", period=ending(20), status="open"),
        usage_invoice("void", period=ending(30), status="void"),
        usage_invoice("failed", period=ending(40), status="payment_failed"),
        usage_invoice("unknown", period=ending(50), status=None),
    ]

    assert ["newest", "open", "failed"] == ids(shown(some, history=1, details=1, now=NOW))


def test_the_invoice_whose_tree_is_shown_is_shown() -> None:
    """The newest invoices that bill usage are shown even where newer ones without usage fill the history."""
    some = [
        subscription("subscription", period=ending(1)),
        subscription("credits", period=ending(2)),
        usage_invoice("usage-1", period=ending(3)),
        usage_invoice("usage-2", period=ending(4)),
        usage_invoice("usage-3", period=ending(5)),
    ]

    assert ["subscription", "usage-1", "usage-2"] == ids(shown(some, history=1, details=2, now=NOW))


def test_the_newest_usage_invoice_is_shown_without_trees() -> None:
    """Where no tree is shown, the newest invoice that bills usage is shown all the same: the latest is joined on it."""
    some = [subscription("subscription", period=ending(1)), usage_invoice("usage", period=ending(3))]

    assert ["subscription", "usage"] == ids(shown(some, history=1, details=0, now=NOW))


def test_what_is_billed_ahead_takes_no_place_in_the_history() -> None:
    """A subscription whose period ends in the future is shown beside the newest ones, not in place of one."""
    some = [
        subscription("ahead", period=ending(-20), status="open"),
        usage_invoice("usage-1", period=ending(1)),
        usage_invoice("usage-2", period=ending(2)),
        usage_invoice("usage-3", period=ending(3)),
    ]

    assert ["ahead", "usage-1", "usage-2"] == ids(shown(some, history=2, details=1, now=NOW))


def test_newest_that_bill_usage() -> None:
    """Subscriptions and what is billed ahead are passed over; an end at this instant is not in the future."""
    some = [
        usage_invoice("ahead", period=ending(-0.001)),
        subscription("subscription", period=ending(0)),
        usage_invoice("usage-1", period=ending(0)),
        usage_invoice("usage-2", period=ending(2)),
        usage_invoice("usage-3", period=ending(3)),
    ]

    assert ["usage-1", "usage-2"] == ids(billing_usage(some, 2, NOW))


def test_newest_where_the_list_does_not_tell() -> None:
    """Where the list does not tell what bills usage, the newest are taken."""
    some = [invoice("old", period=ending(9)), invoice("new", period=ending(1)), invoice("ahead", period=ending(-5))]

    assert ["new"] == ids(billing_usage(some, 1, NOW))


def test_nothing_to_show() -> None:
    """An account without invoices shows none."""
    assert () == shown([], history=12, details=1, now=NOW)
    assert () == billing_usage([subscription()], 1, NOW)
