"""What an observation means for a membership at a moment: a pure function, so order cannot matter.

The timetable is counted from the day on which the oldest unpaid invoice fell due: 14 days of grace
in which nothing changes, then a narrowed membership through day 45, then it lapses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.memberships.observations import Observation

GRACE_DAYS: Final = 14
LAST_NARROWED_DAY: Final = 45
_PAID: Final = "paid"  # Stripe's words for an invoice of which nothing is open
_VOID: Final = "void"


class MembershipState(StrEnum):
    """Where a membership stands."""

    REQUESTED = "requested"
    TRIAL = "trial"
    ACTIVE = "active"
    GRACE = "grace"
    NARROWED = "narrowed"
    ON_LEAVE = "on_leave"
    LAPSED = "lapsed"


class LapseReason(StrEnum):
    """Why a membership ended."""

    NOT_STARTED = "not_started"
    TRIAL_ENDED = "trial_ended"
    CANCELLED = "cancelled"
    UNPAID = "unpaid"
    DISPUTED = "disputed"
    ENDED_BY_STRIPE = "ended_by_stripe"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a membership stands, and until when.

    Attributes:
        state: the answer.
        through: the last moment that is paid for, or of the trial.
        unpaid_since: from when the days of grace are counted.
        why: why it lapsed.
    """

    state: MembershipState
    through: datetime | None = None
    unpaid_since: datetime | None = None
    why: LapseReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something at Stripe that we do not understand; a person looks, the last answer stands.

    Attributes:
        about: what is not understood: ``status``, ``pause``, ``dates`` or ``customer``.
        said: the word that was not understood, the name of the date that is missing, or the id of a
            customer who is not the account's.
    """

    about: str
    said: str


def narrows_at(unpaid_since: datetime) -> datetime:
    """Return when grace ends: the beginning of day 15."""
    return unpaid_since + timedelta(days=GRACE_DAYS)


def lapses_at(unpaid_since: datetime) -> datetime:
    """Return when an unpaid membership lapses: the end of day 45."""
    return unpaid_since + timedelta(days=LAST_NARROWED_DAY)


def standing_of(observation: Observation, at: datetime) -> Standing | Question:
    """Return what an observation means at a moment.

    Args:
        observation: of the subscription that counts.
        at: when one asks; only the timetable of what is unpaid depends on it.

    Returns:
        The standing, or a question when there is no safe answer: an unknown status, a pause for an
        unknown reason, a date that is missing.
    """
    read = _READERS.get(observation.status)
    if read is None:
        return Question(about="status", said=observation.status)
    return read(observation, at)


def _trial(observation: Observation, _: datetime) -> Standing | Question:
    through = observation.trial_end_at or observation.period_end_at
    return _until(MembershipState.TRIAL, through)


def _active(observation: Observation, _: datetime) -> Standing | Question:
    return _until(MembershipState.ACTIVE, observation.period_end_at)


def _until(state: MembershipState, through: datetime | None) -> Standing | Question:
    if through is None:
        return Question(about="dates", said="period_end_at")
    return Standing(state, through)


def _unpaid(observation: Observation, at: datetime) -> Standing | Question:
    since = observation.unpaid_since
    if since is None:
        return Question(about="dates", said="unpaid_since")
    if at < narrows_at(since):
        return Standing(MembershipState.GRACE, unpaid_since=since)
    if at < lapses_at(since):
        return Standing(MembershipState.NARROWED, unpaid_since=since)
    return Standing(MembershipState.LAPSED, unpaid_since=since, why=LapseReason.UNPAID)


def _paused(observation: Observation, at: datetime) -> Standing | Question:
    match observation.paused_for:
        case "pause_requested":
            return Standing(MembershipState.ON_LEAVE)
        case "first_payment_failure" | "final_payment_failure":
            return _unpaid(observation, at)
        case "trial_end_without_payment_method":
            return _lapsed(LapseReason.TRIAL_ENDED)
        case reason:
            return Question(about="pause", said=reason or "nothing")


def _ended(observation: Observation, at: datetime) -> Standing | Question:
    match observation.ended_for:
        case "payment_failed":  # the timetable is ours: Stripe may give up sooner
            return _given_up(observation, at)
        case "payment_disputed":
            return _lapsed(LapseReason.DISPUTED)
        case _ if _never_left_its_trial(observation):
            return _lapsed(LapseReason.TRIAL_ENDED)
        case "cancellation_requested":
            return _lapsed(LapseReason.CANCELLED)
        case _:
            return _lapsed(LapseReason.ENDED_BY_STRIPE)


def _given_up(observation: Observation, at: datetime) -> Standing | Question:
    """Return what is left when Stripe gave up: what is open, or what was paid for after all."""
    _, status = observation.latest_invoice or ("", "")
    if observation.unpaid_since is not None or status not in {_PAID, _VOID}:
        return _unpaid(observation, at)
    through = observation.period_end_at
    if status == _PAID and (through is None or at < through):
        return _until(MembershipState.ACTIVE, through)
    return _lapsed(LapseReason.ENDED_BY_STRIPE)  # that period is over, or nobody asks for it


def _never_left_its_trial(observation: Observation) -> bool:
    trial, period = observation.trial_end_at, observation.period_end_at
    return trial is not None and period is not None and period <= trial


def _lapsed(why: LapseReason) -> Standing:
    return Standing(MembershipState.LAPSED, why=why)


_READERS: Final[Mapping[str, Callable[[Observation, datetime], Standing | Question]]] = (
    MappingProxyType(
        {
            "trialing": _trial,
            "active": _active,
            "past_due": _unpaid,
            "unpaid": _unpaid,
            "incomplete": lambda _, __: Standing(MembershipState.REQUESTED),
            "incomplete_expired": lambda _, __: _lapsed(LapseReason.NOT_STARTED),
            "paused": _paused,
            "canceled": _ended,
        }
    )
)
