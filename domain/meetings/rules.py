"""The rules of a meeting, each beside the refusal that speaks for it.

Every function looks at plain facts and either returns or refuses; none of them changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.errors import DomainError, InvalidFields, NotAllowed
from domain.values import Interval, local_text

OPENS_BEFORE: Final = timedelta(minutes=15)
ANYBODY_OPENS_AFTER: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=12)
MOST_ANSWERS: Final = 20
ANSWERS: Final = range(1, 6)  # 1 (not at all) to 5 (fully)

_QUESTION: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class MeetingState(StrEnum):
    """Where a meeting stands."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    VOIDED = "voided"


class NotOnRoster(NotAllowed):
    """Somebody who is not expected at the meeting."""

    code = "meeting.not_on_roster"


class FacilitatorOnly(NotAllowed):
    """Only the facilitator or an administrator decides this."""

    code = "meeting.facilitator_only"


class OthersPresence(NotAllowed):
    """Members check themselves in and out, nobody else."""

    code = "meeting.others_presence"


class TooEarly(DomainError):
    """Check-in is not open yet; the refusal says when it opens."""

    code = "meeting.too_early"


class NotOpened(DomainError):
    """Nobody opened the meeting yet."""

    code = "meeting.not_opened"


class MeetingOver(DomainError):
    """The scheduled time is over."""

    code = "meeting.over"


class MeetingClosed(DomainError):
    """The meeting is closed; only a correction changes its record now."""

    code = "meeting.closed"


class MeetingVoided(DomainError):
    """The meeting does not count."""

    code = "meeting.voided"


class MeetingCancelled(DomainError):
    """The meeting does not take place."""

    code = "meeting.cancelled"


class AlreadyBegun(DomainError):
    """What has begun can be closed or voided, but not moved or cancelled."""

    code = "meeting.already_begun"


class NotCheckedIn(DomainError):
    """A check-out needs a check-in."""

    code = "meeting.not_checked_in"


class LeftBeforeArrival(DomainError):
    """A check-out lies before its check-in."""

    code = "meeting.left_before_arrival"


class ArrivalInFuture(DomainError):
    """A device reports a time that has not come yet."""

    code = "meeting.time_in_future"


class AttestsSelf(NotAllowed):
    """Nobody is their own witness."""

    code = "meeting.attests_self"


class AttesterAbsent(NotAllowed):
    """Only somebody who was there can say who was there."""

    code = "meeting.attester_absent"


class PersonUnknown(DomainError):
    """No report of this meeting names this person."""

    code = "meeting.person_unknown"


class BadLength(DomainError):
    """A meeting lasts up to twelve hours."""

    code = "meeting.too_long"


def window(starts_at: datetime, ends_at: datetime) -> Interval:
    """Return the scheduled time.

    Raises:
        BackwardsInterval: it would end before it starts.
        BadLength: it would last more than twelve hours.
    """
    scheduled = Interval(starts_at, ends_at)
    if scheduled.length > LONGEST:
        raise BadLength("A meeting lasts up to twelve hours.")
    return scheduled


def must_lead(by: UUID, facilitator_id: UUID, *, administrator: bool) -> None:
    """Leave this to the facilitator and to administrators."""
    if by != facilitator_id and not administrator:
        raise FacilitatorOnly("Only the facilitator can do this; ask them.")


def must_be_expected(member_id: UUID, roster: Collection[UUID]) -> None:
    """Leave this to the people on the roster of the day."""
    if member_id not in roster:
        raise NotOnRoster(
            "You are not on the roster of this meeting; ask its facilitator.", member_id=member_id
        )


def must_stand(state: MeetingState) -> None:
    """Refuse what makes no sense for a meeting that does not count or take place."""
    if state is MeetingState.VOIDED:
        raise MeetingVoided("This meeting is voided; nothing more is recorded for it.")
    if state is MeetingState.CANCELLED:
        raise MeetingCancelled("This meeting is cancelled; the next one is in your schedule.")


def must_have_been_opened(state: MeetingState) -> None:
    """Refuse what needs a meeting that took place or is taking place."""
    must_stand(state)
    if state is MeetingState.SCHEDULED:
        raise NotOpened("This meeting is not open yet; the facilitator opens it.")


def must_be_open(state: MeetingState) -> None:
    """Refuse what happens only while the meeting is open."""
    must_have_been_opened(state)
    if state is MeetingState.CLOSED:
        raise MeetingClosed(
            "This meeting is closed; ask the facilitator for a correction if something is missing."
        )


def must_not_have_begun(state: MeetingState) -> None:
    """Refuse what happens only before the meeting."""
    must_stand(state)
    if state is not MeetingState.SCHEDULED:
        raise AlreadyBegun("This meeting has begun; it can be closed or voided.")


def must_be_in_time(scheduled: Interval, zone: str, at: datetime) -> None:
    """Refuse arrivals earlier than 15 minutes before the start, or from the end on."""
    opens_at = scheduled.from_at - OPENS_BEFORE
    if at < opens_at:
        raise TooEarly(
            f"You are early: this meeting opens at {local_text(opens_at, zone)}.",
            opens_at=opens_at.isoformat(),
        )
    if at >= scheduled.to_at:
        raise MeetingOver("This meeting is over; ask the facilitator for a correction.")


def may_open(
    by: UUID,
    facilitator_id: UUID,
    roster: Collection[UUID],
    scheduled: Interval,
    at: datetime,
    *,
    administrator: bool,
) -> None:
    """Let the facilitator open, and anybody expected once the facilitator is five minutes late."""
    if by == facilitator_id or administrator:
        return
    must_be_expected(by, roster)
    if at < scheduled.from_at + ANYBODY_OPENS_AFTER:
        raise FacilitatorOnly(
            "The facilitator opens this meeting; five minutes after its start anybody may.",
            anybody_from=(scheduled.from_at + ANYBODY_OPENS_AFTER).isoformat(),
        )


def must_speak_for_self(by: UUID, member_id: UUID) -> None:
    """Let members speak for themselves only."""
    if by != member_id:
        raise OthersPresence("You can check yourself in and out; the facilitator does the rest.")


def must_have_happened(claimed: datetime, at: datetime) -> None:
    """Refuse times from the future, whoever reports them."""
    if claimed > at:
        raise ArrivalInFuture("This time has not come yet; check the date and the clock.")


def must_be_answers(answers: Mapping[str, int]) -> None:
    """Refuse evaluations with anything but known-looking questions and answers 1 to 5.

    There is no free text: an evaluation is no place for words about a client.
    """
    if not 1 <= len(answers) <= MOST_ANSWERS:
        raise InvalidFields(answers="Answer 1 to 20 questions.")
    if not all(_QUESTION.fullmatch(name) for name in answers):
        raise InvalidFields(answers="A question's name has small letters, digits and underscores.")
    if any(answer not in ANSWERS for answer in answers.values()):
        raise InvalidFields(answers="Each answer is a whole number from 1 to 5.")
