"""Series of a group: announced, their parts placed, their syllabus handed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from domain.errors import NotFound
from domain.groups.series import MOST_PARTS
from projections.schedule import series_queries as in_series
from projections.schedule.series_queries import SeriesRow
from services.groups.series import ClearPart, HandOutSyllabus, PlacePart, PlanSeries
from services.web.forms.orders import Refused
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import calendar_day, one_of, whole_number
from services.web.pages.groups.visit import GroupVisit, TheGroupVisit
from services.web.pages.meetings.visit import TheVisit, Visit
from services.web.signing_in.session import signed_in

SERIES_FORM: Final = Form(
    Field(name="title", label="Title", missing="Give it a title."),
    Field(
        name="parts",
        label="How many parts",
        parse=whole_number(2, MOST_PARTS),
        inputmode="numeric",
        missing="Say how many meetings belong to it.",
    ),
)
SYLLABUS_FORM: Final = Form(
    Field(
        name="day",
        label="Handed out on",
        parse=calendar_day,
        kind="date",
        missing="Choose the day on which everybody had it.",
    ),
)
_ALONE: Final = "none"


class SeriesController(Controller):
    """``/groups/{id}/series``."""

    path = "/{group_id:uuid}/series"
    guards = (signed_in,)

    @get()
    async def show(self, group_visit: TheGroupVisit) -> Response[str]:
        """Show the group's series to its members."""
        return await _series_page(group_visit)

    @post()
    async def plan(self, group_visit: TheGroupVisit) -> Response[Any]:
        """Announce a series."""
        group_visit.view.require_lead()
        form = SERIES_FORM.read(await group_visit.request.form())
        if not form.ok:
            return await _series_page(group_visit, form=form)
        order = await group_visit.order()
        command = PlanSeries(
            series_id=uuid5(order.command_id, "series"),
            group_id=group_visit.group_id,
            title=form["title"],
            parts=form["parts"],
            by=group_visit.person_id,
        )
        return await group_visit.act(
            command,
            f"{_address(group_visit)}?done=series",
            again=lambda now, why: _series_page(now, form=form, refused=why),
        )

    @get("/{series_id:uuid}/syllabus")
    async def ask_when(
        self, group_visit: TheGroupVisit, series_id: FromPath[UUID]
    ) -> Response[str]:
        """Ask when everybody got the dates and topics."""
        group_visit.view.require_lead()
        row = await _one_of(group_visit, series_id)
        return await _syllabus_page(group_visit, row, SYLLABUS_FORM.blank(day=row.syllabus_on))

    @post("/{series_id:uuid}/syllabus")
    async def hand_out(
        self, group_visit: TheGroupVisit, series_id: FromPath[UUID]
    ) -> Response[Any]:
        """Keep on which day everybody got them."""
        group_visit.view.require_lead()
        row = await _one_of(group_visit, series_id)
        form = SYLLABUS_FORM.read(await group_visit.request.form())
        if not form.ok:
            return await _syllabus_page(group_visit, row, form)
        command = HandOutSyllabus(
            group_id=group_visit.group_id,
            series_id=series_id,
            day=form["day"],
            by=group_visit.person_id,
        )
        return await group_visit.act(
            command,
            f"{_address(group_visit)}?done=syllabus",
            again=lambda now, why: _syllabus_page(now, row, form, refused=why),
        )


class PartController(Controller):
    """``/meetings/{id}/series``: which part of a series one meeting is."""

    guards = (signed_in,)

    @get("/series")
    async def ask(self, visit: TheVisit) -> Response[str]:
        """Ask which part it is."""
        visit.view.require_lead()
        rows = await _series_around(visit)
        return await _part_page(visit, rows, _part_form(rows, visit).blank(part=_now(rows, visit)))

    @post("/series")
    async def place(self, visit: TheVisit) -> Response[Any]:
        """Place the meeting in a series, or take it out of one."""
        visit.view.require_lead()
        rows = await _series_around(visit)
        form = _part_form(rows, visit).read(await visit.request.form())
        if not form.ok:
            return await _part_page(visit, rows, form)
        group_id = visit.view.meeting.group_id
        about = {"group_id": group_id, "meeting_id": visit.meeting_id, "by": visit.person_id}
        command: object
        if form["part"] == _ALONE:
            command = ClearPart(**about)
        else:
            series_id, part = form["part"].split(":")
            command = PlacePart(series_id=UUID(series_id), part=int(part), **about)
        return await visit.act(
            command,
            visit.done("alone" if form["part"] == _ALONE else "part"),
            again=lambda now, why: _part_page(now, rows, form, refused=why),
        )


def _address(visit: GroupVisit) -> str:
    return f"/groups/{visit.group_id}/series"


async def _series_of(visit: GroupVisit) -> list[SeriesRow]:
    async with visit.house.views() as conn:
        return await in_series.series(conn, visit.group_id)


async def _series_around(visit: Visit) -> list[SeriesRow]:
    async with visit.house.views() as conn:
        return await in_series.series(conn, visit.view.meeting.group_id)


async def _one_of(visit: GroupVisit, series_id: UUID) -> SeriesRow:
    for row in await _series_of(visit):
        if row.series_id == series_id:
            return row
    raise NotFound("This group has no such series.")


async def _series_page(
    visit: GroupVisit, *, form: Filled | None = None, refused: Refused | None = None
) -> Response[str]:
    return await visit.page(
        "groups/series.html",
        status=400 if form is not None and not form.ok else 200,
        refused=refused,
        series=await _series_of(visit),
        meetings={meeting.meeting_id: meeting for meeting in visit.view.meetings},
        form=form or SERIES_FORM.blank(),
        planning=form is not None,
    )


async def _syllabus_page(
    visit: GroupVisit, row: SeriesRow, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await visit.page(
        "groups/syllabus.html",
        status=200 if form.ok else 400,
        refused=refused,
        form=form,
        row=row,
    )


def _now(rows: Sequence[SeriesRow], visit: Visit) -> str:
    """Return the answer that holds now."""
    for row in rows:
        part = row.part_of(visit.meeting_id)
        if part is not None:
            return f"{row.series_id}:{part}"
    return _ALONE


def _part_form(rows: Sequence[SeriesRow], visit: Visit) -> Form:
    """Return the form with the parts that are free, and the one that the meeting is."""
    choices = [(_ALONE, "None, it stands alone")]
    for row in rows:
        mine = row.part_of(visit.meeting_id)
        parts = sorted({*row.free, *([] if mine is None else [mine])})
        choices += [
            (f"{row.series_id}:{part}", f"{row.title}, part {part} of {row.parts}")
            for part in parts
        ]
    return Form(
        Field(
            name="part",
            label="Which part it is",
            kind="radio",
            choices=choices,
            parse=one_of([value for value, _ in choices]),
            missing="Choose which.",
        )
    )


async def _part_page(
    visit: Visit, rows: Sequence[SeriesRow], form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await visit.page(
        "meetings/series.html",
        status=200 if form.ok else 400,
        refused=refused,
        form=form,
        series=rows,
    )
