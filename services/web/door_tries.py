"""How often a member may try the code of one room, on pages and by programs alike.

Five codes of a million are good at any time; ten tries, and one more every half minute, leave
guessing hopeless. The counter is the member's own at this meeting, so that nobody keeps out the
others of a network, or themselves from another room.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from domain.meetings.attendance import CheckInMethod
from services.dispatch import Order
from services.house import House
from services.meetings.commands import CheckIn
from services.web.context import web_of
from services.web.edge.refusals import TooManyDoorCodes
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking, was_given

DOOR_CODES: Final = Throttle("meeting.door_code", 10, timedelta(minutes=5), TooManyDoorCodes)


async def take_door_try(request: Asking, house: House, command: object, order: Order) -> None:
    """Take a turn for a try at the code; other commands, and the same order again, cost none.

    Raises:
        TooManyDoorCodes: none is left; the refusal says when the next one is there.
    """
    if not (isinstance(command, CheckIn) and _tells_code(command)):
        return
    if not await was_given(house, command, order):
        web = web_of(request)
        whose = f"{command.meeting_id}|{command.by}"
        await take_turn(DOOR_CODES, whose, web.ports, web.settings)


def _tells_code(command: CheckIn) -> bool:
    """Tell whether the code decides; a device without signal may bring one along too."""
    return command.method is CheckInMethod.DOOR_CODE or command.door_code is not None
