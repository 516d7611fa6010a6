"""``peerhour claims decide`` and ``correct-answer``: what payers answer, from a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from domain.claims.lines import LineAnswer
from domain.claims.rules import AnswerCorrection
from domain.errors import NotFound
from services.cli.claims import BY, YES, claim_of, give_order, open_claims
from services.cli.loop import asynchronous

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from domain.claims.claim import Claim
    from projections.claims_board.queries import ClaimRow
    from services.house import House

_ANSWER: Final = re.compile(r"([A-Z0-9-]{1,30})=(-?[0-9]{1,12})(?::(.+))?")


def _answer_options(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take what the payer said to each line."""
    for option in (
        click.option("--denied", metavar="REASON", help="Every other line was denied, and why."),
        click.option("--paid", is_flag=True, help="Every other line was paid as asked."),
        click.option(
            "--line",
            "answers",
            multiple=True,
            metavar="LINE=CENTS[:REASON]",
            help="What was paid for a line, in minor units, and why if it is not what was asked.",
        ),
    ):
        command = option(command)
    return command


@click.command("decide")
@click.argument("number")
@_answer_options
@click.option("--reference", required=True, help="The payer's number of the claim or payment.")
@BY
@asynchronous
async def decide(
    number: str,
    answers: tuple[str, ...],
    denied: str | None,
    reference: str,
    by: UUID,
    *,
    paid: bool,
) -> None:
    """Record what a payer answered to what was sent last of a claim."""
    from services.claims.answers import DecideLines

    said = _read(answers, denied, paid=paid)
    async with open_claims() as house:
        row = await claim_of(house, number)
        claim = await _loaded(house, row)
        whole = _whole(claim, claim.sendings, said, denied, paid=paid)
        command = DecideLines(claim_id=row.claim_id, answers=whole, reference=reference, by=by)
        await give_order(house, command, by)
    click.echo("Kept.")


@click.command("correct-answer")
@click.argument("number")
@_answer_options
@click.option("--reference", default="", help="The payer's number, as in their answer.")
@click.option("--none", "none_came", is_flag=True, help="The payer has not answered this at all.")
@click.option(
    "--why",
    type=click.Choice([each.value for each in AnswerCorrection]),
    required=True,
    help="Whether we kept it wrongly, or the payer reversed it.",
)
@click.option("--reason", required=True, help="A sentence, for the record; name nobody.")
@BY
@YES
@asynchronous
async def correct_answer(
    number: str,
    answers: tuple[str, ...],
    denied: str | None,
    reference: str,
    why: str,
    reason: str,
    by: UUID,
    *,
    paid: bool,
    none_came: bool,
    yes: bool,
) -> None:
    """Put another answer in the place of one that was kept; both stay on record.

    NUMBER is the one under which it was sent: the claim's, or that of a correction.
    """
    from services.claims.answers import CorrectAnswer

    said = _read(answers, denied, paid=paid)
    if none_came and (said or paid or denied is not None):
        raise click.UsageError("Either the payer answered, or not.")
    if not yes:
        click.confirm(f"Correct what is kept of the answer to {number}?", abort=True)
    async with open_claims() as house:
        row = await claim_of(house, number)
        claim = await _loaded(house, row)
        sending = _sending(claim, number)
        whole = _whole(claim, sending, said, denied, paid=paid)
        command = CorrectAnswer(
            claim_id=row.claim_id,
            sending=sending,
            answers=None if none_came else whole,
            reference=reference,
            why=AnswerCorrection(why),
            reason=reason,
            by=by,
        )
        await give_order(house, command, by)
    click.echo("Corrected.")


async def _loaded(house: House, row: ClaimRow) -> Claim:
    from domain.claims.claim import Claim
    from services.dispatch import Work

    return await Work(house.store, row.claim_id).load(Claim, row.claim_id)


def _sending(claim: Claim, number: str) -> int:
    """Return which sending of a claim went out under a number.

    Raises:
        NotFound: none did yet.
    """
    for sending in range(1, claim.sendings + 1):
        if claim.number_as_sent(sending) == number.strip().upper():
            return sending
    raise NotFound("Nothing was sent under this number yet.")


def _read(answers: tuple[str, ...], denied: str | None, *, paid: bool) -> dict[str, LineAnswer]:
    """Return what was typed about lines, by line."""
    if paid and denied is not None:
        raise click.UsageError("The other lines were paid or denied, not both.")
    return dict(_answer(each) for each in answers)


def _whole(
    claim: Claim, sending: int, said: dict[str, LineAnswer], denied: str | None, *, paid: bool
) -> list[LineAnswer]:
    """Return an answer to each line of a sending, as far as something was said about it."""
    whole = dict(said)
    for line in claim.lines_of(sending) if sending else []:
        if paid or denied is not None:
            cents = line.amount_cents if denied is None else 0
            rest = LineAnswer(line_id=line.line_id, paid_cents=cents, reason_code=denied)
            whole.setdefault(line.line_id, rest)
    return list(whole.values())


def _answer(text: str) -> tuple[str, LineAnswer]:
    found = _ANSWER.fullmatch(text)
    if found is None:
        raise click.UsageError(f"Write LINE=CENTS or LINE=CENTS:REASON, not {text!r}.")
    line_id, cents, reason = found.groups()
    return line_id, LineAnswer(line_id=line_id, paid_cents=int(cents), reason_code=reason)
