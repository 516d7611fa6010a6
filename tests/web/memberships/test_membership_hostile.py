"""Nothing a client sends to a membership page ends in a fault, with a payment service behind it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.support.billing_house import BillingHouse
from tests.web.test_hostile_pages import WORDS

FORMS = {
    "/membership/start": ("plan", "currency", "seen", "command_id"),
    "/membership/plan": ("plan", "seen", "command_id"),
    "/membership/plan/keep": ("command_id",),
    "/membership/leave": ("command_id",),
    "/membership/leave/end": ("seen", "command_id"),
    "/membership/cancel": ("reason", "command_id"),
    "/membership/cancel/undo": ("command_id",),
    "/membership/card": ("command_id",),
    "/membership/invoices/in_1/confirmation": ("payer_name",),
}
LOOKS = (
    "/membership?done={word}",
    "/membership/start?currency={word}",
    "/membership/plan?to={word}",
    "/membership/plan/change?to={word}",
    "/membership/plan/change?kept=yes&look={word}",
    "/membership/return?session_id={word}",
    "/membership/return?session_id=cs_1&look={word}",
    "/membership/money/{word}",
    "/membership/invoices/{word}/page",
    "/membership/invoices/{word}/confirmation",
)


@pytest.mark.parametrize("address", FORMS)
async def test_no_words_in_a_form_are_a_fault(dues: BillingHouse, address: str) -> None:
    async with await dues.browser(dues.story.joy) as browser:
        for word in WORDS:
            text = word.encode(errors="replace").decode()
            for form in (
                dict.fromkeys(FORMS[address], text),
                {field: [text, text] for field in FORMS[address]},
                {"plan": "membership-monthly", "currency": "EUR"}
                | dict.fromkeys(FORMS[address][1:], text),
            ):
                answer = await browser.post(address, data=form)
                assert answer.status_code < 500, (word, answer.text)
        sent = dict.fromkeys(FORMS[address], ("x", b"\x00\xff", "text/plain"))
        answer = await browser.post(address, files=sent)
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("address", LOOKS)
async def test_no_words_in_an_address_are_a_fault(dues: BillingHouse, address: str) -> None:
    async with await dues.browser(dues.story.joy) as browser:
        for word in (*WORDS, "%00", "%ff", "9" * 30, "-5", "1e9"):
            quoted = word if word.startswith("%") else quote(word.encode(errors="replace"), safe="")
            answer = await browser.get(address.format(word=quoted))
            assert answer.status_code < 500, (word, answer.text)


@pytest.mark.parametrize("address", [*FORMS, *LOOKS])
async def test_nobody_gets_anywhere(dues: BillingHouse, address: str) -> None:
    path = address.partition("?")[0].format(word="in_1")
    async with await dues.browser() as nobody:
        answer = await nobody.post(path) if address in FORMS else await nobody.get(path)
    assert answer.status_code in {303, 401}
    assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
