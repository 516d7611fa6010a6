"""My evidence packs: the paper for a body that counts peer hours, and the same facts as data."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from services.evidence.offers import FIRST, LONGEST, open_cycle
from services.evidence.packs import as_json, make_pack
from services.web.context import web_of
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import calendar_day, one_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_FILE: Final = re.compile(rf"({_DAY})(?:_({_DAY}))?\.(pdf|json)", re.ASCII)
# A long pack takes seconds to draw; nobody reads more than this.
_PACKS: Final = Throttle("evidence_pack", limit=40, window=timedelta(minutes=20))


PERIOD_FORM: Final = Form(
    Field(
        name="from",
        label="From",
        parse=calendar_day,
        kind="date",
        missing="Choose the first day.",
    ),
    Field(
        name="until",
        label="Until",
        parse=calendar_day,
        kind="date",
        missing="Choose the last day.",
    ),
    Field(
        name="kind",
        label="As",
        kind="radio",
        choices=(("pdf", "A paper (PDF)"), ("json", "Data for machines")),
        parse=one_of(("pdf", "json")),
        missing="Choose how.",
    ),
)


class EvidenceController(Controller):
    """``/renewals/{licence_id}/{text_id}/{from_day}.pdf``, and ``.json`` beside it.

    Where no cycle is determined, ``{from_day}_{until_day}`` names a period in its place, and
    ``period`` asks for one.
    """

    path = "/renewals/{licence_id:uuid}/{text_id:str}"
    guards = (signed_in,)

    @get("/{file_name:str}")
    async def download(
        self,
        request: Asking,
        licence_id: FromPath[UUID],
        text_id: FromPath[str],
        file_name: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Hand a pack to the member whose it is, as the record stands now; to nobody else."""
        from_day, until_day, kind = _asked(file_name)
        web = web_of(request)
        await take_turn(_PACKS, str(person_id), web.ports, web.settings)
        pack = await make_pack(house, person_id, licence_id, text_id, from_day, until_day)
        if kind == "json":
            content, media_type = as_json(pack), "application/json"
        else:
            content = await asyncio.to_thread(house.draw_evidence, pack)
            media_type = "application/pdf"
        name = f"evidence-{pack.text.pack_id}-{file_name}"
        return Response(
            content,
            media_type=media_type,
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )

    @get("/period")
    async def name_period(
        self,
        request: Asking,
        licence_id: FromPath[UUID],
        text_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Ask for a period where no cycle is determined; once it is named, lead to its pack."""
        cycle, today = await open_cycle(house, person_id, licence_id, text_id)
        asked = FormMultiDict(request.query_params.multi_items())
        form = (
            _within(PERIOD_FORM.read(asked), today)
            if asked
            else PERIOD_FORM.blank(until=today, kind="pdf")
        )
        if asked and form.ok:
            file_name = f"{form['from']}_{form['until']}.{form['kind']}"
            return Redirect(cycle.address.replace("period", file_name), status_code=303)
        return await subject_page(
            request,
            "credits/evidence_period.html",
            status=200 if form.ok else 400,
            here="credits",
            cycle=cycle,
            form=form,
        )


def _within(form: Filled, today: date) -> Filled:
    """Return the form with what is wrong about its days."""
    if not form.ok:
        return form
    errors = {}
    if form["from"] < FIRST:
        errors["from"] = "Choose a day from 2000 on."
    if form["until"] > today:
        errors["until"] = "This day has not come yet; nothing is on record for it."
    elif form["until"] < form["from"]:
        errors["until"] = "This day lies before the first one."
    elif form["until"] - form["from"] > LONGEST:
        errors["until"] = "Choose at most ten years."
    return form.with_errors(errors)


def _asked(file_name: str) -> tuple[date, date | None, str]:
    """Read the days and the kind of file from the end of the address."""
    found = _FILE.fullmatch(file_name)
    if found is not None:
        try:
            until_day = None if found[2] is None else date.fromisoformat(found[2])
            return date.fromisoformat(found[1]), until_day, found[3]
        except ValueError:
            pass
    raise NotFound("There is no such evidence pack of yours.")
