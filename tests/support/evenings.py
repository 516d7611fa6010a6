"""An evening on which somebody's membership stands in a certain way, in a house that takes dues.

Everybody's free first meeting is over, so that nothing but the membership opens the door. It is
about Ana; Joy leads the group, Ana leads a second one, and all but Ana pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.access.table import AccessState
from domain.values import Modality, Style
from services.access.records import NoteFirstMeetings
from services.groups.commands import AdmitMember, FormGroup
from services.meetings.commands import OpenMeeting, ScheduleMeeting
from tests.support.billing import MONTHLY
from tests.support.builders import SIX_PM, a_rhythm, minutes
from tests.support.dues import Dues
from tests.support.story import Story

DAYS = timedelta(days=1)


@dataclass(frozen=True)
class Evening:
    """What is planned for tonight.

    Attributes:
        meeting: of Joy's group, to which Ana belongs.
        own: of Ana's group, booked long ago.
        dues: Ana's.
    """

    meeting: UUID
    own: UUID
    own_group: UUID
    dues: Dues


async def an_evening(story: Story, state: AccessState, *, since: float = 3) -> Evening:
    """Tell everything up to tonight; Ana's membership came to stand as it does some days ago."""
    story.clock.at = SIX_PM - 60 * DAYS
    await story.people()
    await story.peer_group(sponsored=False)
    own_group = await a_group(story, story.ana, "own")
    await story.do(AdmitMember(group_id=own_group, member_id=story.bo, by=story.ana))
    everybody = (story.joy, story.ana, story.bo, story.chidi, story.eve)
    await story.do(AdmitMember(group_id=story.group, member_id=story.eve, by=story.joy))
    first = await story.held(
        dict.fromkeys(everybody, (0, 60)), name="first", start=SIX_PM - 50 * DAYS
    )
    await story.do(NoteFirstMeetings(meeting_id=first))
    meeting = await story.plan("tonight")
    own = await planned(story, own_group, story.ana, "own tonight")
    for who in (story.joy, story.bo, story.chidi):
        await pays(story, who)
    story.clock.at = SIX_PM - since * DAYS
    dues = await stands(story, story.ana, state)
    story.clock.at = SIX_PM
    return Evening(meeting, own, own_group, dues)


async def a_group(story: Story, leads: UUID, name: str) -> UUID:
    """Let somebody found a group."""
    group_id = story.id(f"group {name}")
    await story.do(found(group_id, leads))
    return group_id


def found(group_id: UUID, leads: UUID) -> FormGroup:
    return FormGroup(
        group_id=group_id,
        name="Another lamp",
        promise="An hour for each other.",
        style=Style.READING,
        zone="Europe/Berlin",
        rhythm=a_rhythm(),
        program_id=None,
        size_min=2,
        size_max=6,
        facilitator_id=leads,
        by=leads,
    )


def plan(meeting_id: UUID, group_id: UUID, by: UUID, *, days: float = 0) -> ScheduleMeeting:
    return ScheduleMeeting(
        meeting_id=meeting_id,
        group_id=group_id,
        title="An evening",
        starts_at=SIX_PM + days * DAYS,
        ends_at=SIX_PM + days * DAYS + minutes(60),
        modality=Modality.IN_ROOM,
        by=by,
    )


async def planned(story: Story, group_id: UUID, by: UUID, name: str, *, days: float = 0) -> UUID:
    meeting_id = story.id(name)
    await story.do(plan(meeting_id, group_id, by, days=days))
    return meeting_id


async def opened(story: Story, evening: Evening) -> UUID:
    """Let Joy open the door of her group."""
    await story.do(OpenMeeting(meeting_id=evening.meeting, by=story.joy))
    return evening.meeting


async def pays(story: Story, who: UUID) -> Dues:
    """Let somebody pay their dues, for a long time to come."""
    return await stands(story, who, AccessState.FULL)


async def stands(story: Story, who: UUID, state: AccessState) -> Dues:
    """Let somebody's membership come to stand in a way, now."""
    dues = Dues(story, who, f"cus_{who.hex[:8]}")
    await dues.request()
    await dues.look(price=MONTHLY, period_end_at=dues.now + 400 * DAYS)
    match state:
        case AccessState.GRACE:
            await dues.fail(days_ago=1)
        case AccessState.NARROWED:
            await dues.fail(days_ago=20)
        case AccessState.ON_LEAVE:
            await dues.look("paused", paused_for="pause_requested")
        case AccessState.LAPSED:
            await dues.look("canceled", ended_for="cancellation_requested")
    return dues
