"""For administrators: who did what about one payer's money, from the events themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath

from domain.base import Root
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.money.currencies import written
from domain.money.desk_records import DeskRecord, desk_record_id
from domain.money.events import Noted
from domain.money.ledger import MoneyLedger
from domain.practices.seat_pool import SeatPool, seat_pool_id
from projections.audit_trail import queries as audit_trail
from projections.billing_desk import queries as desk
from projections.patrons import queries as patrons
from services.house import House
from services.web.forms.orders import Asking
from services.web.pages.billing.view import payer_of
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, names_of, subject_page, zone_of_reader
from services.web.words import billing as billing_words
from services.web.words.record import topic

_WORDS: Final = {
    DeskRecord.LookOrdered.TOPIC: "Fetched anew",
    DeskRecord.ReplayOrdered.TOPIC: "Had an event handled once more",
    DeskRecord.OrderTriedAgain.TOPIC: "Had a stuck order tried again",
    DeskRecord.OrderSettled.TOPIC: "Dealt with a stuck order in another way",
    MoneyLedger.RefundProposed.TOPIC: "Proposed a refund",
    MoneyLedger.RefundProposalDropped.TOPIC: "Dropped a proposed refund",
    MoneyLedger.RefundAsked.TOPIC: "Ordered a refund",
    MoneyLedger.RefundGivenUp.TOPIC: "Gave an ordered refund up",
    Gift.GivenAgain.TOPIC: "Let gift months be taken after all",
    SeatPool.ManagerNamed.TOPIC: "Let somebody look after the seats",
    SeatPool.ManagerRelieved.TOPIC: "Let somebody look after the seats no longer",
    Membership.QuestionSettled.TOPIC: "Looked into what was not understood",
}


# Who took gift months, and who sits on whose seat, is nobody's to read beside money.
_NOT_SHOWN: Final = (
    Gift.Given,
    Gift.Redeemed,
    SeatPool.Offered,
    SeatPool.OfferWithdrawn,
    SeatPool.Accepted,
    SeatPool.Released,
    SeatPool.Frozen,
    SeatPool.Thawed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Something that somebody did.

    Attributes:
        at: when it was recorded.
        who: by id; *second* agreed to it, where it took two.
        what: in a few words; *detail* names amounts and ids, and nobody.
    """

    at: datetime
    who: UUID
    second: UUID | None
    what: str
    detail: str


class BillingAuditController(Controller):
    """``/admin/billing/{account_id}/audit``."""

    path = "/admin/billing/{account_id:uuid}/audit"
    guards = (administrator,)

    @get()
    async def show(
        self, request: Asking, account_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """List everything that a person did about this account, the newest first."""
        payer, name = await payer_of(house, account_id)
        lines = await audit_of(house, account_id, payer.payer_id)
        async with house.views() as conn:
            who = {each for line in lines for each in (line.who, line.second) if each is not None}
            names = await names_of(conn, who)
        return await subject_page(
            request,
            "billing/audit.html",
            here="you",
            account_id=account_id,
            payer_name=name,
            zone=await zone_of_reader(request, house),
            lines=lines,
            names=names,
        )


async def audit_of(house: House, account_id: UUID, payer_id: UUID) -> list[AuditLine]:
    """Return what people did about an account, the newest first; the house's own doings not.

    Of gifts and seats it is never who took them.
    """
    async with house.views() as conn:
        streams = [account_id, desk_record_id(account_id)]
        streams += await desk.streams_of(conn, account_id)
        streams += [each.gift_id for each in await patrons.gifts_by(conn, payer_id)]
        streams.append(seat_pool_id(payer_id))  # a practice's; of a person there is none
        trails = {each: await audit_trail.of_stream(conn, each) for each in streams}
    found: list[tuple[int, AuditLine]] = []
    for stream_id, rows in trails.items():
        events = await house.store.load(stream_id)
        found += [  # the view may be a moment behind the stream, never before it
            (row.position, _line(event, row.recorded_at, row.actor_id))
            for row, event in zip(rows, events, strict=False)
            if row.actor_id is not None and not isinstance(event, _NOT_SHOWN)
        ]
    return [line for _, line in sorted(found, key=lambda each: each[0], reverse=True)]


def _line(event: Root.Event, at: datetime, who: UUID) -> AuditLine:
    second = None
    if isinstance(event, MoneyLedger.RefundAsked):
        who, second = event.fact.person_id or who, event.second_id
    return AuditLine(
        at=at,
        who=who,
        second=second,
        what=_WORDS.get(event.TOPIC, topic(event.TOPIC)),
        detail=_detail(event),
    )


def _detail(event: Root.Event) -> str:
    """Return the amounts and ids of an event; nothing that somebody wrote."""
    words = ""
    match event:
        case MoneyLedger.RefundProposed(amount=amount, invoice_id=invoice_id, reason=reason):
            words = f"{written(amount)} of {invoice_id}. {billing_words.reason_words(reason)}"
        case Noted(fact=fact):
            reason = billing_words.reason_words(fact.reason)
            words = f"{written(fact.amount)} of {fact.concerns}. {reason}".strip()
        case DeskRecord.ReplayOrdered(message_id=message_id):
            words = message_id
        case DeskRecord.LookOrdered() | Membership.QuestionSettled():
            words = event.subscription_id
        case DeskRecord.OrderTriedAgain() | DeskRecord.OrderSettled():
            words = str(event.effect_id)
        case MoneyLedger.RefundProposalDropped() | MoneyLedger.RefundGivenUp():
            words = event.order_id
    return words
