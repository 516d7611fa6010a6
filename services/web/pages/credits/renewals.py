"""My renewals: where each licence stands, where the schedule leads, what would happen if."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from domain.evidence.pack import ends_in_pack
from domain.rules.histories import LicenceFacts
from domain.values import Modality
from projections import Connection
from projections.people import queries as people
from services.credits.renewals import Renewal, licence_facts, renewals
from services.credits.what_if import WhatIf
from services.days import own_day
from services.evidence.offers import address_of
from services.web.forms.orders import Asking
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import one_of, whole_number
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import record as words

_AS_IT_IS: Final = ("", "As it is")
_WAYS: Final = tuple((each.value, words.MODALITY[each.value].capitalize()) for each in Modality)
_WAY: Final = one_of([each.value for each in Modality])

FORM: Final = Form(
    Field(
        name="way",
        label="I take part",
        kind="select",
        choices=(_AS_IT_IS, *_WAYS),
        parse=_WAY,
        required=False,
    ),
    Field(
        name="every",
        label="I go to",
        kind="select",
        choices=(
            ("1", "Every meeting"),
            ("2", "Every second meeting"),
            ("3", "Every third meeting"),
            ("4", "Every fourth meeting"),
        ),
        parse=whole_number(1, 4),
        required=False,
    ),
    Field(
        name="own",
        label="Minutes of each meeting on my own practice",
        kind="number",
        parse=whole_number(0, 720),
        required=False,
        hint="Some boards count only these.",
    ),
    Field(
        name="join",
        label="I join one more group, with meetings of so many minutes",
        kind="number",
        parse=whole_number(15, 720),
        required=False,
        hint="Leave it empty for no other group.",
    ),
    Field(
        name="weeks",
        label="It meets every so many weeks",
        kind="number",
        parse=whole_number(1, 26),
        required=False,
    ),
    Field(
        name="join_way",
        label="It meets",
        kind="select",
        choices=_WAYS,
        parse=_WAY,
        required=False,
    ),
    Field(
        name="people",
        label="People in it, me included",
        kind="number",
        parse=whole_number(2, 50),
        required=False,
    ),
)


class RenewalController(Controller):
    """``/renewals``."""

    path = "/renewals"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show every licence with its account; a what-if in the address changes nothing."""
        asked = FormMultiDict(request.query_params.multi_items())
        form = FORM.read(asked) if asked else FORM.blank(every=1, weeks=1, people=6)
        what_if = _what_if(form) if form.ok else WhatIf()
        now = house.clock.now()
        async with house.views() as conn:
            found = await renewals(
                conn,
                house.rules(),
                person_id,
                now=now,
                what_if=what_if,
                regrets_about=house.regrets.of_meetings,
            )
            unknown = await _without_rules(conn, person_id, found, now)
        return await subject_page(
            request,
            "credits/renewals.html",
            status=200 if form.ok else 400,
            here="credits",
            renewals=found,
            unknown=unknown,
            form=form,
            thinking=what_if.changes_something,
            ends_in_pack=ends_in_pack,
            address_of=address_of,
        )


async def _without_rules(
    conn: Connection, person_id: UUID, found: list[Renewal], now: datetime
) -> list[LicenceFacts]:
    """Return the licences that run today and about which no text in use says anything."""
    today = await own_day(conn, person_id, now)
    known = {each.standing.licence.id for each in found}
    held = [licence_facts(row) for row in await people.licences(conn, person_id)]
    return [each for each in held if each.held_on(today) and each.id not in known]


def _what_if(form: Filled) -> WhatIf:
    """Return what the member thinks about; what they left out stays as it is."""
    way, joined = form.values.get("way"), form.values.get("join_way")
    return WhatIf(
        modality=Modality(way) if way else None,
        every=form.values.get("every") or 1,
        own_minutes=form.values.get("own"),
        join_minutes=form.values.get("join"),
        join_every_weeks=form.values.get("weeks") or 1,
        join_modality=Modality(joined) if joined else Modality.LIVE_VIDEO,
        join_people=form.values.get("people") or 6,
    )
