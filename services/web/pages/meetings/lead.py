"""Who led a meeting: asked of whoever keeps its record, because boards ask it."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post

from projections.schedule import series_queries as in_series
from services.meetings.leads import RecordLead
from services.web.forms.orders import Refused
from services.web.forms.reading import Filled, Form
from services.web.pages.meetings.lead_forms import as_recorded, lead_form, read_lead, said_of
from services.web.pages.meetings.visit import TheVisit, Visit
from services.web.signing_in.session import signed_in
from services.web.words.professions import choices


class LeadController(Controller):
    """``/meetings/{id}/led``."""

    guards = (signed_in,)

    @get("/led")
    async def ask(self, visit: TheVisit) -> Response[str]:
        """Ask who led; what was recorded last in this group is proposed, and nothing is kept."""
        visit.view.require_lead()
        async with visit.house.views() as conn:
            row = await in_series.lead(conn, visit.meeting_id)
            known = row is not None
            row = row or await in_series.last_lead(conn, visit.view.meeting.group_id)
        return await _page(visit, as_recorded(_form(visit), row), known=known)

    @post("/led")
    async def record(self, visit: TheVisit) -> Response[Any]:
        """Keep who led; the newest word holds, and the meeting is judged again."""
        visit.view.require_lead()
        form = read_lead(_form(visit).read(await visit.request.form()))
        if not form.ok:
            return await _page(visit, form)
        command = RecordLead(meeting_id=visit.meeting_id, by=visit.person_id, **said_of(form))
        return await visit.act(
            command,
            visit.done("led"),
            again=lambda now, why: _page(now, form, refused=why),
        )


def _form(visit: Visit) -> Form:
    people = [(each.member_id, each.name) for each in visit.view.people]
    return lead_form(people, choices(visit.house.rules()))


async def _page(
    visit: Visit, form: Filled, *, refused: Refused | None = None, known: bool = True
) -> Response[str]:
    return await visit.page(
        "meetings/led.html",
        status=200 if form.ok else 400,
        refused=refused,
        form=form,
        known=known,
    )
