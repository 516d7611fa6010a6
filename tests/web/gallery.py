"""Every building block of the design on one page, to be looked at and checked by axe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.datastructures import FormMultiDict

from services.web.context import web_of
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import calendar_day, local_time, one_of, ticked, whole_number
from tests.support.web import SIX_PM

CHOICES = (("a", "In the room"), ("b", "By video"))
FORM = Form(
    Field(name="title", label="Name of the group", hint="As it stands on papers."),
    Field(name="minutes", label="Minutes", parse=whole_number(30, 480), inputmode="numeric"),
    Field(name="day", label="Day", parse=calendar_day, kind="date"),
    Field(name="time", label="Time", parse=local_time, kind="time"),
    Field(name="how", label="How you meet", parse=one_of("ab"), kind="radio", choices=CHOICES),
    Field(
        name="topics", label="Topics", kind="checkboxes", choices=CHOICES, many=True, required=False
    ),
    Field(name="zone", label="Time zone", kind="select", choices=CHOICES),
    Field(name="note", label="Note", kind="textarea", required=False),
    Field(name="agreed", label="Everybody agreed", parse=ticked, kind="checkbox"),
)

SOURCE = (Path(__file__).parent / "gallery.html").read_text()


class GalleryController(Controller):
    path = "/gallery"

    @get()
    async def blank(self, request: Request[Any, Any, Any]) -> Response[str]:
        return _shown(request, FORM.blank(title="Monday circle", how="a"))

    @get("/refused")
    async def refused(self, request: Request[Any, Any, Any]) -> Response[str]:
        sent = FormMultiDict([("minutes", "soon"), ("topics", "b"), ("note", "<b>kept</b>")])
        return _shown(request, FORM.read(sent))


def _shown(request: Request[Any, Any, Any], form: Filled) -> Response[str]:
    environment = web_of(request).templates._environment
    body = environment.from_string(SOURCE).render(
        form=form, at=SIX_PM, signed_in=True, here="groups"
    )
    return Response(body, media_type="text/html")
