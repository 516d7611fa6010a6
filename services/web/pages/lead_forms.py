"""The form that asks who led a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from domain.leading import LedBy
from projections.schedule.series_queries import LeadRow
from services.web.form_values import identifier, one_of
from services.web.forms import Field, Filled, Form

_WHO: Final = (
    (LedBy.PEERS.value, "Nobody. Whoever kept the record took part as an equal"),
    (LedBy.MEMBER.value, "One of the roster, who did not take part as an equal"),
    (LedBy.OUTSIDER.value, "Somebody from outside"),
)
_LINE: Final = 300
_NOBODY: Final = ("", "Nobody chosen")
_FROM_OUTSIDE: Final = "If somebody from outside led."
_YES_NO: Final = (("", "I do not know"), ("yes", "Yes"), ("no", "No"))
_WANTED: Final = {  # by who led: the fields that then cannot stay empty
    LedBy.PEERS.value: {},
    LedBy.MEMBER.value: {"member_id": "Choose who led."},
    LedBy.OUTSIDER.value: {
        "name": "Write their name.",
        "profession": "Choose the profession of their licence.",
        "qualification": "Write their degree or licence.",
    },
}


def lead_form(people: Sequence[tuple[UUID, str]], professions: Sequence[tuple[str, str]]) -> Form:
    """Return the form.

    Args:
        people: of the roster, to choose from.
        professions: as the packs in use name them, to choose from.
    """
    return Form(
        Field(
            name="led_by",
            label="Who led",
            kind="radio",
            choices=_WHO,
            parse=one_of([each.value for each in LedBy]),
            missing="Choose who led.",
        ),
        Field(
            name="member_id",
            label="Who of the roster",
            hint="If one of the roster led.",
            kind="select",
            choices=(_NOBODY, *_choices(people)),
            parse=identifier,
            required=False,
        ),
        Field(
            name="name",
            label="Name of the person from outside",
            hint=_FROM_OUTSIDE,
            longest=_LINE,
            required=False,
        ),
        Field(
            name="profession",
            label="Their profession",
            hint=_FROM_OUTSIDE,
            kind="select",
            choices=(_NOBODY, *professions),
            parse=one_of([value for value, _ in professions]),
            required=False,
        ),
        Field(
            name="qualification",
            label="Their degree or licence",
            hint=_FROM_OUTSIDE,
            longest=_LINE,
            required=False,
        ),
        Field(
            name="supervisor",
            label="Are they a qualified clinical supervisor?",
            kind="select",
            choices=_YES_NO,
            parse=one_of(("yes", "no")),
            required=False,
        ),
    )


def read_lead(form: Filled) -> Filled:
    """Return the form with what the chosen answer lacks."""
    if "led_by" not in form.values:
        return form
    wanted = _WANTED[form["led_by"]]
    lacking = {
        name: words
        for name, words in wanted.items()
        if name not in form.errors and not form.values.get(name)
    }
    return form.with_errors(lacking)


def said_of(form: Filled) -> dict[str, Any]:
    """Return what the form says, as the order takes it."""
    supervisor = form["supervisor"]
    return {
        "led_by": LedBy(form["led_by"]),
        "member_id": form["member_id"],
        "name": form["name"] or "",
        "profession": form["profession"] or "",
        "qualification": form["qualification"] or "",
        "supervisor": None if supervisor is None else supervisor == "yes",
    }


def as_recorded(form: Form, row: LeadRow | None) -> Filled:
    """Return the form filled with what was recorded, of this meeting or of the last one."""
    if row is None:
        return form.blank()
    supervisor = {True: "yes", False: "no", None: None}[row.supervisor]
    return form.blank(
        led_by=row.led_by,
        member_id=row.member_id,
        name=row.name,
        profession=row.profession,
        qualification=row.qualification,
        supervisor=supervisor,
    )


def _choices(people: Sequence[tuple[UUID, str]]) -> list[tuple[str, str]]:
    return [(str(member_id), name) for member_id, name in people]
