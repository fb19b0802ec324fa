"""The billing customers of one sandbox: each token belongs to one, and answers tell of that one alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.sandbox import speak_2024, speak_2026_06, speak_2026_10
from exporter.sandbox.books import Books
from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.options import Generation, SandboxOptions

GENERATIONS: Mapping[Generation, Callable[[Books, SandboxOptions], tuple[Endpoint, ...]]] = MappingProxyType(
    {
        "2024": speak_2024.endpoints,
        "2026-06": speak_2026_06.endpoints,
        "2026-10": speak_2026_10.endpoints,
    }
)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's books, and the endpoints that answer from them, by name."""

    books: Books
    endpoints: Mapping[str, Endpoint]


def customers_of(options: SandboxOptions) -> Mapping[str, Customer]:
    """The customers by their tokens, that of the options first; the others have other seeds and other teams."""
    seeds = {options.token: options.seed, **options.other_customers}
    worlds = (replace(options, token=token, seed=seed) for token, seed in seeds.items())
    return {world.token: _customer(world, place) for place, world in enumerate(worlds)}


def _customer(options: SandboxOptions, place: int) -> Customer:
    books = Books(options, place)
    return Customer(books, {each.name: each for each in GENERATIONS[options.generation](books, options)})
