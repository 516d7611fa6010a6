"""The forms of a meeting."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar.datastructures import FormMultiDict

from domain.groups.rhythms import instant_of
from domain.values import Interval
from services.web.forms.reading import Field, Filled, Form, Unusable
from services.web.forms.values import (
    calendar_day,
    identifier,
    local_time,
    one_of,
    ticked,
    whole_number,
)

_CODE_LENGTH: Final = 6
_LONG_BEFORE: Final = timedelta(hours=12)  # nobody comes so early; it is the next day's clock
_QUESTIONS: Final = (
    ("content_met_objectives", "Did the hour do what it was for?"),
    ("facilitation", "Was it led well?"),
    ("useful_for_practice", "Will it be of use in your work?"),
)
_WHEN: Final = "Write when, or tick the box above."
_SCALE: Final = tuple((str(value), str(value)) for value in range(1, 6))


def six_digits(text: str) -> str:
    """Accept a door code with spaces, hyphens or digits of any script."""
    code = "".join(
        str(unicodedata.decimal(each, -1))
        for each in text
        if not each.isspace() and unicodedata.category(each) != "Pd"
    )
    if len(code) != _CODE_LENGTH or "-" in code:
        raise Unusable("The code has six digits.")
    return code


CODE_FORM: Final = Form(
    Field(
        name="door_code",
        label="Code in the room",
        hint="Six digits. You can paste them.",
        parse=six_digits,
        missing="Write the six digits that the room shows.",
        inputmode="numeric",
        longest=20,
    ),
)
EVALUATION_FORM: Final = Form(
    *(
        Field(
            name=name,
            label=label,
            parse=whole_number(1, 5),
            missing="Choose a number.",
            kind="scale",
            choices=_SCALE,
        )
        for name, label in _QUESTIONS
    )
)
MARK_FORM: Final = Form(
    Field(name="member_id", label="Who", parse=identifier, kind="hidden"),
    Field(name="to", label="State", parse=one_of({"here", "left"}), kind="hidden"),
)
WHO_FORM: Final = Form(
    Field(name="member_id", label="Who", parse=identifier, missing="Choose somebody."),
)
MATCH_FORM: Final = Form(
    Field(name="person_key", label="Person in the report", kind="hidden", longest=500),
    Field(name="member_id", label="Member", parse=identifier, required=False),
    Field(name="take_back", label="Take the match back", parse=ticked, required=False),
)
REASON_FORM: Final = Form(
    Field(
        name="reason",
        label="Why",
        hint="A sentence. Say nothing about a client.",
        missing="Write why, in a sentence.",
        kind="textarea",
        longest=500,
    ),
)
CANCEL_FORM: Final = Form(
    Field(
        name="reason",
        label="Why",
        hint="A sentence for the others. Say nothing about a client.",
        missing="Write why, in a sentence.",
        kind="textarea",
        longest=500,
    ),
)
TITLE_FORM: Final = Form(
    Field(
        name="title",
        label="Title",
        hint="It stands on certificates, and some boards read the topic from it.",
        missing="Give it a title.",
    ),
)
MOVE_FORM: Final = Form(
    Field(name="day", label="Day", parse=calendar_day, kind="date", missing="Choose a day."),
    Field(name="time", label="Begins at", parse=local_time, kind="time", missing="Choose a time."),
    Field(
        name="minutes",
        label="Minutes",
        parse=whole_number(1, 720),
        inputmode="numeric",
        missing="Say how long it lasts.",
    ),
)
CORRECTION_FORM: Final = Form(
    Field(
        name="absent", label="They were not there", parse=ticked, kind="checkbox", required=False
    ),
    Field(name="came", label="Came at", parse=local_time, kind="time", missing=_WHEN),
    Field(name="left", label="Left at", parse=local_time, kind="time", missing=_WHEN),
    Field(name="came_again", label="Came back at", parse=local_time, kind="time", required=False),
    Field(name="left_again", label="Left again at", parse=local_time, kind="time", required=False),
    *REASON_FORM.fields.values(),
)


def correction_of(
    stays: Sequence[tuple[datetime, datetime | None]], zone: str, *, corrected: bool
) -> Filled:
    """Return the form about a presence, filled with the stays that count now.

    Args:
        stays: from when to when; the last one may still go on.
        zone: where people meet.
        corrected: whether they are a correction's; one without stays says they were not there.
    """
    names = (("came", "left"), ("came_again", "left_again"))
    known = {
        name: _on_the_wall(at, zone)
        for fields, stay in zip(names, stays, strict=False)
        for name, at in zip(fields, stay, strict=True)
        if at is not None
    }
    absent = "on" if corrected and not stays else None
    return CORRECTION_FORM.blank(absent=absent, **known)


def plan_of(starts_at: datetime, ends_at: datetime, zone: str) -> Filled:
    """Return the form that moves a meeting, filled with when it is planned."""
    local = starts_at.astimezone(ZoneInfo(zone))
    return MOVE_FORM.blank(
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        minutes=(ends_at - starts_at) // timedelta(minutes=1),
    )


def planned_times(form: Filled, zone: str) -> tuple[datetime, datetime]:
    """Return from when to when an hour is planned, by its fields day, time and minutes.

    Args:
        form: could be read.
        zone: where people meet; the day and the time are on its wall.
    """
    starts_at = instant_of(datetime.combine(form["day"], form["time"]), ZoneInfo(zone))
    return starts_at, starts_at + timedelta(minutes=form["minutes"])


def plan_faults(form: Filled, zone: str, now: datetime) -> dict[str, str]:
    """Return why an hour cannot be planned as the form says, by field; nothing if it can.

    Args:
        form: could be read.
        zone: where people meet.
        now: the moment.
    """
    starts_at, ends_at = planned_times(form, zone)
    if starts_at.astimezone(ZoneInfo(zone)).time() != form["time"]:
        return {"time": "On this night the clocks jump over that time. Choose another one."}
    if ends_at <= now:
        return {"day": "This time is over. Choose one that comes."}
    return {}


def who_leads(people: Sequence[tuple[UUID, str]]) -> Form:
    """Return the form that asks which of these people leads from now on."""
    return Form(
        Field(
            name="member_id",
            label="Who leads",
            parse=identifier,
            kind="radio",
            choices=[(str(member_id), name) for member_id, name in people],
            missing="Choose who leads.",
        ),
    )


def read_correction(sent: FormMultiDict) -> Filled:
    """Return a correction as it was sent; somebody who was not there has no times to be asked."""
    form = CORRECTION_FORM.read(sent)
    if not form.words("absent"):
        return form
    times = ("came", "left", "came_again", "left_again")
    errors = {name: words for name, words in form.errors.items() if name not in times}
    return replace(form, errors=errors)


def stays_of(form: Filled, starts_at: datetime, zone: str) -> tuple[list[Interval], dict[str, str]]:
    """Return the stays a correction states, and what is wrong with them by field.

    Times are on the wall where people meet, on the day of the meeting. Since an hour may cross
    midnight, a coming long before the meeting, or a leaving before its coming, is on the next day.
    In an hour that the clocks repeat, the coming is the one nearer to the meeting's beginning, and
    the leaving the first one after it.

    Args:
        form: a correction that could be read.
        starts_at: when the meeting begins.
        zone: where people meet.
    """
    if form.words("absent"):
        return [], {}
    errors: dict[str, str] = {}
    stays: list[Interval] = []
    for came, left in (("came", "left"), ("came_again", "left_again")):
        if form[came] is None and form[left] is None:
            continue
        if form[came] is None or form[left] is None:
            errors[came if form[came] is None else left] = "Write both times, or neither."
            continue
        stay = _stay(starts_at, form[came], form[left], ZoneInfo(zone))
        if stay is None or (form[came] == form[left] and stay.length > _LONG_BEFORE):
            errors[left] = "Leaving is later than coming."
            continue
        stays.append(stay)
    return stays, errors


def _on_the_wall(at: datetime, zone: str) -> str:
    """Return the time a clock shows where people meet: ``18:30``."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def _stay(starts_at: datetime, came: time, left: time, zone: ZoneInfo) -> Interval | None:
    day = starts_at.astimezone(zone).date()
    if starts_at - instant_of(datetime.combine(day, came), zone) > _LONG_BEFORE:
        day += timedelta(days=1)
    from_at = min(_readings(day, came, zone), key=lambda at: abs(at - starts_at))
    days = [day] if left > came else [day, day + timedelta(days=1)]
    leavings = [at for each in days for at in _readings(each, left, zone) if at > from_at]
    return Interval(from_at, leavings[0]) if leavings else None  # none in an hour spring leaves out


def _readings(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """Return when the clock on the wall shows a time: twice in the hour that autumn repeats."""
    local = datetime.combine(day, clock)
    first = instant_of(local, zone)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return [first, second] if second > first else [first]
