"""The letters about dues: every word of them, in one place.

They go to whoever pays, or was paid for, never to a group. They are kind, hold one link, and name
no sum and no card; the subject does not tell what is wrong, because others may see it on a screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.values import zone_named

SUBJECT: Final = "About your membership at Peerhour"


class Letter(StrEnum):
    """Which letter: what it tells, and when it goes."""

    UNPAID = "unpaid"  # the day on which a payment is seen to be missing
    CONFIRM = "confirm"  # the same, where the bank only wants a second factor
    UNPAID_DAY_5 = "unpaid_day_5"
    UNPAID_DAY_12 = "unpaid_day_12"
    NARROWED = "narrowed"  # day 15
    UNPAID_DAY_44 = "unpaid_day_44"
    LAPSED = "lapsed"
    TRIAL_ENDS = "trial_ends"  # three days before
    LEAVE_BEGUN = "leave_begun"
    LEAVE_ENDED = "leave_ended"
    END_ARRANGED = "end_arranged"
    END_LIFTED = "end_lifted"
    SCHOLARSHIP = "scholarship"  # sixty days before its year is over
    SCHOLARSHIP_CARRIED = "scholarship_carried"  # when a wish that waited comes true
    SEAT_FREED = "seat_freed"  # when somebody else frees one's seat


_YOURS: Final = (
    "Your hours, certificates and evidence, your export, your invoices and the way back in stay "
    "yours for ever."
)
_TEXTS: Final[Mapping[Letter, str]] = MappingProxyType(
    {
        Letter.UNPAID: (
            "a payment for {dues} did not go through. That happens, and nothing changes by it: "
            "everything stays open until {narrows}. We try again by ourselves.\n\n"
            "If a new card is needed, this is the place:\n{link}"
        ),
        Letter.CONFIRM: (
            "the bank wants a confirmation for a payment for {dues}: a second factor, such as a "
            "code or a tap on a phone. Nothing is wrong with the card. Everything stays open until "
            "{narrows}.\n\nConfirm it from here:\n{link}"
        ),
        Letter.UNPAID_DAY_5: (
            "a payment for {dues} is still missing. Everything stays open until {narrows}.\n\n"
            "A minute here mends it:\n{link}"
        ),
        Letter.UNPAID_DAY_12: (
            "a payment for {dues} is still missing. Everything stays open until {narrows}; from "
            "then on own groups go on, and new ones wait.\n\nThis mends it:\n{link}"
        ),
        Letter.NARROWED: (
            "a payment for {dues} is still missing, so something changes from today. Own groups go "
            "on as ever, and meetings planned before still take place. Joining or founding a "
            "group and planning further ahead wait until it is paid. Nobody in a group is told "
            "why.\n\nOnce it is paid, everything is open again at once:\n{link}"
        ),
        Letter.UNPAID_DAY_44: (
            "a payment for {dues} is still missing. On {lapses} taking part comes to rest. "
            "Places in groups are kept for 30 days more. {yours}\n\n"
            "This is our last letter about it. Paying is possible here at any time:\n{link}"
        ),
        Letter.LAPSED: (
            "taking part has come to rest for now, and nothing more is charged for {dues}. Places "
            "in groups are kept for 30 days. {yours}\n\nThe door stays open:\n{link}"
        ),
        Letter.TRIAL_ENDS: (
            "your trial ends on {through}. If you gave a card, the first dues are charged on that "
            "day. Without one nothing is charged, and the trial just ends.\n\n"
            "Either way, you decide here:\n{link}"
        ),
        Letter.LEAVE_BEGUN: (
            "your leave has begun. Nothing is charged while you are away, and your places are "
            "kept. Your groups read that you are away, and not why.\n\n"
            "You come back with one click, whenever you like:\n{link}"
        ),
        Letter.LEAVE_ENDED: (
            "welcome back. Your leave is over, your places are where you left them, and dues go "
            "on from today.\n\nWhere things stand:\n{link}"
        ),
        Letter.END_ARRANGED: (
            "as you asked, your membership ends on {ends}, and nothing is charged after it. Until "
            "then everything stays open. {yours}\n\n"
            "If you change your mind, you can stay after all:\n{link}"
        ),
        Letter.END_LIFTED: (
            "your membership goes on: the end that you had asked for is taken back.\n\n"
            "Where things stand:\n{link}"
        ),
        Letter.SCHOLARSHIP: (
            "the year of your scholarship is over on {until}. Is it still right for you? One "
            "click answers, and nobody asks for papers or reasons. If no answer comes, it ends by "
            "itself 30 days after that day.\n\nAnswer here:\n{link}"
        ),
        Letter.SCHOLARSHIP_CARRIED: (
            "the scholarship that you asked for is there: a fund carries that part of your dues "
            "until {until}. It is taken off by itself, and there is nothing to do. Nobody in a "
            "group is told.\n\nWhere things stand:\n{link}"
        ),
        Letter.SEAT_FREED: (
            "the seat that {practice} paid for you is free again. If nothing else carries your "
            "taking part, it rests now, and places in groups are kept for 30 days. {yours}\n\n"
            "Where you stand, and how you go on with a membership of your own:\n{link}"
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a letter may mention.

    Attributes:
        link: the one link.
        practice: the name of the practice that pays, or paid; empty for somebody's own dues.
        narrows: when new beginnings wait; *lapses*, when taking part rests.
        through: the trial's last day.
        ends: when the membership ends as asked.
        until: the last day of a scholarship's year.
    """

    link: str
    practice: str = ""
    narrows: datetime | None = None
    lapses: datetime | None = None
    through: datetime | None = None
    ends: datetime | None = None
    until: datetime | None = None


def text_of(letter: Letter, facts: Facts, *, zone: str) -> str:
    """Return the words of a letter.

    Args:
        letter: which.
        facts: those that this letter mentions are not ``None``.
        zone: IANA name of the place whose days its reader counts in.
    """
    place = zone_named(zone)
    dues = f"the seats of {facts.practice}" if facts.practice else "your membership"
    words = _TEXTS[letter].format(
        link=facts.link,
        dues=dues,
        practice=facts.practice,
        yours=_YOURS,
        narrows=_day(facts.narrows, place),
        lapses=_day(facts.lapses, place),
        through=_day(facts.through, place),
        ends=_day(facts.ends, place),
        until=_day(facts.until, place),
    )
    return f"Hello,\n\n{words}\n\nYour Peerhour\n"


def _day(at: datetime | None, place: tzinfo) -> str:
    if at is None:
        return ""
    day = at.astimezone(place)
    return f"{day.day} {day:%B %Y}"
