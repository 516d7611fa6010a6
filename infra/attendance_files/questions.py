"""The catalogue of questions: what a file leaves open, in a sentence for a person.

Codes are a public contract and never change once released.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from infra.attendance_files.model import Doubt, Question

ZONE_MISSING: Final = "zone_missing"
DATE_ORDER_AMBIGUOUS: Final = "date_order_ambiguous"
DATE_MISSING: Final = "date_missing"
HOUR_TWICE: Final = "hour_twice"
HOUR_NEVER: Final = "hour_never"
SEVERAL_MEETINGS: Final = "several_meetings"
FEWER_PEOPLE: Final = "fewer_people_than_reported"
ONE_NAME_TWO_ADDRESSES: Final = "one_name_two_addresses"
TWO_DEVICES_AT_ONCE: Final = "two_devices_at_once"
DEVICE_WITHOUT_ADDRESS: Final = "device_without_address"
CALLER_WITHOUT_NAME: Final = "caller_without_name"
BOT_PRESENT: Final = "bot_present"
TOTALS_WITHOUT_TIMES: Final = "totals_without_times"
OPEN_STAY: Final = "open_stay"
LEAVE_WITHOUT_JOIN: Final = "leave_without_join"
GAPS_UNKNOWN: Final = "gaps_unknown"
MINUTES_DISAGREE: Final = "minutes_disagree"
WAITING_ROOM: Final = "waiting_room"
PRESENCE_NOT_STATED: Final = "presence_not_stated"

# In the order in which answers help: what stops all times first, then single people.
TEXTS: Final[dict[str, str]] = {
    ZONE_MISSING: "The file does not say in which time zone its times are. Which zone is it?",
    DATE_ORDER_AMBIGUOUS: (
        "Every date in the file can be read month first or day first. Which one is it?"
    ),
    DATE_MISSING: "The file shows times of day, but no single date. On which day was this meeting?",
    HOUR_TWICE: (
        "On this night the clocks go back, and the hour exists twice. Which of the two is meant?"
    ),
    HOUR_NEVER: (
        "On this night the clocks go forward, and the hour does not exist. Is the zone right?"
    ),
    SEVERAL_MEETINGS: "The file covers several meetings. Which one do you mean?",
    FEWER_PEOPLE: "The file announces more people than it lists. Is something missing?",
    ONE_NAME_TWO_ADDRESSES: (
        "The same name comes with two addresses. Are these two people, or one with two addresses?"
    ),
    TWO_DEVICES_AT_ONCE: (
        "The same name is in the room twice at once, without an address. Is it one person?"
    ),
    DEVICE_WITHOUT_ADDRESS: "A device joined without an address. Whose is it?",
    CALLER_WITHOUT_NAME: "Somebody called in without a name. Who was it?",
    BOT_PRESENT: "A note-taking service was in the room. Did everybody know?",
    TOTALS_WITHOUT_TIMES: (
        "The file gives only totals, without times. Is there a report with joining and leaving?"
    ),
    OPEN_STAY: "There is a joining without a leaving. When did it end?",
    LEAVE_WITHOUT_JOIN: "There is a leaving without a joining. When did it begin?",
    GAPS_UNKNOWN: (
        "Only the first joining and the last leaving are known, with breaks in between. "
        "When were the breaks?"
    ),
    MINUTES_DISAGREE: "The times and the minutes in the file disagree. Which are right?",
    WAITING_ROOM: (
        "Time in the waiting room is not counted. Was this person let into the meeting?"
    ),
    PRESENCE_NOT_STATED: "The file lists a name without times and without minutes. Were they here?",
}


def ask(doubts: Iterable[Doubt]) -> tuple[Question, ...]:
    """Turn doubts into one question per code, in the catalogue's order, names sorted."""
    people: dict[str, set[str]] = {}
    for doubt in doubts:
        names = people.setdefault(doubt.code, set())
        if doubt.name:
            names.add(doubt.name)
    return tuple(
        Question(code=code, text=text, people=tuple(sorted(people[code])))
        for code, text in TEXTS.items()
        if code in people
    )
