"""Who may see and do what: every address for everybody who may ask for it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute

from domain.certificates.certificate import Certificate
from domain.money.facts import MoneyKind
from services.claims import exports
from services.claims.commands import claim_id_of
from services.groups.series import PlanSeries
from services.web.routes import CONTROLLERS
from tests.support import outside
from tests.support.builders import SIX_PM
from tests.support.dues import Dues
from tests.support.pages import Pages
from tests.support.story import Story

ROLES = ("nobody", "member", "stranger", "facilitator", "administrator")
SIGN_IN, OK, BACK, BAD, WHO, HIDDEN, NO, SAYS_NO = 303, 200, 303, 400, 401, 404, 403, 422

READING = {
    # address: nobody, member, stranger, facilitator, administrator
    "/": (SIGN_IN, OK, OK, OK, OK),
    "/groups": (SIGN_IN, OK, OK, OK, OK),
    "/groups/{group}": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/groups/{group}/leave": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/groups/{group}/corridor": (SIGN_IN, OK, HIDDEN, OK, NO),
    "/groups/{ana}/corridor": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/groups/{group}/members/{ana}/remove": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/groups/{group}/members/{eve}/remove": (SIGN_IN, NO, HIDDEN, HIDDEN, HIDDEN),
    "/groups/{group}/facilitator": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/groups/{group}/rhythm": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/groups/{group}/program": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/groups/{group}/series": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/groups/{group}/series/{series}/syllabus": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/groups/{group}/series/{ana}/syllabus": (SIGN_IN, NO, HIDDEN, HIDDEN, HIDDEN),
    "/meetings/{open}": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/meetings/{open}/door": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/move": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/title": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/program": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/call-off": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/facilitator": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/led": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/series": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/close": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/void": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/reports": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/presence/{ana}": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/presence/{eve}": (SIGN_IN, NO, HIDDEN, HIDDEN, HIDDEN),
    "/meetings/{held}": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/meetings/{ana}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/groups/{ana}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/credits": (SIGN_IN, OK, OK, OK, OK),
    "/renewals": (SIGN_IN, OK, OK, OK, OK),
    "/renewals/{abroad}/{text}/{pdf}": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/renewals/{abroad}/{text}/{json}": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/renewals/{licence}/{text}/{pdf}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/renewals/{licence}/{california}/period": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/renewals/{abroad}/{text}/period": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/credits/outside": (SIGN_IN, OK, OK, OK, OK),
    "/credits/outside/new": (SIGN_IN, OK, OK, OK, OK),
    "/credits/outside/{entered}/correct": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/credits/outside/{entered}/remove": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/credits/outside/{entered}/document": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/credits/outside/{ana}/correct": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/certificates": (SIGN_IN, OK, OK, OK, OK),
    "/certificates/{certificate}/pdf": (SIGN_IN, OK, HIDDEN, HIDDEN, OK),
    "/certificates/{ana}/pdf": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/v": (OK, OK, OK, OK, OK),
    "/v/many": (OK, OK, OK, OK, OK),
    "/v/{code}": (OK, OK, OK, OK, OK),
    "/certificates/{certificate}/checks": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/you": (SIGN_IN, OK, OK, OK, OK),
    "/you/name": (SIGN_IN, OK, OK, OK, OK),
    "/you/mails": (SIGN_IN, OK, OK, OK, OK),
    "/you/calendar": (SIGN_IN, OK, OK, OK, OK),
    "/you/data": (SIGN_IN, OK, OK, OK, OK),
    "/you/data/peerhour.zip": (SIGN_IN, OK, OK, OK, OK),
    "/you/access": (SIGN_IN, OK, OK, OK, OK),
    "/you/access?on=2026-03-03": (SIGN_IN, OK, OK, OK, OK),
    "/you/access?on=2199-03-03": (SIGN_IN, BAD, BAD, BAD, BAD),
    "/you/licences/{licence}/end": (SIGN_IN, OK, HIDDEN, HIDDEN, HIDDEN),
    "/membership": (SIGN_IN, OK, OK, OK, OK),
    # This house takes no dues; in test_membership_*.py there is one that does.
    "/membership/start": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/return": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/plan": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/plan/change": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/leave": (SIGN_IN, OK, OK, OK, OK),
    "/membership/cancel": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/money": (SIGN_IN, OK, OK, OK, OK),
    "/membership/money/money.csv": (SIGN_IN, OK, OK, OK, OK),
    "/membership/money/{ana}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/invoices": (SIGN_IN, OK, OK, OK, OK),
    "/membership/invoices/{ana}/page": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/invoices/{ana}/file": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/invoices/{ana}/confirmation": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    # Who may do what where there are dues stands in test_patron_pages_by_role.py.
    "/practices": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/start": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/return": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/seats": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/invoices": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/invoices/{ana}/page": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/invoices/{ana}/file": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/invoices/{ana}/confirmation": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/money": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/money/{ana}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/seats/{ana}/{ana}/{ana}": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/scholarship": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/funds": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/funds/return": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts/return": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts/{ana}/{ana}": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/admin/funds": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/gifts": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/practices": (SIGN_IN, NO, NO, NO, OK),
    "/admin/practices/{ana}/entries/{ana}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin": (SIGN_IN, NO, NO, NO, OK),
    "/admin/settle": (SIGN_IN, NO, NO, NO, 409),
    "/admin/people": (SIGN_IN, NO, NO, NO, OK),
    "/admin/groups": (SIGN_IN, NO, NO, NO, OK),
    "/admin/access": (SIGN_IN, NO, NO, NO, OK),
    "/admin/access/{ana}": (SIGN_IN, NO, NO, NO, OK),
    "/admin/access/{ana}?on=soon": (SIGN_IN, NO, NO, NO, BAD),
    "/admin/access/{group}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/billing": (SIGN_IN, NO, NO, NO, OK),
    "/admin/billing/{account}": (SIGN_IN, NO, NO, NO, OK),
    "/admin/billing/{ana}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/audit": (SIGN_IN, NO, NO, NO, OK),
    "/admin/billing/orders/{ana}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/billing/{ana}/audit": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/refunds/{invoice}": (SIGN_IN, NO, NO, NO, OK),
    "/admin/billing/{account}/refunds/in_other": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/billing/{ana}/refunds/{invoice}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/orders/{ana}/settle": (SIGN_IN, NO, NO, NO, 409),
    "/admin/billing/{ana}/orders/{ana}/settle": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/claims": (SIGN_IN, NO, NO, NO, OK),
    "/admin/claims/runs": (SIGN_IN, NO, NO, NO, OK),
    "/admin/claims/runs/{payer}/{run}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/claims/runs/{payer}/{run}/{file}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/claims/{claim}/answers/{run}/correct": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/claims/{claim}": (SIGN_IN, NO, NO, NO, OK),
    "/admin/claims/{ana}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/claims/{claim}/answer": (SIGN_IN, NO, NO, NO, OK),
    "/admin/claims/{claim}/set-aside": (SIGN_IN, NO, NO, NO, OK),
    "/admin/claims/{claim}/lines/{line}/take-back": (SIGN_IN, NO, NO, NO, OK),
    "/admin/claims/{claim}/lines/NONE/take-back": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/certificates": (SIGN_IN, NO, NO, NO, OK),
    "/admin/certificates/{certificate}/revoke": (SIGN_IN, NO, NO, NO, OK),
    "/admin/certificates/{ana}/revoke": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/administrators": (SIGN_IN, NO, NO, NO, OK),
    "/admin/administrators/{admin}/withdraw": (SIGN_IN, NO, NO, NO, OK),
    "/admin/administrators/{ana}/withdraw": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/providers": (SIGN_IN, NO, NO, NO, OK),
    "/admin/providers/{provider}": (SIGN_IN, NO, NO, NO, OK),
    "/admin/providers/{ana}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/providers/{provider}/correct": (SIGN_IN, NO, NO, NO, OK),
    "/admin/providers/{ana}/correct": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/providers/{provider}/approvals/{approval}/withdraw": (SIGN_IN, NO, NO, NO, OK),
    "/admin/providers/{provider}/approvals/{ana}/withdraw": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/programs/{program}": (SIGN_IN, NO, NO, NO, OK),
    "/admin/programs/{program}/retire": (SIGN_IN, NO, NO, NO, OK),
    "/admin/programs/{ana}/retire": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/api/v1/me": (WHO, OK, OK, OK, OK),
    "/api/v1/groups": (WHO, OK, OK, OK, OK),
    "/api/v1/groups/{group}/series": (WHO, OK, HIDDEN, OK, OK),
    "/api/v1/groups/{group}/corridor": (WHO, OK, HIDDEN, OK, NO),
    "/api/v1/meetings": (WHO, OK, OK, OK, OK),
    "/api/v1/meetings/{open}": (WHO, OK, HIDDEN, OK, OK),
    "/api/v1/credits": (WHO, OK, OK, OK, OK),
    "/api/v1/credits/outside": (WHO, OK, OK, OK, OK),
    "/api/v1/certificates": (WHO, OK, OK, OK, OK),
    "/api/v1/verifications/{code}": (OK, OK, OK, OK, OK),
}
DOING = {
    # What is asked of a meeting that is over, so that no case changes anything for the next.
    "/groups/{group}/meetings": (WHO, NO, HIDDEN, BAD, BAD),
    "/groups/{group}/members": (WHO, NO, HIDDEN, NO, BAD),
    "/groups/{group}/corridor": (WHO, BAD, HIDDEN, BAD, NO),
    "/groups/{group}/corridor/{ana}/take-back": (WHO, HIDDEN, HIDDEN, HIDDEN, NO),
    "/groups/{group}/corridor/{ana}/remove": (WHO, NO, HIDDEN, HIDDEN, NO),
    "/groups/{held}/leave": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/groups/{group}/members/{ana}/remove": (WHO, NO, HIDDEN, BAD, BAD),
    "/groups/{group}/facilitator": (WHO, NO, HIDDEN, BAD, BAD),
    "/groups/{group}/rhythm": (WHO, NO, HIDDEN, BAD, BAD),
    "/groups/{group}/program": (WHO, NO, HIDDEN, BAD, BAD),
    "/groups/{group}/series": (WHO, NO, HIDDEN, BAD, BAD),
    "/groups/{group}/series/{series}/syllabus": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/open": (WHO, BACK, HIDDEN, BACK, BACK),
    "/meetings/{held}/check-in": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/check-out": (WHO, SAYS_NO, HIDDEN, SAYS_NO, NO),
    "/meetings/{held}/attestations": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/evaluations": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/turns": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/turns/end": (WHO, SAYS_NO, HIDDEN, SAYS_NO, SAYS_NO),
    "/meetings/{held}/roster": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/move": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/title": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/program": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/regrets": (WHO, SAYS_NO, HIDDEN, SAYS_NO, NO),
    "/meetings/{held}/regrets/{ana}/take-back": (WHO, SAYS_NO, HIDDEN, SAYS_NO, NO),
    "/meetings/{held}/call-off": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/facilitator": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/led": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/series": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/close": (WHO, NO, HIDDEN, BACK, BACK),
    "/meetings/{held}/void": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/reports": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/matches": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/presence/{ana}": (WHO, NO, HIDDEN, BAD, BAD),
    "/credits/outside": (WHO, BAD, BAD, BAD, BAD),
    "/credits/outside/{entered}/correct": (WHO, BAD, HIDDEN, HIDDEN, HIDDEN),
    "/credits/outside/{entered}/remove": (WHO, BAD, HIDDEN, HIDDEN, HIDDEN),
    "/you/licences": (WHO, BAD, BAD, BAD, BAD),
    "/you/licences/{licence}/end": (WHO, BAD, HIDDEN, HIDDEN, HIDDEN),
    "/you/mails": (WHO, BACK, BACK, BACK, BACK),
    "/you/calendar": (WHO, BAD, BAD, BAD, BAD),
    "/you/calendar/another": (WHO, BACK, BACK, BACK, BACK),  # of nothing, nothing becomes
    "/you/calendar/end": (WHO, BACK, BACK, BACK, BACK),
    "/you/name": (WHO, BAD, BAD, BAD, BAD),
    "/membership/card": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/start": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/plan": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/plan/keep": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/leave/end": (WHO, BACK, BACK, BACK, BACK),
    "/membership/cancel": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/cancel/undo": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/membership/invoices/{ana}/confirmation": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/start": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/card": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/end": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/end/undo": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/close": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/contact": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/invoices/{ana}/confirmation": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/seats": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/offers": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/offers/{ana}/withdraw": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/seats/{ana}/release": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/seats/{ana}/freeze": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/seats/{ana}/thaw": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/managers": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{ana}/managers/{ana}/relieve": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/seats/{ana}/{ana}/{ana}": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/seats/{ana}/{ana}/{ana}/come-in": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/scholarship": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/scholarship/renew": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/scholarship/end": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/funds/{ana}/gifts": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts/{ana}/{ana}": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/admin/funds": (WHO, NO, NO, NO, HIDDEN),
    "/admin/gifts": (WHO, NO, NO, NO, HIDDEN),
    "/admin/practices/{ana}/managers": (WHO, NO, NO, NO, BAD),
    "/admin/practices/{ana}/entries/{ana}/let-in": (WHO, NO, NO, NO, HIDDEN),
    "/admin/practices/{ana}/entries/{ana}/decline": (WHO, NO, NO, NO, HIDDEN),
    "/v/many": (BAD, BAD, BAD, BAD, BAD),
    "/v/{code}": (OK, OK, OK, OK, OK),
    "/admin/revive": (WHO, NO, NO, NO, 409),
    "/admin/settle": (WHO, NO, NO, NO, 409),
    "/admin/people": (WHO, NO, NO, NO, BAD),
    "/admin/access": (WHO, NO, NO, NO, BAD),
    "/admin/billing": (WHO, NO, NO, NO, BAD),
    "/admin/billing/replay": (WHO, NO, NO, NO, BAD),
    "/admin/billing/{account}/look": (WHO, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/replay": (WHO, NO, NO, NO, BAD),
    "/admin/billing/{ana}/replay": (WHO, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/questions/settle": (WHO, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/refunds/{invoice}": (WHO, NO, NO, NO, BAD),
    "/admin/billing/{account}/refunds/in_other": (WHO, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/proposals/agree": (WHO, NO, NO, NO, 409),
    "/admin/billing/{account}/proposals/drop": (WHO, NO, NO, NO, 409),
    "/admin/billing/{ana}/proposals/agree": (WHO, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/gifts/{ana}/again": (WHO, NO, NO, NO, HIDDEN),
    "/admin/billing/{account}/orders/{ana}/retry": (WHO, NO, NO, NO, 409),
    "/admin/billing/{account}/orders/{ana}/settle": (WHO, NO, NO, NO, 409),
    "/admin/claims/preparations": (WHO, NO, NO, NO, BAD),
    "/admin/claims/runs": (WHO, NO, NO, NO, BAD),
    "/admin/claims/{claim}/answers/{run}/correct": (WHO, NO, NO, NO, HIDDEN),
    "/admin/claims/{claim}/answer": (WHO, NO, NO, NO, BAD),
    "/admin/claims/{claim}/set-aside": (WHO, NO, NO, NO, BAD),
    "/admin/claims/{claim}/lines/{line}/take-back": (WHO, NO, NO, NO, BAD),
    "/admin/certificates": (WHO, NO, NO, NO, BAD),
    "/admin/certificates/{certificate}/revoke": (WHO, NO, NO, NO, BAD),
    "/admin/administrators": (WHO, NO, NO, NO, BAD),
    "/admin/administrators/{admin}/withdraw": (WHO, NO, NO, NO, NO),
    "/admin/administrators/{ana}/withdraw": (WHO, NO, NO, NO, BACK),
    "/admin/providers": (WHO, NO, NO, NO, BAD),
    "/admin/providers/{provider}/correct": (WHO, NO, NO, NO, BAD),
    "/admin/providers/{provider}/approvals": (WHO, NO, NO, NO, BAD),
    "/admin/providers/{provider}/programs": (WHO, NO, NO, NO, BAD),
    "/admin/providers/{provider}/approvals/{approval}/withdraw": (WHO, NO, NO, NO, BAD),
    "/admin/programs/{program}/retire": (WHO, NO, NO, NO, BAD),
    "/api/v1/meetings/{held}/check-ins": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/check-outs": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/openings": (WHO, OK, HIDDEN, OK, OK),
    "/api/v1/meetings/{held}/closings": (WHO, NO, HIDDEN, OK, OK),
    "/api/v1/meetings/{held}/postponements": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/cancellations": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/facilitators": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/evaluations": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/titles": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/programs": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/regrets": (WHO, SAYS_NO, HIDDEN, SAYS_NO, NO),
    "/api/v1/meetings/{held}/regrets/{ana}/withdrawals": (WHO, SAYS_NO, HIDDEN, SAYS_NO, NO),
    "/api/v1/meetings/{held}/parts": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/meetings/{held}/leads": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/groups/{group}/programs": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/groups/{group}/series": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/groups/{group}/series/{series}/syllabi": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/groups/{group}/corridor": (WHO, BAD, HIDDEN, BAD, BAD),
    "/api/v1/groups/{group}/corridor/{ana}/withdrawals": (WHO, HIDDEN, HIDDEN, HIDDEN, NO),
    "/api/v1/groups/{group}/corridor/{ana}/removals": (WHO, NO, HIDDEN, HIDDEN, NO),
}


@pytest.fixture(scope="module")
async def names(pages: Pages) -> dict[str, object]:
    """What the addresses of the tables stand for."""
    story = pages.story
    held = await story.held(
        {story.joy: (0, 60), story.ana: (0, 60)}, name="held", evaluated=[story.ana]
    )
    await pages.real.drain()
    opened = await story.opened("open", start=SIX_PM.replace(day=9))
    await pages.real.drain()
    abroad = await story.psychologist("ana", licence_id=story.id("abroad"), jurisdiction="AU")
    certificate: Certificate = (await story.certificates(held, "ana"))[0]
    await story.covered("ana")
    await pages.real.drain()
    await exports.prepare(pages.real.house, story.payer, date(2026, 3, 1), date(2026, 3, 31))
    entered = await outside.enter(story, document=await outside.kept(pages.real.house, story))
    await pages.real.drain()
    series = story.id("series")
    await story.do(
        PlanSeries(series_id=series, group_id=story.group, title="Three", parts=3, by=story.joy)
    )
    await pages.real.drain()
    account = await _dues(story)
    await pages.real.drain()
    claim = await story.claim(claim_id_of(story.payer, story.ana, 1))
    return {
        "group": story.group,
        "held": held,
        "open": opened,
        "account": account,
        "invoice": "in_paid",
        "ana": story.ana,
        "eve": story.eve,
        "admin": story.admin,
        "licence": story.licence("ana"),
        "abroad": abroad,
        "text": "au-psyba",
        "california": "us-ca-psychology",
        "series": series,
        "pdf": "2025-12-01.pdf",
        "json": "2025-12-01.json",
        "provider": story.provider,
        "approval": story.id("approval"),
        "program": story.program,
        "entered": entered,
        "certificate": certificate.id,
        "claim": claim.id,
        "line": claim.lines[0].line_id,
        "payer": story.payer,
        "run": 1,  # nothing went out yet
        "file": "claims.csv",
        "code": certificate.verification_code,
    }


async def _dues(story: Story) -> UUID:
    """Let Joy have paid once; return her account."""
    told = Dues(story, story.joy, "cus_roles")
    await told.request()
    await told.money(MoneyKind.INVOICE_PAID, "in_paid", 2_900)
    return told.account_id


def person(pages: Pages, role: str) -> UUID | None:
    story = pages.story
    return {
        "nobody": None,
        "member": story.ana,
        "stranger": story.eve,
        "facilitator": story.joy,
        "administrator": story.admin,
    }[role]


@pytest.mark.parametrize("address", READING)
@pytest.mark.parametrize("role", ROLES)
async def test_reading_is_for_whom_it_is_for(
    pages: Pages, names: dict[str, object], role: str, address: str
) -> None:
    asking = pages.program if address.startswith("/api") else pages.browser
    async with await asking(person(pages, role)) as client:
        answer = await client.get(address.format(**names))
    assert answer.status_code == READING[address][ROLES.index(role)], answer.text[:2000]
    if answer.status_code == SIGN_IN:
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("address", DOING)
@pytest.mark.parametrize("role", ROLES)
async def test_doing_is_for_whom_it_is_for(
    pages: Pages, names: dict[str, object], role: str, address: str
) -> None:
    before = await pages.real.house.store.head()
    api = address.startswith("/api")
    asking = pages.program if api else pages.browser
    async with await asking(person(pages, role)) as client:
        path = address.format(**names)
        answer = await (client.post(path, json={}) if api else client.post(path, data={"a": "b"}))
    assert answer.status_code == DOING[address][ROLES.index(role)], answer.text[:2000]
    assert await pages.real.house.store.head() == before, "nothing was written"


def test_the_tables_name_every_address(pages: Pages) -> None:
    known = {
        route.path
        for route in pages.app.litestar.routes
        if isinstance(route, HTTPRoute) and "peerhour" not in route.path
    }
    own = {"/sign-", "/signed-", "/static", "/health", "/metrics", "/you/devices", "/hooks"}
    ours = {p for p in known if not p.startswith((*own, "/api/v1/openapi"))}
    live = {"/meetings/{}/live", "/groups/{}/corridor/live"}
    named = {_shape(address) for address in (*READING, *DOING)} | live
    assert len(ours) > len(CONTROLLERS)
    assert {_shape(path) for path in ours} <= named


def _shape(path: str) -> str:
    plain = path.partition("?")[0]
    return "/".join("{}" if part.startswith("{") else part for part in plain.split("/"))
