"""The administrator's first page says what waits for them, and leads to where it is mended."""

from __future__ import annotations

from datetime import date, timedelta

from domain.certificates.certificate import RevocationReason
from services.certificates.issuing import RevokeCertificate
from services.claims import exports
from services.claims.commands import claim_id_of
from services.providers import WithdrawApproval
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, words_of

MARCH = date(2026, 3, 1), date(2026, 3, 31)


async def test_what_waits_is_shown_with_its_way_out_and_a_good_day_is_said(pages: Pages) -> None:
    story = pages.story
    async with await pages.browser(story.admin) as browser:
        quiet = words_of((await browser.get("/admin")).text)
        assert "Nobody at the door, no credit, no approval and no claim waits for you." in quiet

        await story.covered("ana")
        await story.held({story.ana: (0, 60)}, evaluated=[story.ana])
        later = SIX_PM + timedelta(days=7)
        await story.held({story.ana: (0, 60)}, name="later", start=later, evaluated=[story.ana])
        await pages.real.drain()
        await exports.prepare(pages.real.house, story.payer, *MARCH)
        await exports.export(pages.real.house, story.payer, *MARCH)
        (paper,) = await story.certificates(story.id("meeting"), "ana")
        reason = RevocationReason.ISSUED_IN_ERROR
        await story.do(RevokeCertificate(certificate_id=paper.id, reason=reason, by=story.admin))
        await story.do(
            WithdrawApproval(
                provider_id=story.provider,
                approval_id=story.id("approval"),
                from_day=later.date(),
                reason="It was not renewed.",
                by=story.admin,
            )
        )
        await story.plan("next", start=later + timedelta(days=7))
        await pages.real.drain()
        page = (await browser.get("/admin")).text
    told = words_of(page)
    assert "No credit, no approval" not in told
    assert "Lamp House: Board of Lamps ended The last day was Sunday 8 March 2026." in told
    assert "1 meeting planned after it." in told
    assert "1 meeting held, 1 meeting planned; the first on Monday 9 March 2026." in told
    assert "Monday lamp 1 meeting held, the newest Evening of 09 March 2026" in told
    claim = await story.claim(claim_id_of(story.payer, story.ana, 1))
    assert f"Claim {claim.claim_number} 2 lines to take back, or to put right." in told
    for address in (f"/admin/providers/{story.provider}#approvals", f"/admin/claims/{claim.id}"):
        assert f'href="{address}"' in page
