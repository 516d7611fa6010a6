"""The table of simulated calls, and what a call is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.simulated_stripe.refusals import no_route, not_simulated
from tests.support.simulated_stripe.schema.parameters import convert
from tests.support.simulated_stripe.schema.routes import match
from tests.support.simulated_stripe.world.world import Json, World

#: Parameters that every list takes.
PAGING = "limit starting_after ending_before created"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, its parameters converted by their declared types.

    Args:
        world: the account.
        path: as asked, for the ``url`` of lists.
        ids: the ids in the path, in order.
        given: the parameters.
    """

    world: World
    path: str
    ids: tuple[str, ...]
    given: Json

    @property
    def key(self) -> str:
        """The first id in the path."""
        return self.ids[0]


Answer = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Simulated:
    answer: Answer
    takes: frozenset[str]


CALLS: dict[tuple[str, str], Simulated] = {}


def simulates(route: str, takes: str = "") -> Callable[[Answer], Answer]:
    """Registers a function as the answer to a route.

    Args:
        route: verb and template: ``post /v1/invoices/{}/pay``.
        takes: names of the parameters that it honours, besides ``expand``; another one that
            Stripe has is answered 501, so that no test rests on a parameter that did nothing.
    """
    verb, template = route.split()

    def register(answer: Answer) -> Answer:
        CALLS[verb, template] = Simulated(answer, frozenset(takes.split()) | {"expand"})
        return answer

    return register


def answer(world: World, verb: str, path: str, form: dict[str, Any]) -> tuple[Json, list[str]]:
    """Finds the call of a request and makes it.

    Returns:
        The answer as stored, and the paths to expand in it.

    Raises:
        Refusal: no such route, a parameter that Stripe or the simulation does not have, or a no.
    """
    found = match(verb, path)
    if found is None:
        raise no_route(verb, path)
    simulated = CALLS.get(found.route.key)
    if simulated is None:
        raise not_simulated(f"{verb.upper()} {found.route.template}")
    given = convert(found.route.parameters, form)
    for name in given.keys() - simulated.takes:
        raise not_simulated(f"the parameter {name} of {verb.upper()} {found.route.template}")
    expand = given.pop("expand", [])
    return simulated.answer(Call(world, path, found.ids, given)), expand
