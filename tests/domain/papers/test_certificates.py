"""Certificates: nothing is issued without its conditions, nothing is ever edited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.certificates.certificate import (
    Certificate,
    CertificateConditionsMissing,
    CertificateNotStanding,
    CertificateState,
    RevocationReason,
    SealedDifferently,
    SupersessionReason,
    conditions_for_issue,
)
from domain.certificates.papers import CreditKind
from domain.certificates.verification_code import MalformedCode
from domain.errors import InvalidFields
from domain.personal import Personal
from domain.rules.explain import Missing
from tests.support.builders import (
    ADMIN,
    ANA,
    DIGEST,
    JOY,
    OTHER_CERTIFICATE,
    RUN,
    SEVEN_PM,
    about,
    certificate_facts,
    facts,
    issue,
)

REVOKED: dict[str, Any] = {"reason": RevocationReason.FRAUD, "by": ADMIN, "at": SEVEN_PM}
REPLACED: dict[str, Any] = {
    "by_certificate_id": OTHER_CERTIFICATE,
    "reason": SupersessionReason.ATTENDANCE_CORRECTED,
    "at": SEVEN_PM,
}


def test_with_everything_there_a_certificate_is_issued() -> None:
    assert conditions_for_issue(certificate_facts(), meeting_closed=True) == []
    assert issue().stands


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"holder_name": about(ANA, " ")}, "holder_name.missing"),
        ({"holder_name": Personal(ANA, None)}, "holder_name.missing"),
        ({"licence_number": None}, "licence_number.missing"),
        ({"title": ""}, "title.missing"),
        ({"location": ""}, "location.missing"),
        ({"presenter_name": about(JOY, "")}, "presenter_name.missing"),
        ({"presenter_qualification": ""}, "presenter_qualification.missing"),
        ({"provider_name": ""}, "provider_name.missing"),
        ({"provider_address": ""}, "provider_address.missing"),
        ({"provider_contact": ""}, "provider_contact.missing"),
        ({"authorised_by": about(JOY, "")}, "authorised_by.missing"),
        ({"authorised_role": ""}, "authorised_role.missing"),
        ({"unit_name": "CEU"}, "unit.not_named"),
        ({"amount": Decimal(0)}, "credit.none"),
        ({"minutes": 0}, "credit.none"),
        ({"minutes": 61}, "credit.none"),
        ({"arithmetic": []}, "arithmetic.missing"),
        ({"approvals": []}, "provider_approval.missing"),
        ({"objectives": []}, "objectives.missing"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_issued(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(CertificateConditionsMissing) as refused:
        issue(facts=certificate_facts(**changes))
    assert refused.value.facts == {"missing": [code]}


def test_the_refusal_says_everything_that_is_missing_in_sentences() -> None:
    evaluation = Missing("evaluation.missing", "This rule needs your evaluation of the meeting.")
    with pytest.raises(CertificateConditionsMissing) as refused:
        issue(judged=[evaluation], meeting_closed=False)
    assert refused.value.facts == {"missing": ["evaluation.missing", "meeting.not_closed"]}
    assert str(refused.value) == (
        "You do not have this certificate yet. This rule needs your evaluation of the meeting. "
        "The meeting is not closed yet."
    )


def test_claimed_peer_activity_needs_no_approval_and_no_licence_where_the_rule_has_none() -> None:
    claimed = certificate_facts(
        credit_kind=CreditKind.CLAIMED,
        approvals=[],
        objectives=[],
        licence_kind=None,
        licence_number=None,
    )
    assert conditions_for_issue(claimed, meeting_closed=True) == []


def test_a_wrong_verification_code_is_refused() -> None:
    with pytest.raises(MalformedCode):
        issue(verification_code="00000000000001")


def test_sealing_the_same_bytes_twice_is_no_second_fact() -> None:
    certificate = issue()
    for _ in range(2):
        certificate.seal(pdf_sha256=DIGEST, size=1000, at=SEVEN_PM)
    assert len(facts(certificate)) == 1
    with pytest.raises(SealedDifferently):
        certificate.seal(pdf_sha256="cd" * 32, size=1000, at=SEVEN_PM)


@pytest.mark.parametrize(("digest", "size"), [("x", 1), (DIGEST.upper(), 1), (DIGEST, 0)])
def test_a_seal_is_a_digest_and_a_size(digest: str, size: int) -> None:
    with pytest.raises(InvalidFields):
        issue().seal(pdf_sha256=digest, size=size, at=SEVEN_PM)


def test_a_superseded_certificate_names_the_one_that_stands() -> None:
    certificate = issue()
    for _ in range(2):
        certificate.supersede(**REPLACED)
    assert certificate.superseded_by == OTHER_CERTIFICATE
    assert [type(fact) for fact in facts(certificate)] == [Certificate.Superseded]
    with pytest.raises(CertificateNotStanding):
        certificate.supersede(**(REPLACED | {"by_certificate_id": RUN}))
    with pytest.raises(CertificateNotStanding):
        certificate.revoke(**REVOKED)


def test_a_revoked_certificate_stays_revoked() -> None:
    certificate = issue()
    certificate.seal(pdf_sha256=DIGEST, size=1000, at=SEVEN_PM)
    for _ in range(2):
        certificate.revoke(**REVOKED)
    assert certificate.state is CertificateState.REVOKED
    assert len(facts(certificate)) == 2
    with pytest.raises(CertificateNotStanding):
        certificate.supersede(**REPLACED)


def test_what_does_not_stand_is_not_sealed() -> None:
    certificate = issue()
    certificate.revoke(**REVOKED)
    with pytest.raises(CertificateNotStanding):
        certificate.seal(pdf_sha256=DIGEST, size=1000, at=SEVEN_PM)
