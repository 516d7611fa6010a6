"""Letters that a day calls for: an unpaid one's fifth, a trial's last but three, a year's end.

Each is ordered under an id made of whom it is about, which letter it is, and the day it counts
from. So it goes once, however often this runs and whichever worker runs it. A letter whose day was
missed by more than a few days is not sent any more: the next one says more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from domain.memberships.scholarships import ASKED_BEFORE_DAYS
from domain.memberships.standings import MembershipState
from projections.memberships import queries as memberships
from projections.memberships.queries import ReminderRow
from services.dispatch import Order
from services.house import House
from services.memberships.letter_writing import WriteLetter
from services.memberships.letters import Letter
from services.payments.ticking import running_scholarships

_TRIAL_WARNING: Final = timedelta(days=3)
_AT_MOST_LATE: Final = timedelta(days=3)
_DAYS: Final = (
    (Letter.UNPAID_DAY_5, 5, MembershipState.GRACE),
    (Letter.UNPAID_DAY_12, 12, MembershipState.GRACE),
    (Letter.UNPAID_DAY_44, 44, MembershipState.NARROWED),
)


async def remind_of_dues(house: House) -> int:
    """Order what is due about memberships; return how many letters had not been ordered before."""
    now = house.clock.now()
    async with house.views() as conn:
        rows = await memberships.to_remind(conn)
    due = [(row.membership_id, *found) for row in rows if (found := due_letter(row, now))]
    return sum([await _order(house, *each) for each in due])


async def remind_of_scholarships(house: House) -> int:
    """Ask whose year is nearly over whether it is still right; return how many were asked now."""
    now, before = house.clock.now(), timedelta(days=ASKED_BEFORE_DAYS)
    due = [
        (member_id, Letter.SCHOLARSHIP, until)
        for member_id, until in (await running_scholarships(house.store)).items()
        if until is not None and until - before <= now < until
    ]
    return sum([await _order(house, *each) for each in due])


def due_letter(row: ReminderRow, now: datetime) -> tuple[Letter, datetime] | None:
    """Return which letter a membership is due now, and the day it counts from."""
    if row.state == MembershipState.TRIAL:
        through = row.through
        if through is None or row.ends_at is not None:
            return None
        return (Letter.TRIAL_ENDS, through) if through - _TRIAL_WARNING <= now < through else None
    since = row.unpaid_since
    if since is None:
        return None
    for letter, days, state in _DAYS:
        day = since + timedelta(days=days)
        known_before = row.state_since < day  # else the first letter has only just gone
        if row.state == state and known_before and day <= now < day + _AT_MOST_LATE:
            return letter, since
    return None


async def _order(house: House, subject_id: UUID, letter: Letter, counted_from: datetime) -> int:
    command_id = uuid5(subject_id, f"letter:{letter}:{counted_from.isoformat()}")
    outcome = await house.dispatch(
        WriteLetter(letter=letter, subject_id=subject_id), Order(command_id=command_id)
    )
    return 0 if outcome.repeated else 1
