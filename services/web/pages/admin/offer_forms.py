"""The forms of what is offered: providers, approvals, programs."""

from __future__ import annotations

from typing import Final

from domain.values import Modality
from services.web.forms.reading import Field, Form, Unusable
from services.web.forms.values import calendar_day, one_of, whole_number
from services.web.words import record as words

_LINE: Final = 300
_TEXT: Final = 4000
_LINES: Final = 30  # as many as a program takes
_MODALITIES: Final = tuple((value, text.capitalize()) for value, text in words.MODALITY.items())


def modality(text: str) -> Modality:
    """Accept a way of meeting."""
    return Modality(one_of(tuple(Modality))(text))


def lines(text: str) -> list[str]:
    """Return the lines somebody wrote, without the empty ones."""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > _LINES:
        raise Unusable(f"Write at most {_LINES} lines.")
    return found


def _text(name: str, label: str, missing: str, hint: str = "") -> Field:
    return Field(name=name, label=label, hint=hint, missing=missing, kind="textarea", longest=_TEXT)


def _line(name: str, label: str, missing: str, hint: str = "") -> Field:
    return Field(name=name, label=label, hint=hint, missing=missing, longest=_LINE)


PROVIDER_FORM: Final = Form(
    _line("name", "Name", "Write its name.", "As papers show it."),
    _text("address", "Postal address", "Write its address.", "Some boards ask for it on papers."),
    _line(
        "contact",
        "How to reach it",
        "Write how it can be reached.",
        "Mail or telephone of the organisation, not of a person.",
    ),
    _line("authorising_name", "Who signs papers", "Write who signs."),
    _line("authorising_role", "In which role", "Write their role."),
)
CORRECTION_FORM: Final = Form(
    *PROVIDER_FORM.fields.values(),
    _text("reason", "Why", "Write why, in a sentence.", "It stays on record; name nobody."),
)
APPROVAL_FORM: Final = Form(
    _line("body", "Approving body", "Write who approves.", "For example the name of a board."),
    Field(
        name="number",
        label="Approval number",
        hint="As printed on papers. Some bodies give none.",
        required=False,
        longest=_LINE,
    ),
    _text("statement", "Approval statement", "Copy the statement.", "Word for word as prescribed."),
    _text(
        "responsibility_statement",
        "Statement of responsibility",
        "Copy the statement.",
        "Word for word as prescribed.",
    ),
    Field(
        name="valid_from",
        label="Valid from",
        parse=calendar_day,
        kind="date",
        missing="Choose the first day.",
    ),
    Field(name="valid_until", label="Valid until", parse=calendar_day, kind="date", required=False),
    Field(
        name="modalities",
        label="Ways of meeting it covers",
        parse=modality,
        kind="checkboxes",
        many=True,
        choices=_MODALITIES,
        missing="Tick at least one.",
    ),
)
WITHDRAWAL_FORM: Final = Form(
    Field(
        name="from_day",
        label="The first day on which it does not count",
        parse=calendar_day,
        kind="date",
        missing="Choose a day.",
    ),
    _text("reason", "Why", "Write why, in a sentence."),
)
PROGRAM_FORM: Final = Form(
    _line("title", "Title", "Give it a title.", "It stands on certificates."),
    Field(
        name="objectives",
        label="Objectives",
        hint="One on each line: what somebody can do afterwards.",
        parse=lines,
        missing="Write at least one.",
        kind="textarea",
        longest=_TEXT,
    ),
    Field(
        name="topics",
        label="Topics",
        hint="One on each line.",
        parse=lines,
        required=False,
        kind="textarea",
        longest=_TEXT,
    ),
    Field(
        name="modality",
        label="How its groups meet",
        parse=modality,
        kind="radio",
        choices=_MODALITIES,
        missing="Choose how.",
    ),
    Field(
        name="minutes",
        label="Minutes of a meeting",
        parse=whole_number(1, 720),
        inputmode="numeric",
        missing="Say how long a meeting lasts.",
    ),
    _line("instructor_name", "Who instructs", "Write who instructs."),
    _line("instructor_qualification", "Their degree or licence", "Write their qualification."),
)
RETIREMENT_FORM: Final = Form(_text("reason", "Why", "Write why, in a sentence."))
