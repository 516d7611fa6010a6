"""Carrying orders out: sent once under a key, looked for before it is sent under another.

The service repeats its answer to the same key, also when it was an error, and forgets keys after a
day. So nothing gets a new key before a look proved that the old one made nothing; and what is sent
is never worded twice. Source: docs.stripe.com/api/idempotent_requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID, uuid5

import msgspec
import structlog

from domain.errors import DomainError, NotFound
from domain.memberships.rules import NOT_CONFIRMED, PAID_MEANWHILE, Wish
from domain.payments.desk import PaymentDesk, Seen
from domain.payments.orders import (
    Call,
    ChangePlan,
    EndNow,
    EntryOfOrder,
    ExpireCheckout,
    ForgetPayer,
    Made,
    PayBack,
    PaymentOrder,
    SetSeats,
    decoded,
    subject_of,
)
from domain.payments.refusals import (
    CardRefused,
    PaymentKeyRefused,
    PaymentRefused,
    PaymentsAway,
    PriceGone,
)
from domain.ports import Clock, Randomness
from domain.recording import EventStore
from services.dispatch import Dispatcher, Order
from services.effects import Piece
from services.memberships.commands import GiveUpWish
from services.money.refunds import NoteOwnRefund
from services.payments.looking import look_at
from services.payments.overtaken import is_overtaken, wish_of

log = structlog.get_logger()

NOT_DUE: Final = "not_due"
_NOTHING_TO_DO: Final = "nothing_to_do"
_EARLIER: Final = "an_earlier_order"
_KEY_HOLDS: Final = timedelta(hours=23)  # of the 24 that the service remembers it
_BROKEN: Final = 3  # errors under one key, after which the answer counts as saved
_FIRST_PAUSE: Final = 2.0  # seconds; doubles
_LONGEST_PAUSE: Final = 900.0
_WITHIN: Final = 50.0  # seconds; the lease of a piece holds for a minute
_CLOSED_FOR: Final = timedelta(minutes=5)
_SERVER_ERROR: Final = 500


class OrderBook(Protocol):
    """What became of orders; every method is explained in ``infra/payments/order_book.py``."""

    async def find(self, effect_id: UUID) -> EntryOfOrder | None:
        """Return what is written about an order."""
        ...

    async def freeze(
        self, effect_id: UUID, kind: str, calls: Sequence[Call], *, at: datetime
    ) -> None:
        """Write its words down."""
        ...

    async def trying(self, effect_id: UUID, *, at: datetime) -> None:
        """Write down that a call goes out."""
        ...

    async def failed(
        self, effect_id: UUID, *, problem: str, request_id: str | None, broken: bool
    ) -> None:
        """Write down that nothing is known of it."""
        ...

    async def done(
        self, effect_id: UUID, step: int, made: Made, *, last: bool, at: datetime
    ) -> None:
        """Write down that a call is done."""
        ...

    async def renew(self, effect_id: UUID, generation: int) -> None:
        """Take a new key."""
        ...

    async def reopen(self, effect_id: UUID) -> None:
        """Forget the words of an order that was refused."""
        ...

    async def earlier_waits(self, effect_id: UUID, subject: str, *, not_due: str) -> bool:
        """Tell whether an earlier order about the same subject waits."""
        ...


@dataclass(slots=True, kw_only=True)
class Carrier:
    """Carries orders out, in the worker's own loop.

    Attributes:
        payments: the payment service, with the worker's key.
        dispatch: takes what it answered.
        store: what stands here.
        book: what became of orders.
        clock: tells what is due.
        randomness: spreads tries.
        environment: begins every key.
        give_up: makes the exception that says that trying again is useless: a person must look.
        not_yet: makes the one that says when to try again; it counts as no try.
        closed_until: while our key is refused, nothing is sent.
    """

    payments: PaymentDesk
    dispatch: Dispatcher
    store: EventStore
    book: OrderBook
    clock: Clock
    randomness: Randomness
    environment: str
    give_up: Callable[[str], Exception]
    not_yet: Callable[[str, timedelta | None], Exception]
    closed_until: datetime | None = field(default=None, init=False)

    @property
    def is_closed(self) -> bool:
        """Whether our key was refused a moment ago."""
        return self.closed_until is not None and self.clock.now() < self.closed_until

    async def carry_out(self, piece: Piece) -> str | None:
        """Carry one order out; return a word if nothing had to be done.

        Raises:
            Exception: what *give_up* or *not_yet* makes.
        """
        effect_id: UUID = piece.key[0]
        try:
            order = decoded(piece.payload)
        except msgspec.ValidationError:
            raise self.give_up("unreadable") from None
        await self._require_turn(effect_id, order)
        until = asyncio.get_running_loop().time() + _WITHIN
        try:
            async with asyncio.timeout_at(until):
                word = await self._send_all(effect_id, order)
        except PaymentKeyRefused as refusal:
            raise self._closed(refusal) from None
        except (PaymentsAway, TimeoutError):
            raise self.not_yet(PaymentsAway.code, await self._pause(effect_id)) from None
        except (PaymentRefused, PriceGone, NotFound) as refusal:
            word = await self._refused(effect_id, order, refusal)
        seen = await self._look(order, until)
        if isinstance(order, ChangePlan) and word in {None, _NOTHING_TO_DO}:
            await self._settle_plan(effect_id, order, seen)
        return word

    async def _require_turn(self, effect_id: UUID, order: PaymentOrder) -> None:
        now = self.clock.now()
        if isinstance(order, SetSeats) and order.not_before is not None and now < order.not_before:
            raise self.not_yet(NOT_DUE, order.not_before - now)
        if await self.book.earlier_waits(effect_id, subject_of(order), not_due=NOT_DUE):
            raise self.not_yet(_EARLIER, None)

    async def _send_all(self, effect_id: UUID, order: PaymentOrder) -> str | None:
        entry = await self.book.find(effect_id)
        half_done = isinstance(order, EndNow) and entry is not None and entry.tries > 0
        if not half_done and await is_overtaken(self.store, order, effect_id):
            return "overtaken"
        if entry is None:
            calls = await self.payments.render(order, order_id=str(effect_id))
            kind = type(order).__name__
            await self.book.freeze(effect_id, kind, calls, at=self.clock.now())
            entry = await self.book.find(effect_id)
            assert entry is not None, "just written, by us or by somebody quicker"
        if not entry.calls:
            return _NOTHING_TO_DO
        while not entry.is_done:
            await self._tell(effect_id, order, entry.calls[entry.step])
            made = await self._send(effect_id, entry)
            last = entry.step + 1 == len(entry.calls)
            await self.book.done(effect_id, entry.step, made, last=last, at=self.clock.now())
            entry = await self.book.find(effect_id)
            assert entry is not None, "entries of today are not swept"
        return None

    async def _tell(self, effect_id: UUID, order: PaymentOrder, call: Call) -> None:
        """Tell the ledger what goes back by itself; else its refund would look like another's."""
        back = call.pays_back
        if back is None:
            return
        note = NoteOwnRefund(
            membership_id=_membership(order),
            order_id=str(effect_id),
            invoice_id=back.invoice_id,
            amount=back.amount,
            reason=back.reason,
        )
        command_id = uuid5(effect_id, f"own-refund/{back.amount.cents}")
        await self.dispatch(note, Order(command_id=command_id))

    async def _send(self, effect_id: UUID, entry: EntryOfOrder) -> Made:
        """Make one call, unless it is seen to be done already."""
        call, now, generation = entry.calls[entry.step], self.clock.now(), entry.generation
        if _key_is_spent(entry, now):
            if found := await self.payments.made_by(call):
                return found
            await self.book.renew(effect_id, generation)
            generation += 1
        await self.book.trying(effect_id, at=now)
        key = f"ph-{self.environment}-{effect_id}-{entry.step}-g{generation}"
        try:
            return await self.payments.send(call, key=key)
        except DomainError as refusal:
            status, request_id = refusal.facts.get("status"), refusal.facts.get("request_id")
            await self.book.failed(
                effect_id,
                problem=str(refusal.facts.get("why") or refusal.code),
                request_id=str(request_id) if request_id else None,
                broken=isinstance(status, int) and status >= _SERVER_ERROR,
            )
            # an earlier try, of which no answer came, may have done it: then there is nothing left
            # to end, and what was asked for twice is refused
            refused = isinstance(refusal, (PaymentRefused, NotFound))
            if refused and (found := await self.payments.made_by(call)):
                return found
            raise

    async def _refused(
        self, effect_id: UUID, order: PaymentOrder, refusal: DomainError
    ) -> str | None:
        """Tell who waits that it will not be; what nobody could foresee waits for a person."""
        why = str(refusal.facts.get("why") or refusal.code)
        wish = wish_of(order)
        if wish is not None:
            word = why.rpartition(".")[2]
            give_up = GiveUpWish(membership_id=_membership(order), wish=wish, why=word)
            await self.dispatch(give_up, Order(command_id=uuid5(effect_id, f"give-up/{word}")))
            if isinstance(refusal, (CardRefused, PriceGone)):
                return word
        await self.book.reopen(effect_id)
        log.error("payments.order_refused", order=type(order).__name__, why=why)
        raise self.give_up(why)

    def _closed(self, refusal: PaymentKeyRefused) -> Exception:
        self.closed_until = self.clock.now() + _CLOSED_FOR
        log.error("payments.key_refused", request_id=refusal.facts.get("request_id"))
        return self.not_yet(refusal.code, _CLOSED_FOR)

    async def _pause(self, effect_id: UUID) -> timedelta:
        """Return how long to wait: longer each time, and never exactly as long as others."""
        entry = await self.book.find(effect_id)
        doubled = _FIRST_PAUSE * 2 ** min(entry.tries if entry is not None else 0, 12)
        spread = int.from_bytes(self.randomness.token_bytes(2)) / 2**16
        return timedelta(seconds=min(doubled, _LONGEST_PAUSE) * (0.5 + spread))

    async def _settle_plan(self, effect_id: UUID, order: ChangePlan, seen: Seen | None) -> None:
        """See to it that another plan is so, or waits for its payment; else nobody hopes for it.

        So it is when its time was over before anybody could look, or when it was paid at the moment
        in which it was taken back.

        Raises:
            Exception: what *not_yet* makes, where nobody could look.
        """
        if seen is None:
            raise self.not_yet(PaymentsAway.code, await self._pause(effect_id))
        found = seen.observation
        if found.price != order.plan and found.plan_waits is None:
            why = PAID_MEANWHILE if order.takes_back else NOT_CONFIRMED
            give_up = GiveUpWish(membership_id=order.membership_id, wish=Wish.PLAN, why=why)
            await self.dispatch(give_up, Order(command_id=uuid5(effect_id, f"give-up/{why}")))

    async def _look(self, order: PaymentOrder, until: float) -> Seen | None:
        """Let the membership see what became of it; if that fails (``None``), others will look.

        Args:
            order: what was carried out.
            until: by the loop's clock, when the piece has to be handed back.
        """
        if isinstance(order, (PayBack, ExpireCheckout, ForgetPayer)):
            return None
        try:
            async with asyncio.timeout_at(until):
                return await look_at(self, order.subscription_id)
        except (DomainError, TimeoutError) as refusal:
            code = refusal.code if isinstance(refusal, DomainError) else PaymentsAway.code
            log.warning("payments.not_looked", code=code)
            return None


def _key_is_spent(entry: EntryOfOrder, now: datetime) -> bool:
    """Tell whether the same key would bring the same error again, or be a new one unnoticed."""
    old = entry.began_at is not None and now - entry.began_at > _KEY_HOLDS
    return old or entry.broken >= _BROKEN


def _membership(order: PaymentOrder) -> UUID:
    assert not isinstance(order, (PayBack, ForgetPayer)), "these are about no membership"
    return order.membership_id
