"""What the JSON API says and hears about plans: titles, programs, regrets, series, the corridor.

As everywhere in the API, names and types are a public contract, and bodies refuse unknown fields.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Kept(msgspec.Struct, kw_only=True):
    """Something is kept outside the record: it has an id, and no position in the log."""

    id: UUID


class TitleBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Another title for a meeting that has not begun."""

    title: Line


class ProgramBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The program to follow; ``null`` for none."""

    program_id: UUID | None


class RegretBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """I cannot come; *starts_at* is when you were told that it begins, to notice that it moved."""

    starts_at: datetime | None = None


class LeadBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who led: ``peers`` (nobody), a ``member`` of the roster, or an ``outsider``.

    A member is told by *member_id*; somebody from outside by *name*, *profession* (in the words of
    the rules in use), *qualification*, and whether they qualify as a clinical *supervisor*.
    """

    led_by: str
    member_id: UUID | None = None
    name: Annotated[str, msgspec.Meta(max_length=300)] = ""
    profession: Annotated[str, msgspec.Meta(max_length=100)] = ""
    qualification: Annotated[str, msgspec.Meta(max_length=300)] = ""
    supervisor: bool | None = None


class PartBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which part of which series a meeting is; *series_id* ``null`` takes it out of its series."""

    series_id: UUID | None
    part: int | None = None


class SeriesBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Meetings that belong together, by title and how many there are."""

    title: Line
    parts: int


class SyllabusBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The day on which everybody got the dates and topics of a series."""

    day: date


class Part(msgspec.Struct, kw_only=True):
    """A part of a series, counted from 1, and the meeting that it is, if one is."""

    part: int
    meeting_id: UUID | None


class Series(msgspec.Struct, kw_only=True):
    """A series of a group; *syllabus_on* is empty where nobody recorded the day."""

    series_id: UUID
    title: str
    parts: list[Part]
    syllabus_on: date | None


class Word(msgspec.Struct, kw_only=True):
    """A word between meetings; *text* is empty once it was removed, which *removed* says."""

    word_id: UUID
    author_id: UUID
    author: str
    only_for: UUID | None
    just_listen: bool
    written_at: datetime
    fades_at: datetime
    text: str
    removed: bool


class Corridor(msgspec.Struct, kw_only=True):
    """What the signed-in member reads between meetings, oldest first, and whom they may write to.

    *to_group* says whether the whole group can be written to, *to_members* who alone.
    """

    words: list[Word]
    to_group: bool
    to_members: list[UUID]


class WordBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A word for the group, or with *to* for one member alone."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    just_listen: bool = False
    to: UUID | None = None
