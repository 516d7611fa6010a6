"""The forms of claims: a period to prepare, a payer's answer, a line taken back, a claim ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from litestar.datastructures import FormMultiDict

from domain.claims.lines import LineAnswer
from domain.money.currencies import minor_places
from projections.claims_board.queries import LineRow, PayerRow
from services.web.forms.reading import Field, Filled, Form, Unusable
from services.web.forms.values import calendar_day, identifier, one_of
from services.web.words import record as words

NOT_AGAIN, AGAIN, INSTEAD = "no", "again", "instead"
_WHETHER: Final = (
    (NOT_AGAIN, "It is not asked for again, unless it gets a new certificate"),
    (AGAIN, "Another claim asks for it, the next time claims are prepared"),
)
_REFERENCE: Final = Field(
    name="reference",
    label="The payer's number",
    hint="Of the claim, the payment or the letter. A correction names it.",
    missing="Write the number under which the payer answered.",
    longest=50,
)


def amount_in(currency: str) -> Callable[[str], int]:
    """Accept an amount as people write it, and return it in minor units of *currency*."""
    places = minor_places(currency)
    shape = re.compile(
        rf"(-?)([0-9]{{1,9}})(?:[.,]([0-9]{{{places}}}))?" if places else "(-?)([0-9]{1,9})()",
        re.ASCII,
    )

    def parse(text: str) -> int:
        found = shape.fullmatch(text)
        if found is None:
            example = words.plain_money(4500 if places else 45, currency)
            raise Unusable(f"Write an amount such as {example}.")
        cents = int(found[2] + (found[3] or "0" * places))
        return -cents if found[1] else cents

    return parse


def period_form(payers: Sequence[PayerRow]) -> Form:
    """Return the form that asks for which payer and period claims are to be prepared."""
    return Form(
        Field(
            name="payer_id",
            label="Payer",
            parse=identifier,
            kind="select",
            choices=tuple((str(each.payer_id), each.name) for each in payers),
            missing="Choose a payer.",
        ),
        Field(
            name="first",
            label="First day",
            parse=calendar_day,
            kind="date",
            missing="Choose the first day.",
        ),
        Field(
            name="last",
            label="Last day",
            parse=calendar_day,
            kind="date",
            missing="Choose the last day.",
        ),
    )


def read_period(payers: Sequence[PayerRow], sent: FormMultiDict) -> Filled:
    """Return the form of a payer and a period as it was sent, with what does not go together."""
    form = period_form(payers).read(sent)
    if form.ok and form["last"] < form["first"]:
        form = form.with_errors({"last": "The last day is not before the first."})
    if form.ok and form["payer_id"] not in {each.payer_id for each in payers}:
        form = form.with_errors({"payer_id": "Choose one of these."})
    return form


def answer_form(lines: Sequence[LineRow], currency: str) -> Form:
    """Return the form of a payer's answer: an amount and a reason for each line that was sent."""
    return Form(_REFERENCE, *_answer_fields(lines, currency))


def correct_answer_form(
    lines: Sequence[LineRow], currency: str, *, may_be_none: bool, none_came: bool = False
) -> Form:
    """Return the form that puts another answer in the place of one that was kept.

    Args:
        lines: of the sending.
        currency: of the claim.
        may_be_none: whether it can be that the payer did not answer it at all.
        none_came: whether that was chosen; nothing else is asked then.
    """
    why = [
        Field(
            name="why",
            label="What happened?",
            parse=one_of(tuple(words.ANSWER_CORRECTION)),
            kind="radio",
            choices=tuple(words.ANSWER_CORRECTION.items()),
            missing="Choose one of these.",
        ),
        Field(
            name="reason",
            label="How you know",
            hint="A sentence, for the record. Name nobody.",
            missing="Write how you know, in a sentence.",
            longest=300,
        ),
    ]
    if may_be_none:
        why.append(
            Field(
                name="none",
                label="The payer has not answered this at all: their answer is waited for again",
                kind="checkbox",
                required=False,
            )
        )
    fields = [_REFERENCE, *_answer_fields(lines, currency)]
    if none_came:
        fields = [replace(each, parse=str, required=False) for each in fields]
    return Form(*why, *fields)


def _answer_fields(lines: Sequence[LineRow], currency: str) -> list[Field]:
    """Return what is asked of each line: what was paid, and why not more."""
    fields = []
    for line in lines:
        asked = words.plain_money(line.amount_cents, currency)
        day = f"{line.starts_at.astimezone(ZoneInfo(line.zone)):%Y-%m-%d}"
        fields += [
            Field(
                name=f"paid-{line.line_id}",
                label=f"Paid for {day}, in {currency}",
                hint=f"{line.line_id}; asked for: {asked}. Write 0 if it was denied.",
                parse=amount_in(currency),
                missing="Write what was paid; 0 if nothing.",
                inputmode="decimal",
                longest=15,
            ),
            Field(
                name=f"reason-{line.line_id}",
                label=f"The payer's reason for {day}",
                hint="Word for word, if it was not paid as asked.",
                required=False,
                longest=100,
            ),
        ]
    return fields


def answers_of(form: Filled, lines: Sequence[LineRow]) -> tuple[list[LineAnswer], dict[str, str]]:
    """Return what the payer said to each line, and what is wrong with it by field."""
    answers: list[LineAnswer] = []
    errors: dict[str, str] = {}
    for line in lines:
        paid, reason = form[f"paid-{line.line_id}"], form[f"reason-{line.line_id}"]
        if not min(0, line.amount_cents) <= paid <= max(0, line.amount_cents):
            errors[f"paid-{line.line_id}"] = _beyond(paid, line.amount_cents)
        elif paid != line.amount_cents and reason is None:
            errors[f"reason-{line.line_id}"] = "Write why it was not paid as asked."
        answers.append(LineAnswer(line_id=line.line_id, paid_cents=paid, reason_code=reason))
    return answers, errors


def _beyond(paid: int, asked: int) -> str:
    """Return what is wrong with an amount that lies outside of what was asked for."""
    if paid * asked >= 0:
        return "This is more than was asked for."
    sign = "with a minus before it" if asked < 0 else "without a minus"
    return f"Write it {sign}, as it was asked for; 0 if nothing was paid."


def take_back_form(instead: str = "") -> Form:
    """Return the form that takes a line back.

    Args:
        instead: words for what may take the line's place, if something may.
    """
    choices = (*_WHETHER, *(((INSTEAD, instead),) if instead else ()))
    return Form(
        Field(
            name="reason",
            label="Why",
            hint="A sentence. Name nobody, and say nothing about a client.",
            missing="Write why, in a sentence.",
            kind="textarea",
            longest=500,
        ),
        Field(
            name="then",
            label="What about the hour?",
            parse=one_of({value for value, _ in choices}),
            kind="radio",
            choices=choices,
            missing="Choose one of these.",
        ),
    )


SET_ASIDE_FORM: Final = Form(
    Field(
        name="reason",
        label="Why",
        parse=one_of(tuple(words.SET_ASIDE_FOR)),
        kind="radio",
        choices=tuple((value, text.capitalize()) for value, text in words.SET_ASIDE_FOR.items()),
        missing="Choose why.",
    ),
    Field(
        name="then",
        label="What about its hours?",
        parse=one_of({NOT_AGAIN, AGAIN}),
        kind="radio",
        choices=(
            (NOT_AGAIN, "They are not asked for again, unless they get new certificates"),
            (AGAIN, "Another claim asks for them, the next time claims are prepared"),
        ),
        missing="Choose one of these.",
    ),
)
