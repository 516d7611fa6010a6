"""The words of a certificate: its headings, and its rows in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.certificates.papers import CertificatePaper, CreditKind
from infra.papers.words import Row, dates, licence_line, local, times, weekday

if TYPE_CHECKING:
    from collections.abc import Iterator


def heading(paper: CertificatePaper) -> str:
    """Return what the paper is called."""
    if paper.credit_kind is CreditKind.SPONSORED:
        return "Certificate of continuing education"
    return "Certificate of peer activity"


def credit(paper: CertificatePaper) -> str:
    """Return the amount with its unit, for example ``1.5 contact hours``."""
    return f"{paper.credit_amount} {paper.credit_unit}"


def counted_by(paper: CertificatePaper) -> str:
    """Return the rule set with its version."""
    return f"Counted by {paper.rule_set}, version {paper.rule_set_version}"


def attended(paper: CertificatePaper) -> str:
    """Return the minutes in the room."""
    return f"{paper.minutes_attended} minute{'s' * (paper.minutes_attended != 1)} attended"


def licence(paper: CertificatePaper) -> str:
    """Return the licence on one line, or nothing."""
    return "" if paper.licence is None else licence_line(paper.licence)


def issued(paper: CertificatePaper) -> str:
    """Return the day of issue, where people met."""
    return f"Issued {weekday(local(paper.issued_at, paper.zone))}"


def rows(paper: CertificatePaper) -> Iterator[Row]:
    """Yield the rows of the certificate in their order, leaving out what is empty.

    Raises:
        PaperContradictsItself: the zone is unknown.
    """
    begin, end = local(paper.starts_at, paper.zone), local(paper.ends_at, paper.zone)
    yield Row("zone", "Date and time", (dates(begin, end), times(begin, end, paper.zone)))
    yield Row("location", "Place and format", (paper.location, paper.delivery))
    people = tuple(f"{one.name}, {one.qualifications}" for one in paper.presenters)
    yield Row("presenters", "Presented by", people)
    yield Row("objectives", "Objectives", _numbered(paper.objectives))
    if paper.topics:
        yield Row("topics", "Content", ("; ".join(paper.topics),))
    yield Row("arithmetic", "How it was counted", paper.arithmetic)
    yield Row("evidence_strength", "Evidence", (paper.evidence_strength,))
    yield Row("credit_kind", "Kind of credit", (paper.credit_kind.sentence,))
    for one in paper.approvals:
        number = f"{one.body}, number {one.number}"
        yield Row("approvals", "Approval", (number, one.statement, one.sole_responsibility))
    provider = paper.provider
    yield Row("provider", "Provider", (f"{provider.name}, {provider.address}", provider.contact))
    if paper.supersedes:
        yield Row("supersedes", "Replaces", (f"Certificate {paper.supersedes}",))


def _numbered(items: tuple[str, ...]) -> tuple[str, ...]:
    if len(items) == 1:
        return items
    return tuple(f"{number}. {item}" for number, item in enumerate(items, start=1))
