"""Certificates follow awards: issued once, replaced when facts change, revoked with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.certificates.certificate import (
    Certificate,
    CertificateState,
    RevocationReason,
    SupersessionReason,
)
from domain.credits.awards import Credited
from domain.personal import shown
from services.certificates.issuing import RevokeCertificate, SealCertificate, SettleCertificate
from services.credits.judging import award_id_of, ledger_id_of
from services.members.commands import CorrectName
from services.providers import WithdrawApproval
from tests.support.builders import SIX_PM, span
from tests.support.house import SmallHouse
from tests.support.story import CALIFORNIA, CONTACT_HOUR

HOUR = (0, 60)


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.begin()
    return house


async def test_a_sponsored_award_is_certified_with_the_facts_of_its_day(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    (certificate,) = await house.certificates(meeting_id, "ana")
    facts = certificate.facts
    assert shown(facts.holder_name) == "Nguyễn Thị Ánh"
    assert (facts.minutes, facts.unit_name, facts.rule_id) == (60, "contact hour", CONTACT_HOUR)
    assert [each.body for each in facts.approvals] == ["Board of Lamps"]
    assert facts.title == "Thinking together: Evening of 02 March 2026"
    assert certificate.serial.startswith("PH-2026-")
    assert certificate.verification_code[:8] not in certificate.serial
    (seal,) = house.effects("seal_certificate")
    assert seal.payload == {"certificate_id": str(certificate.id)}


async def test_a_certificate_is_issued_once_however_often_the_processes_see_the_log(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    head = await house.store.head()
    await house.settle_again()
    await house.do(
        SettleCertificate(
            ledger_id=ledger_id_of(house.ana),
            award_id=award_id_of(meeting_id, house.ana, CONTACT_HOUR, None),
        )
    )
    assert await house.store.head() == head
    assert len(house.effects("seal_certificate")) == 1


async def test_a_certificate_names_the_clause_and_an_older_one_without_it_stays_as_issued(
    house: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(Credited, "explanation", Credited.arithmetic)
        old = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
        await house.settle()
    await house.settle_again()
    (issued,) = await house.certificates(old, "ana")
    assert issued.stands
    assert issued.facts.arithmetic[-1] == "60 ÷ 60 minutes per contact hour = 1."
    next_week = SIX_PM + timedelta(days=7)
    new = await house.held({house.ana: HOUR}, name="new", start=next_week, evaluated=(house.ana,))
    await house.settle()
    (named,) = await house.certificates(new, "ana")
    clause = "(Peerhour's own counting rule; no board's text)"
    assert named.facts.arithmetic[-1] == f"60 ÷ 60 minutes per contact hour = 1 {clause}."


async def test_a_claimed_peer_activity_ends_in_no_certificate(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR})
    await house.settle()
    assert await house.award(meeting_id, "ana", CALIFORNIA) is not None
    issued = [each for each in house.memory.log if isinstance(each.event, Certificate.Issued)]
    assert issued == []


async def test_an_award_that_is_not_there_is_not_found(house: SmallHouse) -> None:
    await house.held({house.ana: HOUR})
    await house.settle()
    settle = SettleCertificate(ledger_id=ledger_id_of(house.ana), award_id=house.id("nowhere"))
    assert (await house.refused(settle)).code == "not_found"


async def test_a_certificate_whose_conditions_fell_away_is_refused_by_name_and_kept_in_sight(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.do(
        WithdrawApproval(
            provider_id=house.provider,
            approval_id=house.id("approval"),
            from_day=SIX_PM.date(),
            reason="It had ended before.",
            by=house.admin,
        )
    )
    settle = SettleCertificate(
        ledger_id=ledger_id_of(house.ana),
        award_id=award_id_of(meeting_id, house.ana, CONTACT_HOUR, None),
    )
    refusal = await house.refused(settle)
    assert refusal.code == "certificate.conditions_missing"
    assert refusal.facts["missing"] == ["provider_approval.missing"]
    assert "approved for that day" in refusal.message


async def test_a_correction_replaces_the_certificate_and_both_can_be_checked(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.correct(meeting_id, house.ana, span(0, 45))
    await house.settle()
    old, new = await house.certificates(meeting_id, "ana")
    assert (old.state, old.superseded_by) == (CertificateState.SUPERSEDED, new.id)
    assert (new.stands, new.supersedes) == (True, old.id)
    assert (old.facts.minutes, new.facts.minutes) == (60, 45)
    assert old.verification_code != new.verification_code
    assert superseded_for(house) == [SupersessionReason.ATTENDANCE_CORRECTED]


async def test_a_corrected_name_shows_on_the_next_certificate_and_says_so(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.do(
        CorrectName(member_id=house.ana, name_on_papers="Ánh Nguyễn", reason="Order.", by=house.ana)
    )
    await house.do(
        SettleCertificate(
            ledger_id=ledger_id_of(house.ana),
            award_id=award_id_of(meeting_id, house.ana, CONTACT_HOUR, None),
        )
    )
    _, new = await house.certificates(meeting_id, "ana")
    assert shown(new.facts.holder_name) == "Ánh Nguyễn"
    assert superseded_for(house) == [SupersessionReason.IDENTITY_CORRECTED]


async def test_a_withdrawn_award_revokes_and_a_new_award_is_certified_anew(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.correct(meeting_id, house.ana)
    await house.settle()
    (gone,) = await house.certificates(meeting_id, "ana")
    assert gone.revoked_for is RevocationReason.ATTENDANCE_CORRECTED
    await house.correct(meeting_id, house.ana, span(0, 60))
    await house.settle()
    assert [each.stands for each in await house.certificates(meeting_id, "ana")] == [False]
    assert [each.stands for each in await house.certificates(meeting_id, "ana", 2)] == [True]


async def test_what_a_person_revoked_stays_revoked(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    (certificate,) = await house.certificates(meeting_id, "ana")
    await house.do(
        RevokeCertificate(
            certificate_id=certificate.id, reason=RevocationReason.FRAUD, by=house.admin
        )
    )
    await house.correct(meeting_id, house.ana, span(0, 45))
    await house.settle()
    (still,) = await house.certificates(meeting_id, "ana")
    assert still.revoked_for is RevocationReason.FRAUD
    assert house.refusals() == []  # and nobody has to look into it


async def test_only_an_administrator_revokes(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    (certificate,) = await house.certificates(meeting_id, "ana")
    revoke = RevokeCertificate(
        certificate_id=certificate.id, reason=RevocationReason.AT_HOLDERS_REQUEST, by=house.ana
    )
    assert (await house.refused(revoke)).code == "not_allowed"
    nowhere = replace(revoke, certificate_id=house.id("nowhere"), by=house.admin)
    assert (await house.refused(nowhere)).code == "not_found"


async def test_a_seal_that_comes_after_the_replacement_leaves_the_old_one_as_it_is(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.correct(meeting_id, house.ana, span(0, 45))
    await house.settle()
    for certificate in await house.certificates(meeting_id, "ana"):
        await house.do(SealCertificate(certificate_id=certificate.id, pdf_sha256="ab" * 32, size=9))
    old, new = await house.certificates(meeting_id, "ana")
    assert (old.state, new.state) == (CertificateState.SUPERSEDED, CertificateState.SEALED)


def superseded_for(house: SmallHouse) -> list[SupersessionReason]:
    events = [each.event for each in house.memory.log]
    return [each.reason for each in events if isinstance(each, Certificate.Superseded)]


async def test_a_correction_does_not_undo_what_a_person_revoked() -> None:
    house = SmallHouse()
    await house.begin()
    meeting_id = await house.held({house.ana: (0, 60)}, evaluated=(house.ana,))
    await house.settle()
    (certificate,) = await house.certificates(meeting_id, "ana")
    await house.do(
        RevokeCertificate(
            certificate_id=certificate.id, reason=RevocationReason.FRAUD, by=house.admin
        )
    )
    for stays in ((), (span(0, 60),)):  # taken out of the room, and put back into it
        await house.correct(meeting_id, house.ana, *stays)
        await house.settle()
    again = await house.award(meeting_id, "ana", number=2)
    assert again is not None, "the hour itself counts"
    assert await house.certificates(meeting_id, "ana", number=2) == []
