from dataclasses import dataclass

from exporter.sandbox.allowance import Allowance


@dataclass(slots=True)
class _Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_allowance_ends() -> None:
    """So many requests are let through in an hour, and no more."""
    allowance = Allowance(3, _Clock())
    assert [True, True, True, False, False] == [allowance.takes("t") for _ in range(5)]


def test_allowance_heals_after_the_hour() -> None:
    """An hour after the first request all of it is there again, and not a moment earlier."""
    clock = _Clock()
    allowance = Allowance(1, clock)
    assert allowance.takes("t")
    clock.now += 3_599.5
    assert not allowance.takes("t")
    clock.now += 0.5
    assert allowance.takes("t")


def test_headers_tell_what_is_left() -> None:
    """The headers tell the limit, what remains and the seconds left of the hour."""
    clock = _Clock()
    allowance = Allowance(2, clock)
    allowance.takes("t")
    clock.now += 600.4
    expected = {"x-ratelimit-limit": "2", "x-ratelimit-remaining": "1", "x-ratelimit-reset": "3000"}
    assert expected == allowance.headers("t")


def test_refused_requests_cost_nothing() -> None:
    """What remains never falls below zero."""
    allowance = Allowance(1, _Clock())
    for _ in range(3):
        allowance.takes("t")
    assert "0" == allowance.headers("t")["x-ratelimit-remaining"]


def test_tokens_have_allowances_of_their_own() -> None:
    """One token's requests cost another nothing."""
    allowance = Allowance(1, _Clock())
    assert [True, True] == [allowance.takes(token) for token in ("one", "two")]
