"""The words of a certificate: dates and times where people met, and its rows in order.

English throughout, spelled out here rather than by the machine's locale, because the same
certificate must have the same bytes wherever it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.papers import CertificatePaper, CreditKind, PaperContradictsItself

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NOON: Final = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the credit: a label, and one paragraph or more.

    Attributes:
        field: the field of the paper, named when it cannot be printed.
    """

    field: str
    label: str
    paragraphs: tuple[str, ...]


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
    if paper.licence is None:
        return ""
    parts = [paper.licence.kind, paper.licence.jurisdiction]
    if paper.licence.number:
        parts.append(f"licence number {paper.licence.number}")
    return ", ".join(parts)


def issued(paper: CertificatePaper) -> str:
    """Return the day of issue, where people met."""
    return f"Issued {_day(_local(paper.issued_at, paper.zone))}"


def rows(paper: CertificatePaper) -> Iterator[Row]:
    """Yield the rows of the certificate in their order, leaving out what is empty.

    Raises:
        PaperContradictsItself: the zone is unknown.
    """
    begin, end = _local(paper.starts_at, paper.zone), _local(paper.ends_at, paper.zone)
    yield Row("zone", "Date and time", (_date(begin, end), _time(begin, end, paper.zone)))
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


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError, OverflowError) as reason:  # whatever the key names
        raise PaperContradictsItself(
            "You need to look at the time zone again: we do not know it.", fields=["zone"]
        ) from reason


def _date(begin: datetime, end: datetime) -> str:
    if begin.date() == end.date():
        return _day(begin)
    return f"{_day(begin)} to {_day(end)}"


def _time(begin: datetime, end: datetime, zone: str) -> str:
    """Name the offset once, or twice where the clocks changed in between."""
    if begin.utcoffset() == end.utcoffset():
        return f"{_clock(begin)} to {_clock(end)}, {zone} ({_offset(begin)})"
    spans = f"{_clock(begin)} ({_offset(begin)}) to {_clock(end)} ({_offset(end)})"
    return f"{spans}, {zone}"


def _day(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year}"


def _clock(at: datetime) -> str:
    half = "am" if at.hour < _NOON else "pm"
    return f"{at.hour % _NOON or _NOON}:{at.minute:02} {half}"


def _offset(at: datetime) -> str:
    text = at.strftime("%z")
    sign = "−" if text.startswith("-") else "+"
    return f"UTC{sign}{text[1:3]}:{text[3:5]}"
