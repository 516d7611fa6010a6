"""What people read where the record holds a name of a state, an amount or a number of a licence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from domain.money import currencies
from domain.personal import ERASED
from domain.rules.explain import of_unit, plain
from domain.values import Money
from projections.schedule.queries import GroupRow

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH: Final = ("", "", "second ", "third ", "fourth ", "fifth ", "sixth ")
_LICENCE: Final = re.compile(r"(?P<kind>.+?), (?P<where>\S+) (?P<number>.+)", re.DOTALL)

STRENGTH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "strong": "strong: two kinds of sources agree",
        "moderate": "moderate: one source, or a reasoned correction",
        "weak": "weak: a total, a late report, or sources that differ",
        "none": "none: no source shows presence",
    }
)
STYLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "case_consultation": "Case consultation",
        "intervision": "Intervision",
        "balint": "Balint group",
        "reading": "Reading group",
        "reflective": "Reflective practice",
        "peer_supervision": "Peer supervision",
    }
)
MODALITY: Final[Mapping[str, str]] = MappingProxyType(
    {"in_room": "in person", "live_video": "by live video", "phone": "by telephone"}
)
MEETING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "scheduled": "planned",
        "open": "open now",
        "closed": "over",
        "cancelled": "called off",
        "voided": "does not count",
    }
)
_NO_LETTERS: Final = (
    "This certificate has no paper: a name on it has letters that papers cannot print. The page "
    "You tells its holder which, and there they say how papers write their name. A new "
    "certificate is drawn at once then, and trying this one again takes it off the list."
)
STUCK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "paper.character_without_font": _NO_LETTERS,
        "paper.script_not_supported": _NO_LETTERS,
    }
)
METHOD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "door_code": "by the code in the room",
        "roster": "by the facilitator's roster",
        "offline": "noted by a device without signal",
    }
)
REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "meeting.wrong_door_code": "tried a code that was not on the wall",
        "meeting.too_early": "tried before the door opened",
        "meeting.not_opened": "tried before the door opened",
        "meeting.over": "tried after the hour was over",
        "meeting.closed": "tried after the meeting was closed",
    }
)
REASON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attendance_corrected": "the attendance was corrected",
        "identity_corrected": "the holder's name was corrected",
        "issued_in_error": "it was issued in error",
        "provider_approval_lapsed": "the provider's approval did not cover it",
        "fraud": "fraud",
        "at_holders_request": "the holder asked for it",
    }
)
CLAIM: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ready": "ready to send",
        "submitted": "sent",
        "paid": "paid",
        "reduced": "paid in part",
        "denied": "not paid",
        "correction_pending": "corrected, to be sent again",
        "set_aside": "set aside, never sent",
    }
)
SET_ASIDE_FOR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "prepared_in_error": "it was prepared in error",
        "paid_elsewhere": "somebody else pays for it",
        "member_does_not_want_it": "the member does not want it",
        "member_forgotten": "the member was forgotten here",
        "not_certified": "what it asks for is not certified any more",
    }
)
ANSWER_CORRECTION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kept_wrongly": "We kept it wrongly: the payer said something else",
        "reversed_by_payer": "The payer reversed it, and answered anew",
    }
)
TOOL: Final[Mapping[str, str]] = MappingProxyType(
    {"zoom": "Zoom", "teams": "Teams", "webhook": "the meeting tool"}
)

SET_ASIDE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_group": "from rooms that no group is linked to",
        "no_meeting": "from hours in which no meeting was planned",
    }
)


def amount(value: Decimal) -> str:
    """Return a number without zeros that say nothing: ``1.5``, ``0.97``, ``2``."""
    return plain(value)


def units(value: Decimal, unit_name: str) -> str:
    """Return an amount with its unit's full name, never the bare number.

    ``1.5`` and ``credit hour of 50 minutes`` give ``1.5 credit hours of 50 minutes``.
    """
    return of_unit(value, unit_name)


def plain_money(cents: int, currency: str) -> str:
    """Return minor units as a form takes them: ``1234.50``."""
    return currencies.plain(Money(cents, currency))


def money(cents: int, currency: str) -> str:
    """Return minor units as people write them: ``1,234.50 USD``."""
    return currencies.written(Money(cents, currency))


def minutes(seconds: int) -> str:
    """Return a length in whole minutes, rounded down as credit is."""
    many = seconds // 60
    return f"{many} minute" if many == 1 else f"{many} minutes"


def clock(at: time) -> str:
    """Return a wall clock time: ``6:30 PM``."""
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"  # noqa: PLR2004 - noon


def rhythm(group: GroupRow) -> str:
    """Return when a group meets: ``Every second Monday at 6:30 PM, 60 minutes``."""
    weeks = group.every_weeks
    day = DAYS[group.weekday]
    begin = f"Every {_NTH[weeks]}{day}" if weeks < len(_NTH) else f"A {day} every {weeks} weeks"
    return f"{begin} at {clock(group.local_time)}, {group.minutes} minutes"


def masked_licence(licence: str) -> str:
    """Return a licence for everybody's eyes: kind, place and at most the last four characters.

    A board has the number and compares its end; a stranger does not learn it here. A short number
    shows no more than half of itself.
    """
    found = _LICENCE.fullmatch(licence)
    if licence == ERASED or not licence:
        return licence
    if found is None:
        return "recorded, not shown here"
    number = found["number"]
    last = number[-min(4, len(number) // 2) :] if len(number) > 1 else ""
    return f"{found['kind']}, {found['where']}, number ending in {last}"


def topic(name: str) -> str:
    """Return an event's topic as words: ``meeting: checked in``."""
    noun, _, fact = name.removeprefix("peerhour.").partition(".")
    return f"{noun}: {fact}".replace("_", " ")
