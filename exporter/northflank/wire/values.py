"""The values that no JSON library knows: exact numbers, instants, currencies; each refused when it is not one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec

from exporter.domain.money import Unit, minor_digits, to_major
from exporter.domain.price import Price
from exporter.domain.report import Generation
from exporter.errors import DecodeError
from exporter.northflank.wire.answer import Answer

S = TypeVar("S", bound=msgspec.Struct)

# More than any bill, and little enough that sums stay exact (domain.money.EXACT) and floats finite.
_MOST_DIGITS = 40
_MOST_ZEROS = 30
# The API sheet lets no more places than this count when sums are compared.
_MOST_PLACES = 8
_LAST_INSTANT = 253402214400  # 9999-12-31T00:00:00Z: for what ends later, there is no next day
_CURRENCY = re.compile(r"[A-Za-z]{3}")

Id = Annotated[str, msgspec.Meta(min_length=1)]


class Amount(Decimal):
    """An amount of money, exactly as the JSON text has it, in the unit of its answer."""


class Percent(Decimal):
    """A share in percent: 20 for a fifth."""


class Quantity(Decimal):
    """How much was used, exactly as the JSON text has it; no money, so that an answer's places do not depend on it."""


class Instant(float):
    """Unix seconds."""


class Moment(float):
    """Unix seconds that the answer has as an ISO 8601 text, in UTC unless it says otherwise."""


class Currency(str):
    """An ISO 4217 code, in capitals."""

    __slots__ = ()


def _exact(value: object, kind: str = "an amount of money") -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"Expected a number, got {type(value).__name__}")
    number = Decimal(value)
    _, digits, exponent = number.as_tuple()
    if len(digits) > _MOST_DIGITS or not isinstance(exponent, int) or not -_MOST_DIGITS <= exponent <= _MOST_ZEROS:
        raise ValueError(f"Expected {kind}, got a number of another magnitude")
    return number


def _instant(value: object) -> Instant:
    return Instant(_in_range(float(_exact(value)), "Unix seconds, got a number out of their range"))


def _moment(value: object) -> Moment:
    if not isinstance(value, str):
        raise TypeError(f"Expected an ISO 8601 time, got {type(value).__name__}")
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("Expected an ISO 8601 time, got another text") from None  # the cause quotes it
    in_zone = time if time.tzinfo else time.replace(tzinfo=UTC)
    return Moment(_in_range(in_zone.timestamp(), "an ISO 8601 time since 1970, got another one"))


def _in_range(seconds: float, expected: str) -> float:
    if not 0 <= seconds <= _LAST_INSTANT:
        raise ValueError(f"Expected {expected}")
    return seconds


def _currency(value: object) -> Currency:
    if not isinstance(value, str):
        raise TypeError(f"Expected a currency code, got {type(value).__name__}")
    if not _CURRENCY.fullmatch(value):
        raise ValueError("Expected a currency code of three letters")
    return Currency(value.upper())


_READERS = {
    Amount: lambda value: Amount(_exact(value)),
    Percent: lambda value: Percent(_exact(value)),
    Quantity: lambda value: Quantity(_exact(value, "a quantity")),
    Instant: _instant,
    Moment: _moment,
    Currency: _currency,
}


class Reading:
    """One answer being read: turns plain values into structs, and keeps count of the amounts' decimal places."""

    def __init__(self, answer: Answer, generation: Generation | None) -> None:
        self._answer = answer
        self._generation = f"generation {generation}" if generation else "any generation"
        self._places = 0

    def struct(self, data: dict[str, Any], shape: type[S]) -> S:
        """The data in that shape; raises DecodeError with the JSON path of what does not fit."""
        try:
            return msgspec.convert(data, shape, dec_hook=self._value)
        except msgspec.ValidationError as error:
            # The library names the place of what does not fit, but for the outermost.
            text = str(error) if "`$" in str(error) else f"{error} - at `$`"
            raise self.fault(text.replace("`$", "`$.data")) from error

    def fault(self, reason: str) -> DecodeError:
        """The error to raise when the answer does not fit its generation."""
        return DecodeError(f"{self._answer.request}: not as {self._generation} answers: {reason}")

    def money(self, unit: Unit, currency: str) -> Money:
        """The reader of this answer's amounts, once all of it was turned into structs."""
        return Money(unit, currency, self._places)

    def _value(self, shape: type[Any], value: object) -> object:
        result = _READERS[shape](value)
        if isinstance(result, Amount):
            exponent = result.as_tuple().exponent
            self._places = max(self._places, -exponent if isinstance(exponent, int) else 0)
        return result


class Money:
    """The amounts of one answer, in one unit and one currency.

    `places` are the decimal places that the answer's amounts have in major units.
    """

    def __init__(self, unit: Unit, currency: str, places: int) -> None:
        self._unit = unit
        self._currency = currency
        shift = minor_digits(currency) if unit is Unit.MINOR else 0
        self.places = min(places, _MOST_PLACES) + shift

    def of(self, amount: Amount) -> Decimal:
        """The amount in major units."""
        return to_major(Decimal(amount), self._unit, self._currency)

    def maybe(self, amount: Amount | None) -> Decimal | None:
        """The same, None where there is none."""
        return None if amount is None else self.of(amount)

    def price(self, wire: msgspec.Struct | None) -> Price | None:
        """A price struct (a `total`, and one field a component) as a price; None where it states nothing."""
        if wire is None:
            return None
        stated = [(name, getattr(wire, name)) for name in wire.__struct_fields__]
        parts = tuple((name, self.of(amount)) for name, amount in stated if amount is not None)
        total = dict(parts).get("total")
        components = tuple(part for part in parts if part[0] != "total")
        return Price(total, components) if parts else None
