"""What a claim remembers, and what people ask it; the parts that decide stand on this.

A claim is one aggregate told in three files: :mod:`domain.claims.claim` prepares, sends and
corrects it, :mod:`domain.claims.answering` takes the payer's answers. Both share this memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Root
from domain.claims.lines import Answer, ClaimLine, Outcome, standing, without_pairs
from domain.claims.payer_papers import Frequency
from domain.claims.rules import ClaimState, LineUnknown, number_of_sending
from domain.values import Money


class ClaimMemory(ABC):
    """The memory that every part of a claim looks at.

    Attributes:
        id: of the claim; its *claim_number* is what payers' forms have room for.
        currency: of every line.
        lines: what is asked for, in the order of asking; reversals are lines of their own.
        state: where the claim stands.
        runs: in which it went out.
        sent_up_to: how many lines had gone out after each sending.
        awaits_answer: whether something is with the payer.
        answered: what the payer answered, by the number of the sending.
        given_up: meetings that are no longer asked for, since when.
    """

    claim_number: str
    currency: str
    lines: list[ClaimLine]
    state: ClaimState
    runs: list[UUID]
    sent_up_to: list[int]
    awaits_answer: bool
    answered: dict[int, Answer]
    given_up: dict[UUID, datetime]

    @property
    @abstractmethod
    def id(self) -> UUID:
        """Which claim it is; see :class:`domain.base.Root`."""

    @abstractmethod
    def record(self, event: type[Root.Event], *, at: datetime, **values: Any) -> None:
        """Remember that something happened; see :meth:`domain.base.Root.record`."""

    @property
    def total(self) -> Money:
        """What is asked for: the sum of all lines, reversals included."""
        return Money(sum(line.amount_cents for line in self.lines), self.currency)

    @property
    def sendings(self) -> int:
        """How often something of this claim went to the payer."""
        return len(self.sent_up_to)

    @property
    def last_answer(self) -> Answer | None:
        """What the payer answered to the newest sending that they answered."""
        return self.answered[max(self.answered)] if self.answered else None

    @property
    def decision(self) -> tuple[Outcome, int, str] | None:
        """The last answer in short: its outcome, cents and the payer's number."""
        last = self.last_answer
        return None if last is None else (last.outcome, last.paid_cents, last.reference)

    @property
    def paid(self) -> Money:
        """What the payer paid by all answers: those to corrections add to what was paid before."""
        return Money(sum(each.paid_cents for each in self.answered.values()), self.currency)

    @property
    def may_be_sent(self) -> bool:
        """Whether something waits to be sent and can be: a correction needs the payer's number."""
        if self.state is ClaimState.READY:
            return True
        return self.state is ClaimState.CORRECTION_PENDING and not self.awaits_answer

    def standing_lines(self) -> list[ClaimLine]:
        """Return the lines that ask for something: nothing on a claim that was set aside."""
        return [] if self.state is ClaimState.SET_ASIDE else standing(self.lines)

    def unsent_lines(self) -> list[ClaimLine]:
        """Return the lines that ask for something and that the payer has not seen."""
        seen = self.lines[: self.sent_up_to[-1]] if self.sent_up_to else []
        return [line for line in self.standing_lines() if line not in seen]

    def standing_line(self, line_id: str) -> ClaimLine:
        """Return a line that asks for something.

        Raises:
            LineUnknown: there is none of this id, or it was taken back.
        """
        for line in self.standing_lines():
            if line.line_id == line_id:
                return line
        raise LineUnknown("This claim has no such line, or it was taken back.", line_id=line_id)

    def lines_of(self, sending: int) -> list[ClaimLine]:
        """Return the lines of a sending, the one still to come included.

        A correction leaves out what came and went since the last sending: the payer never saw it.

        Args:
            sending: counts from 1.
        """
        bounds = [0, *self.sent_up_to, len(self.lines)]
        lines = self.lines[bounds[sending - 1] : bounds[sending]]
        return lines if sending == 1 else without_pairs(lines)

    def number_as_sent(self, sending: int) -> str:
        """Return the number under which a sending goes out."""
        return number_of_sending(self.id, self.claim_number, sending)

    @property
    def next_frequency(self) -> Frequency:
        """What the next sending is: the original, a replacement, or the end of all that was."""
        if not self.sendings:
            return Frequency.ORIGINAL
        return Frequency.REPLACEMENT if self.standing_lines() else Frequency.VOID
