"""Where memberships stand, and what the newest look at each subscription said."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.base import Root
from domain.memberships.membership import Membership
from domain.memberships.observations import ENDED, Observation, current_of
from domain.memberships.standings import MembershipState
from projections import Connection

_REQUEST: Final = """INSERT INTO membership
                     (membership_id, account_id, holder_id, plan, requested_at, state, state_since)
                     VALUES ($1, $2, $3, $4, $5, 'requested', $5)"""
_ENTER: Final = """UPDATE membership
                      SET state_since = CASE WHEN state = $2 THEN state_since ELSE $3 END,
                          state = $2, has_begun = has_begun OR $4, through = $5,
                          unpaid_since = CASE WHEN $2 = 'narrowed' THEN unpaid_since ELSE $6 END,
                          next_tick_at = $7, lapsed_for = $8
                    WHERE membership_id = $1"""
_END: Final = """UPDATE membership
                    SET state_since = CASE WHEN state = 'lapsed' THEN state_since ELSE $2 END,
                        state = 'lapsed', through = NULL, next_tick_at = NULL, ends_at = NULL,
                        unpaid_since = CASE WHEN $3 = 'unpaid' THEN unpaid_since END,
                        lapsed_for = $3
                  WHERE membership_id = $1"""
_PLAN: Final = "UPDATE membership SET plan = $2 WHERE membership_id = $1"
_ENDS: Final = "UPDATE membership SET ends_at = $2 WHERE membership_id = $1"
_PAGE: Final = """UPDATE membership SET checkout_session_id = $2, checkout_expires_at = $3
                   WHERE membership_id = $1"""
_SEE: Final = """INSERT INTO membership_subscription
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                 ON CONFLICT (membership_id, subscription_id) DO UPDATE
                 SET customer_id = $3, status = $4, began_at = $5, period_end_at = $6,
                     ends_at_period_end = $7, quantity = $8, price = $9, observed_at = $10,
                     trouble_invoice_id = $11, trouble_attempt = $12, trouble_next_try_at = $13,
                     trouble_kind = $14, trouble_second_factor = $15"""
_ANSWER: Final = """DELETE FROM membership_question
                     WHERE membership_id = $1 AND subscription_id = $2 AND observed_at < $3"""
_SETTLE: Final = """DELETE FROM membership_question
                     WHERE membership_id = $1 AND subscription_id = $2"""
_SEEN: Final = """SELECT subscription_id, customer_id, status, began_at, period_end_at, price,
                         observed_at
                    FROM membership_subscription WHERE membership_id = $1"""
_COUNTS: Final = "UPDATE membership SET subscription_id = $2 WHERE membership_id = $1"
# What is paid for of a subscription that is over does not renew: time alone ends it.
_RUN_OUT: Final = """UPDATE membership
                        SET next_tick_at = CASE WHEN seen.status = ANY ($2) THEN through END
                       FROM membership_subscription AS seen
                      WHERE membership.membership_id = $1 AND membership.state = 'active'
                        AND seen.membership_id = membership.membership_id
                        AND seen.subscription_id = membership.subscription_id"""
_SECOND: Final = """UPDATE membership_subscription SET told_as_second = true
                     WHERE membership_id = $1 AND subscription_id = $2"""
_ASK: Final = """INSERT INTO membership_question VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (membership_id, subscription_id) DO UPDATE
                 SET about = $3, said = $4, observed_at = $5"""


async def stand(event: Root.Event, conn: Connection) -> None:
    """Take one event, if it moves a membership or tells what was seen of it."""
    await _take_terms(event, conn)
    await _take_step(event, conn)
    await _take_look(event, conn)


async def _take_terms(event: Root.Event, conn: Connection) -> None:
    match event:
        case Membership.Requested(originator_id=key, timestamp=at):
            holder = event.account_id, event.holder_id
            await conn.execute(_REQUEST, key, *holder, event.plan, at)
        case Membership.PlanChanged(originator_id=key, plan=plan):
            await conn.execute(_PLAN, key, plan)
        case Membership.EndArranged(originator_id=key, ends_at=ends_at):
            await conn.execute(_ENDS, key, ends_at)
        case Membership.EndLifted(originator_id=key):
            await conn.execute(_ENDS, key, None)


async def _take_step(event: Root.Event, conn: Connection) -> None:
    match event:
        case Membership.TrialStarted(until=until):
            await _enter(conn, event, MembershipState.TRIAL, through=until)
        case (
            Membership.Activated(through=through)
            | Membership.Renewed(through=through)
            | Membership.Recovered(through=through)
            | Membership.Reinstated(through=through)
        ):
            await _enter(conn, event, MembershipState.ACTIVE, through=through)
            await conn.execute(_RUN_OUT, event.originator_id, [*ENDED])
        case Membership.GraceStarted(since=since, until=until):
            await _enter(conn, event, MembershipState.GRACE, since=since, tick=until)
        case Membership.AccessNarrowed(until=until):
            await _enter(conn, event, MembershipState.NARROWED, tick=until)
        case Membership.LeaveStarted():
            await _enter(conn, event, MembershipState.ON_LEAVE)
        case Membership.Lapsed(originator_id=key, timestamp=at, why=why):
            await conn.execute(_END, key, at, why.value)


async def _enter(
    conn: Connection,
    event: Root.Event,
    state: MembershipState,
    *,
    through: datetime | None = None,
    since: datetime | None = None,
    tick: datetime | None = None,
) -> None:
    key, at = event.originator_id, event.timestamp
    await conn.execute(_ENTER, key, state.value, at, True, through, since, tick, None)


async def _take_look(event: Root.Event, conn: Connection) -> None:
    match event:
        case Membership.CheckoutOpened(originator_id=key, session_id=session_id):
            await conn.execute(_PAGE, key, session_id, event.expires_at)
        case Membership.CheckoutClosed(originator_id=key):
            await conn.execute(_PAGE, key, None, None)
        case Membership.Observed(originator_id=key, observation=observation):
            await conn.execute(_SEE, key, *_columns(observation))
            seen = observation.subscription_id, observation.observed_at
            await conn.execute(_ANSWER, key, *seen)
            await conn.execute(_COUNTS, key, await _counting(conn, key))
            await conn.execute(_RUN_OUT, key, [*ENDED])
        case Membership.SecondSubscriptionSeen(originator_id=key, subscription_id=other):
            await conn.execute(_SECOND, key, other)
        case Membership.QuestionSettled(originator_id=key, subscription_id=other):
            await conn.execute(_SETTLE, key, other)
        case Membership.QuestionRaised(originator_id=key, subscription_id=other):
            asked = event.question.about, event.question.said, event.observed_at
            await conn.execute(_ASK, key, other, *asked)


def _columns(seen: Observation) -> tuple[Any, ...]:
    trouble = seen.trouble
    return (
        seen.subscription_id,
        seen.customer_id,
        seen.status,
        seen.began_at,
        seen.period_end_at,
        seen.ends_at_period_end,
        seen.quantity,
        seen.price,
        seen.observed_at,
        *((None,) * 5 if trouble is None else asdict(trouble).values()),
    )


async def _counting(conn: Connection, membership_id: UUID) -> str | None:
    """Return the subscription that counts, by the domain's own rule."""
    rows = await conn.fetch(_SEEN, membership_id)
    counts = current_of([Observation(**row) for row in rows])
    return None if counts is None else counts.subscription_id
