"""Calendar periods in UTC, by the calendar of the standard library alone: what a figure's period has to be."""

from datetime import UTC, datetime, timedelta

HOUR = 3600
DAY = 24 * HOUR


def at(iso: str) -> float:
    """Unix seconds of an instant in UTC, such as `2028-02-29T12:30`."""
    return datetime.fromisoformat(iso).replace(tzinfo=UTC).timestamp()


def month(instant: float, ago: int = 0) -> tuple[int, int]:
    """The first instant of the month so many months before the one that holds an instant, and of the next."""
    day = datetime.fromtimestamp(instant, UTC)
    count = day.year * 12 + day.month - 1 - ago
    return _month_start(count), _month_start(count + 1)


def period(kind: str, instant: float) -> tuple[int, int]:
    """The first instant of the `day`, `week`, `month`, `quarter` or `year` that holds an instant, and of the next."""
    day = datetime.fromtimestamp(instant, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"day": 1, "week": 7}
    months = {"month": 1, "quarter": 3, "year": 12}
    if kind in days:
        first = day - timedelta(days=day.weekday() if kind == "week" else 0)
        return _seconds(first), _seconds(first + timedelta(days=days[kind]))
    count = (day.year * 12 + day.month - 1) // months[kind] * months[kind]
    return _month_start(count), _month_start(count + months[kind])


def hour_from(instant: float) -> int:
    """The first full hour at or after an instant."""
    return -int(-instant // HOUR) * HOUR


def _month_start(count: int) -> int:
    return _seconds(datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC))


def _seconds(day: datetime) -> int:
    return int(day.timestamp())
