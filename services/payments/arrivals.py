"""What came to the door, handled: one look for all that is about one subscription, then the facts.

A message is never believed about how things stand, whatever order messages come in: the service is
asked. It is believed about what happened with money, which nobody could ask for later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.errors import DomainError, InvalidFields, NotFound
from domain.money.facts import FactDiffers
from domain.payments.news import News, UnknownPayer, UnreadableMessage
from domain.payments.refusals import PaymentsAway
from services.effects import Piece
from services.payments.noting import Notary, note, payer_of
from services.payments.purchases import Purchases

Verdict = str | Exception | None
"""Done (with a word if it was none of ours), or what stands in the way."""

_HOPELESS = (UnreadableMessage, FactDiffers, InvalidFields)


class Looks(Protocol):
    """Looks at a subscription and lets its membership observe what is seen."""

    async def __call__(self, subscription_id: str, *, source_event_id: str | None) -> object:
        """Look, whoever asks for it."""
        ...


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What handling messages takes.

    Attributes:
        notary: notes facts; its books say what messages mean.
        purchases: carries out what was paid once.
        look: fetches a subscription anew.
        give_up: makes the exception that says that trying again is useless.
        not_yet: makes the one that says that this was no try.
    """

    notary: Notary
    purchases: Purchases
    look: Looks
    give_up: Callable[[str], Exception]
    not_yet: Callable[[str], Exception]


def handle_root(
    arrivals: Arrivals,
) -> Callable[[str, Sequence[Piece]], Awaitable[Mapping[tuple[Any, ...], Verdict]]]:
    """Return who handles the messages of one root together."""

    async def handle(_root: str, pieces: Sequence[Piece]) -> Mapping[tuple[Any, ...], Verdict]:
        news: dict[tuple[Any, ...], News] = {}
        verdicts: dict[tuple[Any, ...], Verdict] = {}
        for piece in pieces:
            try:
                news[piece.key] = await arrivals.notary.books.read(piece.payload)
            except DomainError as refusal:
                verdicts[piece.key] = _verdict(arrivals, refusal)
        unseen = await _look(arrivals, list(news.values()))
        for key, each in news.items():
            verdicts[key] = await _note(arrivals, each, unseen)
        return verdicts

    return handle


async def _look(arrivals: Arrivals, news: Sequence[News]) -> DomainError | None:
    """Look once, if anything is about a subscription of ours; return what stood in the way."""
    about = [each for each in news if each.subscription_id is not None and each.foreign is None]
    if not about:
        return None
    newest = about[-1]
    assert newest.subscription_id is not None, "chosen so"
    try:
        _, foreign = await payer_of(arrivals.notary, newest)
        if foreign is None:
            await arrivals.look(newest.subscription_id, source_event_id=newest.message_id)
    except NotFound:
        return UnknownPayer("This subscription is nobody's here, or not yet.")
    except DomainError as refusal:
        return refusal
    return None


async def _note(arrivals: Arrivals, news: News, unseen: DomainError | None) -> Verdict:
    """Note the facts even where the look failed; the message is done when both worked."""
    try:
        word = await note(arrivals.notary, news)
        if word is None:
            await arrivals.purchases.take(news)
    except DomainError as refusal:
        return _verdict(arrivals, refusal)
    if unseen is not None and news.subscription_id is not None and word is None:
        return _verdict(arrivals, unseen)
    return word


def _verdict(arrivals: Arrivals, refusal: DomainError) -> Exception:
    match refusal:
        case PaymentsAway():
            return arrivals.not_yet(refusal.code)
        case _ if isinstance(refusal, _HOPELESS):
            return arrivals.give_up(refusal.code)
        case _:
            return refusal
