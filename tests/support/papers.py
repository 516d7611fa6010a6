"""One complete certificate paper, to be changed with ``dataclasses.replace``."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.certificates.papers import (
    ApprovalLine,
    CertificatePaper,
    CreditKind,
    LicenceLine,
    PresenterLine,
    ProviderLine,
)


def a_paper() -> CertificatePaper:
    """Ana's certificate for ninety minutes in November, of which she attended eighty-eight."""
    return CertificatePaper(
        serial="PH-2026-000417",
        version=1,
        verification_code="H8RPQM0QK7Z4A6",
        verify_url="https://peerhour.example/v/H8RPQM0QK7Z4A6",
        holder_name="Ana Okafor",
        licence=LicenceLine(
            kind="Licensed Clinical Social Worker", jurisdiction="Maryland", number="12345"
        ),
        title="Holding what we hear: a monthly case consultation circle",
        objectives=(
            "Name two signs of vicarious strain in one's own practice.",
            "Describe one change to the plan for a case that feels stuck.",
        ),
        topics=("Case consultation", "Vicarious trauma"),
        starts_at=datetime(2026, 11, 19, 23, tzinfo=UTC),
        ends_at=datetime(2026, 11, 20, 0, 30, tzinfo=UTC),
        zone="America/New_York",
        location="Online, from Baltimore, Maryland",
        delivery="Live, interactive video meeting",
        minutes_attended=88,
        credit_kind=CreditKind.SPONSORED,
        credit_amount="1.25",
        credit_unit="contact hours",
        rule_set="Maryland social work, category II",
        rule_set_version="2026-01",
        arithmetic=(
            "In the room from 6:01 pm to 7:29 pm: 88 minutes.",
            "One contact hour is 60 minutes, rounded down to a quarter: 1.25 contact hours.",
        ),
        evidence_strength="Strong: room code, confirmed by the meeting tool's report.",
        presenters=(PresenterLine(name="Bo Lindqvist", qualifications="PhD, Psychologist"),),
        provider=ProviderLine(
            name="Harbor Peer Learning",
            address="12 Quay Street, Baltimore, MD 21202",
            contact="ce@harbor.example",
        ),
        approvals=(
            ApprovalLine(
                body="Example Counseling Board",
                number="7001",
                statement="Harbor Peer Learning is approved by the Example Counseling Board.",
                sole_responsibility="Harbor Peer Learning is solely responsible for the program.",
            ),
        ),
        authorised_by="Joy Mensah",
        authorised_role="Director of Continuing Education",
        issued_at=datetime(2026, 11, 20, 1, 5, tzinfo=UTC),
    )
