"""A certificate's facts as the paper that is printed."""

from __future__ import annotations

from typing import Final

from domain.certificates import verification_code
from domain.certificates.certificate import Certificate
from domain.certificates.papers import CertificatePaper, LicenceLine, PresenterLine, ProviderLine
from domain.members.professions import label_of
from domain.personal import shown
from domain.rules.explain import plain
from domain.values import Modality

_DELIVERY: Final = {
    Modality.IN_ROOM: "Live and interactive, in person",
    Modality.LIVE_VIDEO: "Live and interactive, by video",
    Modality.PHONE: "Live and interactive, by telephone",
}


def paper_of(
    certificate: Certificate, *, origin: str, version: int, supersedes: str | None
) -> CertificatePaper:
    """Return what is printed.

    Args:
        certificate: with all its facts.
        origin: where the public page is.
        version: counts the certificates of one award from 1.
        supersedes: serial of the certificate this one replaces.
    """
    facts = certificate.facts
    code = verification_code.printed(certificate.verification_code)
    licence = None
    if facts.licence_kind is not None:
        licence = LicenceLine(
            kind=label_of(facts.licence_kind),
            jurisdiction=facts.licence_jurisdiction or "",
            number=shown(facts.licence_number) or None,
        )
    return CertificatePaper(
        serial=certificate.serial,
        version=version,
        verification_code=certificate.verification_code,
        verify_url=f"{origin}/v/{code}",
        holder_name=shown(facts.holder_name),
        licence=licence,
        licence_number_required=licence is not None,
        title=facts.title,
        objectives=tuple(facts.objectives),
        topics=tuple(facts.topics),
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        zone=facts.zone,
        location=facts.location,
        delivery=_DELIVERY[facts.modality],
        minutes_attended=facts.minutes,
        credit_kind=facts.credit_kind,
        credit_amount=plain(facts.amount),
        credit_unit=facts.unit_name,
        rule_set=facts.rule_name,
        rule_set_version=str(facts.rule_version),
        arithmetic=tuple(facts.arithmetic),
        evidence_strength=f"{facts.strength.value}. {' '.join(facts.evidence)}",
        presenters=(
            PresenterLine(
                name=shown(facts.presenter_name), qualifications=facts.presenter_qualification
            ),
        ),
        provider=ProviderLine(
            name=facts.provider_name,
            address=facts.provider_address,
            contact=facts.provider_contact,
        ),
        approvals=tuple(facts.approvals),
        authorised_by=shown(facts.authorised_by),
        authorised_role=facts.authorised_role,
        issued_at=certificate.created_on,
        supersedes=supersedes,
    )
