"""The form that asks who led a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from domain.meetings.leading import LedBy
from projections.schedule.series_queries import LeadRow
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import identifier, one_of

_WHO: Final = (
    (LedBy.PEERS.value, "Nobody. Whoever kept the record took part as an equal"),
    (LedBy.MEMBER.value, "One of the roster, who did not take part as an equal"),
    (LedBy.OUTSIDER.value, "Somebody from outside"),
)
_LINE: Final = 300
_NOBODY: Final = ("", "Nobody chosen")
_FROM_OUTSIDE: Final = "If somebody from outside led."
_YES_NO: Final = (("", "I do not know"), ("yes", "Yes"), ("no", "No"))
_ASKED: Final = {  # by who led: what then is asked; the rest is not read
    LedBy.PEERS.value: (),
    LedBy.MEMBER.value: ("member_id",),
    LedBy.OUTSIDER.value: ("name", "profession", "qualification", "supervisor"),
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
            missing="Choose who led.",
        ),
        Field(
            name="name",
            label="Name of the person from outside",
            hint=_FROM_OUTSIDE,
            longest=_LINE,
            missing="Write their name.",
        ),
        Field(
            name="profession",
            label="Their profession",
            hint=_FROM_OUTSIDE,
            kind="select",
            choices=(_NOBODY, *professions),
            parse=one_of([value for value, _ in professions]),
            missing="Choose the profession of their licence.",
        ),
        Field(
            name="qualification",
            label="Their degree or licence",
            hint=_FROM_OUTSIDE,
            longest=_LINE,
            missing="Write their degree or licence.",
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
    """Return the form without what is wrong about answers that were not asked for."""
    if "led_by" not in form.values:
        return replace(form, errors={"led_by": form.errors["led_by"]})
    asked = ("led_by", *_ASKED[form["led_by"]])
    return replace(form, errors={k: words for k, words in form.errors.items() if k in asked})


def said_of(form: Filled) -> dict[str, Any]:
    """Return what the form says, as the order takes it."""
    said = {name: form[name] for name in _ASKED[form["led_by"]]}
    if "supervisor" in said:
        said["supervisor"] = None if said["supervisor"] is None else said["supervisor"] == "yes"
    return {"led_by": LedBy(form["led_by"]), **said}


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
