"""A claim as administrators see it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.certificates import verification_code as codes
from domain.claims.rules import ClaimState
from domain.errors import NotFound
from projections.certificate_register import queries as register
from projections.certificate_register.queries import CertificateRow
from projections.claims_board import queries as board
from services.claims.commands import unnumbered_among
from services.house import House
from services.web.subjects import names_of


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as administrators see it.

    Attributes:
        row: the claim.
        lines: all of them, reversals too.
        sendings: what went to the payer, and what they answered.
        reversed: what was kept of their answers, and does not hold.
        certificates: the member's, by id.
        name: of the member.
        administrators: the names of those who corrected an answer.
        unnumbered: the member's claims to the payer from before claims were numbered.
    """

    row: board.ClaimRow
    lines: list[board.LineRow]
    sendings: list[board.SendingRow]
    reversed: list[board.ReversedRow]
    certificates: dict[UUID, CertificateRow]
    name: str
    administrators: dict[UUID, str]
    unnumbered: list[UUID]

    @property
    def sent_last(self) -> list[board.LineRow]:
        """The lines of the last sending that the payer saw."""
        return self.lines_of(len(self.sendings))

    def lines_of(self, sending: int) -> list[board.LineRow]:
        """Return the lines of a sending that the payer saw."""
        sent = [line for line in self.lines if line.sending == sending]
        if sending == 1:
            return sent
        ids, gone = {line.line_id for line in sent}, {line.reverses for line in sent}
        return [each for each in sent if each.line_id not in gone and each.reverses not in ids]

    def reversed_of(self, sending: int) -> list[board.ReversedRow]:
        """Return the answers to a sending that do not hold, the oldest first."""
        return [each for each in self.reversed if each.sending == sending]

    def stands(self, line: board.LineRow) -> bool:
        """Tell whether a line asks for something."""
        taken_back = any(each.reverses == line.line_id for each in self.lines)
        ended = self.row.state == ClaimState.SET_ASIDE
        return line.reverses is None and not taken_back and not ended

    def proof(self, line: board.LineRow) -> CertificateRow | None:
        """Return the certificate that a line rests on, if there is one.

        A line from before this was kept rests on what was certified for its meeting: with its
        minutes, if possible, and standing, if possible.
        """
        if line.certificate_id is not None:
            return self.certificates.get(line.certificate_id)
        about = [each for each in self.certificates.values() if each.starts_at == line.starts_at]
        return max(
            about,
            key=lambda each: (each.minutes == abs(line.minutes), each.stands, each.issued_at),
            default=None,
        )

    def instead(self, line: board.LineRow) -> CertificateRow | None:
        """Return the certificate that took the place of a line's, if it stands."""
        proof = self.proof(line)
        if proof is None or proof.stands:
            return None
        about = (each for each in self.certificates.values() if each.award_id == proof.award_id)
        return next((each for each in about if each.stands), None)


async def view_of(house: House, claim_id: UUID) -> ClaimView:
    """Return a claim.

    Raises:
        NotFound: there is none.
    """
    async with house.views() as conn:
        row = await board.by_id(conn, claim_id)
        if row is None:
            raise NotFound("There is no such claim.")
        held = await register.of_member(conn, row.member_id)
        gone = await board.reversed_answers(conn, claim_id)
        names = await names_of(conn, [row.member_id, *(each.reversed_by for each in gone)])
        return ClaimView(
            row,
            await board.lines(conn, claim_id),
            await board.sendings(conn, claim_id),
            gone,
            {each.certificate_id: each for each in held},
            names[row.member_id],
            names,
            unnumbered_among(
                row.payer_id,
                row.member_id,
                await board.ids_of_both(conn, row.payer_id, row.member_id),
            ),
        )


def sending_of(view: ClaimView, number: int) -> board.SendingRow:
    """Return one of its sendings.

    Raises:
        NotFound: it has none of this number.
    """
    for sending in view.sendings:
        if sending.sending == number:
            return sending
    raise NotFound("Nothing was sent under this number.")


def line_of(view: ClaimView, line_id: str) -> board.LineRow:
    """Return one of its lines.

    Raises:
        NotFound: it has none of this id.
    """
    for line in view.lines:
        if line.line_id == line_id:
            return line
    raise NotFound("There is no such line.")


def instead_words(view: ClaimView, line: board.LineRow) -> str:
    """Return what may take a line's place, in words; nothing if nothing may."""
    row = view.instead(line)
    if row is None:
        return ""
    code = codes.printed(row.verification_code)
    return f"Certificate {code} takes its place on this claim: {row.minutes} minutes"
