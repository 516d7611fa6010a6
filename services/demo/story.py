"""The seeded story: a small group, an hour behind it and an hour ahead, all of it invented.

Plays through the same commands as everybody else. Run twice it changes nothing: every id and every
command id is derived from the story.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from domain.groups.rhythms import Rhythm
from domain.meetings.attendance import CheckInMethod
from domain.meetings.presence import EvidenceStrength
from domain.members.member import Role
from domain.values import Modality, Style
from services import providers
from services.claims import commands as claims
from services.demo.corridor import leave_words
from services.dispatch import Dispatcher, Order
from services.groups import commands as groups
from services.house import House
from services.meetings import commands as meetings
from services.members import commands as members

STORY: Final = UUID("5ca1ab1e-0000-4000-8000-000000000000")
ZONE: Final = "America/Denver"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the story."""

    key: str
    name: str
    mail: str
    profession: str
    jurisdiction: str
    number: str

    @property
    def id(self) -> UUID:
        """Return the person's id."""
        return uuid5(STORY, f"member:{self.key}")


CAST: Final = (
    Person("joy", "Joy Okafor", "joy@example.org", "psychology", "US-CA", "PSY 41001"),
    Person("ana", "Nguyễn Thị Ánh", "ana@example.org", "counseling", "US-MD", "LC 22002"),
    Person("bo", "Søren Ægir", "bo@example.org", "psychology", "US-CA", "PSY 41003"),
    Person("chidi", "Chidi Anozie", "chidi@example.org", "social_work", "US-CO", "LCSW 9004"),
)
ADMIN: Final = Person("priyanka", "Priyanka Rao", "priyanka@example.org", "", "", "")

PROVIDER: Final = uuid5(STORY, "provider")
PROGRAM: Final = uuid5(STORY, "program")
GROUP: Final = uuid5(STORY, "group")
PAYER: Final = uuid5(STORY, "payer")
RHYTHM: Final = Rhythm(1, time(18, 30), 1, ZONE, 60, date(2026, 1, 6))


@dataclass(frozen=True, slots=True)
class Played:
    """What the story left behind.

    Attributes:
        past: the meeting that was held.
        tonight: the meeting that is about to begin.
        month: first and last day of the month of the past meeting, where it took place.
    """

    past: UUID
    tonight: UUID
    month: tuple[date, date]


async def play(house: House) -> Played:
    """Play the story up to now; the clock of the house says when that is."""
    story = _Story(house)
    await story.people()
    await story.offer()
    await story.group()
    await story.payer()
    past = await story.hour_behind_us()
    await story.words_since()
    return Played(past, await story.tonight(), story.month)


async def introduce(house: House, person: Person, dispatch: Dispatcher) -> None:
    """Register somebody with their licence, if they are not known already."""
    await house.vault.keep_mail(person.id, person.mail)
    await dispatch(
        members.RegisterMember(member_id=person.id, name_on_papers=person.name),
        _once(f"register:{person.key}"),
    )
    if not person.profession:
        return
    await dispatch(
        members.AddLicence(
            member_id=person.id,
            licence_id=uuid5(STORY, f"licence:{person.key}"),
            profession=person.profession,
            jurisdiction=person.jurisdiction,
            number=person.number,
            valid_from=date(2024, 1, 1),
            valid_until=date(2039, 12, 31),  # the same whenever the story is told
        ),
        _once(f"licence:{person.key}"),
    )


class StoryClock:
    """Tells the time of the story."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time of the story, in UTC."""
        return self.at


class _Story:
    def __init__(self, house: House) -> None:
        self._house = house
        self._now = house.clock.now()
        # The last hour of the rhythm that is over by now; everything before it led up to it.
        over = self._now - timedelta(hours=1, minutes=5)
        self._past = RHYTHM.occurrences(after=over - timedelta(days=14), many=3)
        self._past = [start for start in self._past if start <= over]
        self._held = self._past[-1]
        self._clock = StoryClock(self._held - timedelta(days=10))
        self._dispatch = house.dispatch.at(self._clock)

    @property
    def month(self) -> tuple[date, date]:
        """First and last day of the month of the past meeting."""
        day = self._held.astimezone(ZoneInfo(ZONE)).date()
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    async def people(self) -> None:
        for person in (*CAST, ADMIN):
            await introduce(self._house, person, self._dispatch)
        await self._do(
            "administrator",
            members.GrantRole(member_id=ADMIN.id, role=Role.ADMINISTRATOR, by=members.HOUSE),
        )

    async def offer(self) -> None:
        await self._do(
            "provider",
            providers.RegisterProvider(
                provider_id=PROVIDER,
                name="Lamplight Continuing Education (invented)",
                address="12 Invented Street, Denver, CO 80200",
                contact="papers@lamplight.example",
                authorising_name="Marguerite Invented",
                authorising_role="Director of continuing education",
            ),
        )
        await self._do(
            "approval",
            providers.RecordApproval(
                provider_id=PROVIDER,
                approval_id=uuid5(STORY, "approval"),
                body="Board of Invented Examples",
                number="EX-0001",
                statement=(
                    "Lamplight is approved by the Board of Invented Examples to offer live "
                    "continuing education. This is a demonstration; no real body approved it."
                ),
                responsibility_statement=(
                    "Lamplight maintains sole responsibility for this program and its content."
                ),
                valid_from=date(2024, 1, 1),
                valid_until=None,
                modalities=list(Modality),
            ),
        )
        await self._do(
            "program",
            providers.PublishProgram(
                program_id=PROGRAM,
                provider_id=PROVIDER,
                title="Staying in the room: a peer consultation group",
                objectives=[
                    "Describe two ways of noticing one's own exhaustion in session.",
                    "Apply one peer's question to a case from one's own practice.",
                ],
                topics=["consultation", "clinician sustainability"],
                modality=Modality.LIVE_VIDEO,
                minutes=60,
                instructor_name="Joy Okafor",
                instructor_qualification="PhD, licensed psychologist",
            ),
        )

    async def group(self) -> None:
        joy = CAST[0]
        await self._do(
            "group",
            groups.FormGroup(
                group_id=GROUP,
                name="Tuesday lamp",
                promise="An hour that is ours. At least half of it is not cases.",
                style=Style.REFLECTIVE,
                zone=ZONE,
                rhythm=RHYTHM,
                program_id=PROGRAM,
                size_min=3,
                size_max=8,
                facilitator_id=joy.id,
                by=joy.id,
            ),
        )
        for person in CAST[1:]:
            await self._do(
                f"admit:{person.key}",
                groups.AdmitMember(group_id=GROUP, member_id=person.id, by=joy.id),
            )

    async def payer(self) -> None:
        await self._do(
            "payer",
            claims.RegisterPayer(
                payer_id=PAYER,
                name="Harbour Wellbeing Fund (invented)",
                currency="USD",
                service_code="PSG60",
                rate_cents_per_unit=1250,
                minutes_per_unit=15,
                cap_units_per_month=16,
                required_strength=EvidenceStrength.MODERATE,
                valid_from=date(2026, 1, 1),
                valid_until=None,
            ),
        )
        for person in CAST[:2]:
            await self._do(
                f"enrol:{person.key}",
                claims.EnrolMember(
                    payer_id=PAYER,
                    member_id=person.id,
                    payer_member_ref=f"HWF-{person.number[-4:]}",
                    from_day=date(2026, 1, 1),
                ),
            )

    async def hour_behind_us(self) -> UUID:
        """Hold the last hour: the room, the tool's report, evaluations, the close."""
        start = self._held
        end = start + timedelta(minutes=60)
        meeting_id = uuid5(STORY, f"meeting:{start.isoformat()}")
        joy, ana, bo, chidi = CAST
        await self._plan(meeting_id, start)
        self._clock.at = start - timedelta(minutes=6)
        await self._in(meeting_id, "open", meetings.OpenMeeting(meeting_id=meeting_id, by=joy.id))
        for person, minute in ((joy, -4), (ana, -1), (bo, 7)):
            self._clock.at = start + timedelta(minutes=minute)
            await self._in(
                meeting_id,
                f"in:{person.key}",
                meetings.CheckIn(
                    meeting_id=meeting_id,
                    member_id=person.id,
                    method=CheckInMethod.DOOR_CODE,
                    by=person.id,
                    door_code=self._house.door_codes.current(meeting_id, self._clock.at),
                ),
            )
        self._clock.at = start + timedelta(minutes=12)
        await self._in(
            meeting_id,
            "in:chidi",  # no phone tonight: the facilitator ticks him off
            meetings.CheckIn(
                meeting_id=meeting_id, member_id=chidi.id, method=CheckInMethod.ROSTER, by=joy.id
            ),
        )
        await self._in(
            meeting_id,
            "turn",
            meetings.BeginTurn(meeting_id=meeting_id, presenter_id=ana.id, by=joy.id),
        )
        self._clock.at = start + timedelta(minutes=32)
        await self._in(meeting_id, "turn:end", meetings.EndTurn(meeting_id=meeting_id, by=joy.id))
        for person, minute in ((bo, 57), (ana, 60), (joy, 60)):
            self._clock.at = start + timedelta(minutes=minute)
            await self._in(
                meeting_id,
                f"out:{person.key}",
                meetings.CheckOut(
                    meeting_id=meeting_id,
                    member_id=person.id,
                    method=CheckInMethod.DOOR_CODE,
                    by=person.id,
                ),
            )
        self._clock.at = end + timedelta(minutes=1)
        await self._in(meeting_id, "close", meetings.CloseMeeting(meeting_id=meeting_id, by=joy.id))
        await self._report(meeting_id, start, end)
        for person in (joy, ana):
            await self._in(
                meeting_id,
                f"evaluate:{person.key}",
                meetings.GiveEvaluation(
                    meeting_id=meeting_id,
                    member_id=person.id,
                    answers={
                        "content_met_objectives": 5,
                        "facilitation": 4,
                        "useful_for_practice": 5,
                    },
                ),
            )
        return meeting_id

    async def words_since(self) -> None:
        """Let people write to each other since the last hour."""
        people = {person.key: person.id for person in CAST}
        over = self._held + timedelta(minutes=RHYTHM.minutes)
        await leave_words(self._house, GROUP, people, after=over)

    async def _report(self, meeting_id: UUID, start: datetime, end: datetime) -> None:
        """Import what the meeting tool saw, as a facilitator would the morning after."""
        rows = ["Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"]
        for person, came, went in zip(CAST, (-3, 0, 7, 11), (60, 60, 57, 60), strict=True):
            joined = (start + timedelta(minutes=came)).astimezone(ZoneInfo(ZONE))
            left = (start + timedelta(minutes=went)).astimezone(ZoneInfo(ZONE))
            name = person.name if person.key != "chidi" else "Chidi's phone"
            mail = person.mail if person.key != "chidi" else ""
            rows.append(
                f"{name},{mail},{joined:%m/%d/%Y %I:%M:%S %p},{left:%m/%d/%Y %I:%M:%S %p},"
                f"{went - came},No"
            )
        report = await self._house.reports.read(
            meeting_id,
            "\n".join(rows).encode() + b"\n",
            name="participants.csv",
            zone=ZONE,
            scheduled=(start, end),
        )
        await self._in(
            meeting_id,
            "report",
            meetings.ObservePresence(
                meeting_id=meeting_id,
                source=report.source,
                digest=report.digest,
                people=list(report.people),
                by=CAST[0].id,
            ),
        )

    async def _plan(self, meeting_id: UUID, starts_at: datetime) -> None:
        self._clock.at = min(self._clock.at + timedelta(days=1), self._now)
        await self._in(
            meeting_id,
            "plan",
            meetings.ScheduleMeeting(
                meeting_id=meeting_id,
                group_id=GROUP,
                title=f"The hour of {starts_at.astimezone(ZoneInfo(ZONE)):%d %B %Y}",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                modality=Modality.LIVE_VIDEO,
                by=CAST[0].id,
            ),
        )

    async def _in(self, meeting_id: UUID, step: str, command: object) -> None:
        await self._dispatch(command, Order(command_id=uuid5(meeting_id, f"do:{step}")))

    async def tonight(self) -> UUID:
        """Plan the meeting that begins now, in the way a facilitator would."""
        hour = self._now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        starts_at = hour if self._now.minute < 45 else hour + timedelta(hours=1)  # noqa: PLR2004
        meeting_id = uuid5(STORY, f"meeting:{starts_at.isoformat()}")
        self._clock.at = self._now
        await self._plan(meeting_id, starts_at)
        return meeting_id

    async def _do(self, step: str, command: object) -> None:
        await self._dispatch(command, _once(step))


def _once(step: str) -> Order:
    """Return the order of a step: told again, it is the same one."""
    return Order(command_id=uuid5(STORY, f"do:{step}"))
