"""What a certificate must say before anybody prints it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.certificates import papers
from domain.certificates.papers import CertificatePaper, CreditKind, LicenceLine
from domain.errors import DomainError
from tests.support.papers import a_paper


def fields_of(refusal: pytest.ExceptionInfo[DomainError]) -> object:
    return refusal.value.facts["fields"]


def test_a_complete_paper_passes() -> None:
    papers.check(a_paper())


def test_every_missing_field_is_named() -> None:
    paper = replace(
        a_paper(), location="  ", objectives=(), presenters=(), authorised_by="", arithmetic=()
    )
    with pytest.raises(papers.PaperIncomplete) as refusal:
        papers.check(paper)
    missing = fields_of(refusal)
    assert missing == ["location", "authorised_by", "objectives", "arithmetic", "presenters"]


def test_an_empty_line_inside_a_part_is_named_with_its_part() -> None:
    paper = a_paper()
    paper = replace(paper, provider=replace(paper.provider, address=""))
    assert papers.missing_fields(paper) == ["provider.address"]


@pytest.mark.parametrize(
    ("licence", "missing"),
    [
        (None, ["licence.number"]),
        (LicenceLine(kind="Psychologist", jurisdiction="Maine"), ["licence.number"]),
        (LicenceLine(kind="Psychologist", jurisdiction="Maine", number="77"), []),
    ],
)
def test_a_licence_number_is_needed_where_the_rule_set_says_so(
    licence: LicenceLine | None, missing: list[str]
) -> None:
    paper = replace(a_paper(), licence=licence, licence_number_required=True)
    assert papers.missing_fields(paper) == missing
    assert papers.missing_fields(replace(paper, licence_number_required=False)) == []


def test_sponsored_credit_needs_an_approval_and_a_claimed_activity_does_not() -> None:
    paper = replace(a_paper(), approvals=())
    assert papers.missing_fields(paper) == ["approvals"]
    assert papers.missing_fields(replace(paper, credit_kind=CreditKind.CLAIMED)) == []


@pytest.mark.parametrize(
    "unit", ["CEU", "ceus", "C.E.U.", "CEU credits", "Continuing Education Units", "CEU hours"]
)
def test_a_bare_ceu_is_refused(unit: str) -> None:
    with pytest.raises(papers.BareCeu):
        papers.check(replace(a_paper(), credit_unit=unit))


@pytest.mark.parametrize("unit", ["contact hours", "IACET CEU", "CE credits", "PDH", "units"])
def test_a_unit_that_says_whose_it_is_passes(unit: str) -> None:
    papers.check(replace(a_paper(), credit_unit=unit))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"version": 0}, "version"),
        ({"verification_code": "H8RPQ-M0QK7-Z4A7"}, "verification_code"),
        ({"verify_url": "javascript:alert(1)"}, "verify_url"),
        ({"ends_at": datetime(2026, 11, 19, 22, tzinfo=UTC)}, "ends_at"),
        ({"issued_at": datetime(2026, 11, 1, tzinfo=UTC)}, "issued_at"),
        ({"starts_at": datetime(2026, 11, 19, 23)}, "starts_at"),  # noqa: DTZ001 # the point of it
        ({"minutes_attended": 91}, "minutes_attended"),
        ({"minutes_attended": 0}, "minutes_attended"),
        ({"credit_amount": "0.00"}, "credit_amount"),
        ({"credit_amount": "1,5"}, "credit_amount"),
        ({"credit_amount": "-1"}, "credit_amount"),
        ({"supersedes": "PH-2026-000417"}, "supersedes"),
    ],
)
def test_what_cannot_be_true_together_is_refused(changes: dict[str, object], field: str) -> None:
    paper: CertificatePaper = replace(a_paper(), **changes)  # type: ignore[arg-type] # any field
    with pytest.raises(papers.PaperContradictsItself) as refusal:
        papers.check(paper)
    assert field in str(fields_of(refusal))


def test_a_meeting_attended_to_the_last_minute_passes() -> None:
    paper = a_paper()
    papers.check(replace(paper, ends_at=paper.starts_at + timedelta(minutes=88)))


def test_a_text_longer_than_a_paper_can_show_is_refused_by_name() -> None:
    paper = replace(a_paper(), location="x" * 201, topics=("y",) * 51)
    with pytest.raises(papers.PaperTooLong) as refusal:
        papers.check(paper)
    assert fields_of(refusal) == ["location", "topics"]


def test_refusals_never_repeat_what_a_person_is_called() -> None:
    paper = replace(a_paper(), holder_name="Chidi " * 40)
    with pytest.raises(papers.PaperTooLong) as refusal:
        papers.check(paper)
    assert "Chidi" not in f"{refusal.value}{refusal.value.facts}"
