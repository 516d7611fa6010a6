"""Nothing a client sends to pages of practices, scholarships, funds and gifts ends in a fault."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from services.memberships.gifts import GiveMonths
from services.memberships.scholarships import OpenFund
from services.money.billing import OpenPractice
from tests.support.billing_house import BillingHouse
from tests.web.test_hostile_pages import WORDS

FORMS = {
    "/practices": ("name", "command_id"),
    "/practices/{practice}/start": ("count", "plan", "currency", "seen", "command_id"),
    "/practices/{practice}/seats": ("count", "seen", "command_id"),
    "/practices/{practice}/offers": ("email", "command_id"),
    "/practices/{practice}/managers": ("manager", "command_id"),
    "/practices/{practice}/contact": ("contact", "command_id"),
    "/practices/{practice}/card": ("command_id",),
    "/practices/{practice}/end": ("command_id",),
    "/practices/{practice}/seats/{fund}/release": ("command_id",),
    "/scholarship": ("tier", "command_id"),
    "/scholarship/renew": ("command_id",),
    "/funds/{fund}/gifts": ("amount", "command_id"),
    "/gifts": ("months", "currency", "seen", "command_id"),
    "/admin/funds": ("name", "currency", "command_id"),
    "/admin/gifts": ("months", "command_id"),
    "/admin/practices/{practice}/managers": ("manager", "command_id"),
    "/seats/{practice}/{fund}/wrong/come-in": ("command_id",),
}
LOOKS = (
    "/practices?done={word}",
    "/practices/{word}",
    "/practices/{practice}/start?currency={word}",
    "/practices/{practice}/seats?count={word}",
    "/practices/{practice}/return?session_id={word}",
    "/practices/{practice}/invoices/{word}/page",
    "/practices/{practice}/invoices/{word}/confirmation",
    "/practices/{practice}/money/{word}",
    "/seats/{practice}/{fund}/{word}",
    "/gifts/{gift}/{word}",
    "/gifts/return?session_id={word}",
    "/funds/return?session_id={word}",
)


@pytest.fixture(scope="module")
async def names(dues: BillingHouse) -> dict[str, object]:
    """What stands in addresses; the administrator looks after the practice, too."""
    story = dues.story
    practice, fund, gift = (story.id(each) for each in ("practice", "fund", "gift"))
    await story.do(OpenPractice(practice_id=practice, name="Harbour practice", by=story.admin))
    await story.do(OpenFund(fund_id=fund, name="For anybody", currency="EUR", by=story.admin))
    await story.do(GiveMonths(gift_id=gift, months=1, giver_id=None))
    await dues.settle()
    return {"practice": practice, "fund": fund, "gift": gift}


@pytest.mark.parametrize("address", FORMS)
async def test_no_words_in_a_form_are_a_fault(
    dues: BillingHouse, names: dict[str, object], address: str
) -> None:
    path = address.format(**names)
    async with await dues.browser(dues.story.admin) as browser:
        for word in WORDS:
            text = word.encode(errors="replace").decode()
            for form in (
                dict.fromkeys(FORMS[address], text),
                {field: [text, text] for field in FORMS[address]},
            ):
                answer = await browser.post(path, data=form)
                assert answer.status_code < 500, (word, answer.text)
        sent = dict.fromkeys(FORMS[address], ("x", b"\x00\xff", "text/plain"))
        answer = await browser.post(path, files=sent)
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("address", LOOKS)
async def test_no_words_in_an_address_are_a_fault(
    dues: BillingHouse, names: dict[str, object], address: str
) -> None:
    async with await dues.browser(dues.story.admin) as browser:
        for word in (*WORDS, "%00", "%ff", "9" * 30, "-5", "1e9"):
            quoted = word if word.startswith("%") else quote(word.encode(errors="replace"), safe="")
            answer = await browser.get(address.format(word=quoted, **names))
            assert answer.status_code < 500, (word, answer.text)
