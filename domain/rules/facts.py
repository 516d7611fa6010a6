"""What a pack is asked about: one member's attendance at one meeting.

The same shape is read from ``peerhour rules judge --facts FILE.json``, from the cases of a pack and
from a stored meeting, so that a board's own example and a member's hour are judged alike. ``None``
means that nobody knows; a judge then answers "not determined" and never guesses.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from domain.meetings.presence import EvidenceStrength
from domain.values import Interval, Modality


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody in the room: for half of the scheduled meeting or longer, or the member asked about.

    Attributes:
        professions: of the licences held that day; empty where none is known.
        supervisor: whether the person qualifies as a clinical supervisor.
        leads: whether the person leads the meeting and takes no part in it as an equal.
        modality: how the person took part; ``None`` where nobody knows.
    """

    professions: frozenset[str] = frozenset()
    supervisor: bool | None = None
    leads: bool = False
    modality: Modality | None = None


class Series(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The series that a meeting is a part of.

    Attributes:
        parts: how many there are.
        attended: which of them the member attended, this one included, counted from 1.
    """

    parts: int
    attended: frozenset[int]


class Attendance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known about one member at one meeting.

    Attributes:
        meeting: names the meeting.
        title: as announced; some boards read the topic from it.
        scheduled: from when to when it was announced.
        zone: where it took place, an IANA name.
        present: the member's presence inside the scheduled time, sorted and disjoint.
        strength: how well the presence is shown.
        modality: how this member took part.
        own: when the member's own practice was the subject; empty for never.
        me: the member.
        others: the other people who were present.
        facilitated: whether somebody led it who took no part in it as an equal.
        topics: tags of its content.
        program: names the program it belongs to.
        series: the series it is a part of, where it is one.
        syllabus_first: whether its dates and topics were handed out before its first meeting.
        approved_by: bodies whose approval of the provider covers that day and way of meeting;
            empty where nobody vouches.
        checked_out: whether the departure was recorded.
        evaluated: whether the member evaluated the meeting.
        evaluated_at: when; absent where it is not known.
        interactive: whether people could talk with each other.
        post_test_passed: whether a test was passed.
        instruction_minutes: minutes of instruction without breaks, of the whole meeting.
    """

    meeting: str
    scheduled: Interval
    present: tuple[Interval, ...]
    title: str = ""
    zone: str = "UTC"
    strength: EvidenceStrength = EvidenceStrength.STRONG
    modality: Modality | None = None
    own: tuple[Interval, ...] | None = None
    me: Person = Person()
    others: tuple[Person, ...] | None = None
    facilitated: bool | None = None
    topics: tuple[str, ...] = ()
    program: str | None = None
    series: Series | None = None
    syllabus_first: bool | None = None
    approved_by: tuple[str, ...] | None = None
    checked_out: bool | None = None
    evaluated: bool | None = None
    evaluated_at: datetime | None = None
    interactive: bool | None = None
    post_test_passed: bool | None = None
    instruction_minutes: int | None = None

    @property
    def people(self) -> tuple[Person, ...] | None:
        """Everybody who was present, the member first; ``None`` where nobody knows."""
        if self.others is None:
            return None
        me = self.me
        if me.modality is None:  # said once is enough
            me = structs.replace(me, modality=self.modality)
        return (me, *self.others)

    @property
    def day(self) -> date:
        """The local day on which the meeting began."""
        return self.scheduled.from_at.astimezone(ZoneInfo(self.zone)).date()
