"""Everything that is kept about a member, as files for themselves: to read, or to take elsewhere.

It is open to everybody about themselves for ever, whatever became of their dues.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.access.records import access_record_id
from domain.errors import NotFound
from domain.evidence.documents import DocumentKind
from domain.memberships.scholarships import scholarship_id
from domain.money.billing_accounts import billing_account_id
from projections import Connection
from projections.certificate_checks import queries as checks
from projections.certificate_register import queries as register
from projections.certificate_register.queries import CertificateRow
from projections.claims_board import queries as claims
from projections.memberships import queries as memberships
from projections.outside_credits import queries as outside
from projections.outside_credits.queries import OutsideCreditRow
from projections.patrons import queries as patrons
from projections.people import queries as people
from projections.schedule import queries as schedule
from projections.transcript import queries as transcript
from services import tables
from services.corridor.words import own_words
from services.credits.judging import ledger_id_of
from services.days import own_day
from services.evidence import packs
from services.evidence.offers import Offered, packs_of
from services.house import House
from services.meetings.regrets import own_regrets
from services.members import own_hours
from services.members.own_record import record_of
from services.money import story

File = tuple[str, bytes]

_CREDITS: Final = (
    "awarded_at", "meeting_id", "day", "title", "credit_kind", "rule_id", "rule_version", "minutes",
    "amount", "unit_name", "strength", "withdrawn",
)  # fmt: skip
_READ_ME: Final = """\
What {house} keeps about {name}, made {at}.

Times are UTC unless a zone stands beside them. JSON files hold everything; CSV files hold the same
in fewer columns, for spreadsheets. A file that is not here has nothing to say.

you.json            your name on papers, your address for mail, your licences
record.json         the facts about you alone as they were recorded: your names, licences, leaves,
                    credits, access, scholarship, membership
groups.json         the groups you belong or belonged to, with the days
hours.json, .csv    every meeting you were expected at: stays, minutes, what shows them,
                    corrections, your answers, names a meeting tool showed, doors that stayed shut
credits.json, .csv  what each hour was worth under which rule, with the arithmetic; what is held
outside_credits.json, documents/    what you earned elsewhere and entered, and its documents
certificates.json, certificates/    your certificates, and when somebody looked at them
evidence/           the facts of your evidence packs; the papers themselves are under Renewals
claims.json         what payers were asked for on your behalf, and what they answered
dues.json           your membership, seats, practices and gifts
money.json, .csv    every line about your own money
words.json          what you wrote to your peers between meetings and has not faded
regrets.json        the next hours to which you said that you cannot come
{also}
What is said in a meeting is not kept, so it is not here. Other people's presence is theirs.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """What the views know of a member, gathered before anything is handed over."""

    house: House
    person: people.PersonRow
    made_at: datetime
    licences: Sequence[people.LicenceRow]
    belonged: Sequence[dict[str, Any]]
    meetings: Sequence[schedule.MeetingRow]
    credited: dict[str, Any]
    entered: Sequence[OutsideCreditRow]
    certified: Sequence[CertificateRow]
    looks: Mapping[UUID, checks.ChecksRow]
    claimed: Sequence[dict[str, Any]]
    dues: dict[str, Any]
    offered: Sequence[Offered]

    @property
    def member_id(self) -> UUID:
        """Whose data it is."""
        return self.person.member_id


async def gather(house: House, member_id: UUID) -> OwnData:
    """Look up what there is about a member.

    Raises:
        NotFound: there is no such member, or they were forgotten.
    """
    now = house.clock.now()
    async with house.views() as conn:
        person = await people.person(conn, member_id)
        if person is None or person.forgotten:
            raise NotFound("You are not registered here any more.")
        certified = await register.of_member(conn, member_id)
        today = await own_day(conn, member_id, now)
        return OwnData(
            house=house,
            person=person,
            made_at=now,
            licences=await people.licences(conn, member_id),
            belonged=await _belonged(conn, member_id),
            meetings=await schedule.every(conn, member_id),
            credited=await _credited(conn, member_id),
            entered=await outside.of_member(conn, member_id),
            certified=certified,
            looks=await checks.counted(conn, [row.certificate_id for row in certified]),
            claimed=await _claimed(conn, member_id),
            dues=await _dues(conn, member_id),
            offered=await packs_of(conn, house.rules(), member_id, today=today),
        )


async def files(data: OwnData, also: Mapping[str, tuple[str, bytes]]) -> AsyncIterator[File]:
    """Yield a member's files one after the other, so that nobody's whole life lies in memory.

    Args:
        data: what was gathered.
        also: files that others keep about the member: by name, what it says and its content.
    """
    house, member_id = data.house, data.member_id
    yield _read_me(house, data.person.name, data.made_at, also)
    mail = await house.vault.mail_of(member_id)
    yield _json("you", {"member": data.person, "mail": mail, "licences": data.licences})
    yield _json("record", await record_of(house.store, member_id, _own_streams(data)))
    yield _json("groups", data.belonged)
    hours = await own_hours.hours_of(house.store, member_id, data.meetings)
    yield _json("hours", hours)
    yield "hours.csv", own_hours.as_csv(hours)
    yield _json("credits", data.credited)
    yield "credits.csv", _credit_table(data.credited["awards"])
    async for file in _entered(house, data.entered):
        yield file
    async for file in _certified(house, data.certified, data.looks):
        yield file
    async for file in _evidence(house, member_id, data.offered):
        yield file
    yield _json("claims", data.claimed)
    yield _json("dues", data.dues)
    lines = await story.story_of(house, member_id, reader=member_id)
    yield "money.json", story.as_json(lines, made_at=data.made_at)
    yield "money.csv", story.as_csv(lines)
    yield _json("words", await own_words(house, member_id))
    yield _json("regrets", await own_regrets(house, member_id))
    for name, (_, content) in also.items():
        yield name, content


def _own_streams(data: OwnData) -> list[UUID]:
    """Return the streams that tell of this member alone."""
    member_id = data.member_id
    membership = data.dues["membership"]
    return [
        member_id,
        ledger_id_of(member_id),
        access_record_id(member_id),
        scholarship_id(member_id),
        billing_account_id(member_id),
        *([] if membership is None else [membership.membership_id]),
    ]


def _read_me(house: House, name: str, now: datetime, also: Mapping[str, tuple[str, bytes]]) -> File:
    others = "".join(f"{file:<19} {says}\n" for file, (says, _) in also.items())
    text = _READ_ME.format(
        house=house.origin.partition("://")[2], name=name, at=tables.instant(now), also=others
    )
    return "READ_ME.txt", text.encode()


def _json(name: str, value: object) -> File:
    encoded = msgspec.json.encode(value, order="deterministic")
    return f"{name}.json", msgspec.json.format(encoded, indent=2) + b"\n"


async def _belonged(conn: Connection, member_id: UUID) -> list[dict[str, Any]]:
    """Return the groups, each time by itself; who else is in them is not told."""
    told = [
        (asdict(row), row.facilitator_id == member_id)
        for row in await schedule.belongings_of(conn, member_id)
    ]
    return [
        {name: value for name, value in row.items() if name != "facilitator_id"}
        | {"you_hold_it_together_today": holds}
        for row, holds in told
    ]


async def _credited(conn: Connection, member_id: UUID) -> dict[str, Any]:
    awards = await transcript.awards(conn, member_id)
    return {
        "awards": awards,
        "totals": transcript.totals(awards),
        "held": await transcript.held(conn, member_id),
        "overlaps": await transcript.overlaps(conn, member_id),
    }


def _credit_table(awards: Sequence[transcript.AwardRow]) -> bytes:
    return tables.as_csv(
        _CREDITS, ({name: getattr(row, name) for name in _CREDITS} for row in awards)
    )


async def _claimed(conn: Connection, member_id: UUID) -> list[dict[str, Any]]:
    names = {row.payer_id: row.name for row in await claims.payers(conn)}
    return [
        {
            "payer": names.get(row.payer_id),
            "claim": row,
            "lines": await claims.lines(conn, row.claim_id),
            "sent": await claims.sendings(conn, row.claim_id),
        }
        for row in await claims.of_member(conn, member_id)
    ]


async def _dues(conn: Connection, member_id: UUID) -> dict[str, Any]:
    return {
        "membership": await memberships.membership_of_holder(conn, member_id),
        "payer": await memberships.payer(conn, billing_account_id(member_id)),
        "seats": await patrons.seats_of(conn, member_id),
        "practices_you_look_after": await patrons.practices_managed_by(conn, member_id),
        "months_you_gave": await patrons.gifts_by(conn, member_id),
    }


async def _entered(house: House, rows: Sequence[OutsideCreditRow]) -> AsyncIterator[File]:
    """Yield what was entered, also what was corrected or taken back, and the documents."""
    if not rows:
        return
    yield _json("outside_credits", rows)
    versions = (said for row in rows for said in (row.now, *row.before))
    # A correction of the words alone names the document it had.
    for document_id, said in {said.document_id: said for said in versions}.items():
        if document_id is None or said.document_kind is None:
            continue
        content = await house.documents.fetch(document_id)
        if content is not None:
            suffix = DocumentKind(said.document_kind).suffix
            yield f"documents/{said.day}-{document_id}.{suffix}", content


async def _certified(
    house: House,
    rows: Sequence[CertificateRow],
    looks: Mapping[UUID, checks.ChecksRow],
) -> AsyncIterator[File]:
    if not rows:
        return
    yield _json(
        "certificates",
        [{"certificate": row, "looked_at": looks.get(row.certificate_id)} for row in rows],
    )
    for row in rows:
        paper = await house.papers.fetch(row.certificate_id)
        if paper is not None:
            yield f"certificates/{row.serial}.pdf", paper


async def _evidence(
    house: House, member_id: UUID, offered: Sequence[Offered]
) -> AsyncIterator[File]:
    for each in offered:
        first = each.window.from_day
        licence_id = UUID(each.licence.id)
        try:
            pack = await packs.make_pack(house, member_id, licence_id, each.text.id, first)
        except NotFound:  # the licence was changed while the other files were handed over
            continue
        yield f"evidence/{each.text.id}-{each.licence.id[:8]}-{first}.json", packs.as_json(pack)
