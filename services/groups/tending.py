"""Finds, hour by hour, the places and leads of people whose access has ended.

Some access ends by itself: no event says that gift months are over, so somebody has to look. The
view says whom to ask about; the handlers in :mod:`services.groups.places` decide from the streams,
so that a view that lags takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from domain.access.table import Action
from domain.access.union import Access
from domain.errors import DomainError
from projections import Connection
from projections.holdings import queries as holdings
from projections.schedule import place_queries as places
from services.dispatch import Order
from services.groups.places import FreePlace, HandOverGroup, HandOverMeeting
from services.house import House

_PAGE: Final = 200  # groups
_FIRST: Final = UUID(int=0)


async def tend_places(house: House) -> int:
    """Free the places that are kept no more, and hand over what nobody can lead.

    Returns:
        How many orders were given.
    """
    now, after, given = house.clock.now(), _FIRST, 0
    while True:
        async with house.views() as conn:
            groups = await places.group_places(conn, after, limit=_PAGE)
            orders = await _called_for(conn, groups, now)
        for order in orders:
            given += await _give(house, order, now)
        if len(groups) < _PAGE:
            return given
        after = groups[-1].group_id


async def _called_for(
    conn: Connection, groups: Sequence[places.GroupPlaces], now: datetime
) -> list[FreePlace | HandOverGroup | HandOverMeeting]:
    """Return what seems to be called for; leads first, so that a group is in hands."""
    concerned = {each for group in groups for each in (group.facilitator_id, *group.member_ids)}
    planned = await places.planned_leads(conn, [group.group_id for group in groups], now)
    concerned |= {leads for _, leads in planned}
    access = await holdings.access_of_many(conn, concerned, takes_dues=True)
    return [
        *(
            HandOverGroup(group_id=group.group_id)
            for group in groups
            if not _leads(access[group.facilitator_id], now)
        ),
        *(
            HandOverMeeting(meeting_id=meeting_id)
            for meeting_id, leads in planned
            if not _leads(access[leads], now)
        ),
        *(
            FreePlace(group_id=group.group_id, member_id=each)
            for group in groups
            for each in group.member_ids
            if not access[each].keeps_seat(now)
        ),
    ]


def _leads(access: Access, now: datetime) -> bool:
    return access.may(Action.FACILITATE_BOOKED, now).allows


async def _give(house: House, command: object, now: datetime) -> int:
    """Give an order; one that a changed record refuses is given again in an hour, or never."""
    content = f"{type(command).__name__}:{command}:{now.isoformat()}"
    try:
        await house.dispatch(command, Order(command_id=uuid5(_FIRST, content)))
    except DomainError:
        return 0
    return 1
