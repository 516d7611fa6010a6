"""Who may come, lead, join and found: the table, through the handlers, in every state."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.access.records import AccessRecord, access_record_id
from domain.access.table import AccessState, Action, may
from domain.access.union import AccessNeeded, PeerAway
from domain.errors import DomainError
from domain.groups.group import PeerGroup
from domain.meetings.attendance import CheckInMethod
from domain.meetings.rules import FacilitatorOnly, MeetingState
from services.groups.commands import AdmitMember, NameFacilitator
from services.meetings.commands import (
    BeginTurn,
    ChangeFacilitator,
    CheckOut,
    CloseMeeting,
    GiveEvaluation,
    OpenMeeting,
)
from services.memberships.gifts import GiveMonths, RedeemGift
from tests.support.builders import SIX_PM, minutes
from tests.support.evenings import DAYS, a_group, an_evening, found, opened, pays, plan
from tests.support.house import SmallHouse

STATES = list(AccessState)
DOOR, ROSTER, OFFLINE = CheckInMethod.DOOR_CODE, CheckInMethod.ROSTER, CheckInMethod.OFFLINE
NOT_SAID = ("membership", "pay", "paid", "due", "card", "bill", "money", "lapse", "fee")


@pytest.fixture
def house() -> SmallHouse:
    return SmallHouse(takes_dues=True)


async def allowed(house: SmallHouse, command: object) -> DomainError | None:
    """Return how a command is refused; ``None`` if it is not."""
    try:
        await house.do(command)
    except DomainError as refusal:
        return refusal
    return None


@pytest.mark.parametrize("state", STATES)
async def test_attending_own_groups_is_as_the_table_says(
    house: SmallHouse, state: AccessState
) -> None:
    meeting = await opened(house, await an_evening(house, state))
    refusal = await allowed(house, house.check_in(meeting, house.ana))
    assert (refusal is None) == may(Action.ATTEND_OWN_GROUPS, state).allows
    assert refusal is None or isinstance(refusal, AccessNeeded)


@pytest.mark.parametrize("state", STATES)
async def test_facilitating_what_was_booked_is_as_the_table_says(
    house: SmallHouse, state: AccessState
) -> None:
    evening = await an_evening(house, state)
    refusal = await allowed(house, OpenMeeting(meeting_id=evening.own, by=house.ana))
    assert (refusal is None) == may(Action.FACILITATE_BOOKED, state).allows
    assert refusal is None or isinstance(refusal, AccessNeeded)


@pytest.mark.parametrize("state", STATES)
async def test_planning_ahead_waits_from_the_narrowing_on(
    house: SmallHouse, state: AccessState
) -> None:
    evening = await an_evening(house, state)
    ahead = plan(house.id("ahead"), evening.own_group, house.ana, days=7)
    refusal = await allowed(house, ahead)
    assert (refusal is None) == (state in {AccessState.FULL, AccessState.GRACE})
    assert refusal is None or isinstance(refusal, AccessNeeded)


@pytest.mark.parametrize("state", STATES)
async def test_founding_and_joining_are_as_the_table_says(
    house: SmallHouse, state: AccessState
) -> None:
    await an_evening(house, state)
    joys = await a_group(house, house.joy, "joys")
    founding = await allowed(house, found(house.id("new"), house.ana))
    joining = await allowed(house, AdmitMember(group_id=joys, member_id=house.ana, by=house.joy))
    open_to_her = may(Action.JOIN_OR_FOUND, state).allows
    assert [founding is None, joining is None] == [open_to_her, open_to_her]
    assert founding is None or isinstance(founding, AccessNeeded)
    assert joining is None or isinstance(joining, PeerAway)


@pytest.mark.parametrize("state", STATES)
async def test_the_lead_is_given_to_those_who_can_take_it_on(
    house: SmallHouse, state: AccessState
) -> None:
    evening = await an_evening(house, state)
    to_her = {"by": house.joy}
    group = await allowed(
        house, NameFacilitator(group_id=house.group, member_id=house.ana, **to_her)
    )
    meeting = await allowed(
        house, ChangeFacilitator(meeting_id=evening.meeting, facilitator_id=house.ana, **to_her)
    )
    assert (group is None) == (state in {AccessState.FULL, AccessState.GRACE})
    assert (meeting is None) == may(Action.FACILITATE_BOOKED, state).allows
    assert all(each is None or isinstance(each, PeerAway) for each in (group, meeting))


@pytest.mark.parametrize("state", STATES)
async def test_who_was_seen_is_recorded_whatever_they_pay(
    house: SmallHouse, state: AccessState
) -> None:
    meeting = await opened(house, await an_evening(house, state))
    await house.do(house.check_in(meeting, house.ana, method=ROSTER, by=house.joy))
    house.clock.at = SIX_PM + minutes(50)
    await house.do(BeginTurn(meeting_id=meeting, presenter_id=house.ana, by=house.ana))
    out = CheckOut(meeting_id=meeting, member_id=house.ana, method=DOOR, by=house.ana)
    await house.do(out)
    house.clock.at = SIX_PM + minutes(55)
    await house.do(house.check_in(meeting, house.ana))  # back from the corridor
    house.clock.at = SIX_PM + minutes(61)
    await house.do(CloseMeeting(meeting_id=meeting, by=house.joy))
    await house.do(GiveEvaluation(meeting_id=meeting, member_id=house.ana, answers={"useful": 5}))
    assert (await house.meeting(meeting)).minutes_of(house.ana).minutes == 55


async def test_a_membership_that_ends_today_throws_nobody_out_of_tonights_group(
    house: SmallHouse,
) -> None:
    evening = await an_evening(house, AccessState.FULL)
    house.clock.at = SIX_PM - timedelta(hours=20)
    await evening.dues.look("canceled", ended_for="payment_disputed")
    house.clock.at = SIX_PM
    await house.do(OpenMeeting(meeting_id=evening.own, by=house.ana))
    meeting = await opened(house, evening)
    await house.do(house.check_in(meeting, house.ana))
    assert house.ana in (await house.meeting(meeting)).attendance.present


async def test_being_turned_away_is_kept_for_the_person_and_not_in_the_meeting(
    house: SmallHouse,
) -> None:
    meeting = await opened(house, await an_evening(house, AccessState.LAPSED))
    before = len(await house.memory.load(meeting))
    command_id = uuid4()
    for _ in range(2):
        with pytest.raises(AccessNeeded) as told:
            await house.do(house.check_in(meeting, house.ana), command_id=command_id)
        assert told.value.facts == {"action": "attend_own_groups"}
    assert len(await house.memory.load(meeting)) == before
    record = await house.known(AccessRecord, access_record_id(house.ana))
    assert record.turned_away == {meeting: SIX_PM}
    wrong = house.check_in(meeting, house.ana, door_code="000000")
    assert (await house.refused(wrong)).code == "meeting.wrong_door_code"


async def test_a_device_without_signal_is_asked_for_the_time_it_noted(house: SmallHouse) -> None:
    evening = await an_evening(house, AccessState.FULL)
    meeting = await opened(house, evening)
    code = house.codes.current(meeting, SIX_PM + minutes(1))
    house.clock.at = SIX_PM + minutes(2)
    await evening.dues.look("canceled", ended_for="cancellation_requested")
    house.clock.at = SIX_PM + 3 * DAYS
    late = house.check_in(
        meeting, house.ana, method=OFFLINE, door_code=code, arrived_at=SIX_PM + minutes(1)
    )
    await house.do(late)
    assert house.ana in (await house.meeting(meeting)).attendance.present


async def test_whoever_opens_in_the_stead_of_a_facilitator_who_is_away_leads(
    house: SmallHouse,
) -> None:
    evening = await an_evening(house, AccessState.ON_LEAVE)
    assert isinstance(
        await allowed(house, OpenMeeting(meeting_id=evening.own, by=house.chidi)), DomainError
    )
    await house.do(OpenMeeting(meeting_id=evening.own, by=house.bo))
    meeting = await house.meeting(evening.own)
    assert (meeting.state, meeting.facilitator_id) == (MeetingState.OPEN, house.bo)
    await house.do(CloseMeeting(meeting_id=evening.own, by=house.bo))
    with pytest.raises(FacilitatorOnly):  # where somebody leads, nobody is hurried
        await house.do(OpenMeeting(meeting_id=evening.meeting, by=house.bo))


async def test_whoever_lapsed_opens_no_door_in_anybodys_stead(house: SmallHouse) -> None:
    evening = await an_evening(house, AccessState.LAPSED)
    house.clock.at = SIX_PM + minutes(10)
    refusal = await house.refused(OpenMeeting(meeting_id=evening.meeting, by=house.ana))
    assert isinstance(refusal, AccessNeeded)
    await house.do(OpenMeeting(meeting_id=evening.meeting, by=house.admin))


async def test_who_belongs_already_is_admitted_again_without_a_question(house: SmallHouse) -> None:
    await an_evening(house, AccessState.LAPSED)
    await house.do(AdmitMember(group_id=house.group, member_id=house.ana, by=house.joy))
    group = await house.known(PeerGroup, house.group)
    assert group.members().count(house.ana) == 1


@pytest.mark.parametrize("state", [AccessState.NARROWED, AccessState.ON_LEAVE, AccessState.LAPSED])
async def test_a_refusal_to_somebody_else_says_away_and_nothing_else(
    house: SmallHouse, state: AccessState
) -> None:
    await an_evening(house, state)
    joys = await a_group(house, house.joy, "joys")
    for command in (
        AdmitMember(group_id=joys, member_id=house.ana, by=house.joy),
        AdmitMember(group_id=joys, member_id=house.ana, by=house.admin),
        NameFacilitator(group_id=house.group, member_id=house.ana, by=house.joy),
    ):
        refusal = await house.refused(command)
        said = f"{refusal.message} {refusal.code} {refusal.facts}".lower()
        assert "away" in said
        assert not any(word in said for word in NOT_SAID)


async def test_a_first_meeting_needs_no_membership_and_the_second_does(house: SmallHouse) -> None:
    house.clock.at = SIX_PM - 30 * DAYS
    await house.people()
    await house.peer_group(sponsored=False)
    first = await house.held({house.ana: (0, 60), house.joy: (0, 60)}, name="first")
    await house.settle()
    await pays(house, house.joy)
    soon, later = SIX_PM + 2 * DAYS, SIX_PM + 7 * DAYS
    await house.plan("soon", start=soon)
    await house.plan("later", start=later)
    house.clock.at = soon
    await house.do(OpenMeeting(meeting_id=house.id("soon"), by=house.joy))
    await house.do(house.check_in(house.id("soon"), house.ana))  # some days to decide
    await house.do(house.check_in(house.id("soon"), house.bo))  # who was not there the first time
    house.clock.at = later
    await house.do(OpenMeeting(meeting_id=house.id("later"), by=house.joy))
    refusal = await house.refused(house.check_in(house.id("later"), house.ana))
    assert isinstance(refusal, AccessNeeded)
    record = await house.known(AccessRecord, access_record_id(house.ana))
    assert record.first_meeting is not None
    assert record.first_meeting[0] == first
    await pays(house, house.ana)
    await house.do(house.check_in(house.id("later"), house.ana))


async def test_a_first_meeting_that_does_not_count_is_given_back(house: SmallHouse) -> None:
    house.clock.at = SIX_PM - 30 * DAYS
    await house.people()
    await house.peer_group(sponsored=False)
    first = await house.held({house.ana: (0, 60), house.joy: (0, 60)}, name="first")
    await house.settle()
    await house.correct(first, house.ana)
    await house.settle()
    ana = await house.known(AccessRecord, access_record_id(house.ana))
    joy = await house.known(AccessRecord, access_record_id(house.joy))
    assert (ana.first_meeting, joy.first_meeting is None) == (None, False)
    await house.void(first)
    await house.settle_again()
    assert (await house.known(AccessRecord, joy.id)).first_meeting is None
    assert house.refusals() == []


async def test_an_old_meeting_read_anew_begins_nothing(house: SmallHouse) -> None:
    """A house that begins to take dues has many meetings behind it; none of them shuts a door."""
    house.clock.at = SIX_PM - 30 * DAYS
    await house.people()
    await house.peer_group(sponsored=False)
    await house.held({house.ana: (0, 60), house.joy: (0, 60)}, name="first")
    house.clock.at = SIX_PM + 40 * DAYS
    await house.settle()
    assert await house.memory.load(access_record_id(house.ana)) == []


async def test_a_house_without_dues_asks_nobody_and_counts_no_first_meetings() -> None:
    house = SmallHouse()
    evening = await an_evening(house, AccessState.LAPSED)
    house.clock.at = SIX_PM + 400 * DAYS
    await a_group(house, house.ana, "years later")
    assert await house.memory.load(access_record_id(house.eve)) == []
    house.clock.at = SIX_PM
    await house.do(OpenMeeting(meeting_id=evening.own, by=house.ana))


async def test_another_grant_opens_what_a_lapsed_membership_does_not(house: SmallHouse) -> None:
    meeting = await opened(house, await an_evening(house, AccessState.LAPSED))
    assert isinstance(await allowed(house, house.check_in(meeting, house.ana)), AccessNeeded)
    await give_months(house, house.ana)
    assert await allowed(house, house.check_in(meeting, house.ana)) is None


async def give_months(house: SmallHouse, member_id: UUID) -> None:
    gift_id = house.id(f"gift:{member_id}")
    await house.do(GiveMonths(gift_id=gift_id, months=1, giver_id=None))
    await house.do(RedeemGift(gift_id=gift_id, member_id=member_id, by=member_id))
