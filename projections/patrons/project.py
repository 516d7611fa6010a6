"""Takes what carries others into the view ``patrons``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.base import Root
from domain.members.member import Member
from domain.members.name_folding import folded
from domain.memberships.funds import Fund
from domain.memberships.gifts import Gift
from domain.memberships.scholarships import Scholarship
from domain.practices.events import SeatState
from domain.practices.seat_pool import SeatPool
from domain.recording import Recorded
from projections import Connection

NAME: Final = "patrons"
VERSION: Final = 3
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    SeatPool.Opened.TOPIC,
    SeatPool.ManagerNamed.TOPIC,
    SeatPool.ManagerRelieved.TOPIC,
    SeatPool.EntryAsked.TOPIC,
    SeatPool.EntryGranted.TOPIC,
    SeatPool.EntryDeclined.TOPIC,
    SeatPool.OfferWithdrawn.TOPIC,
    SeatPool.OfferEnded.TOPIC,
    SeatPool.Accepted.TOPIC,
    SeatPool.Frozen.TOPIC,
    SeatPool.Thawed.TOPIC,
    SeatPool.Released.TOPIC,
    Gift.Given.TOPIC,
    Gift.Redeemed.TOPIC,
    Gift.TakenBack.TOPIC,
    Gift.ReturnFailed.TOPIC,
    Gift.GivenAgain.TOPIC,
    Fund.Opened.TOPIC,
    Scholarship.Applied.TOPIC,
    Scholarship.AppliedAgain.TOPIC,
    Scholarship.Granted.TOPIC,
    Member.Forgotten.TOPIC,
)

_OPEN: Final = "INSERT INTO practice VALUES ($1, $2, $3, $4)"
_NAME: Final = "INSERT INTO practice_manager VALUES ($1, $2)"
_RELIEVE: Final = "DELETE FROM practice_manager WHERE pool_id = $1 AND member_id = $2"
_SIT: Final = """INSERT INTO practice_seat VALUES ($1, $2, $3)
                 ON CONFLICT (member_id, pool_id) DO UPDATE SET state = $3"""
_RISE: Final = "UPDATE practice_seat SET state = $3 WHERE pool_id = $1 AND member_id = $2"
_ASK_IN: Final = "INSERT INTO seat_entry VALUES ($1, $2, $3)"
_ASKED_NO_MORE: Final = "DELETE FROM seat_entry WHERE seat_id = $1"
_GIVE: Final = "INSERT INTO gift VALUES ($1, $2, $3, $4)"
_REDEEM: Final = "UPDATE gift SET redeemed_at = $2 WHERE gift_id = $1"
_TAKE_BACK: Final = """UPDATE gift SET taken_back_at = $2, return_failed_at = NULL
                         WHERE gift_id = $1"""
_RETURN_FAILED: Final = "UPDATE gift SET return_failed_at = $2 WHERE gift_id = $1"
_GIVE_AGAIN: Final = """UPDATE gift SET taken_back_at = NULL, return_failed_at = NULL
                         WHERE gift_id = $1"""
_FUND: Final = "INSERT INTO fund VALUES ($1, $2, $3, $4)"
_WISH: Final = "INSERT INTO scholarship_wish VALUES ($1, $2, $3, $4)"
_WISH_AGAIN: Final = """UPDATE scholarship_wish SET tier = $2, asked_at = $3
                         WHERE scholarship_id = $1"""
_GRANT: Final = "UPDATE scholarship_wish SET tier = NULL WHERE scholarship_id = $1"
_FORGET: Final = (
    "DELETE FROM practice_manager WHERE member_id = $1",
    "DELETE FROM practice_seat WHERE member_id = $1",
    "DELETE FROM scholarship_wish WHERE member_id = $1",
)


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    await _take_practice(recorded.event, conn)
    await _take_entry(recorded.event, conn)
    await _take_gift(recorded.event, conn)
    await _take_scholarship(recorded.event, conn)
    if isinstance(recorded.event, Member.Forgotten):
        for statement in _FORGET:
            await conn.execute(statement, recorded.event.originator_id)


async def _take_practice(event: Root.Event, conn: Connection) -> None:
    match event:
        case SeatPool.Opened(originator_id=pool_id, practice_id=practice_id):
            await conn.execute(_OPEN, practice_id, pool_id, event.name, folded(event.name))
            await conn.execute(_NAME, pool_id, event.manager_id)
        case SeatPool.ManagerNamed(originator_id=pool_id, member_id=member_id):
            await conn.execute(_NAME, pool_id, member_id)
        case SeatPool.ManagerRelieved(originator_id=pool_id, member_id=member_id):
            await conn.execute(_RELIEVE, pool_id, member_id)
        case SeatPool.Accepted() | SeatPool.Thawed():
            held = SeatState.HELD.value
            await conn.execute(_SIT, event.originator_id, event.member_id, held)
        case SeatPool.Frozen(originator_id=pool_id, member_id=member_id):
            await conn.execute(_SIT, pool_id, member_id, SeatState.FROZEN.value)
        case SeatPool.Released(originator_id=pool_id, member_id=member_id):
            await conn.execute(_RISE, pool_id, member_id, SeatState.RELEASED.value)


async def _take_entry(event: Root.Event, conn: Connection) -> None:
    match event:
        case SeatPool.EntryAsked(originator_id=pool_id, seat_id=seat_id, timestamp=at):
            await conn.execute(_ASK_IN, seat_id, pool_id, at)
        case (
            SeatPool.EntryGranted()
            | SeatPool.EntryDeclined()
            | SeatPool.OfferWithdrawn()
            | SeatPool.OfferEnded()
            | SeatPool.Accepted()
        ):
            await conn.execute(_ASKED_NO_MORE, event.seat_id)


async def _take_gift(event: Root.Event, conn: Connection) -> None:
    match event:
        case Gift.Given(originator_id=gift_id, months=months, giver_id=giver_id, timestamp=at):
            await conn.execute(_GIVE, gift_id, months, giver_id, at)
        case Gift.Redeemed(originator_id=gift_id, timestamp=at):
            await conn.execute(_REDEEM, gift_id, at)
        case Gift.TakenBack(originator_id=gift_id, timestamp=at):
            await conn.execute(_TAKE_BACK, gift_id, at)
        case Gift.ReturnFailed(originator_id=gift_id, timestamp=at):
            await conn.execute(_RETURN_FAILED, gift_id, at)
        case Gift.GivenAgain(originator_id=gift_id):
            await conn.execute(_GIVE_AGAIN, gift_id)


async def _take_scholarship(event: Root.Event, conn: Connection) -> None:
    match event:
        case Fund.Opened(originator_id=fund_id, name=name, currency=currency, timestamp=at):
            await conn.execute(_FUND, fund_id, name, currency, at)
        case Scholarship.Applied(originator_id=key, member_id=member_id, tier=tier, timestamp=at):
            await conn.execute(_WISH, key, member_id, int(tier), at)
        case Scholarship.AppliedAgain(originator_id=key, tier=tier, timestamp=at):
            await conn.execute(_WISH_AGAIN, key, int(tier), at)
        case Scholarship.Granted(originator_id=key):
            await conn.execute(_GRANT, key)
