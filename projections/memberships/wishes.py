"""What people ask for and the payment service has yet to do, and what it would not do."""

from __future__ import annotations

from typing import Final

from domain.base import Root
from domain.memberships.membership import Membership
from domain.memberships.rules import Wish, fulfilled
from projections import Connection

_ASK: Final = """INSERT INTO membership_wish VALUES ($1, $2, $3)
                 ON CONFLICT (membership_id, wish) DO UPDATE SET asked_at = $3"""
_FORGET: Final = "DELETE FROM membership_wish WHERE membership_id = $1 AND wish = $2"
_FORGET_ALL: Final = "DELETE FROM membership_wish WHERE membership_id = $1"
_GRANT: Final = """DELETE FROM membership_wish
                    WHERE membership_id = $1 AND wish = ANY ($2) AND asked_at < $3"""
_WANTED: Final = "SELECT plan_wanted FROM membership WHERE membership_id = $1"
_WANT: Final = "UPDATE membership SET plan_wanted = $2 WHERE membership_id = $1"
_WANT_NO_MORE: Final = """UPDATE membership SET plan_wanted = NULL
                           WHERE membership_id = $1
                             AND NOT EXISTS (SELECT FROM membership_wish
                                              WHERE membership_id = $1 AND wish = 'plan')"""
_REFUSE: Final = """INSERT INTO membership_wish_refused VALUES ($1, $2, $3, $4)
                    ON CONFLICT (membership_id, wish) DO UPDATE SET why = $3, refused_at = $4"""
_ASKED_AGAIN: Final = "DELETE FROM membership_wish_refused WHERE membership_id = $1 AND wish = $2"
_OVER: Final = "DELETE FROM membership_wish_refused WHERE membership_id = $1"


async def wish(event: Root.Event, conn: Connection) -> None:
    """Take one event, if somebody asked for something or something became of it."""
    match event:
        case Membership.LeaveAsked():
            await _ask(conn, event, Wish.LEAVE)
        case Membership.ReturnAsked():
            await _ask(conn, event, Wish.RETURN, instead_of=Wish.LEAVE)
        case Membership.CancellationAsked():
            await _ask(conn, event, Wish.CANCEL, instead_of=Wish.KEEP)
        case Membership.CancellationWithdrawn():
            await _ask(conn, event, Wish.KEEP, instead_of=Wish.CANCEL)
        case Membership.PlanChangeAsked(originator_id=key, plan=plan):
            await _ask(conn, event, Wish.PLAN)
            await conn.execute(_WANT, key, plan)
        case _:
            await _take_answer(event, conn)


async def _take_answer(event: Root.Event, conn: Connection) -> None:
    match event:
        case Membership.Observed(originator_id=key, observation=seen):
            done = fulfilled(seen, await conn.fetchval(_WANTED, key))
            await conn.execute(_GRANT, key, [each.value for each in done], seen.observed_at)
            await conn.execute(_WANT_NO_MORE, key)
        case Membership.WishNotGranted(originator_id=key, timestamp=at, wish=refused, why=why):
            await conn.execute(_FORGET, key, refused.value)
            await conn.execute(_REFUSE, key, refused.value, why, at)
            await conn.execute(_WANT_NO_MORE, key)
        case Membership.Lapsed(originator_id=key):
            await conn.execute(_FORGET_ALL, key)
            await conn.execute(_OVER, key)
            await conn.execute(_WANT_NO_MORE, key)


async def _ask(
    conn: Connection, event: Root.Event, asked: Wish, *, instead_of: Wish | None = None
) -> None:
    key = event.originator_id
    await conn.execute(_ASK, key, asked.value, event.timestamp)
    await conn.execute(_ASKED_AGAIN, key, asked.value)
    if instead_of is not None:
        await conn.execute(_FORGET, key, instead_of.value)
