"""The questions about a credit earned elsewhere, and what the answers say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from domain.certificates.papers import CreditKind
from domain.credits.outside import AmountImpossible, NotEarnedYet
from domain.errors import DomainError
from domain.evidence.documents import (
    Document,
    DocumentEmpty,
    DocumentKind,
    DocumentKindUnknown,
    DocumentTooBig,
)
from domain.members.professions import label_of
from domain.rules.book import RuleBook
from domain.rules.model import Pack
from projections.outside_credits.queries import SaidRow
from projections.people.queries import LicenceRow
from services.credits.licence_texts import texts_for, topics_of
from services.credits.outside import Activity
from services.web.forms.attempts import with_refusal
from services.web.forms.reading import Field, Filled, Form, Unusable
from services.web.forms.values import calendar_day, one_of, ticked
from services.web.words.record import amount

_NUMBER: Final = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?", re.ASCII)
_UNKNOWN: Final = ("", "I do not know")
_VOUCHING: Final = (
    (CreditKind.SPONSORED.value, "The provider, with a certificate"),
    (CreditKind.CLAIMED.value, "Nobody: I claim it under my board’s own category"),
    (CreditKind.SUPERVISION.value, "It is a supervision record"),
    (CreditKind.PORTFOLIO.value, "It is a portfolio entry"),
)
_LIVE: Final = (("yes", "Yes"), ("no", "No, each in their own time"))
_FIELD_OF: Final[tuple[tuple[type[DomainError], str], ...]] = (
    (AmountImpossible, "amount"),
    (NotEarnedYet, "day"),
    (DocumentEmpty, "document"),
    (DocumentTooBig, "document"),
    (DocumentKindUnknown, "document"),
)
REASON: Final = Field(
    name="reason",
    label="Why",
    hint="It stays beside the entry, for you and whoever you show it to.",
    missing="Write why.",
    longest=500,
)
REMOVAL_FORM: Final = Form(REASON)


@dataclass(frozen=True, slots=True)
class Target:
    """A licence, and a text under which something can count for it."""

    licence: LicenceRow
    pack: Pack

    @property
    def value(self) -> str:
        """Return what the form sends for it."""
        return f"{self.licence.licence_id} {self.pack.id}"

    @property
    def words(self) -> str:
        """Return it as people choose it."""
        return f"{self.pack.name}: {label_of(self.licence.profession)}, {self.licence.jurisdiction}"


def targets(
    book: RuleBook,
    licences: Sequence[LicenceRow],
    today: date,
    *,
    also: tuple[UUID, str] | None = None,
) -> list[Target]:
    """Return what credit can be entered for today.

    Args:
        book: the packs in use.
        licences: all of the member.
        today: those that run on this day are offered.
        also: licence and text of an entry that is being corrected, whether or not they still run.
    """
    return [
        Target(licence, pack)
        for licence in licences
        for pack in texts_for(book, licence.profession, licence.jurisdiction, today)
        if pack.cycle is not None
        and (_runs(licence, today) or also == (licence.licence_id, pack.id))
    ]


def credit_form(offered: Sequence[Target], *extra: Field, topics: Sequence[str] = ()) -> Form:
    """Return the questions.

    Args:
        offered: what the credit can be for.
        extra: further questions, at the end.
        topics: those of an entry that is being corrected.
    """
    known = sorted({*topics_of(target.pack for target in offered), *topics})
    choices = [(target.value, target.words) for target in offered]
    about = Field(
        name="topics",
        label="It was about",
        hint="What your boards ask for by name. Tick what its certificate or title shows.",
        kind="checkboxes",
        many=True,
        required=False,
        choices=[(topic, topic) for topic in known],
        parse=one_of(known),
    )
    return Form(
        Field(
            name="target",
            label="What it counts for",
            kind="select",
            choices=choices,
            parse=_target(offered),
            missing="Choose what it counts for.",
        ),
        *_WHAT,
        replace(_AMOUNT, hint=_units(offered)),
        *_HOW,
        *((about,) if known else ()),
        *extra,
    )


def answers(said: SaidRow) -> dict[str, object]:
    """Return an entry as answers to the questions, to be corrected."""
    return {
        "target": f"{said.licence_id} {said.pack_id}",
        "amount": amount(said.amount),
        "day": said.day,
        "title": said.title,
        "provider_name": said.provider_name,
        "category": said.category,
        "credit_kind": said.credit_kind,
        "live": None if said.live is None else ("yes" if said.live else "no"),
        "topics": list(said.topics),
    }


def activity_of(form: Filled, document: Document | None) -> Activity:
    """Return what the answers say."""
    target: Target = form["target"]
    values: Mapping[str, Any] = form.values
    kind = values["credit_kind"]
    return Activity(
        licence_id=target.licence.licence_id,
        pack_id=target.pack.id,
        amount=values["amount"],
        day=values["day"],
        title=values["title"],
        provider_name=values["provider_name"],
        category=values["category"],
        credit_kind=None if kind is None else CreditKind(kind),
        topics=values.get("topics", []),
        live=values["live"],
        document=document,
    )


def document_of_row(said: SaidRow) -> Document | None:
    """Return the document that an entry names."""
    if said.document_id is None:
        return None
    return Document(
        said.document_id,
        DocumentKind(said.document_kind or ""),
        said.document_size or 0,
        said.document_sha256 or "",
    )


def refused(form: Filled, refusal: DomainError) -> Filled:
    """Return the form with a rule's refusal where it belongs."""
    field = next((name for kind, name in _FIELD_OF if isinstance(refusal, kind)), "target")
    return with_refusal(form, refusal, field)


def _runs(licence: LicenceRow, day: date) -> bool:
    ended = licence.valid_until is not None and licence.valid_until < day
    return licence.valid_from <= day and not ended


def _target(offered: Sequence[Target]) -> Callable[[str], Target]:
    by_value = {target.value: target for target in offered}

    def parse(text: str) -> Target:
        try:
            return by_value[text]
        except KeyError:
            raise Unusable("Choose one of these.") from None

    return parse


def _units(offered: Sequence[Target]) -> str:
    """Return by what each body counts, once for each."""
    counted = {target.pack.name: target.pack.cycle.unit for target in offered if target.pack.cycle}
    said = [f"{name} counts by the {unit}." for name, unit in counted.items()]
    return " ".join([*said, "At most two decimals."])


def _amount(text: str) -> Decimal:
    if _NUMBER.fullmatch(text) is None:
        raise Unusable("Write a number with at most two decimals, such as 1.5.")
    return Decimal(text.replace(",", "."))


_WHAT: Final = (
    Field(
        name="title",
        label="Title",
        hint="As it stands on its paper. Name no client.",
        missing="Write its title.",
    ),
    Field(name="provider_name", label="Who offered it", missing="Write who offered it."),
    Field(
        name="day",
        label="Day",
        hint="On which you earned it.",
        parse=calendar_day,
        kind="date",
        missing="Choose the day.",
    ),
)
_AMOUNT: Final = Field(
    name="amount",
    label="How much",
    parse=_amount,
    inputmode="decimal",
    missing="Write how much.",
)
_HOW: Final = (
    Field(
        name="category",
        label="Category",
        hint="In your board’s own words, where it has categories.",
        required=False,
    ),
    Field(
        name="credit_kind",
        label="Who vouches for it",
        kind="select",
        choices=(_UNKNOWN, *_VOUCHING),
        parse=one_of([value for value, _ in _VOUCHING]),
        required=False,
    ),
    Field(
        name="live",
        label="Was everybody there at the same time?",
        kind="select",
        choices=(_UNKNOWN, *_LIVE),
        parse=lambda text: one_of(["yes", "no"])(text) == "yes",
        required=False,
    ),
)
DROP: Final = Field(
    name="drop_document",
    label="Take the document away",
    kind="checkbox",
    parse=ticked,
    required=False,
)
