"""The forms of a group."""

from __future__ import annotations

from typing import Final

from domain.groups.rhythms import Rhythm
from domain.values import Modality
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import (
    LONGEST_ADDRESS,
    calendar_day,
    email,
    local_time,
    one_of,
    whole_number,
)
from services.web.words import record as words

MINUTES: Final = Field(
    name="minutes",
    label="Minutes",
    parse=whole_number(1, 720),
    inputmode="numeric",
    missing="Say how long it lasts.",
)
PLAN_FORM: Final = Form(
    Field(
        name="title", label="Title", hint="It stands on certificates.", missing="Give it a title."
    ),
    Field(name="day", label="Day", parse=calendar_day, kind="date", missing="Choose a day."),
    Field(name="time", label="Begins at", parse=local_time, kind="time", missing="Choose a time."),
    MINUTES,
    Field(
        name="modality",
        label="How you meet",
        parse=one_of(tuple(Modality)),
        kind="radio",
        choices=tuple((value, text.capitalize()) for value, text in words.MODALITY.items()),
        missing="Choose how you meet.",
    ),
)
ADMIT_FORM: Final = Form(
    Field(
        name="email",
        label="Email address of a member",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address they sign in with.",
    ),
)
REMOVE_FORM: Final = Form(
    Field(
        name="reason",
        label="Why",
        hint="A sentence, as you tell it to them. Say nothing about a client.",
        missing="Write why, in a sentence.",
        kind="textarea",
        longest=500,
    ),
)
RHYTHM_FORM: Final = Form(
    Field(
        name="weekday",
        label="Day of the week",
        parse=whole_number(0, 6),
        kind="select",
        choices=tuple((str(number), name) for number, name in enumerate(words.DAYS)),
        missing="Choose a day.",
    ),
    Field(name="time", label="Begins at", parse=local_time, kind="time", missing="Choose a time."),
    MINUTES,
    Field(
        name="every_weeks",
        label="Every how many weeks",
        hint="1 is every week, 2 every second week.",
        parse=whole_number(1, 26),
        inputmode="numeric",
        missing="Say every how many weeks.",
    ),
    Field(
        name="starts_on",
        label="From this day on",
        hint="The first hour is on the first such weekday from then on.",
        parse=calendar_day,
        kind="date",
        missing="Choose a day.",
    ),
)


def rhythm_form(rhythm: Rhythm) -> Filled:
    """Return the form about a rhythm, filled with what it is now."""
    return RHYTHM_FORM.blank(
        weekday=rhythm.weekday,
        time=f"{rhythm.local_time:%H:%M}",
        minutes=rhythm.minutes,
        every_weeks=rhythm.every_weeks,
        starts_on=rhythm.starts_on.isoformat(),
    )


def rhythm_of(form: Filled, zone: str) -> Rhythm:
    """Return the rhythm that a form states, on the clock of *zone*.

    Raises:
        InvalidFields: it is none.
    """
    return Rhythm(
        weekday=form["weekday"],
        local_time=form["time"],
        every_weeks=form["every_weeks"],
        zone=zone,
        minutes=form["minutes"],
        starts_on=form["starts_on"],
    )
