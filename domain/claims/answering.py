"""What a payer answers: to a whole sending, or line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.claims import events
from domain.claims.lines import Answer, DecisionDoesNotBalance, LineAnswer, Outcome, outcome_of
from domain.claims.memory import ClaimMemory
from domain.claims.rules import (
    AnswerCorrection,
    AnswerIsNamed,
    ClaimAlreadyDecided,
    ClaimNotExported,
    ClaimState,
    LineUnknown,
    SendingNotAnswered,
)
from domain.errors import InvalidFields
from domain.fields import require_lines

# What the package's column takes: printable, and nothing that a spreadsheet runs as a formula.
_REFERENCE: Final = re.compile(r"(?![=+@-])[!-~](?:[ -~]{0,48}[!-~])?")


class Answering(ClaimMemory):
    """What is decided about a payer's answers."""

    def decide(
        self,
        *,
        outcome: Outcome,
        paid_cents: int,
        reason_code: str | None,
        reference: str,
        at: datetime,
    ) -> None:
        """Remember one answer to all that was sent last; the same twice is no second fact.

        Args:
            outcome: paid, reduced or denied.
            paid_cents: in the claim's currency; negative where a correction was taken back.
            reason_code: the payer's, kept word for word; needed unless paid in full.
            reference: the payer's number of the claim, the payment or the letter. A correction
                names it.
            at: now.

        Raises:
            ClaimNotExported: nothing is with the payer.
            ClaimAlreadyDecided: the payer answered differently before.
            DecisionDoesNotBalance: the amount does not fit the outcome.
            InvalidFields: the reference or the reason is missing or cannot be sent.
        """
        _require_answer(outcome, reason_code, reference)
        if self.decision == (outcome, paid_cents, reference) and not self.awaits_answer:
            return
        self._must_await()
        asked = sum(line.amount_cents for line in self.lines_of(self.sendings))
        if outcome_of(asked, paid_cents) is not outcome:
            raise DecisionDoesNotBalance(
                f"The amount does not fit: {outcome} with {paid_cents} of {asked} cents.",
                paid_cents=paid_cents,
                asked_cents=asked,
            )
        answer = Answer(
            outcome=outcome,
            paid_cents=paid_cents,
            reason_code=reason_code,
            reference=reference,
            lines=[],
        )
        self._record_decision(answer, at)

    def decide_lines(self, answers: Sequence[LineAnswer], *, reference: str, at: datetime) -> None:
        """Remember what the payer said to each line that was sent last.

        Args:
            answers: one for each line.
            reference: as in :meth:`decide`.
            at: now.

        Raises:
            ClaimNotExported, ClaimAlreadyDecided: as in :meth:`decide`.
            LineUnknown: an answer is about a line that was not sent last, or a line has none.
            DecisionDoesNotBalance: an amount does not fit its line.
            InvalidFields: the reference or a reason is missing or cannot be sent.
        """
        last = self.last_answer
        kept = None if last is None else (last.lines, last.reference)
        if kept == (list(answers), reference) and not self.awaits_answer:
            return
        self._must_await()
        self._record_decision(self._answer_to(self.sendings, answers, reference), at)

    def correct_answer(
        self,
        sending: int,
        answers: Sequence[LineAnswer] | None,
        *,
        reference: str = "",
        why: AnswerCorrection,
        reason: str,
        by: UUID,
        at: datetime,
    ) -> None:
        """Reverse an answer that was kept, and keep another in its place; nothing is overwritten.

        What was sent stays as it was: a correction that went out names the payer's number as it was
        known then. The same answer again is no second fact.

        Args:
            sending: the one that was answered, counted from 1.
            answers: one for each of its lines; ``None`` if the payer did not answer it at all.
            reference: of the answer in place of it, as in :meth:`decide`.
            why: whether we kept it wrongly, or the payer reversed it.
            reason: a sentence, for the record.
            by: the administrator who corrects.
            at: now.

        Raises:
            SendingNotAnswered: there is no such sending, or nothing is kept of an answer to it.
            AnswerIsNamed: it would be unanswered, and a correction went out that rests on it.
            LineUnknown, DecisionDoesNotBalance: as in :meth:`decide_lines`.
            InvalidFields: a reference or reason is missing or cannot be kept.
        """
        require_lines(reason=reason)
        wrong = self.answered.get(sending)
        if wrong is None:
            raise SendingNotAnswered("No answer is kept to this. Keep the payer's answer first.")
        if answers is None and sending != self.sendings:
            raise AnswerIsNamed(
                "A correction went out that names this answer. Write what the payer answered "
                "instead; it cannot be as if they had not."
            )
        right = None if answers is None else self._answer_to(sending, answers, reference)
        if right == wrong:
            return
        self.record(
            events.AnswerCorrected,
            at=at,
            sending=sending,
            reversed_cents=wrong.paid_cents,
            replacement=right,
            why=why,
            reason=reason,
            by=by,
        )

    def _answer_to(self, sending: int, answers: Sequence[LineAnswer], reference: str) -> Answer:
        """Return the answer to a sending as a whole, if it fits line by line."""
        asked = {line.line_id: line.amount_cents for line in self.lines_of(sending)}
        if sorted(answer.line_id for answer in answers) != sorted(asked):
            raise LineUnknown("Answer every line that was sent, each once.")
        outcomes = set()
        for answer in answers:
            outcome = outcome_of(asked[answer.line_id], answer.paid_cents)
            _require_answer(outcome, answer.reason_code, reference)
            outcomes.add(outcome)
        reasons = dict.fromkeys(each.reason_code for each in answers if each.reason_code)
        return Answer(
            outcome=outcomes.pop() if len(outcomes) == 1 else Outcome.REDUCED,
            paid_cents=sum(answer.paid_cents for answer in answers),
            reason_code=", ".join(reasons) or None,
            reference=reference,
            lines=list(answers),
        )

    def _must_await(self) -> None:
        if self.awaits_answer:
            return
        if self.state in {ClaimState.READY, ClaimState.SET_ASIDE}:
            raise ClaimNotExported("This claim is not with the payer; send it first.")
        if self.state is ClaimState.CORRECTION_PENDING:
            raise ClaimNotExported("The correction is not with the payer; send it first.")
        raise ClaimAlreadyDecided(
            "An answer is kept already. If it does not hold, correct that answer."
        )

    def _record_decision(self, answer: Answer, at: datetime) -> None:
        self.record(
            events.Decided,
            at=at,
            outcome=answer.outcome,
            paid_cents=answer.paid_cents,
            reason_code=answer.reason_code,
            reference=answer.reference,
            answers=answer.lines,
        )


def _require_answer(outcome: Outcome, reason_code: str | None, reference: str) -> None:
    """Refuse an answer that a correction could not name, or that does not say why it is less."""
    require_lines(reference=reference)
    if not _REFERENCE.fullmatch(reference):
        raise InvalidFields(
            reference="Use up to 50 plain letters, digits and signs; do not begin with = + - or @."
        )
    if outcome is not Outcome.PAID or reason_code is not None:
        require_lines(reason_code=reason_code or "")
