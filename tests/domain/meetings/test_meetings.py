"""Meetings: who may do what, when, and what is remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.errors import InvalidFields
from domain.meetings import rules
from domain.meetings.attendance import InferredEnd, ObservedPerson, ToolSource
from domain.meetings.meeting import Meeting
from domain.meetings.presence import EvidenceStrength, Source, Stay
from domain.values import BackwardsInterval, Interval, UnknownZone
from tests.support.builders import (
    ADMIN,
    ANA,
    BO,
    CHIDI,
    DIGEST,
    DOOR,
    EVE,
    JOY,
    OFFLINE,
    ROSTER,
    SEVEN_PM,
    SIX_PM,
    a_meeting,
    about,
    an_open_meeting,
    at,
    facts,
    known,
    minutes,
    span,
)

WHY_ANA = about(ANA, "The phone was flat.")
WHY_JOY = about(JOY, "The room was flooded.")


def a_person(key: str = "p1", member_id: UUID | None = None, **changes: Any) -> ObservedPerson:
    values: dict[str, Any] = {
        "person_key": key,
        "member_id": member_id,
        "names": [about(ANA, "Ana")],
        "stays": [span(0, 60)],
    } | changes
    return ObservedPerson(**values)


# Planning


def test_the_facilitator_is_always_on_the_roster() -> None:
    assert a_meeting(roster=[ANA]).roster == [ANA, JOY]


def test_a_person_named_twice_is_expected_once() -> None:
    assert a_meeting(roster=[ANA, ANA, JOY]).roster == [ANA, JOY]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": " "}, InvalidFields),
        ({"ends_at": SIX_PM}, BackwardsInterval),
        ({"ends_at": SIX_PM + timedelta(hours=13)}, rules.BadLength),
        ({"zone": "Atlantis/Capital"}, UnknownZone),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        a_meeting(**changes)


def test_a_meeting_can_be_postponed_before_it_begins() -> None:
    meeting = a_meeting()
    meeting.postpone(starts_at=SEVEN_PM, ends_at=at(120), by=JOY, at=SIX_PM)
    assert meeting.scheduled == Interval(SEVEN_PM, at(120))


def test_postponing_to_the_same_time_is_no_fact() -> None:
    meeting = a_meeting()
    meeting.postpone(starts_at=SIX_PM, ends_at=SEVEN_PM, by=JOY, at=SIX_PM)
    assert facts(meeting) == []


def test_what_has_begun_is_neither_postponed_nor_cancelled() -> None:
    meeting = an_open_meeting()
    with pytest.raises(rules.AlreadyBegun):
        meeting.postpone(starts_at=SEVEN_PM, ends_at=at(120), by=JOY, at=SIX_PM)
    with pytest.raises(rules.AlreadyBegun):
        meeting.cancel(reason=WHY_JOY, by=JOY, at=SIX_PM)
    assert facts(meeting) == []


def test_cancelling_twice_is_one_fact_and_nobody_checks_in() -> None:
    meeting = a_meeting()
    meeting.cancel(reason=WHY_JOY, by=JOY, at=SIX_PM)
    meeting.cancel(reason=WHY_JOY, by=JOY, at=SIX_PM)
    assert len(facts(meeting)) == 1
    with pytest.raises(rules.MeetingCancelled):
        meeting.check_in(ANA, method=DOOR, by=ANA, at=SIX_PM)


def test_a_cancellation_needs_its_reason() -> None:
    meeting = a_meeting()
    with pytest.raises(InvalidFields):
        meeting.cancel(reason=about(JOY, ""), by=JOY, at=SIX_PM)


# Opening


def test_the_facilitator_opens_from_a_quarter_of_an_hour_before() -> None:
    meeting = a_meeting()
    with pytest.raises(rules.TooEarly) as refused:
        meeting.open(by=JOY, at=SIX_PM - minutes(15) - timedelta(seconds=1))
    assert "18:45 on 2026-03-02 (Europe/Berlin)" in refused.value.message
    meeting.open(by=JOY, at=SIX_PM - minutes(15))
    assert [type(fact) for fact in facts(meeting)] == [Meeting.Opened]


def test_anybody_expected_opens_once_the_facilitator_is_five_minutes_late() -> None:
    meeting = a_meeting()
    with pytest.raises(rules.FacilitatorOnly):
        meeting.open(by=ANA, at=at(4.9))
    meeting.open(by=ANA, at=at(5))
    assert meeting.state is rules.MeetingState.OPEN


def test_a_stranger_never_opens() -> None:
    with pytest.raises(rules.NotOnRoster):
        a_meeting().open(by=EVE, at=at(10))


def test_opening_twice_is_no_second_fact() -> None:
    meeting = an_open_meeting()
    meeting.open(by=JOY, at=at(1))
    assert facts(meeting) == []


def test_what_is_over_cannot_be_opened() -> None:
    with pytest.raises(rules.MeetingOver):
        a_meeting().open(by=JOY, at=SEVEN_PM)


# Check-in


def test_a_stranger_is_refused_and_nothing_is_recorded() -> None:
    meeting = an_open_meeting()
    with pytest.raises(rules.NotOnRoster):
        meeting.check_in(EVE, method=DOOR, by=EVE, at=SIX_PM)
    assert facts(meeting) == []


def test_a_second_tap_is_no_second_fact() -> None:
    meeting = an_open_meeting()
    meeting.check_in(ANA, method=DOOR, by=ANA, at=SIX_PM)
    meeting.check_in(ANA, method=DOOR, by=ANA, at=at(1))
    assert [type(fact) for fact in facts(meeting)] == [Meeting.CheckedIn]


def test_an_early_arrival_is_told_when_the_door_opens() -> None:
    with pytest.raises(rules.TooEarly) as refused:
        a_meeting().check_in(ANA, method=DOOR, by=ANA, at=SIX_PM - minutes(16))
    assert refused.value.facts == {"opens_at": "2026-03-02T17:45:00+00:00"}


def test_nobody_checks_in_before_somebody_opened() -> None:
    with pytest.raises(rules.NotOpened):
        a_meeting().check_in(ANA, method=DOOR, by=ANA, at=SIX_PM)


def test_nobody_checks_in_when_the_hour_is_over() -> None:
    with pytest.raises(rules.MeetingOver):
        an_open_meeting().check_in(ANA, method=DOOR, by=ANA, at=SEVEN_PM)


def test_a_closed_meeting_says_so_even_after_its_end() -> None:
    meeting = an_open_meeting()
    meeting.close(by=JOY, at=SEVEN_PM)
    with pytest.raises(rules.MeetingClosed):
        meeting.check_in(ANA, method=DOOR, by=ANA, at=at(70))


def test_nobody_checks_in_for_somebody_else_by_the_door_code() -> None:
    meeting = an_open_meeting()
    for by in (BO, JOY):
        with pytest.raises(rules.OthersPresence):
            meeting.check_in(ANA, method=DOOR, by=by, at=SIX_PM)


def test_only_the_facilitator_or_an_administrator_uses_the_roster() -> None:
    meeting = an_open_meeting()
    with pytest.raises(rules.FacilitatorOnly):
        meeting.check_in(ANA, method=ROSTER, by=ANA, at=SIX_PM)
    meeting.check_in(ANA, method=ROSTER, by=JOY, at=SIX_PM)
    meeting.check_in(BO, method=ROSTER, by=ADMIN, administrator=True, at=SIX_PM)
    assert set(meeting.attendance.present) == {ANA, BO}


def test_a_device_without_signal_may_report_when_it_was() -> None:
    meeting = an_open_meeting()
    meeting.check_in(ANA, method=OFFLINE, by=ANA, arrived_at=at(3), at=at(50))
    assert meeting.attendance.present[ANA].arrived_at == at(3)


def test_a_device_cannot_report_the_future() -> None:
    with pytest.raises(rules.ArrivalInFuture):
        an_open_meeting().check_in(ANA, method=OFFLINE, by=ANA, arrived_at=at(31), at=at(30))


def test_with_signal_now_is_now() -> None:
    meeting = an_open_meeting()
    meeting.check_in(ANA, method=DOOR, by=ANA, arrived_at=SIX_PM, at=at(20))
    assert meeting.attendance.present[ANA].arrived_at == at(20)


def test_a_refused_check_in_is_kept_once_with_its_reason() -> None:
    meeting = an_open_meeting()
    for _ in range(2):
        meeting.record_refused_check_in(EVE, code="meeting.not_on_roster", method=DOOR, at=SIX_PM)
    meeting.record_refused_check_in(EVE, code="door_code.wrong", method=DOOR, at=SIX_PM)
    assert [fact.code for fact in facts(meeting) if isinstance(fact, Meeting.CheckInRefused)] == [
        "meeting.not_on_roster",
        "door_code.wrong",
    ]


# Check-out


def test_a_stay_goes_from_check_in_to_check_out() -> None:
    meeting = an_open_meeting(ANA)
    meeting.check_out(ANA, method=DOOR, by=ANA, at=at(50))
    assert meeting.presence_of(ANA) == [Stay(span(0, 50), Source.DOOR_CODE)]


def test_who_leaves_and_comes_back_has_two_stays() -> None:
    meeting = an_open_meeting(ANA)
    meeting.check_out(ANA, method=DOOR, by=ANA, at=at(20))
    meeting.check_in(ANA, method=DOOR, by=ANA, at=at(30))
    meeting.check_out(ANA, method=DOOR, by=ANA, at=at(60))
    assert meeting.minutes_of(ANA).minutes == 50


def test_nobody_leaves_who_never_came() -> None:
    with pytest.raises(rules.NotCheckedIn):
        an_open_meeting().check_out(ANA, method=DOOR, by=ANA, at=at(10))


def test_leaving_twice_is_no_second_fact() -> None:
    meeting = an_open_meeting(ANA)
    meeting.check_out(ANA, method=DOOR, by=ANA, at=at(50))
    meeting.check_out(ANA, method=DOOR, by=ANA, at=at(51))
    assert len(facts(meeting)) == 1


def test_nobody_leaves_before_they_arrive() -> None:
    meeting = an_open_meeting(ANA)
    with pytest.raises(rules.LeftBeforeArrival):
        meeting.check_out(ANA, method=OFFLINE, by=ANA, left_at=at(-5), at=at(50))


def test_leaving_at_the_moment_of_arrival_leaves_no_minutes() -> None:
    meeting = an_open_meeting(ANA)
    meeting.check_out(ANA, method=DOOR, by=ANA, at=SIX_PM)
    assert meeting.presence_of(ANA) == []


# Turns


def test_a_new_turn_ends_the_one_before() -> None:
    meeting = an_open_meeting(ANA, BO)
    meeting.begin_turn(ANA, by=ANA, at=at(5))
    meeting.begin_turn(BO, by=JOY, at=at(25))
    meeting.end_turn(by=BO, at=at(45))
    meeting.end_turn(by=BO, at=at(46))
    assert [(t.presenter_id, t.interval) for t in meeting.attendance.turns] == [
        (ANA, span(5, 25)),
        (BO, span(25, 45)),
    ]
    assert len(facts(meeting)) == 4


def test_who_is_not_in_the_room_does_not_present() -> None:
    with pytest.raises(rules.NotCheckedIn):
        an_open_meeting().begin_turn(ANA, by=JOY, at=at(5))


def test_nobody_begins_or_ends_the_turn_of_somebody_else() -> None:
    meeting = an_open_meeting(ANA, BO)
    with pytest.raises(rules.OthersPresence):
        meeting.begin_turn(ANA, by=BO, at=at(5))
    meeting.begin_turn(ANA, by=ANA, at=at(5))
    with pytest.raises(rules.OthersPresence):
        meeting.end_turn(by=BO, at=at(6))


# Closing


def test_who_did_not_check_out_stayed_until_the_end_and_it_is_marked() -> None:
    meeting = an_open_meeting(ANA)
    meeting.close(by=JOY, at=at(75))
    assert meeting.presence_of(ANA) == [Stay(span(0, 60), Source.DOOR_CODE, inferred=True)]
    assert meeting.minutes_of(ANA).strength is EvidenceStrength.WEAK


def test_closing_early_ends_open_stays_now() -> None:
    meeting = an_open_meeting(ANA)
    meeting.close(by=JOY, at=at(40))
    assert meeting.presence_of(ANA) == [Stay(span(0, 40), Source.DOOR_CODE, inferred=True)]


def test_a_stay_never_ends_before_it_begins_even_if_two_clocks_disagree() -> None:
    meeting = an_open_meeting()
    meeting.check_in(ANA, method=DOOR, by=ANA, at=at(10))
    meeting.close(by=JOY, at=at(9))
    closed = facts(meeting)[-1]
    assert isinstance(closed, Meeting.Closed)
    assert closed.inferred == [InferredEnd(ANA, at(10))]
    assert meeting.presence_of(ANA) == []


def test_closing_ends_a_turn_and_closing_twice_changes_nothing() -> None:
    meeting = an_open_meeting(ANA)
    meeting.begin_turn(ANA, by=ANA, at=at(5))
    meeting.close(by=JOY, at=at(60))
    meeting.close(by=JOY, at=at(61))
    assert [type(fact) for fact in facts(meeting)] == [
        Meeting.TurnBegun,
        Meeting.TurnEnded,
        Meeting.Closed,
    ]


def test_a_member_does_not_close() -> None:
    with pytest.raises(rules.FacilitatorOnly):
        an_open_meeting(ANA).close(by=ANA, at=at(60))


def test_a_meeting_that_never_began_is_not_closed() -> None:
    with pytest.raises(rules.NotOpened):
        a_meeting().close(by=JOY, at=at(60))


# A meeting tool's report


def test_a_report_confirms_a_check_in() -> None:
    meeting = an_open_meeting(ANA)
    meeting.check_out(ANA, method=DOOR, by=ANA, at=SEVEN_PM)
    meeting.close(by=JOY, at=SEVEN_PM)
    meeting.observe_presence(
        source=ToolSource.ZOOM, digest=DIGEST, people=[a_person(member_id=ANA)], at=at(90)
    )
    presence = meeting.minutes_of(ANA)
    assert (presence.minutes, presence.strength) == (60, EvidenceStrength.STRONG)


def test_the_same_report_twice_is_no_second_fact() -> None:
    meeting = an_open_meeting()
    for _ in range(2):
        meeting.observe_presence(
            source=ToolSource.TEAMS, digest=DIGEST, people=[a_person()], at=at(90)
        )
    assert len(facts(meeting)) == 1


def observed(meeting: Meeting, *people: ObservedPerson, now: float) -> None:
    meeting.observe_presence(source=ToolSource.ZOOM, digest=DIGEST, people=list(people), at=at(now))


def test_a_report_that_lies_ahead_as_a_whole_is_refused() -> None:
    meeting = an_open_meeting()
    later = a_person(stays=[span(30, 60)], reported_minutes=30)
    for now in (10, 30):
        with pytest.raises(rules.ArrivalInFuture):
            observed(meeting, later, a_person("p2", stays=[span(40, 50)]), now=now)
    assert facts(meeting) == []


def test_a_tool_whose_clock_is_ahead_loses_what_lies_ahead_and_nobody_elses_evidence() -> None:
    meeting = an_open_meeting()
    stayed = a_person("p1", ANA, stays=[span(0, 20), span(25, 66)], reported_minutes=61)
    left = a_person("p2", BO, stays=[span(5, 40)])
    unseen = a_person("p3", CHIDI, stays=[span(61, 66)], reported_minutes=5)
    observed(meeting, stayed, left, unseen, now=60)
    assert [each.interval for each in meeting.presence_of(ANA)] == [span(0, 20), span(25, 60)]
    assert [each.interval for each in meeting.presence_of(BO)] == [span(5, 40)]
    assert meeting.presence_of(CHIDI) == []


def test_a_clock_a_few_minutes_ahead_is_taken_at_its_word() -> None:
    meeting = an_open_meeting()
    observed(meeting, a_person(member_id=ANA), now=56)
    assert [each.interval for each in meeting.presence_of(ANA)] == [span(0, 60)]


def test_a_report_that_was_cut_says_more_when_it_comes_again() -> None:
    meeting = an_open_meeting()
    for now in (40, 40, 90, 91):
        observed(meeting, a_person(member_id=ANA), a_person("p2", BO, stays=[span(0, 9)]), now=now)
    assert len(facts(meeting)) == 2
    assert meeting.minutes_of(ANA).minutes == 60


@pytest.mark.parametrize("closed", [True, False])
def test_a_total_without_times_waits_until_the_meeting_is_over(*, closed: bool) -> None:
    meeting = an_open_meeting(ANA)
    total = a_person("p1", ANA, stays=[], reported_minutes=60)
    with pytest.raises(rules.ArrivalInFuture):
        observed(meeting, total, now=59)
    observed(meeting, total, a_person("p2", BO, stays=[span(0, 30)]), now=59)
    assert meeting.presence_of(ANA) == []
    assert meeting.minutes_of(BO).minutes == 30
    if closed:
        meeting.close(by=JOY, at=at(59))
    observed(meeting, total, now=59 if closed else 60)
    assert any(each.source is Source.TOOL_TOTAL for each in meeting.presence_of(ANA))


def test_reports_in_any_order_give_the_same_presence() -> None:
    first = a_person(member_id=ANA, stays=[span(0, 20)])
    second = a_person(member_id=ANA, stays=[span(15, 60)])
    seen = []
    for order in ((first, second), (second, first)):
        meeting = an_open_meeting()
        for number, person in enumerate(order):
            meeting.observe_presence(
                source=ToolSource.ZOOM, digest=f"report {number}", people=[person], at=at(90)
            )
        seen.append(meeting.minutes_of(ANA))
    assert seen[0] == seen[1]
    assert seen[0].minutes == 60


def test_a_person_can_be_matched_and_the_match_taken_back() -> None:
    meeting = an_open_meeting()
    meeting.observe_presence(source=ToolSource.ZOOM, digest=DIGEST, people=[a_person()], at=at(90))
    assert meeting.minutes_of(ANA).minutes == 0
    meeting.match_observed_person("p1", member_id=ANA, by=JOY, at=at(91))
    assert meeting.minutes_of(ANA).minutes == 60
    meeting.match_observed_person("p1", member_id=ANA, by=JOY, at=at(91))
    meeting.unmatch_observed_person("p1", by=JOY, at=at(92))
    meeting.unmatch_observed_person("p1", by=JOY, at=at(93))
    assert meeting.minutes_of(ANA).minutes == 0
    assert len(facts(meeting)) == 3


def test_two_devices_of_one_person_are_one_person() -> None:
    meeting = an_open_meeting()
    people = [a_person("phone", ANA), a_person("laptop", ANA, stays=[span(10, 30)])]
    meeting.observe_presence(source=ToolSource.ZOOM, digest=DIGEST, people=people, at=at(90))
    assert meeting.minutes_of(ANA).minutes == 60


def test_a_stranger_in_a_report_is_kept_without_a_match() -> None:
    meeting = an_open_meeting()
    meeting.observe_presence(
        source=ToolSource.ZOOM, digest=DIGEST, people=[a_person(member_id=EVE)], at=at(90)
    )
    assert meeting.attendance.knows_person("p1")
    assert meeting.attendance.people_seen() == set()


def test_matching_is_for_known_people_and_the_facilitator() -> None:
    meeting = an_open_meeting()
    with pytest.raises(rules.PersonUnknown):
        meeting.match_observed_person("nobody", member_id=ANA, by=JOY, at=at(91))
    meeting.observe_presence(source=ToolSource.ZOOM, digest=DIGEST, people=[a_person()], at=at(90))
    with pytest.raises(rules.FacilitatorOnly):
        meeting.match_observed_person("p1", member_id=ANA, by=ANA, at=at(91))
    with pytest.raises(rules.NotOnRoster):
        meeting.match_observed_person("p1", member_id=EVE, by=JOY, at=at(91))


def test_a_total_without_times_is_weak_and_never_longer_than_the_meeting() -> None:
    meeting = an_open_meeting()
    person = a_person(member_id=ANA, stays=[], reported_minutes=2**62)
    meeting.observe_presence(source=ToolSource.ZOOM, digest=DIGEST, people=[person], at=at(90))
    presence = meeting.minutes_of(ANA)
    assert (presence.minutes, presence.strength) == (60, EvidenceStrength.WEAK)


@pytest.mark.parametrize("total", [None, 0, 5])
def test_a_total_that_fits_nowhere_is_no_presence(total: int | None) -> None:
    meeting = a_meeting(ends_at=SIX_PM + timedelta(seconds=30))
    person = a_person(member_id=ANA, stays=[], reported_minutes=total)
    meeting.observe_presence(source=ToolSource.ZOOM, digest=DIGEST, people=[person], at=at(90))
    assert meeting.presence_of(ANA) == []


def test_a_negative_total_is_refused() -> None:
    meeting = an_open_meeting()
    with pytest.raises(InvalidFields):
        meeting.observe_presence(
            source=ToolSource.ZOOM,
            digest=DIGEST,
            people=[a_person(reported_minutes=-1)],
            at=at(90),
        )


# Attestation and evaluation


def test_two_witnesses_lift_weak_evidence() -> None:
    meeting = an_open_meeting(ANA, BO, CHIDI)
    meeting.close(by=JOY, at=SEVEN_PM)
    for witness in (BO, BO, CHIDI):
        meeting.attest_presence(by=witness, for_member=ANA, at=at(61))
    assert len(facts(meeting)) == 3
    assert meeting.minutes_of(ANA).strength is EvidenceStrength.MODERATE


def test_nobody_is_their_own_witness() -> None:
    with pytest.raises(rules.AttestsSelf):
        an_open_meeting(ANA).attest_presence(by=ANA, for_member=ANA, at=at(10))


def test_who_was_not_there_is_no_witness() -> None:
    with pytest.raises(rules.AttesterAbsent):
        an_open_meeting(ANA).attest_presence(by=BO, for_member=ANA, at=at(10))


def test_the_first_evaluation_stands() -> None:
    meeting = an_open_meeting(ANA)
    meeting.give_evaluation(ANA, answers={"useful": 4}, at=at(59))
    meeting.give_evaluation(ANA, answers={"useful": 1}, at=at(60))
    assert len(facts(meeting)) == 1
    assert meeting.evaluated == {ANA: at(59)}


@pytest.mark.parametrize(
    "answers",
    [{}, {"useful": 6}, {"useful": 0}, {"What did she say?": 3}, {f"q{n}": 1 for n in range(21)}],
)
def test_an_evaluation_holds_numbers_from_one_to_five_only(answers: dict[str, int]) -> None:
    with pytest.raises(InvalidFields):
        an_open_meeting(ANA).give_evaluation(ANA, answers=answers, at=at(59))


def test_nobody_evaluates_what_has_not_begun() -> None:
    with pytest.raises(rules.NotOpened):
        a_meeting().give_evaluation(ANA, answers={"useful": 4}, at=SIX_PM)


# Setting right


def test_a_correction_stands_beside_what_was_recorded() -> None:
    meeting = an_open_meeting(ANA)
    meeting.close(by=JOY, at=SEVEN_PM)
    meeting.correct_presence(ANA, stays=[span(0, 45)], reason=WHY_ANA, by=JOY, at=at(70))
    assert meeting.presence_of(ANA) == [Stay(span(0, 45), Source.CORRECTION)]
    assert meeting.recorded_presence_of(ANA) == [Stay(span(0, 60), Source.DOOR_CODE, inferred=True)]


def test_nobody_was_there_in_the_future() -> None:
    meeting = an_open_meeting(ANA)
    with pytest.raises(rules.ArrivalInFuture):
        meeting.correct_presence(ANA, stays=[span(0, 45)], reason=WHY_ANA, by=JOY, at=at(44))
    assert meeting.recorded_presence_of(ANA) == meeting.presence_of(ANA)


def test_a_correction_can_say_that_somebody_was_not_there() -> None:
    meeting = an_open_meeting(ANA)
    meeting.correct_presence(ANA, stays=[], reason=WHY_ANA, by=JOY, at=at(70))
    assert meeting.minutes_of(ANA).minutes == 0


def test_a_correction_to_the_same_is_no_second_fact() -> None:
    meeting = an_open_meeting(ANA)
    for stays in ([span(0, 45)], [span(20, 45), span(0, 20)]):
        meeting.correct_presence(ANA, stays=stays, reason=WHY_ANA, by=JOY, at=at(70))
    assert len(facts(meeting)) == 1


def test_a_correction_needs_a_reason_and_the_facilitator() -> None:
    meeting = an_open_meeting(ANA)
    with pytest.raises(InvalidFields):
        meeting.correct_presence(ANA, stays=[], reason=about(ANA, ""), by=JOY, at=at(70))
    with pytest.raises(rules.FacilitatorOnly):
        meeting.correct_presence(ANA, stays=[], reason=WHY_ANA, by=ANA, at=at(70))
    assert facts(meeting) == []


def test_a_reason_about_somebody_else_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="reason"):
        an_open_meeting(ANA).correct_presence(ANA, stays=[], reason=WHY_JOY, by=JOY, at=at(70))


def test_a_voided_meeting_takes_nothing_more() -> None:
    meeting = an_open_meeting(ANA)
    meeting.void(reason=WHY_JOY, by=JOY, at=at(10))
    meeting.void(reason=WHY_JOY, by=JOY, at=at(11))
    assert len(facts(meeting)) == 1
    orders: list[Callable[[], None]] = [
        lambda: meeting.open(by=JOY, at=at(12)),
        lambda: meeting.check_in(BO, method=DOOR, by=BO, at=at(12)),
        lambda: meeting.check_out(ANA, method=DOOR, by=ANA, at=at(12)),
        lambda: meeting.close(by=JOY, at=at(12)),
        lambda: meeting.attest_presence(by=ANA, for_member=BO, at=at(12)),
        lambda: meeting.give_evaluation(ANA, answers={"useful": 4}, at=at(12)),
        lambda: meeting.correct_presence(ANA, stays=[], reason=WHY_ANA, by=JOY, at=at(12)),
        lambda: meeting.observe_presence(
            source=ToolSource.ZOOM, digest=DIGEST, people=[], at=at(12)
        ),
    ]
    for order in orders:
        with pytest.raises(rules.MeetingVoided):
            order()


def test_another_member_can_lead_and_the_former_facilitator_cannot_close() -> None:
    meeting = an_open_meeting(ANA)
    meeting.change_facilitator(ANA, by=JOY, at=at(5))
    with pytest.raises(rules.FacilitatorOnly):
        meeting.close(by=JOY, at=SEVEN_PM)
    meeting.close(by=ANA, at=SEVEN_PM)


def test_a_stranger_does_not_lead() -> None:
    with pytest.raises(rules.NotOnRoster):
        a_meeting().change_facilitator(EVE, by=JOY, at=at(5))


def test_people_present_are_those_with_minutes_in_the_order_of_the_roster() -> None:
    meeting = an_open_meeting(CHIDI, ANA)
    meeting.close(by=JOY, at=SEVEN_PM)
    assert meeting.people_present() == [ANA, CHIDI]


def test_a_meeting_is_the_same_when_its_events_are_read_again() -> None:
    meeting = Meeting.schedule(
        UUID(int=77),
        group_id=UUID(int=1),
        program_id=None,
        title="Monday",
        starts_at=SIX_PM,
        ends_at=SEVEN_PM,
        zone="UTC",
        modality=a_meeting().modality,
        roster=[ANA, BO],
        facilitator_id=JOY,
        at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    meeting.open(by=JOY, at=SIX_PM)
    meeting.check_in(ANA, method=DOOR, by=ANA, at=at(1))
    meeting.check_in(BO, method=ROSTER, by=JOY, at=at(2))
    meeting.begin_turn(BO, by=BO, at=at(3))
    meeting.check_out(ANA, method=DOOR, by=ANA, at=at(50))
    meeting.attest_presence(by=ANA, for_member=BO, at=at(55))
    meeting.close(by=JOY, at=SEVEN_PM)
    again: Any = None
    for event in facts(meeting):
        again = event.mutate(again)
    for each in (ANA, BO, JOY):
        assert again.minutes_of(each) == known(meeting).minutes_of(each)
    assert (again.state, again.version) == (meeting.state, meeting.version)
