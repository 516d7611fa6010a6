"""Orders about meetings: who may give them, what is kept of a refusal, what is never said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.errors import DomainError
from domain.meetings.attendance import CheckInMethod, ObservedPerson, ToolSource
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.values import Modality
from services.dispatch import Order
from services.groups.commands import AdmitMember, LeaveGroup, NameFacilitator
from services.meetings.commands import (
    AttestPresence,
    BeginTurn,
    CancelMeeting,
    ChangeFacilitator,
    CheckIn,
    CloseMeeting,
    CorrectPresence,
    EndTurn,
    GiveEvaluation,
    MatchObservedPerson,
    ObservePresence,
    OpenMeeting,
    PostponeMeeting,
    ScheduleMeeting,
    VoidMeeting,
)
from tests.support.builders import SEVEN_PM, SIX_PM, about, span
from tests.support.house import SmallHouse
from tests.support.story import check_out


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.begin(sponsored=False)
    return house


def recorded(house: SmallHouse, kind: type) -> list[object]:
    return [each.event for each in house.memory.log if isinstance(each.event, kind)]


# The door


async def test_the_code_on_the_wall_lets_a_member_in(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    await house.do(house.check_in(meeting_id, house.ana))
    assert set((await house.meeting(meeting_id)).attendance.present) == {house.ana}


async def test_a_code_that_has_just_left_the_wall_still_opens_for_slow_thumbs(
    house: SmallHouse,
) -> None:
    meeting_id = await house.opened()
    seen = house.check_in(meeting_id, house.ana)
    house.clock.move(seconds=59)
    await house.do(seen)
    assert house.ana in (await house.meeting(meeting_id)).attendance.present


@pytest.mark.parametrize("code", [None, "", "000", "12345x", "١٢٣٤٥٦"])
async def test_a_wrong_code_is_refused_and_the_refusal_is_kept(
    house: SmallHouse, code: str | None
) -> None:
    meeting_id = await house.opened()
    refusal = await house.refused(house.check_in(meeting_id, house.ana, door_code=code))
    assert refusal.code == "meeting.wrong_door_code"
    (kept,) = recorded(house, Meeting.CheckInRefused)
    assert isinstance(kept, Meeting.CheckInRefused)
    assert (kept.member_id, kept.code) == (house.ana, "meeting.wrong_door_code")
    assert not (await house.meeting(meeting_id)).attendance.present


async def test_an_old_code_and_the_code_of_another_room_are_wrong(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    other = house.codes.current(uuid4(), house.clock.now())
    old = house.check_in(meeting_id, house.ana)
    house.clock.move(seconds=120)
    assert (await house.refused(old)).code == "meeting.wrong_door_code"
    wrong = house.check_in(meeting_id, house.ana, door_code=other)
    assert (await house.refused(wrong)).code == "meeting.wrong_door_code"


async def test_a_refused_check_in_that_comes_again_gets_the_same_refusal_and_no_new_event(
    house: SmallHouse,
) -> None:
    meeting_id = await house.opened()
    order = Order(command_id=uuid4(), actor_id=house.ana)
    wrong = house.check_in(meeting_id, house.ana, door_code="000")
    with pytest.raises(DomainError) as first:
        await house.dispatch(wrong, order)
    head = await house.store.head()
    house.clock.move(seconds=600)
    with pytest.raises(DomainError) as again:
        await house.dispatch(wrong, order)
    assert (again.value.code, again.value.message) == (first.value.code, first.value.message)
    assert await house.store.head() == head


async def test_every_refusal_at_the_door_is_kept_once_for_each_reason(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    for _ in range(3):
        await house.refused(house.check_in(meeting_id, house.ana, door_code="000"))
    stranger = await house.refused(house.check_in(meeting_id, house.eve))
    assert stranger.code == "meeting.not_on_roster"
    codes = [
        each.code
        for each in recorded(house, Meeting.CheckInRefused)
        if isinstance(each, Meeting.CheckInRefused)
    ]
    assert codes == ["meeting.wrong_door_code", "meeting.not_on_roster"]


async def test_the_facilitator_ticks_off_a_member_without_a_phone(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    tick = house.check_in(meeting_id, house.chidi, method=CheckInMethod.ROSTER, door_code=None)
    assert (await house.refused(tick)).code == "meeting.facilitator_only"
    by_joy = house.check_in(meeting_id, house.chidi, method=CheckInMethod.ROSTER, by=house.joy)
    await house.do(by_joy)
    assert house.chidi in (await house.meeting(meeting_id)).attendance.present


async def test_a_device_that_was_offline_tells_when_its_member_came(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    house.clock.at = SIX_PM + timedelta(minutes=30)
    await house.do(
        house.check_in(
            meeting_id,
            house.ana,
            method=CheckInMethod.OFFLINE,
            door_code=None,
            arrived_at=SIX_PM + timedelta(minutes=2),
        )
    )
    arrival = (await house.meeting(meeting_id)).attendance.present[house.ana]
    assert arrival.arrived_at == SIX_PM + timedelta(minutes=2)


async def test_a_code_that_a_device_kept_must_have_been_on_the_wall_at_its_time(
    house: SmallHouse,
) -> None:
    meeting_id = await house.opened()
    noted = SIX_PM + timedelta(minutes=2)
    then, house.clock.at = (
        house.codes.current(meeting_id, noted),
        SIX_PM + timedelta(minutes=30),
    )
    now = house.codes.current(meeting_id, house.clock.at)
    offline = {"method": CheckInMethod.OFFLINE, "arrived_at": noted}
    wrong = house.check_in(meeting_id, house.ana, **offline, door_code=now)
    assert (await house.refused(wrong)).code == "meeting.wrong_door_code"
    assert house.ana not in (await house.meeting(meeting_id)).attendance.present
    await house.do(house.check_in(meeting_id, house.ana, **offline, door_code=then))
    assert house.ana in (await house.meeting(meeting_id)).attendance.present


@pytest.mark.parametrize("year", [2000, 2025, 2199])
async def test_a_device_whose_clock_is_far_off_is_refused_by_its_time_and_not_its_code(
    house: SmallHouse, year: int
) -> None:
    meeting_id = await house.opened()
    order = house.check_in(
        meeting_id,
        house.ana,
        method=CheckInMethod.OFFLINE,
        arrived_at=SIX_PM.replace(year=year),
        door_code="000000",
    )
    assert (await house.refused(order)).code in {"meeting.too_early", "meeting.time_in_future"}


async def test_what_a_device_kept_begins_no_new_stay_of_somebody_who_was_here_and_left(
    house: SmallHouse,
) -> None:
    meeting_id = await house.opened()
    noted = SIX_PM + timedelta(minutes=2)
    by_joy = {"method": CheckInMethod.ROSTER, "by": house.joy}
    house.clock.at = SIX_PM + timedelta(minutes=5)
    await house.do(house.check_in(meeting_id, house.ana, **by_joy))
    house.clock.at = SIX_PM + timedelta(minutes=40)
    await house.do(check_out(meeting_id, house.ana))
    offline = {"method": CheckInMethod.OFFLINE, "door_code": None}
    await house.do(house.check_in(meeting_id, house.ana, **offline, arrived_at=noted))
    meeting = await house.meeting(meeting_id)
    assert house.ana not in meeting.attendance.present
    back = SIX_PM + timedelta(minutes=45)
    house.clock.at = SIX_PM + timedelta(minutes=50)
    await house.do(house.check_in(meeting_id, house.ana, **offline, arrived_at=back))
    arrival = (await house.meeting(meeting_id)).attendance.present[house.ana]
    assert arrival.arrived_at == back


# Who may do what

Ordered = Callable[[SmallHouse, UUID, UUID], object]

LED: dict[str, Ordered] = {
    "close": lambda _h, m, by: CloseMeeting(meeting_id=m, by=by),
    "correct": lambda h, m, by: CorrectPresence(
        meeting_id=m, member_id=h.ana, stays=[span(0, 30)], reason="Seen.", by=by
    ),
    "void": lambda _h, m, by: VoidMeeting(meeting_id=m, reason="A lunch.", by=by),
    "hand over": lambda h, m, by: ChangeFacilitator(meeting_id=m, facilitator_id=h.bo, by=by),
    "import": lambda h, m, by: a_report(h, m, by=by),
}


def a_report(house: SmallHouse, meeting_id: UUID, *, by: UUID | None) -> ObservePresence:
    return ObservePresence(
        meeting_id=meeting_id,
        source=ToolSource.ZOOM,
        digest="ab" * 32,
        people=[
            ObservedPerson("k1", house.ana, [about(house.ana, "Ana")], [span(0, 40)]),
            ObservedPerson("k2", None, [about(house.id("k2"), "A phone")], [span(5, 40)]),
        ],
        by=by,
    )


@pytest.mark.parametrize("order", LED.values(), ids=LED.keys())
async def test_a_member_who_does_not_lead_is_refused_and_nothing_is_kept(
    house: SmallHouse, order: Ordered
) -> None:
    meeting_id = await house.opened()
    head = await house.store.head()
    refusal = await house.refused(order(house, meeting_id, house.ana))
    assert refusal.code in {"meeting.facilitator_only", "not_allowed"}
    assert await house.store.head() == head


@pytest.mark.parametrize("order", LED.values(), ids=LED.keys())
@pytest.mark.parametrize("who", ["joy", "admin"])
async def test_the_facilitator_and_an_administrator_may(
    house: SmallHouse, order: Ordered, who: str
) -> None:
    meeting_id = await house.opened()
    house.clock.move(seconds=40 * 60)
    head = await house.store.head()
    await house.do(order(house, meeting_id, house.id(who)))
    assert await house.store.head() == head + 1


async def test_the_meeting_of_others_is_not_there_for_a_stranger_who_imports(
    house: SmallHouse,
) -> None:
    meeting_id = await house.opened()
    assert (await house.refused(a_report(house, meeting_id, by=house.eve))).code == "not_found"


async def test_the_same_report_twice_is_one_fact_and_the_tool_itself_may_bring_it(
    house: SmallHouse,
) -> None:
    meeting_id = await house.opened()
    house.clock.move(seconds=40 * 60)
    await house.do(a_report(house, meeting_id, by=None))
    await house.do(a_report(house, meeting_id, by=house.joy))
    assert len(recorded(house, Meeting.PresenceObserved)) == 1


async def test_a_matched_phone_counts_for_its_member_until_the_match_is_taken_back(
    house: SmallHouse,
) -> None:
    meeting_id = await house.opened()
    house.clock.move(seconds=40 * 60)
    await house.do(a_report(house, meeting_id, by=house.joy))
    match = MatchObservedPerson(
        meeting_id=meeting_id, person_key="k2", member_id=house.chidi, by=house.joy
    )
    await house.do(match)
    assert (await house.meeting(meeting_id)).minutes_of(house.chidi).minutes == 35
    await house.do(
        MatchObservedPerson(meeting_id=meeting_id, person_key="k2", member_id=None, by=house.joy)
    )
    assert (await house.meeting(meeting_id)).minutes_of(house.chidi).minutes == 0


async def test_peers_attest_each_other_and_never_themselves(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    for member_id in (house.ana, house.bo):
        await house.do(house.check_in(meeting_id, member_id))
    await house.do(AttestPresence(meeting_id=meeting_id, for_member=house.ana, by=house.bo))
    own = AttestPresence(meeting_id=meeting_id, for_member=house.ana, by=house.ana)
    assert (await house.refused(own)).code == "meeting.attests_self"
    meeting = await house.meeting(meeting_id)
    assert meeting.attendance.attesters_of(house.ana) == [house.bo]


async def test_turns_begin_and_end_by_the_presenter_or_the_facilitator(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    await house.do(house.check_in(meeting_id, house.ana))
    await house.do(BeginTurn(meeting_id=meeting_id, presenter_id=house.ana, by=house.ana))
    house.clock.move(seconds=600)
    stop_by_bo = EndTurn(meeting_id=meeting_id, by=house.bo)
    assert (await house.refused(stop_by_bo)).code == "meeting.others_presence"
    await house.do(EndTurn(meeting_id=meeting_id, by=house.joy))
    (turn,) = (await house.meeting(meeting_id)).attendance.turns
    assert (turn.presenter_id, turn.interval.length) == (house.ana, timedelta(minutes=10))


# Planning


async def test_the_roster_of_a_meeting_is_the_groups_when_its_door_opens(
    house: SmallHouse,
) -> None:
    meeting_id = await house.plan()
    meeting = await house.meeting(meeting_id)
    assert set(meeting.roster) == {house.joy, house.ana, house.bo, house.chidi}
    assert meeting.zone == "Europe/Berlin"
    await house.do(LeaveGroup(group_id=house.group, member_id=house.bo))
    await house.do(AdmitMember(group_id=house.group, member_id=house.eve, by=house.joy))
    early = house.check_in(meeting_id, house.eve)
    assert (await house.refused(early)).code == "meeting.too_early", "expected, only not yet"
    house.clock.at = SIX_PM
    opening = Order(command_id=uuid4(), actor_id=house.joy)
    for _ in range(2):  # told twice, done once
        await house.dispatch(OpenMeeting(meeting_id=meeting_id, by=house.joy), opening)
    await house.do(LeaveGroup(group_id=house.group, member_id=house.chidi))
    await house.do(house.check_in(meeting_id, house.chidi))
    meeting = await house.meeting(meeting_id)
    assert set(meeting.roster) == {house.joy, house.ana, house.chidi, house.eve}
    assert len(recorded(house, Meeting.Opened)) == 1


async def test_somebody_admitted_since_the_planning_can_be_let_lead(house: SmallHouse) -> None:
    meeting_id = await house.plan()
    lead = ChangeFacilitator(meeting_id=meeting_id, facilitator_id=house.eve, by=house.joy)
    assert (await house.refused(lead)).code == "meeting.not_on_roster"
    await house.do(AdmitMember(group_id=house.group, member_id=house.eve, by=house.joy))
    await house.do(lead)
    assert (await house.meeting(meeting_id)).facilitator_id == house.eve


async def test_a_meeting_whose_facilitator_left_the_group_is_opened_by_the_groups(
    house: SmallHouse,
) -> None:
    meeting_id = await house.plan()
    await house.do(NameFacilitator(group_id=house.group, member_id=house.ana, by=house.joy))
    await house.do(LeaveGroup(group_id=house.group, member_id=house.joy))
    house.clock.at = SIX_PM
    await house.do(OpenMeeting(meeting_id=meeting_id, by=house.ana))
    meeting = await house.meeting(meeting_id)
    assert (meeting.facilitator_id, house.joy in meeting.roster) == (house.ana, False)


async def test_only_whoever_leads_the_group_plans_its_meetings(house: SmallHouse) -> None:
    plan = ScheduleMeeting(
        meeting_id=uuid4(),
        group_id=house.group,
        title="Ana's own",
        starts_at=SIX_PM,
        ends_at=SEVEN_PM,
        modality=Modality.IN_ROOM,
        by=house.ana,
    )
    assert (await house.refused(plan)).code == "not_allowed"


async def test_an_id_is_used_for_one_meeting_only(house: SmallHouse) -> None:
    meeting_id = await house.plan()
    with pytest.raises(DomainError) as refusal:
        await house.plan()
    assert refusal.value.code == "already_exists"
    assert (await house.meeting(meeting_id)).state is MeetingState.SCHEDULED


async def test_a_meeting_moves_and_is_called_off_before_it_begins(house: SmallHouse) -> None:
    meeting_id = await house.plan()
    later = SIX_PM + timedelta(days=1)
    await house.do(
        PostponeMeeting(
            meeting_id=meeting_id, starts_at=later, ends_at=later + timedelta(hours=1), by=house.joy
        )
    )
    assert (await house.meeting(meeting_id)).scheduled.from_at == later
    await house.do(CancelMeeting(meeting_id=meeting_id, reason="Snow.", by=house.joy))
    assert (await house.meeting(meeting_id)).state is MeetingState.CANCELLED
    opening = OpenMeeting(meeting_id=meeting_id, by=house.joy)
    assert (await house.refused(opening)).code == "meeting.cancelled"


# What is not there

NOWHERE = UUID(int=404)

UNKNOWN: dict[str, Callable[[SmallHouse], object]] = {
    "open": lambda h: OpenMeeting(meeting_id=NOWHERE, by=h.joy),
    "check in": lambda h: CheckIn(
        meeting_id=NOWHERE, member_id=h.ana, method=CheckInMethod.ROSTER, by=h.joy
    ),
    "check out": lambda h: check_out(NOWHERE, h.ana),
    "begin turn": lambda h: BeginTurn(meeting_id=NOWHERE, presenter_id=h.ana, by=h.joy),
    "end turn": lambda h: EndTurn(meeting_id=NOWHERE, by=h.joy),
    "close": lambda h: CloseMeeting(meeting_id=NOWHERE, by=h.joy),
    "observe": lambda h: a_report(h, NOWHERE, by=h.joy),
    "match": lambda h: MatchObservedPerson(
        meeting_id=NOWHERE, person_key="k", member_id=h.ana, by=h.joy
    ),
    "attest": lambda h: AttestPresence(meeting_id=NOWHERE, for_member=h.ana, by=h.bo),
    "evaluate": lambda h: GiveEvaluation(
        meeting_id=NOWHERE, member_id=h.ana, answers={"useful": 5}
    ),
    "correct": lambda h: CorrectPresence(
        meeting_id=NOWHERE, member_id=h.ana, stays=[], reason="Seen.", by=h.joy
    ),
    "void": lambda h: VoidMeeting(meeting_id=NOWHERE, reason="A lunch.", by=h.joy),
    "postpone": lambda h: PostponeMeeting(
        meeting_id=NOWHERE, starts_at=SIX_PM, ends_at=SEVEN_PM, by=h.joy
    ),
    "cancel": lambda h: CancelMeeting(meeting_id=NOWHERE, reason="Snow.", by=h.joy),
    "hand over": lambda h: ChangeFacilitator(meeting_id=NOWHERE, facilitator_id=h.bo, by=h.joy),
    "a meeting of no group": lambda h: ScheduleMeeting(
        meeting_id=NOWHERE,
        group_id=NOWHERE,
        title="Nobody's",
        starts_at=SIX_PM,
        ends_at=SEVEN_PM,
        modality=Modality.IN_ROOM,
        by=h.joy,
    ),
    "a group's id for a meeting": lambda h: CloseMeeting(meeting_id=h.group, by=h.joy),
}


@pytest.mark.parametrize("order", UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_an_unknown_id_is_not_found_and_changes_nothing(
    house: SmallHouse, order: Callable[[SmallHouse], object]
) -> None:
    head = await house.store.head()
    assert (await house.refused(order(house))).code == "not_found"
    assert await house.store.head() == head
