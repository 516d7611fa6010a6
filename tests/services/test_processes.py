"""Process managers are pure: the same event calls for the same commands, others for none."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from domain.base import Root
from domain.credits.ledger import CreditLedger
from domain.event_registry import EVENTS
from domain.meetings.meeting import Meeting
from domain.members.member import Member
from domain.recording import Cause, Recorded
from services.bootstrap import PROCESSES
from services.certificates.issuing import SettleCertificate, SettleUndrawn
from services.credits.judging import JudgeMeeting, ledger_id_of
from services.process_runner import Process
from services.processes import judge_meetings, settle_certificates
from tests.support.builders import ANA, MEETING, SIX_PM
from tests.support.every_event import STORIES

_NAMED = (Member.NameCorrected, Member.SpelledForPapers)
NAMES = [each.NAME for each in PROCESSES]


def recorded(event: Root.Event, position: int = 7) -> Recorded:
    return Recorded(position, event, Cause(UUID(int=1)), SIX_PM)


def all_recorded() -> Iterator[Recorded]:
    return (recorded(event) for story in STORIES for event in story())


@pytest.mark.parametrize("process", PROCESSES, ids=NAMES)
def test_the_same_event_calls_for_the_same_commands_wherever_it_stands(process: Process) -> None:
    for each in all_recorded():
        later = recorded(each.event, position=8)
        assert process.react(each) == process.react(each) == process.react(later)


@pytest.mark.parametrize("process", PROCESSES, ids=NAMES)
def test_a_process_reacts_to_the_topics_it_names_and_to_no_other(process: Process) -> None:
    for each in all_recorded():
        reacts = bool(process.react(each))
        assert reacts == (type(each.event).TOPIC in process.TOPICS), type(each.event).TOPIC


@pytest.mark.parametrize("process", PROCESSES, ids=NAMES)
def test_every_topic_a_process_names_is_that_of_an_event(process: Process) -> None:
    assert set(process.TOPICS) <= set(EVENTS)


def test_whatever_changes_what_a_meeting_shows_has_it_judged_again() -> None:
    assert set(judge_meetings.TOPICS) >= {
        Meeting.Closed.TOPIC,
        Meeting.EvaluationGiven.TOPIC,
        Meeting.PresenceCorrected.TOPIC,
        Meeting.PresenceObserved.TOPIC,
        Meeting.Voided.TOPIC,
    }
    ordered = [command for each in all_recorded() for command in judge_meetings.react(each)]
    assert JudgeMeeting(meeting_id=MEETING) in ordered


def test_every_change_of_an_award_has_its_certificate_settled() -> None:
    for each in all_recorded():
        event = each.event
        if isinstance(event, CreditLedger.Awarded | CreditLedger.Adjusted | CreditLedger.Withdrawn):
            assert settle_certificates.react(each) == [
                SettleCertificate(ledger_id=event.originator_id, award_id=event.award_id)
            ]


def test_a_name_that_changes_settles_what_was_never_drawn() -> None:
    named = [each for each in all_recorded() if isinstance(each.event, _NAMED)]
    assert {type(each.event) for each in named} == set(_NAMED)
    for each in named:
        assert settle_certificates.react(each) == [SettleUndrawn(ledger_id=ledger_id_of(ANA))]


def test_a_judgement_is_ordered_for_the_meeting_the_event_is_about() -> None:
    for each in all_recorded():
        for command in judge_meetings.react(each):
            assert command == JudgeMeeting(meeting_id=each.event.originator_id)
