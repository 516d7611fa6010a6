"""Questions to the view ``memberships``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from projections import Connection

_COLUMNS: Final = """m.membership_id, m.account_id, m.holder_id, p.payer_kind, p.payer_id,
                     p.customer_id, m.plan, m.plan_wanted, m.state, m.state_since, m.has_begun,
                     m.through, m.unpaid_since, m.next_tick_at, m.ends_at, m.lapsed_for,
                     m.subscription_id, m.checkout_session_id, m.checkout_expires_at"""
_MEMBERSHIP: Final = f"""SELECT {_COLUMNS} FROM membership m
                           JOIN membership_payer p USING (account_id)"""
_OF_HOLDER: Final = f"""{_MEMBERSHIP} WHERE m.holder_id = $1
                         ORDER BY p.payer_id = m.holder_id DESC, m.requested_at, m.membership_id
                         LIMIT 1"""
_BY_ID: Final = f"{_MEMBERSHIP} WHERE m.membership_id = $1"
_BY_SUBSCRIPTION: Final = f"""{_MEMBERSHIP} JOIN membership_subscription s USING (membership_id)
                               WHERE s.subscription_id = $1
                               ORDER BY s.observed_at DESC, m.membership_id LIMIT 1"""
_WISHES: Final = "SELECT wish, asked_at FROM membership_wish WHERE membership_id = $1"
_REFUSED: Final = """SELECT wish, why FROM membership_wish_refused
                      WHERE membership_id = $1 ORDER BY refused_at, wish"""
# A customer who was deleted at Stripe is known by what they paid for.
_CUSTOMER: Final = """SELECT account_id FROM membership_payer WHERE customer_id = $1
                       UNION
                      SELECT account_id FROM membership_subscription
                        JOIN membership USING (membership_id)
                       WHERE membership_subscription.customer_id = $1
                       ORDER BY account_id LIMIT 1"""
_PAYER: Final = """SELECT account_id, payer_kind, payer_id, customer_id, closed, forgotten
                     FROM membership_payer WHERE account_id = $1"""
_DUE: Final = """SELECT membership_id FROM membership WHERE next_tick_at <= $1
                  ORDER BY next_tick_at, membership_id LIMIT $2"""
_TO_REMIND: Final = """SELECT membership_id, state, state_since, through, unpaid_since, ends_at
                         FROM membership WHERE state = ANY ('{trial,grace,narrowed}')
                        ORDER BY membership_id"""
_SUBSCRIPTION_COLUMNS: Final = """s.subscription_id, s.membership_id, m.account_id, s.customer_id,
                                  s.status, s.period_end_at, s.ends_at_period_end, s.quantity,
                                  s.price, s.observed_at"""
_LIVE: Final = f"""SELECT {_SUBSCRIPTION_COLUMNS} FROM membership_subscription s
                     JOIN membership m USING (membership_id)
                    WHERE s.status <> ALL ('{{canceled,incomplete_expired}}')
                    ORDER BY s.subscription_id, s.membership_id"""
_QUESTIONS: Final = """SELECT q.subscription_id, q.membership_id, q.about, q.said, q.observed_at
                         FROM membership_question q
                        ORDER BY q.observed_at, q.subscription_id, q.membership_id"""
_QUESTIONS_OF: Final = """SELECT q.subscription_id, q.membership_id, q.about, q.said, q.observed_at
                            FROM membership_question q JOIN membership m USING (membership_id)
                           WHERE m.account_id = $1
                           ORDER BY q.observed_at, q.subscription_id"""
_OF_ACCOUNT: Final = f"{_MEMBERSHIP} WHERE m.account_id = $1 ORDER BY m.requested_at"
_SUBSCRIPTIONS_OF: Final = f"""SELECT {_SUBSCRIPTION_COLUMNS} FROM membership_subscription s
                                 JOIN membership m USING (membership_id)
                                WHERE m.account_id = $1 ORDER BY s.began_at, s.subscription_id"""
_LINES: Final = """SELECT position, kind, object_id, concerns, attempt, cents, currency, order_id,
                          actor, person_id, second_id, reason, true_at, known_at, source_event_id,
                          request_id, idempotency_key
                     FROM money_line WHERE account_id = $1
                    -- the service dates by the second; nothing happens to an unwritten invoice
                    ORDER BY true_at, kind <> 'invoice_issued', position"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRow:
    """What tells whether a letter is due; as in :class:`MembershipRow`."""

    membership_id: UUID
    state: str
    state_since: datetime
    through: datetime | None
    unpaid_since: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRow:
    """A membership as it stands, and who pays for it.

    Attributes:
        state: a :class:`domain.memberships.standings.MembershipState`, *state_since* when it began.
        through: until when it is paid for, or on trial.
        next_tick_at: when time alone will change something.
        ends_at: when it ends instead of renewing.
        lapsed_for: a :class:`domain.memberships.standings.LapseReason`, once it lapsed.
        subscription_id: the one that counts.
        checkout_session_id: a page that waits for a payment, until *checkout_expires_at*.
        wishes: what was asked for and is not done yet, with when it was asked.
        refused: what was asked for and not granted, with the payment service's word for why.
    """

    membership_id: UUID
    account_id: UUID
    holder_id: UUID
    payer_kind: str
    payer_id: UUID
    customer_id: str | None
    plan: str
    plan_wanted: str | None
    state: str
    state_since: datetime
    has_begun: bool
    through: datetime | None
    unpaid_since: datetime | None
    next_tick_at: datetime | None
    ends_at: datetime | None
    lapsed_for: str | None
    subscription_id: str | None
    checkout_session_id: str | None
    checkout_expires_at: datetime | None
    wishes: Mapping[str, datetime] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PayerRow:
    """Who pays through an account; *customer_id* is the payment service's name for them."""

    account_id: UUID
    payer_kind: str
    payer_id: UUID
    customer_id: str | None
    closed: bool
    forgotten: bool


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """What the newest look at a subscription said, and which membership it is of."""

    subscription_id: str
    membership_id: UUID
    account_id: UUID
    customer_id: str
    status: str
    period_end_at: datetime | None
    ends_at_period_end: bool
    quantity: int
    price: str
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """What a look said that nobody understands yet."""

    subscription_id: str
    membership_id: UUID
    about: str
    said: str
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class MoneyLineRow:
    """One line of a ledger; see :class:`domain.money.facts.MoneyFact`.

    Attributes:
        position: in the log.
        concerns: the invoice it is about, or the object itself.
        second_id: of a refund that was asked for, who agreed.
        known_at: when we came to know; *true_at* is when it happened.
    """

    position: int
    kind: str
    object_id: str
    concerns: str
    attempt: int
    cents: int
    currency: str
    order_id: str | None
    actor: str
    person_id: UUID | None
    second_id: UUID | None
    reason: str | None
    true_at: datetime
    known_at: datetime
    source_event_id: str | None
    request_id: str | None
    idempotency_key: str | None


async def membership_of_holder(conn: Connection, holder_id: UUID) -> MembershipRow | None:
    """Return a person's membership, or a practice's; first the one they pay themselves."""
    return await _membership(conn, _OF_HOLDER, holder_id)


async def membership(conn: Connection, membership_id: UUID) -> MembershipRow | None:
    """Return a membership, if there is one."""
    return await _membership(conn, _BY_ID, membership_id)


async def by_subscription(conn: Connection, subscription_id: str) -> MembershipRow | None:
    """Return the membership of which a subscription was seen."""
    return await _membership(conn, _BY_SUBSCRIPTION, subscription_id)


async def account_of_customer(conn: Connection, customer_id: str) -> UUID | None:
    """Return the account that the payment service knows under an id."""
    found: UUID | None = await conn.fetchval(_CUSTOMER, customer_id)
    return found


async def payer(conn: Connection, account_id: UUID) -> PayerRow | None:
    """Return who pays through an account."""
    row = await conn.fetchrow(_PAYER, account_id)
    return None if row is None else PayerRow(**row)


async def due_ticks(conn: Connection, at: datetime, *, limit: int = 500) -> list[UUID]:
    """Return the memberships in which time has something to do, the most overdue first."""
    return [row["membership_id"] for row in await conn.fetch(_DUE, at, limit)]


async def to_remind(conn: Connection) -> list[ReminderRow]:
    """Return the memberships of which a day may call for a letter: on trial, or unpaid."""
    return [ReminderRow(**row) for row in await conn.fetch(_TO_REMIND)]


async def live_subscriptions(conn: Connection) -> list[SubscriptionRow]:
    """Return every subscription that was not seen to be over, second ones among them."""
    return [SubscriptionRow(**row) for row in await conn.fetch(_LIVE)]


async def open_questions(conn: Connection) -> list[QuestionRow]:
    """Return what waits for a person to understand it, the oldest first."""
    return [QuestionRow(**row) for row in await conn.fetch(_QUESTIONS)]


async def questions_of_account(conn: Connection, account_id: UUID) -> list[QuestionRow]:
    """Return what waits for a person to understand it about one account."""
    return [QuestionRow(**row) for row in await conn.fetch(_QUESTIONS_OF, account_id)]


async def memberships_of_account(conn: Connection, account_id: UUID) -> list[MembershipRow]:
    """Return the memberships that an account pays for."""
    return [await _filled(conn, row) for row in await conn.fetch(_OF_ACCOUNT, account_id)]


async def subscriptions_of_account(conn: Connection, account_id: UUID) -> list[SubscriptionRow]:
    """Return every subscription of an account, as the newest look saw it, the oldest first."""
    return [SubscriptionRow(**row) for row in await conn.fetch(_SUBSCRIPTIONS_OF, account_id)]


async def money_lines(conn: Connection, account_id: UUID) -> list[MoneyLineRow]:
    """Return all that happened with the money of an account, in the order it happened."""
    return [MoneyLineRow(**row) for row in await conn.fetch(_LINES, account_id)]


async def _membership(conn: Connection, question: str, key: UUID | str) -> MembershipRow | None:
    row = await conn.fetchrow(question, key)
    return None if row is None else await _filled(conn, row)


async def _filled(conn: Connection, row: Mapping[str, Any]) -> MembershipRow:
    membership_id = row["membership_id"]
    return MembershipRow(
        **row,
        wishes={
            each["wish"]: each["asked_at"] for each in await conn.fetch(_WISHES, membership_id)
        },
        refused={each["wish"]: each["why"] for each in await conn.fetch(_REFUSED, membership_id)},
    )
