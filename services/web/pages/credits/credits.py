"""My credits: what counts under which rule, with the arithmetic, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from domain.certificates.papers import CreditKind
from domain.members.professions import label_of
from projections.outside_credits import queries as outside
from projections.people import queries as people
from projections.schedule.queries import MeetingRow
from projections.transcript import queries as transcript
from services.days import own_day
from services.evidence.offers import open_cycles, packs_of
from services.web.forms.orders import Asking
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, meetings_by_id, subject_page


@dataclass(frozen=True, slots=True)
class Section:
    """One legal kind of credit; the two are never mixed.

    Attributes:
        title: its name.
        meaning: who stands behind it.
        empty: what to say while there is none.
    """

    title: str
    meaning: str
    empty: str
    totals: Sequence[transcript.Total]
    awards: Sequence[transcript.AwardRow]


_KINDS: Final = (
    (
        CreditKind.SPONSORED,
        "Sponsored credit",
        "An approved provider vouches for these hours and issues a certificate.",
        "No sponsored credit yet. It comes when a meeting of a provider's program is over.",
    ),
    (
        CreditKind.CLAIMED,
        "Claimed peer activity",
        (
            "You claim these hours under your board's own category. Peerhour keeps the evidence; "
            "no provider vouches for them, and there is no certificate."
        ),
        (
            "No peer activity to claim yet. It comes after a meeting, for licences whose board "
            "has such a category."
        ),
    ),
)
_FURTHER_KINDS: Final = (  # told of only where a licence's body counts like this
    (
        CreditKind.SUPERVISION,
        "Supervision records",
        (
            "Your association counts these hours as supervision among peers. Peerhour keeps the "
            "evidence; the association decides whether it accepts it."
        ),
    ),
    (
        CreditKind.PORTFOLIO,
        "Portfolio entries",
        "Your body counts no hours; you keep these meetings in a portfolio it may ask to see.",
    ),
)


class CreditController(Controller):
    """``/credits``."""

    path = "/credits"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show what I have, how it was counted, and what waits."""
        async with house.views() as conn:
            awards = await transcript.awards(conn, person_id)
            held = await transcript.held(conn, person_id)
            overlaps = await transcript.overlaps(conn, person_id)
            today = await own_day(conn, person_id, house.clock.now())
            packs = await packs_of(conn, house.rules(), person_id, today=today)
            unknown = await open_cycles(conn, house.rules(), person_id, today=today)
            entered = await outside.of_member(conn, person_id)
            licences = {
                row.licence_id: f"{label_of(row.profession)}, {row.jurisdiction}"
                for row in await people.licences(conn, person_id)
            }
            meetings = await meetings_by_id(
                conn,
                [
                    *(row.meeting_id for row in awards),
                    *(row.meeting_id for row in held),
                    *(row.meeting_id for row in overlaps),
                    *(row.other_meeting_id for row in overlaps),
                ],
            )
        return await subject_page(
            request,
            "credits/credits.html",
            here="credits",
            sections=_sections(awards),
            held=held,
            overlaps=overlaps,
            packs=packs,
            open_cycles=unknown,
            entered=[row for row in entered if row.counts],
            licences=licences,
            rules=house.rules().names(),
            meetings=_or_unknown(meetings),
        )


def _sections(awards: Sequence[transcript.AwardRow]) -> list[Section]:
    sections = []
    for kind, title, meaning, empty in _KINDS:
        rows = [row for row in awards if row.credit_kind == kind.value]
        sections.append(Section(title, meaning, empty, transcript.totals(rows), rows))
    for kind, title, meaning in _FURTHER_KINDS:
        rows = [row for row in awards if row.credit_kind == kind.value]
        if rows:
            sections.append(Section(title, meaning, "", transcript.totals(rows), rows))
    return sections


def _or_unknown(meetings: Mapping[UUID, MeetingRow]) -> dict[str, MeetingRow]:
    """Return meetings by their id as text, which templates look up with ``get``."""
    return {str(meeting_id): row for meeting_id, row in meetings.items()}
