"""Who I am, and what I have: the member's own side of the API."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency

from domain.certificates import verification_code as codes
from domain.errors import NotFound
from projections.certificate_register import queries as register
from projections.outside_credits import queries as outside
from projections.people import queries as people
from projections.schedule import queries as schedule
from projections.transcript import queries as transcript
from services.web.api.shapes import (
    READS,
    SIGNED_IN,
    Certificate,
    Credit,
    Credits,
    Group,
    HeldCredit,
    Licence,
    Me,
    OutsideCredit,
    OutsideDocument,
    Overlap,
    RuleTotal,
)
from services.web.forms.orders import Asking
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, is_administrator
from services.web.words import record as words


class MemberApi(Controller):
    """``/api/v1``: what belongs to the signed-in member."""

    path = "/"
    guards = (signed_in,)
    tags = ("Members",)

    @get("/me", operation_id="GetMe", responses=READS)
    async def me(self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse) -> Me:
        """Who is signed in."""
        async with house.views() as conn:
            person = await people.person(conn, person_id)
            licences = await people.licences(conn, person_id)
        if person is None:
            raise NotFound("You are not registered here any more.")
        return Me(
            member_id=person_id,
            name=person.name,
            administrator=await is_administrator(request, person_id),
            on_leave=person.on_leave,
            licences=[
                Licence(
                    licence_id=row.licence_id,
                    profession=row.profession,
                    jurisdiction=row.jurisdiction,
                    number=row.number,
                    valid_from=row.valid_from,
                    valid_until=row.valid_until,
                )
                for row in licences
            ],
        )

    @get("/groups", operation_id="ListGroups", responses=SIGNED_IN)
    async def groups(self, person_id: NamedDependency[UUID], house: TheHouse) -> list[Group]:
        """The groups I belong to today."""
        async with house.views() as conn:
            rows = await schedule.groups_of(conn, person_id)
        return [
            Group(
                group_id=row.group_id,
                name=row.name,
                promise=row.promise,
                style=row.style,
                zone=row.zone,
                weekday=row.weekday,
                local_time=f"{row.local_time:%H:%M}",
                every_weeks=row.every_weeks,
                minutes=row.minutes,
                facilitator_id=row.facilitator_id,
                program_id=row.program_id,
            )
            for row in rows
        ]

    @get("/credits", operation_id="GetCredits", responses=SIGNED_IN)
    async def credits(self, person_id: NamedDependency[UUID], house: TheHouse) -> Credits:
        """My credits with their arithmetic, and what is held."""
        async with house.views() as conn:
            awards = await transcript.awards(conn, person_id)
            held = await transcript.held(conn, person_id)
            overlaps = await transcript.overlaps(conn, person_id)
        kinds = {row.rule_id: row.credit_kind for row in awards}
        return Credits(
            totals=[
                RuleTotal(
                    kind=kinds[total.rule_id],
                    rule_id=total.rule_id,
                    amount=words.amount(total.amount),
                    unit=total.unit_name,
                    minutes=total.minutes,
                )
                for total in transcript.totals(awards)
            ],
            awards=[_credit(row) for row in awards],
            held=[_held(row) for row in held],
            overlaps=[
                Overlap(
                    meeting_id=row.meeting_id,
                    other_meeting_id=row.other_meeting_id,
                    minutes=row.minutes,
                )
                for row in overlaps
            ],
        )

    @get("/credits/outside", operation_id="ListOutsideCredits", responses=SIGNED_IN)
    async def outside_credits(
        self, person_id: NamedDependency[UUID], house: TheHouse
    ) -> list[OutsideCredit]:
        """What I earned elsewhere and entered myself, newest first; not what I took back."""
        async with house.views() as conn:
            rows = await outside.of_member(conn, person_id)
        return [_outside(row, house.origin) for row in rows if row.counts]

    @get("/certificates", operation_id="ListCertificates", responses=SIGNED_IN)
    async def certificates(
        self, person_id: NamedDependency[UUID], house: TheHouse
    ) -> list[Certificate]:
        """My certificates, newest meeting first."""
        async with house.views() as conn:
            rows = await register.of_member(conn, person_id)
        return [
            Certificate(
                certificate_id=row.certificate_id,
                serial=row.serial,
                verification_code=codes.printed(row.verification_code),
                title=row.title,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                zone=row.zone,
                minutes=row.minutes,
                amount=words.amount(row.amount),
                unit=row.unit_name,
                state="standing" if row.stands else row.state,
                issued_at=row.issued_at,
                pdf=f"{house.origin}/certificates/{row.certificate_id}/pdf",
            )
            for row in rows
        ]


def _credit(row: transcript.AwardRow) -> Credit:
    return Credit(
        award_id=row.award_id,
        meeting_id=row.meeting_id,
        kind=row.credit_kind,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        licence_id=row.licence_id,
        minutes=row.minutes,
        amount=words.amount(row.amount),
        unit=row.unit_name,
        arithmetic=list(row.arithmetic),
        evidence_strength=row.strength,
        withdrawn=row.withdrawn,
        awarded_at=row.awarded_at,
    )


def _outside(row: outside.OutsideCreditRow, origin: str) -> OutsideCredit:
    said = row.now
    document = None
    if said.document_id is not None:
        document = OutsideDocument(
            media_type=said.document_kind or "",
            size=said.document_size or 0,
            sha256=said.document_sha256 or "",
            url=f"{origin}/credits/outside/{row.credit_id}/document",
        )
    return OutsideCredit(
        credit_id=row.credit_id,
        licence_id=said.licence_id,
        pack_id=said.pack_id,
        amount=words.amount(said.amount),
        unit=said.unit_name,
        day=said.day,
        title=said.title,
        provider_name=said.provider_name,
        category=said.category,
        kind=said.credit_kind,
        topics=list(said.topics),
        live=said.live,
        document=document,
        entered_by="member",
        entered_at=row.entered_at,
        corrected_at=said.said_at if row.before else None,
    )


def _held(row: transcript.HeldRow) -> HeldCredit:
    return HeldCredit(
        meeting_id=row.meeting_id,
        rule_id=row.rule_id,
        licence_id=row.licence_id,
        amount=words.amount(row.amount),
        unit=row.unit_name,
        missing_codes=list(row.codes),
        missing=list(row.sentences),
    )
