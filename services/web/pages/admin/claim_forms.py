"""The forms of claims: a period to prepare, a payer's answer, a line taken back, a claim ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

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


def answer_form(lines: Sequence[LineRow], currency: str) -> Form:
    """Return the form of a payer's answer: an amount and a reason for each line that was sent."""
    fields = [_REFERENCE]
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
    return Form(*fields)


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
